"""The same once more: a new draft, a price, a yes."""

from __future__ import annotations

from functools import partial

from bot.services.channels import channel_of
from bot.services.journal import CLI
from bot.services.sending import Draft, new_id
from bot.slack.blocks import clip
from bot.store.sends import Send
from bot.texts import say
from commands.answers import plain
from commands.context import BotCall
from commands.review import loading, price_and_review, stopped


async def again(call: BotCall, send: Send, recipients: tuple[str, ...]) -> None:
    """Offer to send the same to some recipients once more: a new draft, a price, a yes."""
    kept = await call.services.sending.draft(send.id)
    if kept is None or not recipients:
        said = say(":warning: There is nobody to send it to again. Nothing was sent or charged.")
        await call.reply(plain(said))
        return
    channel = channel_of(send.operation)
    try:
        operation = channel.only(kept[1], recipients)
    except ValueError:
        said = say(":warning: It can only be repeated as a whole. Nothing was sent or charged.")
        await call.reply(plain(said))
        return
    title = say("Again: {noun}", noun=channel.noun)
    view_id = await call.open(loading(clip(title, 24)))
    now = await call.services.sending.draft(send.id)
    if now is None or now[0].state is not send.state:
        settled = say("Somebody has settled this one in the meantime. Nothing was sent or charged.")
        await call.slack.update_view(view_id, stopped(title, settled))
        return
    draft = Draft(
        id=new_id(),
        actor=call.user,
        channel=send.channel if send.channel != CLI else call.channel or call.user,
        operation=operation,
        summary=send.summary,
        previous=send.id,
        same_as=send.fingerprint,
        replaces=send.replaces,
        thread_ts=send.thread_ts,
    )
    await price_and_review(call, view_id, draft, partial(stopped, title))
