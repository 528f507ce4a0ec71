"""Files for fax, MMS, post and contact imports."""

import base64
import enum
from typing import Self

from pydantic import model_validator

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.wiretypes import Base64, Integer, Moment, Text

LARGEST_MEDIA = 250_000
"""Bytes an MMS carries at most (the reference, Send MMS); older devices take 30,000."""


class Convert(enum.StrEnum):
    """What a file is converted for (the vendor's site; the reference does not list them)."""

    FAX = "fax"
    MMS = "mms"
    CSV = "csv"
    POST = "post"
    POSTCARD = "postcard"


class Upload(Answer):
    """An uploaded file.

    ``url`` is what a send takes. It expires: believe the reference's 10 minutes, whatever
    ``date_delete`` says.
    """

    upload_id: Integer = None
    file_name: Text = None
    date_added: Moment = None
    date_delete: Moment = None
    user_id: Integer = None
    url: str


class UploadMedia(Operation[Upload]):
    """Upload a file, given as base64, and have it converted."""

    route = Route("uploads.upload", "POST", "/uploads", Effect.WRITE, query=("convert",))
    content: Base64
    convert: Convert

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """Refuse what no MMS carries; nothing says that converting makes a file smaller."""
        size = len(self.content) * 3 // 4 - self.content.count("=")
        if self.convert is Convert.MMS and size > LARGEST_MEDIA:
            raise ValueError(
                f"an MMS takes {LARGEST_MEDIA // 1000} kB; this file has {size:,} bytes"
            )
        return self

    @classmethod
    def of(cls, content: bytes, convert: Convert) -> Self:
        """An upload of bytes.

        Args:
            content: The file.
            convert: What it is for.

        Returns:
            The operation.
        """
        return cls(content=base64.b64encode(content).decode(), convert=convert)
