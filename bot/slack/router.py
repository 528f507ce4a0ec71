"""Declared handlers, found by one dictionary look-up; help comes from the same declarations."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property, wraps
from typing import Any, Generic, TypeAlias, TypeVar, cast

from bot.slack.blocks import (
    Message,
    Modal,
    Option,
    clip,
    context,
    escape,
    header,
    paragraphs,
    section,
)
from bot.slack.calls import Call
from bot.texts import Phrase, current, say

S = TypeVar("S")
T = TypeVar("T")

ROOT, ALL = "/clicksend", "all"
_CLOSE = 0.6


@dataclass(frozen=True, slots=True)
class Errors:
    """The form stays, each named block with what is wrong."""

    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Update:
    """The modal becomes this one."""

    view: Modal


@dataclass(frozen=True, slots=True)
class Push:
    """This modal opens over the one there."""

    view: Modal


@dataclass(frozen=True, slots=True)
class Clear:
    """Every modal closes."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a menu offers."""

    options: Sequence[Option]


@dataclass(frozen=True, slots=True)
class OptionGroups:
    """What a menu offers, under a headline each."""

    groups: Mapping[str, Sequence[Option]]


Ack: TypeAlias = Errors | Update | Push | Clear | Options | OptionGroups | None
Handler: TypeAlias = Callable[[Call[S]], Awaitable[Ack]]
Register: TypeAlias = Callable[[Handler[S]], Handler[S]]


@dataclass(frozen=True, slots=True)
class CommandSpec(Generic[S]):
    """One subcommand as declared."""

    words: str
    args: str
    summary: Phrase
    shortcut: str | None
    handler: Handler[S]
    uses: tuple[str, ...] = ()
    mentions: bool = False

    @property
    def usage(self) -> str:
        """How it is typed."""
        return f"{ROOT} {self.words} {self.args}".strip()


class Help(Message):
    """The same each time: its JSON is made once."""

    @cached_property
    def json(self) -> str:
        """It as an acknowledgement."""
        return acknowledgement(self)


def acknowledgement(message: Message) -> str:
    """The JSON that answers a command in its acknowledgement, for the person alone."""
    blocks = [block.to_dict() for block in message.blocks]
    return json.dumps({"response_type": "ephemeral", "text": message.text, "blocks": blocks})


@dataclass(frozen=True, slots=True)
class Found(Generic[S]):
    """A handler and the text that is left for it; `mentions`: it wants them as Slack marks them."""

    handler: Handler[S]
    text: str
    mentions: bool = False


