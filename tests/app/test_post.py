"""Letters and postcards from form to result; files, addresses, history, return addresses."""

import base64
import re
from typing import Any

import pytest

from tests.app.conftest import World

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Page >>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
JANE = {
    "address_name": "Jane Doe",
    "address_line_1": "12 High Street",
    "address_line_2": "",
    "address_city": "Sydney",
    "address_state": "NSW",
    "address_postal_code": "2000",
    "address_country": "AU",
}
BACK = {"value": "4", "text": {"type": "plain_text", "text": "Harbour Dental, 1 Wharf Street"}}
RECORD = {**JANE, "message_id": "M-1", "post_pages": 2, "post_price": "1.50", "date_added": 1}


def queued(body: Any) -> dict[str, Any]:
    """Each recipient taken, as documented: a `total_cost` that may be a price."""
    people = [
        {**each, "status": "SUCCESS", "message_id": "L0", "post_pages": 2, "post_price": "1.8700"}
        for each in body["recipients"]
    ]
    return {"total_price": 1.87, "total_cost": 1.87, "recipients": people}


@pytest.fixture
def post(world: World) -> World:
    """A ClickSend that prints, and a letter and a postcard in Slack."""
    for name in ("letters.price", "letters.send", "postcards.price", "postcards.send"):
        world.clicksend.answers[name] = queued
    world.clicksend.answers["letters.detect_address"] = JANE
    world.slack.files |= {
        "F0PDF": ("letter.pdf", PDF),
        "F0PNG": ("front.png", PNG),
    }
    return world


