"""Every text for people, in the language of whoever reads it.

English is the source, and its texts are the keys of the catalogues beside this module: `en.pot` has
all of them, `de.po` has them in German (gettext's formats, which translators' tools read). A text
is written where it is said, `say("{name} has left", name=…)`, is collected from there by `make
texts`, and is looked up in the reader's language when it is said. What a person alone sees (an
answer, a form, Home, a direct message) is in their language; what a channel sees is in the
workspace's.
"""

from bot.texts.formats import (
    clock,
    date_and_time,
    day,
    figure,
    month,
    month_name,
    weekday,
)
from bot.texts.locales import (
    ENGLISH,
    LANGUAGES,
    Locale,
    aloud,
    current,
    everybody,
    locale_of,
    ready,
    shared,
    speaking,
)
from bot.texts.sayings import Phrase, Text, many, say

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "Locale",
    "Phrase",
    "Text",
    "aloud",
    "clock",
    "current",
    "date_and_time",
    "day",
    "everybody",
    "figure",
    "locale_of",
    "many",
    "month",
    "month_name",
    "ready",
    "say",
    "shared",
    "speaking",
    "weekday",
]
