"""Roles: who may do what, the words of a refusal, and that grants only ever add."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.roles import Action, Decision, Grant, Role, decide, role_of

ADA, EVE = "U0ADA", "U0EVE"
NONE: frozenset[str] = frozenset()


def asked(
    action: Action,
    grants: Iterable[Grant] = (),
    *,
    user: str = EVE,
    groups: frozenset[str] = NONE,
    channel: str = "C0OPS",
    admins: frozenset[str] = frozenset({ADA}),
    senders: frozenset[str] = NONE,
    kind: str | None = "sms",
    acting: str | None = None,
) -> Decision:
    return decide(
        action,
        user,
        groups=groups,
        channel=channel,
        grants=grants,
        admins=admins,
        senders=senders,
        kind=kind,
        acting=acting,
    )


def test_a_channels_role_is_theirs_who_act_in_it_wherever_it_was_asked_for() -> None:
    bosses = [Grant("C0BOSS", Role.APPROVER)]
    assert asked(Action.APPROVE, bosses, channel="C0OPS", acting="C0BOSS").allowed
    assert not asked(Action.APPROVE, bosses, channel="C0BOSS", acting="C0OPS").allowed
    place = [Grant(EVE, Role.APPROVER, "C0OPS")]
    assert asked(Action.APPROVE, place, channel="C0OPS", acting="C0BOSS").allowed
    assert not asked(Action.APPROVE, place, channel="C0BOSS", acting="C0OPS").allowed


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.VIEWER, {Action.VIEW}),
        (Role.SENDER, {Action.VIEW, Action.SEND}),
        (Role.APPROVER, {Action.VIEW, Action.SEND, Action.APPROVE}),
        (Role.ADMIN, set(Action)),
    ],
)
def test_each_role_may_do_what_those_before_it_may(role: Role, may: set[Action]) -> None:
    granted = [Grant(EVE, role)]
    assert {action for action in Action if asked(action, granted).allowed} == may


def test_by_default_anybody_may_look_and_nobody_may_do_more() -> None:
    assert {a for a in Action if asked(a, admins=NONE).allowed} == {Action.VIEW}


def test_admins_and_senders_of_the_settings_have_their_roles() -> None:
    assert asked(Action.ADMINISTER, user=ADA).allowed
    assert asked(Action.SEND, senders=frozenset({EVE})).allowed
    assert asked(Action.SEND, senders=frozenset({"*"})).allowed
    assert not asked(Action.APPROVE, senders=frozenset({"*"})).allowed


@pytest.mark.parametrize(
    ("grant", "allowed"),
    [
        (Grant(EVE, Role.SENDER), True),
        (Grant("U0BOB", Role.SENDER), False),
        (Grant("*", Role.SENDER), True),
        (Grant("S0TEAM", Role.SENDER), True),
        (Grant("S0OTHERS", Role.SENDER), False),
        (Grant("C0OPS", Role.SENDER), True),
        (Grant("C0DEV", Role.SENDER), False),
        (Grant(EVE, Role.SENDER, "C0OPS"), True),
        (Grant(EVE, Role.SENDER, "C0DEV"), False),
        (Grant(EVE, Role.SENDER, "sms"), True),
        (Grant(EVE, Role.SENDER, "fax"), False),
        (Grant("C0OPS", Role.SENDER, "fax"), False),
        (Grant("S0TEAM", Role.ADMIN, "sms"), True),
    ],
)
def test_a_grant_counts_for_its_people_in_its_place(grant: Grant, *, allowed: bool) -> None:
    found = asked(Action.SEND, [grant], groups=frozenset({"S0TEAM"}))
    assert found.allowed is allowed


def test_a_channel_grant_is_not_won_by_naming_a_person_as_the_channel() -> None:
    assert not asked(Action.SEND, [Grant("U0BOB", Role.SENDER)], channel="U0BOB").allowed


def test_an_admin_of_one_place_gives_no_roles() -> None:
    granted = [Grant(EVE, Role.ADMIN, "C0OPS")]
    assert asked(Action.APPROVE, granted).allowed
    assert not asked(Action.ADMINISTER, granted).allowed


@pytest.mark.parametrize("subject", ["*", "C0OPS", "G0OPS"])
def test_nobody_becomes_an_admin_by_joining_a_channel(subject: str) -> None:
    with pytest.raises(ValueError, match="only people and user groups can be admins"):
        Grant(subject, Role.ADMIN)


@pytest.mark.parametrize("subject", ["", "everybody", "<!channel>", "u0eve", "U", "D0DIRECT"])
def test_a_subject_that_is_none_is_refused(subject: str) -> None:
    with pytest.raises(ValueError, match="a role goes to"):
        Grant(subject, Role.SENDER)


@pytest.mark.parametrize("place", ["", "<!here>", "#ops", "SMS!", "D0DIRECT"])
def test_a_place_that_is_none_is_refused(place: str) -> None:
    with pytest.raises(ValueError, match="a role counts in"):
        Grant(EVE, Role.SENDER, place)


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (
            Action.SEND,
            (
                "You may not send with this bot: the role *sender* is missing. Ask <@U0ADA> for "
                "it: they can give it to you with `/clicksend access`."
            ),
        ),
        (
            Action.APPROVE,
            (
                "You may not approve a send: the role *approver* is missing. Ask <@U0ADA> for it: "
                "they can give it to you with `/clicksend access`."
            ),
        ),
        (
            Action.ADMINISTER,
            (
                "You may not do that: the role *admin* is missing. Ask <@U0ADA> for "
                "it: they can give it to you with `/clicksend access`."
            ),
        ),
    ],
)
def test_a_refusal_names_the_role_and_who_can_give_it(action: Action, reason: str) -> None:
    assert asked(action) == Decision(allowed=False, reason=reason)


def test_a_refusal_names_five_admins_those_of_the_settings_first() -> None:
    granted = [Grant(f"U{n}", Role.ADMIN) for n in range(9)]
    reason = asked(Action.SEND, granted, admins=frozenset({"UZ"})).reason
    assert "Ask <@UZ>, <@U0>, <@U1>, <@U2> or <@U3> for it" in reason


def test_a_refusal_names_the_group_of_admins_where_there_are_no_others() -> None:
    reason = asked(Action.SEND, [Grant("S0LEADS", Role.ADMIN)], admins=NONE).reason
    assert "Ask somebody in <!subteam^S0LEADS> for it" in reason


def test_without_admins_a_refusal_says_how_to_name_some() -> None:
    assert asked(Action.SEND, admins=NONE).reason == (
        "You may not send with this bot: the role *sender* is missing. The bot has no admins yet "
        "who could give it: whoever runs it can name some in the setting `BOT_ADMINS`."
    )


def test_a_refusal_says_where_one_has_the_role() -> None:
    granted = [Grant(EVE, Role.SENDER, "C0DEV"), Grant(EVE, Role.APPROVER, "fax")]
    assert asked(Action.SEND, granted).reason.startswith(
        "You may not send with this bot: the role *sender* is missing here (you have it only for "
        "<#C0DEV> or fax). Ask "
    )


def test_the_highest_role_that_holds_everywhere_is_shown() -> None:
    granted = [
        Grant(EVE, Role.SENDER),
        Grant("S0TEAM", Role.APPROVER),
        Grant(EVE, Role.ADMIN, "sms"),
    ]
    for groups, role in ((NONE, Role.SENDER), (frozenset({"S0TEAM"}), Role.APPROVER)):
        assert role_of(EVE, groups=groups, grants=granted, admins=NONE, senders=NONE) is role
    assert role_of(EVE, groups=NONE, grants=[], admins=NONE, senders=NONE) is Role.VIEWER


USERS, TEAMS, ROOMS = (ADA, EVE, "U0BOB"), ("S0TEAM", "S0LEADS"), ("C0OPS", "C0DEV")
GRANTS = st.one_of(
    st.builds(
        Grant,
        st.sampled_from([*USERS, *TEAMS]),
        st.sampled_from(Role),
        st.sampled_from([None, *ROOMS, "sms", "fax"]),
    ),
    st.builds(
        Grant,
        st.sampled_from([*ROOMS, "*"]),
        st.sampled_from([Role.VIEWER, Role.SENDER, Role.APPROVER]),
        st.sampled_from([None, *ROOMS, "sms", "fax"]),
    ),
)
WHO = st.fixed_dictionaries(
    {
        "user": st.sampled_from(USERS),
        "groups": st.frozensets(st.sampled_from(TEAMS)),
        "channel": st.sampled_from([*ROOMS, "D0DIRECT"]),
        "kind": st.sampled_from([None, "sms", "fax"]),
        "admins": st.frozensets(st.sampled_from(USERS), max_size=1),
        "senders": st.frozensets(st.sampled_from([*USERS, "*"]), max_size=1),
    }
)


@given(st.sampled_from(Action), st.lists(GRANTS, max_size=5), GRANTS, WHO)
def test_another_grant_never_takes_a_right_away(
    action: Action,
    grants: list[Grant],
    more: Grant,
    who: dict[str, str | frozenset[str]],
) -> None:
    before = asked(action, grants, **who)  # type: ignore[arg-type]  # the keys are its parameters
    after = asked(action, [*grants, more], **who)  # type: ignore[arg-type]  # as above
    assert after.allowed or not before.allowed


@given(
    st.sampled_from([Action.SEND, Action.APPROVE, Action.ADMINISTER]),
    st.lists(GRANTS, max_size=5),
    WHO,
)
def test_nobody_may_spend_whom_no_setting_or_grant_names(
    action: Action, grants: list[Grant], who: dict[str, str | frozenset[str]]
) -> None:
    allowed = asked(action, grants, **who).allowed  # type: ignore[arg-type]  # as above
    subjects = {who["user"], who["channel"], "*", *who["groups"]}
    by_grant = any(grant.subject in subjects and grant.role != Role.VIEWER for grant in grants)
    by_setting = who["user"] in who["admins"] or bool({who["user"], "*"} & set(who["senders"]))
    assert by_grant or by_setting or not allowed


@given(st.lists(GRANTS, max_size=5), WHO)
def test_who_may_do_more_may_do_less(
    grants: list[Grant], who: dict[str, str | frozenset[str]]
) -> None:
    may = [asked(action, grants, **who).allowed for action in Action]  # type: ignore[arg-type]  # as above
    assert may == sorted(may, reverse=True)
