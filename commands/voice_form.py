"""The form of a voice call: its fields, what is wrong with them, the draft they make."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import reduce

from slack_sdk.models.blocks import (
    CheckboxesElement,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import DispatchActionConfig

from bot.clicksend.operations.voice import Language, SendVoice, Voice, VoiceMessage
from bot.services import recipients
from bot.services.sending import Draft
from bot.slack.blocks import Block, Modal, Option, context, input_block
from bot.slack.calls import View
from bot.texts import Phrase, many, say
from commands.audience import (
    LONGEST,
    TO,
    TO_LIST,
    audience_fields,
    targets,
    wrong_recipients,
    wrong_text,
)
from commands.origin import Origin, channel_form
from commands.times import WHEN, WORDS, Chosen
from commands.times import fields as time_fields
from commands.voice_names import NAMES, VOICES

FORM, BODY, LANGUAGE, VOICE, KEY, MACHINE = (
    "voice.form",
    "voice.body",
    "voice.language",
    "voice.voice",
    "key",
    "machine",
)
TITLE = Phrase("Make a voice call")
_TEXT, _TEXT_UNICODE = 1200, 600
_A_SECOND = 15
"""Characters that a voice reads in a second, at an ordinary pace of 150 words a minute."""
_BREAK = re.compile(r'<break\s+time="(\d{1,5})(ms|s)"\s*/>')
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds, and what it is for."""

    origin: Origin
    to: str = ""
    list_id: str = ""
    list_name: str = ""
    body: str = ""
    language: str = Language.EN_AU.value
    voice: str = Voice.FEMALE.value
    key: bool = False
    machine: bool = False
    words: str = ""
    when: int | None = None


def read(view: View) -> Typed:
    """What was typed in the form; the block of the voices carries the name of a language."""
    voices = (view.choice(block) for block in view.values if block.startswith(VOICE))
    return Typed(
        Origin.of(view),
        to=view.text(TO),
        list_id=view.choice(TO_LIST) or "",
        list_name=view.choice_text(TO_LIST),
        body=view.text(BODY),
        language=view.choice(LANGUAGE) or "",
        voice=next(filter(None, voices), ""),
        key=view.ticked(KEY),
        machine=view.ticked(MACHINE),
        words=view.text(WORDS).strip(),
        when=view.moment(WHEN),
    )


def fitting(typed: Typed) -> Typed:
    """The same, with a voice that speaks the language: the chosen one, or else its default."""
    language = _language(typed)
    if language is None or typed.voice in language.voices:
        return typed
    return replace(typed, voice=language.voices[0].value)


def check(
    typed: Typed, user: str, country: str | None, time: Chosen
) -> tuple[dict[str, str], Draft | None]:
    """What is wrong with a form, by block; or the draft it makes.

    Args:
        typed: The form.
        user: Whose it is.
        country: Of numbers without `+`.
        time: What the fields for the time say.
    """
    found = recipients.parse(typed.to, default_country=country)
    wrong = {
        **wrong_recipients(found, typed.list_id),
        **wrong_text(typed.body, BODY, most=_TEXT, most_unicode=_TEXT_UNICODE),
        **_wrong_language(typed),
        **dict(time.wrong),
    }
    if wrong:
        return wrong, None
    common = {
        "body": typed.body,
        "lang": typed.language,
        "voice": typed.voice,
        "require_input": typed.key,
        "machine_detection": typed.machine,
        "schedule": time.at,
    }
    messages = tuple(
        VoiceMessage.model_validate({**common, **target})
        for target in targets(found, typed.list_id)
    )
    return {}, Draft(
        typed.origin.id,
        user,
        typed.origin.channel,
        SendVoice(messages=messages),
        f"{typed.body}\n({_spoken_by(typed)}; {listening(typed.body)})",
        typed.origin.previous,
        notes=(time.note,) if time.note else (),
    )


def _language(typed: Typed) -> Language | None:
    return next((each for each in Language if each == typed.language), None)


def _spoken_by(typed: Typed) -> str:
    return f"{NAMES[Language(typed.language)]}, {VOICES[Voice(typed.voice)]}"


def _wrong_language(typed: Typed) -> dict[str, str]:
    language = _language(typed)
    if language is None:
        return {LANGUAGE: say("Choose a language that is offered.")}
    if typed.voice not in language.voices:
        voices = [str(VOICES[each]) for each in language.voices]
        only = reduce(lambda one, other: say("{one} or {other}", one=one, other=other), voices)
        return {
            LANGUAGE: say(
                "{language} has a {voice} voice only. Choose the voice again.",
                language=NAMES[language],
                voice=only,
            )
        }
    return {}


def seconds(body: str) -> int:
    """About how long a text takes to listen to, pauses of SSML (`<break time="2s"/>`) included."""
    pauses = sum(int(n) / (1000 if unit == "ms" else 1) for n, unit in _BREAK.findall(body))
    spoken = " ".join(_TAG.sub(" ", body).split())
    return math.ceil(len(spoken) / _A_SECOND + pauses)


def listening(body: str) -> str:
    """The same in words."""
    found = seconds(body)
    return many(
        "about {count:,} second to listen to", "about {count:,} seconds to listen to", found
    )


def form(typed: Typed, problem: str = "") -> Modal:
    """The form, with what was typed, and with a problem at its top."""
    text = PlainTextInputElement(
        action_id=BODY,
        multiline=True,
        max_length=LONGEST,
        initial_value=typed.body or None,
        dispatch_action_config=DispatchActionConfig(trigger_actions_on=["on_character_entered"]),
    )
    blocks: list[Block] = [
        *audience_fields(typed.to, typed.list_id, typed.list_name),
        input_block(
            BODY,
            say("Text that is read aloud"),
            text,
            hint=say('A comma makes a short pause, <break time="2s"/> one of two seconds.'),
            dispatch=True,
        ),
        context(listening(typed.body)),
        *_spoken(typed),
        _tick(
            KEY,
            say("Answer"),
            say("Wait for a key to be pressed; the receipt says which"),
            on=typed.key,
        ),
        _tick(
            MACHINE,
            say("Mailbox"),
            say("Notice an answering machine, and speak to it"),
            on=typed.machine,
        ),
        *time_fields(typed.words, typed.when, hint=say("In your own time zone. Empty: now.")),
    ]
    return channel_form(FORM, str(TITLE), typed.origin, blocks, problem)


def _spoken(typed: Typed) -> list[Block]:
    """The two menus; the second has only the voices of the first's language."""
    language = _language(typed) or Language.EN_AU
    languages = {each.value: Option(value=each.value, text=str(NAMES[each])) for each in Language}
    voices = {
        each.value: Option(value=each.value, text=str(VOICES[each]).capitalize())
        for each in language.voices
    }
    voice = typed.voice if typed.voice in voices else language.voices[0].value
    first = StaticSelectElement(
        action_id=LANGUAGE, options=list(languages.values()), initial_option=languages[language]
    )
    second = StaticSelectElement(
        action_id=VOICE, options=list(voices.values()), initial_option=voices[voice]
    )
    # Slack keeps what is chosen in a block of the same name, also where it is offered no more.
    return [
        input_block(LANGUAGE, say("Language"), first, dispatch=True),
        input_block(f"{VOICE}:{language}", say("Voice that reads it"), second),
    ]


def _tick(block_id: str, label: str, text: str, *, on: bool) -> Block:
    option = Option(value="yes", text=text)
    element = CheckboxesElement(
        action_id=block_id, options=[option], initial_options=[option] if on else None
    )
    return input_block(block_id, label, element, optional=True)
