"""Files for fax, MMS, post and contact imports."""

import base64
import binascii
import enum
from typing import Annotated, Self

from pydantic import AfterValidator, Field

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.wiretypes import Integer, Moment, Text


class Convert(enum.StrEnum):
    """What a file is converted for (the vendor's site; the reference does not list them)."""

    FAX = "fax"
    MMS = "mms"
    CSV = "csv"
    POST = "post"
    POSTCARD = "postcard"


def _is_base64(value: str) -> str:
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("content is not base64") from error
    return value


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
    content: Annotated[str, Field(min_length=1), AfterValidator(_is_base64)]
    convert: Convert

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
