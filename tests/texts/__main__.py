"""Write bot/texts/en.pot and the other catalogues anew."""

from bot.texts import LANGUAGES
from tests.texts.catalogues import ENGLISH, HERE, collected, updated, written

ENGLISH.write_text(written(collected()))
for language in LANGUAGES:
    if language != "en":
        found = updated(language)
        (HERE / f"{language}.po").write_text(written(found))
        empty = sum(1 for each in found if each.id and not each.string)
        print(f"{language}: {len(found)} texts, {empty} to translate")  # noqa: T201 - a command
