"""Who may take, snooze and assign an alert: pure."""

from __future__ import annotations

from collections.abc import Collection

from bot.services.alerts.model import Group


def may_handle(
    group: Group,
    user: str,
    *,
    acting: str | None,
    places: Collection[str | None],
    oncall: Collection[str],
    may_send: bool,
) -> bool:
    """Whether somebody may do something about an alert, where they are doing it.

    Whoever is in the channel of an alert may: it is there for them, and whoever decides which
    channel it goes to has decided who they are. From elsewhere those may who are on call or on it,
    and who have a role that lets them send. Everybody may look.

    Args:
        group: The alert.
        user: Who, a Slack user id.
        acting: Where they are, a Slack channel id; None in what has no channel.
        places: Where the alert stands, and where alerts like it go.
        oncall: Who is told when nobody takes it.
        may_send: Whether they have a role that lets them send there.
    """
    here = acting is not None and acting in places
    return here or may_send or user in oncall or user == group.assigned_to
