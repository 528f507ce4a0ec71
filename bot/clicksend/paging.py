"""Lists that come in portions: a page at a time, or from an offset on."""

import abc
import re
from typing import Annotated, Any, Generic, Literal, Self, TypeVar
from urllib.parse import parse_qs, unquote

from pydantic import BaseModel, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from bot.clicksend.answers import Answer
from bot.clicksend.ordinary import EITHER, unlike
from bot.clicksend.requests import Mixin
from bot.clicksend.wiretypes import Integer, Many, Maybe, Text

T = TypeVar("T")

PageNumber = Annotated[int, Field(ge=1)]
PageSize = Annotated[int, Field(ge=15, le=100)]
OffsetPageSize = Annotated[int, Field(ge=1, le=500)]

LARGEST_PAGE = 100
"""Items a page at most (the reference, General, Pagination)."""
LARGEST_OFFSET_PAGE = 500
"""Items a page at most in a list with offsets (the reference, ``alpha_tags.list``)."""

_OFFSET = re.compile(r"[?&]offset=([^&]+)")


class Portion(Answer, Generic[T]):
    """Some of a list's items, as one answer brings them."""

    @property
    @abc.abstractmethod
    def items(self) -> tuple[T, ...]:
        """The items, in the list's order."""


class Paged(Mixin):
    """An operation that answers a list in portions, and knows how to read on."""

    @abc.abstractmethod
    def from_the_start(self) -> Self:
        """This listing with portions as large as they come, unless it says how large."""

    @abc.abstractmethod
    def following(self, answer: Any) -> Self | None:
        """The listing that reads on.

        Args:
            answer: What this listing answered; of anything, for only its place is read.

        Returns:
            The next listing; None after the last portion.
        """

    def after(self, last: Any, answer: Any) -> Self | None:
        """The listing that comes after another one of the same list, as far as can be known.

        Args:
            last: This listing, or a later one that was not answered yet.
            answer: What this listing answered.

        Returns:
            None where nothing follows, or only ``last``'s own answer can say.
        """
        return self.following(answer) if last is self else None

    def is_answered_by(self, answer: Any) -> bool:  # noqa: ARG002 - only pages are numbered
        """Whether an answer is the portion asked for.

        Args:
            answer: What this listing answered; of anything, for only its place is read.

        Returns:
            False when the answer says it is another portion.
        """
        return True


class Page(Portion[T]):
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

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """A page; or its items alone, or nothing, which stand for one.

        No ``model_validator``: it would have each page turned into Python objects first.
        """
        alone = core_schema.no_info_before_validator_function(_page_of, handler(source))
        return core_schema.union_schema(
            [(handler(source), EITHER), (alone, EITHER)], mode="left_to_right"
        )

    @property
    def items(self) -> tuple[T, ...]:
        """The items, in the list's order."""
        return self.data

    @property
    def has_more(self) -> bool:
        """Whether another page follows, by either of the API's two ways to say so."""
        if not self.data:
            return False
        return bool(self.next_page_url) or (self.current_page or 1) < (self.last_page or 0)


def _page_of(value: object) -> object:
    """What a page without its surroundings stands for."""
    if value is None or value == "" or isinstance(value, list):
        return {"data": value}
    raise unlike()


class Numbered(Mixin):
    """What every list with numbered pages takes; mixed into operations.

    By itself it is for lists whose answer is the bare items: nothing says whether more follow.

    Attributes:
        page: The page to return, from 1.
        limit: Items a page, 15 to 100.
    """

    page: PageNumber | None = None
    limit: PageSize | None = None


class Listing(Numbered, Paged):
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

    def after(self, last: Self, answer: Page[Any]) -> Self | None:
        """The listing of the page after another one, up to the last that an answer tells of.

        Args:
            last: This listing, or a later one that was not answered yet.
            answer: The page this listing answered.

        Returns:
            None after the last page.
        """
        if last is self:
            return self.following(answer)
        number = (last.page or 1) + 1
        known = number <= (answer.last_page or 0)
        return self.model_copy(update={"page": number}) if known else None

    def from_the_start(self) -> Self:
        """This listing with pages as large as they come, unless it says how large."""
        return self if self.limit else self.model_copy(update={"limit": LARGEST_PAGE})


class TokenListing(Paged):
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

    def from_the_start(self) -> Self:
        """This listing: it does not say how large its pages are."""
        return self


class Place(Answer):
    """Where a portion stands in a list with offsets; the addresses are never followed."""

    self_: Text = None
    next: Text = None
    page_size: Integer = None


class Metadata(Answer):
    """What stands beside the items of a list with offsets."""

    pagination: Maybe[Place] = None


class OffsetPage(Portion[T]):
    """A portion of a list with offsets; each list names its items in its own way."""

    metadata: Maybe[Metadata] = None

    @property
    def next_offset(self) -> str | None:
        """Where to read on; None after the last portion, whose next place may be its own.

        An offset is two ids with a ``#`` between, which the API's addresses do not escape: a URL
        parser would take the half of it for a fragment.
        """
        place = self.metadata.pagination if self.metadata else None
        if place is None or place.next == place.self_:
            return None
        found = _OFFSET.search(place.next or "")
        return unquote(found[1]) if found else None


class OffsetListing(Paged):
    """What listings with offsets take; mixed into their operations.

    Attributes:
        offset: Where to begin: an earlier answer's ``next_offset``.
        page_size: Items a page, 1 to 500; 10 when None.
        sort_by: The field to sort by.
        sort_direction: ``asc`` when None.
    """

    offset: Annotated[str, Field(min_length=1)] | None = None
    page_size: OffsetPageSize | None = None
    sort_by: Annotated[str, Field(min_length=1)] | None = None
    sort_direction: Literal["asc", "desc"] | None = None

    def following(self, answer: OffsetPage[Any]) -> Self | None:
        """The listing that reads on.

        Args:
            answer: The portion this listing answered; of anything, for only its place is read.

        Returns:
            The next listing; None after the last portion.
        """
        place = answer.next_offset
        if place in {None, self.offset} or not answer.items:
            return None
        return self.model_copy(update={"offset": place})

    def from_the_start(self) -> Self:
        """This listing with portions as large as they come, unless it says how large."""
        if self.page_size:
            return self
        return self.model_copy(update={"page_size": LARGEST_OFFSET_PAGE})