class Router(Generic[S]):
    """The handlers of one noun, or of all of them."""

    def __init__(self) -> None:
        self.commands: dict[str, CommandSpec[S]] = {}
        self._defaults: dict[str, str] = {}
        self._shortcuts: dict[str, CommandSpec[S]] = {}
        self._helped: dict[tuple[str, str], Help] = {}
        self._handlers: dict[tuple[str, str], Handler[S]] = {}

    def command(
        self,
        words: str,
        *,
        summary: Phrase,
        args: str = "",
        shortcut: str | None = None,
        default: bool = False,
        uses: tuple[str, ...] = (),
        mentions: bool = False,
    ) -> Register[S]:
        """Declare a subcommand of `/clicksend`.

        Args:
            words: Noun and verb, as `campaign list`, or a noun alone.
            summary: What it does, for help.
            args: What follows, for help.
            shortcut: A slash command of its own for it.
            default: Whether the noun alone means this.
            uses: The ids of the ClickSend operations that it runs, for the manual.
            mentions: Whether its text keeps people and channels as Slack marks them
                (`<@U1|ada>`) rather than as they were typed (`@ada`).
        """

        def register(handler: Handler[S]) -> Handler[S]:
            self._add(CommandSpec(words, args, summary, shortcut, handler, uses, mentions))
            if default:
                self._defaults[words.split(maxsplit=1)[0]] = words
            return handler

        return register

    def action(self, action_id: str) -> Register[S]:
        """Declare what a button or menu does; `id:anything` comes here, too."""
        return self._register("action", action_id)

    def view(self, callback_id: str) -> Register[S]:
        """Declare what the submission of a modal does."""
        return self._register("view", callback_id)

    def closed(self, callback_id: str) -> Register[S]:
        """Declare what the closing of a modal does (one with `notify_on_close`)."""
        return self._register("closed", callback_id)

    def shortcut(self, callback_id: str) -> Register[S]:
        """Declare what a global or message shortcut does."""
        return self._register("shortcut", callback_id)

    def event(self, kind: str) -> Register[S]:
        """Declare what an event, as `app_home_opened`, does; it is acknowledged before."""
        return self._register("event", kind)

    def options(self, action_id: str) -> Register[S]:
        """Declare what a menu offers while somebody types in it."""
        return self._register("options", action_id)

    def include(self, other: Router[S]) -> None:
        """Take over everything another router declares."""
        for spec in other.commands.values():
            self._add(spec)
        self._defaults.update(other._defaults)
        for key, handler in other._handlers.items():
            self._put(key, handler)

    def adopt(self, other: Router[T], pick: Callable[[S], T]) -> None:
        """Take over everything that a router of other services declares.

        Args:
            other: The router.
            pick: Finds its services in ours.
        """
        for spec in other.commands.values():
            self._add(replace(cast("CommandSpec[Any]", spec), handler=_adopted(spec.handler, pick)))
        self._defaults.update(other._defaults)
        for key, handler in other._handlers.items():
            self._put(key, _adopted(handler, pick))

    def find(self, kind: str, name: str) -> Handler[S] | None:
        """The handler of an action, view, menu, shortcut or event; None when nobody declared it."""
        return self._handlers.get((kind, name)) or self._handlers.get(
            (kind, name.split(":", maxsplit=1)[0])
        )

    def names(self, kind: str) -> frozenset[str]:
        """Every name that is declared of a kind, as `shortcut`."""
        return frozenset(name for each, name in self._handlers if each == kind)

    def slash_names(self) -> frozenset[str]:
        """Every slash command that Slack has to know."""
        shortcuts = {spec.shortcut for spec in self.commands.values() if spec.shortcut}
        return frozenset({ROOT, *shortcuts})

    def read(self, slash: str, text: str) -> Found[S] | Message:
        """What a slash command means.

        Args:
            slash: The command, as `/clicksend` or `/sms`.
            text: What was typed after it.

        Returns:
            The handler with what is left of the text, or the answer to help and typos.
        """
        spec = self._shortcuts.get(slash.lower())
        if spec is None:
            return self._read_root(text)
        asked = text.strip().lower() == "help"
        return self.help(_word(spec.words)[0]) if asked else Found(spec.handler, text.strip())

    def _read_root(self, text: str) -> Found[S] | Message:
        noun, rest = _word(text)
        if noun in {"", "help"}:
            return self.help(_word(rest)[0])
        verb, after = _word(rest)
        if spec2 := self.commands.get(f"{noun} {verb}"):
            return Found(spec2.handler, after, spec2.mentions)
        if spec2 := self.commands.get(noun):
            return Found(spec2.handler, rest, spec2.mentions)
        default = self._defaults.get(noun)
        if default and not verb:
            return Found(self.commands[default].handler, "")
        return self._unknown(noun, verb)

    def help(self, noun: str = "") -> Message:
        """What can be typed: a line a noun; of one noun, or of `all`, a line a command."""
        known = (noun, current().language)
        if known not in self._helped:
            shown = [s for w, s in self.commands.items() if noun in {"", ALL, w.split()[0]}]
            if not shown:
                return self._unknown(noun, "")
            self._helped[known] = _help(shown) if noun else _overview(shown)
        return self._helped[known]

    def _unknown(self, noun: str, verb: str) -> Message:
        typed = escape(clip(f"{noun} {verb}".strip().replace("`", "'"), 80))
        near = self._nearest(noun, verb)
        said = [
            say("I don't know `{typed}`.", typed=typed),
            *([say("Did you mean `{command}`?", command=f"{ROOT} {near}")] if near else []),
            say("Type `/clicksend help` for everything I can do."),
        ]
        text = " ".join(said)
        return Message(text, (section(text),))

    def _nearest(self, noun: str, verb: str) -> str | None:
        nouns = {words.split()[0] for words in self.commands} | {"help"}
        close = get_close_matches(noun[:40], nouns, n=1, cutoff=_CLOSE)
        if not close:
            return None
        verbs = {w.split()[1]: w for w in self.commands if w.startswith(f"{close[0]} ")}
        found = get_close_matches(verb[:40], verbs, n=1, cutoff=_CLOSE)
        if found:
            return verbs[found[0]]
        return self._defaults.get(close[0], close[0])

    def _register(self, kind: str, name: str) -> Register[S]:
        def register(handler: Handler[S]) -> Handler[S]:
            self._put((kind, name), handler)
            return handler

        return register

    def _add(self, spec: CommandSpec[S]) -> None:
        if spec.words in self.commands:
            raise ValueError(f"{spec.words} is declared twice")
        self.commands[spec.words] = spec
        if spec.shortcut:
            self._shortcuts[spec.shortcut] = spec
        self._helped.clear()

    def _put(self, key: tuple[str, str], handler: Handler[S]) -> None:
        if key in self._handlers:
            raise ValueError(f"{key[0]} {key[1]} is declared twice")
        self._handlers[key] = handler


