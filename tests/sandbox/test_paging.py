"""Lists: pages, searches, sorting, dates, in both of the API's styles."""

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.sandbox.clicksend import ClickSendSandbox
from tests.sandbox.conftest import Api


@pytest.fixture
async def many(api: Api) -> None:
    """37 contacts in the list of staff, which holds 4."""
    for number in range(33):
        body = {"email": f"p{number:02d}@example.com", "first_name": f"P{number % 3}"}
        await api.post("/lists/429/contacts", body)


@pytest.mark.usefixtures("many")
async def test_pages_follow_one_another_and_hold_everything_once(api: Api) -> None:
    path, seen, previous = "/lists/429/contacts", [], None
    for number in (1, 2, 3):
        page = await api.get(path, page=number)
        assert (page["total"], page["per_page"], page["last_page"]) == (37, 15, 3)
        assert page["current_page"] == number
        assert (page["from"], page["to"]) == ((number - 1) * 15 + 1, min(number * 15, 37))
        assert page["prev_page_url"] is None if previous is None else page["prev_page_url"]
        seen += [each["contact_id"] for each in page["data"]]
        previous = page["next_page_url"]
    assert previous is None
    assert len(seen) == len(set(seen)) == 37


@pytest.mark.usefixtures("many")
async def test_the_next_page_url_leads_to_the_next_page(api: Api) -> None:
    first = await api.get("/lists/429/contacts", order_by="contact_id:desc")
    response = await api.client.get(first["next_page_url"])
    second = response.json()["data"]
    assert second["current_page"] == 2
    assert second["data"][0]["contact_id"] < first["data"][-1]["contact_id"]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(("asked", "given"), [(1, 15), (15, 15), (40, 40), (1000, 100)])
async def test_the_limit_is_brought_between_15_and_100(api: Api, asked: int, given: int) -> None:
    page = await api.get("/lists/429/contacts", limit=asked)
    assert page["per_page"] == given
    assert len(page["data"]) == min(given, 37)


async def test_an_empty_list_has_no_last_page(api: Api) -> None:
    page = await api.get("/lists/430/contacts")
    assert (page["total"], page["last_page"], page["data"]) == (0, 0, [])
    assert page["next_page_url"] is None


async def test_a_page_that_is_no_number_is_a_400(api: Api) -> None:
    answer = await api.get("/lists", 400, page="two")
    assert answer["response_code"] == 400
    assert "page" in answer["response_msg"]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"q": "first_name:p1"}, 11),
        ({"q": "first_name:P1,email:p01"}, 1),
        ({"q": "first_name:P1,email:p02"}, 0),
        ({"q": "first_name:P1,email:p02", "operator": "OR"}, 12),
        ({"q": "phone_number:+61433333333"}, 1),
        ({"q": "no_such:x"}, 0),
    ],
)
async def test_a_search_is_by_field_whatever_the_case(
    api: Api, query: dict[str, str], count: int
) -> None:
    assert (await api.get("/lists/429/contacts", **query))["total"] == count


@pytest.mark.usefixtures("many")
async def test_a_list_is_sorted_by_the_field_asked_for(api: Api) -> None:
    path = "/lists/429/contacts"
    rising = (await api.get(path, order_by="email:asc", limit=100))["data"]
    falling = (await api.get(path, order_by="email:desc", limit=100))["data"]
    emails = [each["email"] or "" for each in rising]
    assert emails == sorted(emails)
    assert [each["email"] or "" for each in falling] == sorted(emails, reverse=True)


async def test_a_history_is_cut_by_its_dates(api: Api, sandbox: ClickSendSandbox) -> None:
    now = int(sandbox.state.now())
    everything = (await api.get("/sms/history"))["total"]
    recent = await api.get("/sms/history", date_from=now - 10 * 86_400, limit=100)
    older = await api.get("/sms/history", date_to=now - 10 * 86_400 - 1, limit=100)
    assert 0 < recent["total"] < everything
    assert recent["total"] + older["total"] == everything
    assert all(int(each["date"]) >= now - 10 * 86_400 for each in recent["data"])


async def test_the_newer_style_pages_by_offset_without_an_envelope(api: Api) -> None:
    for number in range(12):
        await api.call("POST", "/alpha-tags", 201, json={"alpha_tag": f"Tag{number:02d}x"})
    response = await api.client.get(f"{api.url}/v3/alpha-tags", params={"page_size": 5})
    assert response.json().keys() == {"alpha_tags", "_metadata"}
    names: list[str] = []
    query: dict[str, str] | None = {"page_size": "5", "sort_by": "alpha_tag"}
    while query is not None:
        page = await api.get("/alpha-tags", **query)
        names += [each["alpha_tag"] for each in page["alpha_tags"]]
        following = page["_metadata"]["pagination"]["next"]
        parsed = parse_qs(urlsplit(following).query) if following else None
        query = {name: values[0] for name, values in parsed.items()} if parsed else None
    assert names == [f"Tag{number:02d}x" for number in range(11, -1, -1)]


async def test_an_offset_that_is_none_is_a_400(api: Api, sandbox: ClickSendSandbox) -> None:
    refused = await api.get("/alpha-tags", 400, offset="no-such")
    assert "alpha_tags" not in refused
    assert sandbox.effects == []
