"""The scenes of the tour, a module a theme; what takes its time begins before it is seen."""

from bot.sandbox.scenes import alerts, commands, everywhere, inbox, lists, main, post, sends

SCENES = (
    *(main.balance, main.usage, main.sms, main.fax, post.letter),
    *(main.unreachable, post.campaign, main.campaign),
    *(main.low_credit, alerts.forecast, alerts.taken, alerts.orders, main.failure),
    *(sends.lost, sends.undo, sends.duplicate, sends.approval, lists.automation, lists.export),
    *(inbox.text_in, sends.settled, inbox.conversation, alerts.group, alerts.report),
    *(everywhere.mention, everywhere.message, everywhere.home),
    *(commands.every, commands.german),
)
