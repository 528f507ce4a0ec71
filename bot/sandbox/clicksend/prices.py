"""What things cost, by country and part, and how many parts a text has.

The prices are the sandbox's own, in Australian dollars; the counting is the reference's.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.sandbox.clicksend.wire import Json

CURRENCY: Json = {
    "currency_name_short": "AUD",
    "currency_prefix_d": "$",
    "currency_prefix_c": "c",
    "currency_name_long": "Australian Dollars",
}
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€\f")


@dataclass(frozen=True)
class Country:
    """A country and its prices a part, a page, or a message."""

    number: int
    code: str
    name: str
    region: str
    sms: Decimal
    mms: Decimal = Decimal("0.4290")
    voice: Decimal = Decimal("0.0583")
    fax: Decimal = Decimal("0.1980")
    letter: Decimal = Decimal("2.4200")

    def price(self, kind: str) -> Decimal:
        """The price of a part of a kind of message."""
        return Decimal(getattr(self, kind))


def _country(number: int, code: str, name: str, region: str, sms: str) -> Country:
    return Country(number, code, name, region, Decimal(sms))


_AUSTRALIA = Country(
    1,
    "AU",
    "Australia",
    "Oceania",
    sms=Decimal("0.0770"),
    mms=Decimal("0.3300"),
    voice=Decimal("0.0330"),
    fax=Decimal("0.0990"),
    letter=Decimal("1.3970"),
)
COUNTRIES = {
    each.code: each
    for each in (
        _AUSTRALIA,
        _country(2, "NZ", "New Zealand", "Oceania", "0.1210"),
        _country(3, "US", "United States of America", "Americas", "0.0209"),
        _country(4, "CA", "Canada", "Americas", "0.0220"),
        _country(5, "GB", "United Kingdom", "Europe", "0.0715"),
        _country(6, "IE", "Ireland", "Europe", "0.1045"),
        _country(7, "CN", "China", "Asia", "0.0484"),
        _country(8, "SG", "Singapore", "Asia", "0.0737"),
        _country(9, "IN", "India", "Asia", "0.0649"),
        _country(10, "PH", "Philippines", "Asia", "0.0396"),
        _country(11, "JP", "Japan", "Asia", "0.1265"),
        _country(12, "DE", "Germany", "Europe", "0.1408"),
        _country(13, "FR", "France", "Europe", "0.1166"),
        _country(14, "ES", "Spain", "Europe", "0.1298"),
        _country(15, "IT", "Italy", "Europe", "0.1342"),
        _country(16, "NL", "Netherlands", "Europe", "0.1584"),
        _country(17, "AT", "Austria", "Europe", "0.1474"),
        _country(18, "CH", "Switzerland", "Europe", "0.1144"),
        _country(19, "SE", "Sweden", "Europe", "0.0957"),
        _country(20, "NO", "Norway", "Europe", "0.1045"),
        _country(21, "DK", "Denmark", "Europe", "0.0781"),
        _country(22, "PL", "Poland", "Europe", "0.0528"),
        _country(23, "BR", "Brazil", "Americas", "0.0363"),
        _country(24, "MX", "Mexico", "Americas", "0.0561"),
        _country(25, "ZA", "South Africa", "Africa", "0.0418"),
        _country(26, "AF", "Afghanistan", "Asia", "0.2090"),
    )
}
EMAIL_PRICE, CAMPAIGN_EMAIL_PRICE = Decimal("0.0050"), Decimal("0.0011")
POSTCARD_PRICE = Decimal("1.7100")
_PAGE_BLACK, _PAGE_COLOUR, _PRIORITY = Decimal("0.1100"), Decimal("0.2640"), Decimal("0.6600")


def sms_parts(body: str, most: int = 8) -> int:
    """Message parts by the documented table: 160/153 in GSM 03.38, 70/67 otherwise.

    Args:
        body: The text.
        most: What the account allows; longer texts are cut off there.
    """
    if is_gsm(body):
        length, one, many = sum(1 + (c in _GSM_TWICE) for c in body), 160, 153
    else:
        length, one, many = len(body.encode("utf-16-le", "surrogatepass")) // 2, 70, 67
    return 1 if length <= one else min(-(-length // many), most)


def voice_parts(body: str) -> int:
    """Parts of a spoken text by the documented table: 300 characters, or 150, four at most."""
    length = 300 if is_gsm(body) else 150
    return min(max(1, -(-len(body) // length)), 4)


def is_gsm(body: str) -> bool:
    """Whether a text is made of the characters of GSM 03.38 only."""
    return all(c in _GSM or c in _GSM_TWICE for c in body)


def letter_price(country: Country, pages: int, *, colour: bool, priority: bool) -> Decimal:
    """What a letter costs: the first page with the stamp, and each further page."""
    page = _PAGE_COLOUR if colour else _PAGE_BLACK
    first = country.letter + (page if colour else 0)
    return first + page * (pages - 1) + (_PRIORITY if priority else 0)


def pdf_pages(content: bytes) -> int:
    """Pages of a PDF, counted as its page objects; 1 for what is none."""
    found = content.count(b"/Type /Page") + content.count(b"/Type/Page")
    found -= content.count(b"/Type /Pages") + content.count(b"/Type/Pages")
    return max(1, found)
