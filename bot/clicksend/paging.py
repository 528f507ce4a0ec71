"""Lists that come a page at a time."""

from typing import Annotated, Any, Generic, Literal, Self, TypeVar
from urllib.parse import parse_qs

from pydantic import BaseModel, Field, model_validator

from bot.clicksend.answers import Answer
from bot.clicksend.wiretypes import Integer, Many, Text

T = TypeVar("T")

PageNumber = Annotated[int, Field(ge=1)]
PageSize = Annotated[int, Field(ge=15, le=100)]

LARGEST_PAGE = 100
"""Items a page at most (the reference, General, Pagination)."""


class Page(Answer, Generic[T]):
    """One page of a list.

    ``per_page`` may differ from the ``limit`` asked for, and an empty list has ``last_page`` 0.
    """

    total: Integer = None
    per_page: Integer = None
    current_page: Integer = None
    last_page: Integer = None
    next_page_url: Text = None
    prev_page_url: Text = None
    from_: Integer = None
    to: Integer = None
    data: Many[T]

    @model_validator(mode="before")
    @classmethod
    def _items_alone_are_a_page(cls, value: object) -> object:
        return {"data": value} if value is None or value == "" or isinstance(value, list) else value

    @property
    def has_more(self) -> bool:
        """Whether another page follows, by either of the API's two ways to say so."""
        if not self.data:
            return False
        return bool(self.next_page_url) or (self.current_page or 1) < (self.last_page or 0)


class Paged(BaseModel):
    """What every list takes; mixed into operations.

    By itself it is for lists whose answer is the bare items: nothing says whether more follow.

    Attributes:
        page: The page to return, from 1.
        limit: Items a page, 15 to 100.
    """

    page: PageNumber | None = None
    limit: PageSize | None = None


class Listing(Paged):
    """What listings take; mixed into their operations.

    Attributes:
        q: A search, ``field:value,field2:value``.
        order_by: A sort, ``field:asc`` or ``field:desc``.
        operator: How several searches combine.
    """

    q: str | None = None
    order_by: str | None = None
    operator: Literal["AND", "OR"] | None = None

    def is_answered_by(self, answer: Page[Any]) -> bool:
        """Whether an answer is the page asked for: a list that ignores ``page`` repeats itself.

        Args:
            answer: A page; of anything, for only its numbers are read.

        Returns:
            False when the answer says it is another page.
        """
        asked = self.page or 1
        return (answer.current_page or asked) == asked

    def following(self, answer: Page[Any]) -> Self | None:
        """The listing of the next page.

        Args:
            answer: The page this listing answered; of anything, for only its numbers are read.

        Returns:
            The next listing; None after the last page.
        """
        return self.model_copy(update={"page": (self.page or 1) + 1}) if answer.has_more else None

    def from_the_start(self) -> Self:
        """This listing with pages as large as they come, unless it says how large."""
        return self if self.limit else self.model_copy(update={"limit": LARGEST_PAGE})


class TokenListing(BaseModel):
    """What listings take whose answer names the next page by a token; mixed into operations.

    Attributes:
        offset: The token of the page to return; the first page when None.
    """

    offset: str | None = None

    def following(self, answer: Page[Any]) -> Self | None:
        """The listing of the next page.

        Args:
            answer: The page this listing answered; of anything, for only its links are read.

        Returns:
            The next listing; None when the answer links to nothing but itself.
        """
        # Not urlsplit: the tokens hold a bare "#".
        query = parse_qs((answer.next_page_url or "").partition("?")[2])
        token = query.get("offset", [None])[0]
        if token in {None, self.offset}:
            return None
        return self.model_copy(update={"offset": token})
