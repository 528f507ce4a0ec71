"""Where no command is typed: a mention in a thread, a message's shortcut, App Home."""

from __future__ import annotations

import base64

from bot.sandbox.hand import ADA, OPS, Hand

_HOURS = "We open at *ten* tomorrow."
_CLOCK = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAGAAAABACAMAAADS6oI8AAAABlBMVEUfOl////8vppBAAAAAlklEQVR42u3YwQqA"
    "MAwD0OT/f9qzaEeLydhmc1TJA6eHFuh0DgrvMdeLCUZx92sEjuPu/yy81EkFJgBK3090Ufnx686BaYBrAiwAlP0A"
    "oxt/A1gEuBrAMsAGGsgD0YObAI8ePUDvGTRwEAB3vx+Au/8AAO7+koA1Abj704JzxtRPgfY5dvokvsGuYsK2xb8v"
    "mrHx6nTiXMo7B9dmqKWVAAAAAElFTkSuQmCC"
)
"""A small picture of a clock, PNG."""


async def mention(hand: Hand) -> None:
    """Commands do not work in threads; a mention does."""
    hand.title("A mention in a thread")
    asked = hand.slack.say(ADA, OPS, "How much is left for the campaign?")
    await hand.acts("writes [bold]@ClickSend balance[/] in the thread")
    hand.slack.say(ADA, OPS, "@ClickSend balance", thread_ts=asked.ts)
    said = await hand.until(
        lambda each: each.thread_ts == asked.ts and each.only_for == ADA, "what is left"
    )
    hand.expect(said, "left")


async def message(hand: Hand) -> None:
    """A message's picture and text as an MMS, seen before the yes."""
    hand.title("A message with a picture, sent as MMS")
    picture = hand.slack.attach(ADA, "hours.png", _CLOCK)
    said = hand.slack.say(ADA, OPS, _HOURS, files=[picture["id"]])
    await hand.acts("uses [bold]Send as MMS[/] on the message")
    hand.check(await hand.slack.shortcut(ADA, "shortcut.mms", said))
    form = await hand.view("mms.form")
    hand.require("We open at ten tomorrow." in str(form), "the text is in the form, unmarked")
    await hand.review({"to": {"value": "+61411111111"}, "subject": {"value": "Hours"}}, "AUD")
    review = await hand.view("send.confirm")
    hand.require("'slack_file'" in str(review), "the picture is shown before the yes")
    await hand.yes()
    sent = await hand.until(lambda each: "MMS sent by" in each.text, "that the MMS is sent")
    hand.expect(sent, "MMS sent by")


async def home(hand: Hand) -> None:
    """Everything at a glance, with one's own settings."""
    hand.title("App Home: balance, usage, what waits, what I sent")
    await hand.acts("opens [bold]Home[/]")
    hand.slack.look_home(ADA)
    await hand.slack.workspace.feed.until(
        lambda: "Usage of" in str(hand.slack.views.homes.get(ADA, ""))
    )
    shown = str(hand.slack.views.homes[ADA])
    for part in ("as of", "What I sent", "Hours: We open at ten tomorrow."):
        hand.require(part in shown, f"Home shows {part!r}")
    hand.check(await hand.slack.press_home(ADA, "settings.open"))
    await hand.view("settings.form")
    hand.check(await hand.slack.submit(ADA, {"settings.from": {"value": "Harbour"}}))
    hand.check(await hand.slack.shortcut(ADA, "shortcut.sms"))
    form = await hand.view("sms.form")
    hand.require("Harbour" in str(form), "the form begins with the sender that was set")
    await hand.slack.close(ADA)