def called(handler: Handler[Any]) -> str:
    """What a handler is called in the metrics: its module and its own name."""
    module = getattr(handler, "__module__", "").rpartition(".")[2]
    return f"{module}.{getattr(handler, '__name__', 'handler')}"


def _adopted(handler: Handler[T], pick: Callable[[S], T]) -> Handler[S]:
    @wraps(handler)
    async def adopted(call: Call[S]) -> Ack:
        return await handler(replace(cast("Call[Any]", call), services=pick(call.services)))

    return adopted


def _help(shown: Iterable[CommandSpec[Any]]) -> Help:
    """A paragraph a noun, a line a command."""
    groups = _by_noun(shown)
    lines = {
        noun: [f"`{escape(s.usage)}`{_also(s)}: {escape(s.summary)}" for s in specs]
        for noun, specs in groups.items()
    }
    text = "\n".join(line for each in lines.values() for line in each)
    blocks = [section("\n".join(each)) for each in lines.values()]
    hint = say("`/clicksend help` shows everything I can do.")
    return Help(text, (header(say("What you can type")), *blocks, context(hint)))


def _overview(shown: Iterable[CommandSpec[Any]]) -> Help:
    """A line a noun: a hundred commands with what they do are more than anybody reads."""
    groups = _by_noun(shown)
    lines = [_noun(noun, specs) for noun, specs in groups.items()]
    hint = say(
        "`/clicksend help {noun}` says how one is typed, `/clicksend help all` of all.",
        noun=next(iter(groups)),
    )
    blocks = (header(say("What you can type")), *paragraphs(lines), context(hint))
    return Help("\n".join([*lines, hint]), blocks)


def _noun(noun: str, specs: Sequence[CommandSpec[Any]]) -> str:
    """As `/clicksend campaign` cancel, change, create."""
    if len(specs) == 1:
        return f"`{ROOT} {escape(specs[0].words)}`{_also(specs[0])}: {escape(specs[0].summary)}"
    also = "".join(_also(spec) for spec in specs)
    verbs = ", ".join(escape(spec.words.partition(" ")[2]) for spec in specs if " " in spec.words)
    alone = "".join(f": {escape(spec.summary)};" for spec in specs if spec.words == noun)
    return f"`{ROOT} {escape(noun)}`{also}{alone} {verbs}"


def _also(spec: CommandSpec[Any]) -> str:
    return f" {say('(or `{command}`)', command=spec.shortcut)}" if spec.shortcut else ""


def _by_noun(shown: Iterable[CommandSpec[Any]]) -> dict[str, list[CommandSpec[Any]]]:
    groups: dict[str, list[CommandSpec[Any]]] = {}
    for spec in sorted(shown, key=lambda each: each.words):
        groups.setdefault(spec.words.split()[0], []).append(spec)
    return groups


def _word(text: str) -> tuple[str, str]:
    """The first word in lower case, and the rest as it is."""
    word, *rest = text.strip().split(maxsplit=1) or [""]
    return word.lower(), rest[0] if rest else ""