def typed(**other: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """A form filled in, with some of it otherwise; None leaves a field out."""
    filled: dict[str, dict[str, Any] | None] = {
        **{name: {"value": value} for name, value in JANE.items()},
        "files": {"files": [{"id": "F0PDF"}]},
        "back": {"selected_option": BACK},
        **other,
    }
    return {block: element for block, element in filled.items() if element is not None}


async def form(world: World, noun: str = "letter") -> dict[str, Any]:
    before = len(world.slack.of("views.open"))
    await world.ada.command("/clicksend", f"{noun} send")
    view: dict[str, Any] = (await world.slack.next("views.open", before + 1))["view"]
    return view


async def updated(world: World, view: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Submit a form, and wait for what the loading view becomes."""
    before = len(world.slack.of("views.update"))
    answer = await world.ada.submit(view, **fields)
    assert answer.json()["response_action"] == "update"
    found: dict[str, Any] = (await world.slack.next("views.update", before + 1))["view"]
    return found


async def reopened(world: World, review: dict[str, Any]) -> dict[str, Any]:
    before = len(world.slack.of("views.update"))
    view = {"id": "V0FORM", "type": "modal", **review, "state": {"values": {}}}
    await world.ada.press("send.change", review["private_metadata"], view=view)
    found: dict[str, Any] = (await world.slack.next("views.update", before + 1))["view"]
    return found


async def answered(world: World, text: str) -> dict[str, Any]:
    before = len(world.slack.of("respond"))
    await world.ada.command("/clicksend", text)
    return await world.slack.next("respond", before + 1)


async def test_a_letter_is_uploaded_priced_and_sent_once(post: World) -> None:
    boxes = [{"value": "colour"}, {"value": "duplex"}]
    review = await updated(
        post, await form(post), **typed(made={"selected_options": boxes}, words={"value": "friday"})
    )
    assert review["callback_id"] == "send.confirm"
    assert "AUD 1.87" in str(review)
    assert "Jane Doe, 12 High Street, Sydney, NSW, 2000, AU" in str(review)
    assert "In colour, on both sides" in str(review)
    assert [body["content"] for body in post.clicksend.of("uploads.upload")] == [
        base64.b64encode(PDF).decode()
    ]
    assert post.clicksend.of("letters.send") == []
    assert (await post.ada.submit(review)).json() == {"response_action": "clear"}
    assert "sent once only" in str((await post.ada.submit(review)).json())
    result = await post.slack.next("chat.postMessage")
    assert "Letter scheduled by <@U0ADA> to 1 recipient for AUD 1.87" in result["text"]
    (sent,) = post.clicksend.of("letters.send")
    assert (sent["colour"], sent["duplex"], sent["priority_post"]) == (1, 1, 0)
    assert sent["recipients"][0]["return_address_id"] == 4
    assert sent["recipients"][0]["schedule"] > 0


async def test_change_keeps_the_file_that_is_uploaded_already(post: World) -> None:
    again = await reopened(post, await updated(post, await form(post), **typed()))
    assert again["callback_id"] == "letter.form"
    assert "*letter.pdf* is attached already" in str(again)
    review = await updated(post, again, **typed(files=None))
    assert "letter.pdf" in str(review)
    assert len(post.clicksend.of("uploads.upload")) == 1
    twice = await reopened(post, review)
    assert "attached already" not in str(twice)


async def test_a_form_that_comes_back_without_a_price_keeps_its_file(post: World) -> None:
    post.clicksend.statuses["letters.price"] = 400
    again = await updated(post, await form(post), **typed())
    assert "There is no price." in str(again["blocks"][0])
    assert "*letter.pdf* is attached already" in str(again)
    del post.clicksend.statuses["letters.price"]
    review = await updated(post, again, **typed(files=None))
    assert review["callback_id"] == "send.confirm"
    assert len(post.clicksend.of("uploads.upload")) == 1


async def test_the_address_is_read_from_the_file_and_shown(post: World) -> None:
    empty: dict[str, Any] = dict.fromkeys(JANE)
    review = await updated(post, await form(post), **typed(**empty))
    assert "Jane Doe, 12 High Street" in str(review)
    assert "ClickSend read the address from letter.pdf" in str(review)
    (asked,) = post.clicksend.of("letters.detect_address")
    assert asked == {"content": base64.b64encode(PDF).decode()}


async def test_half_an_address_in_the_file_comes_back_to_be_completed(post: World) -> None:
    post.clicksend.answers["letters.detect_address"] = {"address_name": "<!channel>"}
    empty: dict[str, Any] = dict.fromkeys(JANE)
    again = await updated(post, await form(post), **typed(**empty))
    assert again["callback_id"] == "letter.form"
    assert "did not find: Street and number, City or suburb" in str(again["blocks"][0])
    assert "Nothing was sent or charged." in str(again["blocks"][0])
    review = await updated(post, again, **typed(files=None))
    assert review["callback_id"] == "send.confirm"
    assert len(post.clicksend.of("uploads.upload")) == 1


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        (JANE, 200, "12 High Street"),
        ({}, 200, "found no address in what you typed"),
        (JANE, 500, "could not be taken apart"),
    ],
)
async def test_a_typed_address_is_taken_apart(
    post: World, found: dict[str, str], status: int, said: str
) -> None:
    post.clicksend.answers["letters.detect_address"] = found
    post.clicksend.statuses["letters.detect_address"] = status
    await post.ada.command("/clicksend", "postcard send Jane Doe, 12 High Street, Sydney NSW 2000")
    view = (await post.slack.next("views.update"))["view"]
    assert view["callback_id"] == "postcard.form"
    assert said in str(view)


async def test_a_postcard_of_two_files_keeps_their_order(post: World) -> None:
    files = [{"id": "F0PNG"}, {"id": "F0PDF"}]
    review = await updated(post, await form(post, "postcard"), **typed(files={"files": files}))
    assert "front.png and letter.pdf" in str(review)
    await post.ada.submit(review)
    await post.slack.next("chat.postMessage")
    (sent,) = post.clicksend.of("postcards.send")
    assert len(sent["file_urls"]) == 2
    uploads = [body["content"] for body in post.clicksend.of("uploads.upload")]
    assert uploads == [base64.b64encode(each).decode() for each in (PNG, PDF)]


UNFIT: tuple[tuple[str, str, bytes, str], ...] = (
    ("postcard", "card.pdf", PDF, "card.pdf has one page, and a postcard has two"),
    ("postcard", "front.png", PNG, "front.png has one page"),
    ("letter", "cut.pdf", PDF[:-7], "cut.pdf is not a whole PDF"),
    ("letter", "locked.pdf", PDF + b"/Encrypt 4 0 R %%EOF", "protected with a password"),
    ("letter", "evil.pdf", b"MZ", "evil.pdf is no PDF, DOC or DOCX file"),
    ("letter", "<!channel>.exe", b"MZ", "&lt;!channel&gt;.exe is no"),
    ("letter", "large.pdf", PDF + bytes(10_000_000), "larger than 10 MB"),
)


async def test_a_file_that_cannot_be_printed_is_never_uploaded(post: World) -> None:
    forms = {noun: await form(post, noun) for noun in ("letter", "postcard")}
    for noun, name, content, said in UNFIT:
        post.slack.files["F0PDF"] = (name, content)
        again = await updated(post, forms[noun], **typed())
        assert again["callback_id"] == f"{noun}.form", name
        assert said in again["blocks"][0]["text"]["text"]
        assert "Attach it again" in str(again)
    assert post.clicksend.of("uploads.upload") == []


BAD: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("letter", {"files": None}, "files", "Attach the letter"),
    ("letter", {"link": {"value": "https://a.example/a.pdf"}}, "link", "one of the two"),
    ("letter", {"files": None, "link": {"value": "ftp://a"}}, "link", "begins with https"),
    ("letter", {"back": None}, "back", "Choose a return address"),
    ("letter", {"address_city": None}, "address_city", "City or suburb is missing"),
    ("letter", {"address_state": None}, "address_state", "needs its state"),
    ("letter", {"address_country": {"value": "XX"}}, "address_country", "two letters"),
    ("letter", {"when": {"selected_date_time": 1}}, "when", "has passed"),
    ("postcard", {"files": {"files": [{"id": "F"}] * 3}}, "files", "At most 2 files"),
    ("postcard", {"files": None}, "files", "the front and the back"),
    ("postcard", dict.fromkeys(JANE), "address_name", "Name is missing"),
)


async def test_bad_input_is_named_at_its_field(post: World) -> None:
    forms = {noun: await form(post, noun) for noun in ("letter", "postcard")}
    for noun, other, block, said in BAD:
        answer = (await post.ada.submit(forms[noun], **typed(**other))).json()
        assert answer["response_action"] == "errors", (noun, block)
        assert said in answer["errors"][block]
    assert post.clicksend.of("uploads.upload") == []


async def test_a_file_that_clicksend_has_forgotten_is_asked_for_again(post: World) -> None:
    again = await reopened(post, await updated(post, await form(post), **typed()))
    old = re.sub(r'"until": \d+', '"until": 1', again["private_metadata"])
    answer = (await post.ada.submit({**again, "private_metadata": old}, **typed(files=None))).json()
    assert "ClickSend forgot letter.pdf" in answer["errors"]["files"]


async def test_a_public_link_goes_as_it_is(post: World) -> None:
    link = {"value": "https://files.example.com/a.pdf"}
    review = await updated(post, await form(post), **typed(files=None, link=link))
    assert "https://files.example.com/a.pdf" in str(review)
    assert post.clicksend.of("uploads.upload") == []
    assert post.clicksend.of("letters.price")[0]["file_url"] == link["value"]
    assert "files.example.com" in str(await reopened(post, review))


@pytest.mark.parametrize("noun", ["letter", "postcard"])
async def test_the_history_cancels_what_waits(post: World, noun: str) -> None:
    rows = [
        {**RECORD, "status": "Scheduled", "schedule": 4_000_000_000, "address_name": "<!channel>"},
        {**RECORD, "status": "Sent", "message_id": "M-2"},
    ]
    page = {"total": 2, "current_page": 1, "last_page": 3, "data": rows}
    post.clicksend.answers[f"{noun}s.history"] = page
    answer = await answered(post, f"{noun} history")
    assert "&lt;!channel&gt;" in answer["text"]
    assert "<!channel>" not in str(answer)
    assert f"{noun}.cancel:M-1" in str(answer["blocks"])
    assert f"{noun}.cancel:M-2" not in str(answer["blocks"])
    assert f"{noun}.page:2" in str(answer["blocks"])
    asked = await answered(post, f"{noun} cancel m-1")
    assert asked["blocks"][-1]["elements"][0]["confirm"]
    assert post.clicksend.of(f"{noun}s.cancel") == []
    assert "Too late" in (await answered(post, f"{noun} cancel M-2"))["text"]
    assert "There is no" in (await answered(post, f"{noun} cancel M-3"))["text"]
    before = len(post.slack.of("respond"))
    url = f"{post.slack.url}/respond"
    await post.ada.press(f"{noun}.cancel:M-1", "M-1", response_url=url)
    done = await post.slack.next("respond", before + 1)
    assert f"The {noun} `M-1` is cancelled" in done["text"]
    assert len(post.clicksend.of(f"{noun}s.cancel")) == 1


@pytest.mark.parametrize("noun", ["letter", "postcard"])
async def test_the_history_comes_as_a_file(post: World, noun: str) -> None:
    base = post.settings.clicksend_base_url
    post.clicksend.files["/exports/post.csv"] = b"message_id,address_name\nM-1,=1+1\n"
    post.clicksend.answers[f"{noun}s.export_history"] = {"url": f"{base}/exports/post.csv"}
    answer = await answered(post, f"{noun} export")
    assert "in your direct messages" in answer["text"]
    (given,) = post.slack.uploads.values()
    assert given.decode("utf-8-sig").splitlines()[1] == """"M-1","'=1+1\""""
    post.clicksend.statuses[f"{noun}s.export_history"] = 403
    assert "No file" in (await answered(post, f"{noun} export"))["text"]


async def test_return_addresses_are_offered_listed_saved_changed_and_deleted(post: World) -> None:
    ours = {**JANE, "return_address_id": 4, "address_name": "Harbour <!channel>"}
    page = {"total": 1, "current_page": 1, "last_page": 1, "data": [ours]}
    post.clicksend.answers |= {"return_addresses.list": page, "return_addresses.get": ours}
    offered = await post.ada.interact(
        type="block_suggestion", action_id="post.return", block_id="back", value="harb"
    )
    assert [each["value"] for each in offered.json()["options"]] == ["4"]
    listed = await answered(post, "address")
    assert "Harbour &lt;!channel&gt;" in listed["text"]
    await post.ada.command("/clicksend", "address create Harbour")
    view = (await post.slack.next("views.open"))["view"]
    fields = {name: {"value": value} for name, value in JANE.items()}
    wrong = await post.ada.submit(view, **{**fields, "address_state": {"value": ""}})
    assert "needs its state" in wrong.json()["errors"]["address_state"]
    await post.ada.submit(view, **fields)
    assert "Jane Doe* is saved" in (await post.slack.next("chat.postMessage"))["text"]
    again = await post.ada.submit(view, **fields)
    assert "once only" in str(again.json())
    assert len(post.clicksend.of("return_addresses.create")) == 1
    await post.ada.command("/clicksend", "address change 4")
    changed = (await post.slack.next("views.open", 2))["view"]
    await post.ada.submit(changed, **fields)
    await post.clicksend.next("return_addresses.update")
    asked = await answered(post, "address delete 4")
    assert asked["blocks"][-1]["elements"][0]["confirm"]
    await post.ada.press("address.delete", "4", response_url=f"{post.slack.url}/respond")
    await post.clicksend.next("return_addresses.delete")
    assert len(post.clicksend.of("return_addresses.update")) == 1


async def test_who_may_not_send_is_told_whom_to_ask(post: World) -> None:
    for number, typed_ in enumerate(("letter send", "address create", "letter export"), 1):
        await post.eve.command("/clicksend", typed_)
        assert "Ask <@U0ADA>" in (await post.slack.next("respond", number))["text"]
    assert post.slack.of("views.open") == []
    assert post.clicksend.of("letters.export_history") == []
