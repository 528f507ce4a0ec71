"""What the languages and the voices of calls are called."""

from __future__ import annotations

from bot.clicksend.operations.voice import Language, Voice
from bot.texts import Phrase

NAMES = {
    Language.EN_US: Phrase("English (United States)"),
    Language.EN_AU: Phrase("English (Australia)"),
    Language.EN_GB: Phrase("English (Great Britain)"),
    Language.EN_IN: Phrase("English (India)"),
    Language.EN_GB_WLS: Phrase("English (Wales)"),
    Language.CY_GB_WLS: Phrase("Welsh"),
    Language.DE_DE: Phrase("German"),
    Language.ES_ES: Phrase("Spanish (Spain)"),
    Language.ES_US: Phrase("Spanish (United States)"),
    Language.FR_CA: Phrase("French (Canada)"),
    Language.FR_FR: Phrase("French (France)"),
    Language.IS_IS: Phrase("Icelandic"),
    Language.IT_IT: Phrase("Italian"),
    Language.DA_DK: Phrase("Danish"),
    Language.NL_NL: Phrase("Dutch"),
    Language.NB_NO: Phrase("Norwegian"),
    Language.PL_PL: Phrase("Polish"),
    Language.PT_PT: Phrase("Portuguese (Portugal)"),
    Language.PT_BR: Phrase("Portuguese (Brazil)"),
    Language.RO_RO: Phrase("Romanian"),
    Language.RU_RU: Phrase("Russian"),
    Language.SV_SE: Phrase("Swedish"),
    Language.TR_TR: Phrase("Turkish"),
}
VOICES = {Voice.FEMALE: Phrase("female"), Voice.MALE: Phrase("male")}
