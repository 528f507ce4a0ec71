"""SMS, MMS, voice and fax: what each takes, answers, and remembers."""

from __future__ import annotations

from collections.abc import Callable

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.exports import export, uploaded
from bot.sandbox.clicksend.fields import objects, optional_text, text, web_address
from bot.sandbox.clicksend.paging import page, within
from bot.sandbox.clicksend.prices import pdf_pages, sms_parts, voice_parts
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.sending import Channel, batch
from bot.sandbox.clicksend.state import Message, State
from bot.sandbox.clicksend.wire import Answer, Json, Said, missing, refused

LANGUAGES = {
    "en-us": "English, US",
    "en-au": "English, Australia",
    "en-gb": "English, UK",
    "en-in": "English, India",
    "en-gb-wls": "English, Wales",
    "cy-gb-wls": "Celtic, Wales",
    "de-de": "German, Germany",
    "es-es": "Spanish, Spain",
    "es-us": "Spanish, US",
    "fr-ca": "French, Canada",
    "fr-fr": "French, France",
    "is-is": "Icelandic, Iceland",
    "it-it": "Italian, Italy",
    "da-dk": "Danish, Denmark",
    "nl-nl": "Dutch, Netherlands",
    "nb-no": "Norwegian, Norway",
    "pl-pl": "Polish, Poland",
    "pt-pt": "Portuguese, Portugal",
    "pt-br": "Portuguese, Brazil",
    "ro-ro": "Romanian, Romania",
    "ru-ru": "Russian, Russia",
    "sv-se": "Swedish, Sweden",
    "tr-tr": "Turkish, Turkey",
}
_ONE_VOICE = {
    "en-in": ["female"],
    "fr-ca": ["female"],
    "nb-no": ["female"],
    "pt-pt": ["male"],
    "ro-ro": ["female"],
    "sv-se": ["female"],
    "tr-tr": ["female"],
}
LONGEST_SUBJECT = 20
_BIGGEST_MEDIA = 250_000


def _genders(lang: str) -> list[str]:
    return _ONE_VOICE.get(lang, ["female", "male"])


def _check_sms(_: State, fields: Json) -> str:
    return "SUCCESS" if str(fields.get("body") or "").strip() else "EMPTY_MESSAGE"


def _check_mms(state: State, fields: Json) -> str:
    subject = optional_text(fields, "subject") or ""
    if not subject:
        return "SUBJECT_REQUIRED"
    if len(subject) > LONGEST_SUBJECT:
        raise refused(f"The subject field may have {LONGEST_SUBJECT} characters at most.")
    media = str(fields.get("media_file"))
    too_big = len(uploaded(state, media) or b"") > _BIGGEST_MEDIA
    if too_big or not media.startswith(("http://", "https://")):
        return "INVALID_MEDIA_FILE"
    return _check_sms(state, fields)


def _check_voice(state: State, fields: Json) -> str:
    lang = str(fields.get("lang") or "en-au").lower()
    if lang not in LANGUAGES:
        return "INVALID_LANG"
    if (fields.get("voice") or _genders(lang)[0]) not in _genders(lang):
        return "INVALID_VOICE"
    return _check_sms(state, fields)


def _common(message: Message) -> Json:
    return {
        "user_id": 1,
        "subaccount_id": message.caller.subaccount_id,
        "list_id": message.list_id,
        "contact_id": message.contact.get("contact_id"),
        "message_id": message.id,
        "to": message.to,
        "from": message.sender,
        "country": message.country,
        "carrier": "",
        "custom_string": message.custom_string,
        "schedule": message.schedule or "",
        "message_price": f"{message.price:.4f}",
    }


def _shown_sms(message: Message) -> Json:
    return {
        **_common(message),
        "direction": "out",
        "date": message.added,
        "body": message.body,
        "message_parts": message.parts,
    }


def _shown_mms(message: Message) -> Json:
    return {
        **_shown_sms(message),
        "subject": message.extra.get("subject"),
        "_media_file_url": message.extra.get("media_file"),
    }


def _shown_voice(message: Message) -> Json:
    lang = str(message.extra.get("lang") or "en-au").lower()
    return {
        **_common(message),
        "date": message.added,
        "to_type": "mobile",
        "body": message.body,
        "from": None,
        "lang": lang,
        "voice": message.extra.get("voice") or _ONE_VOICE.get(lang, ["female"])[0],
        "message_parts": message.parts,
        "require_input": message.extra.get("require_input") or 0,
        "machine_detection": message.extra.get("machine_detection") or 0,
    }


def shown_fax(message: Message) -> Json:
    """A fax in an answer and in the history."""
    return {
        **_common(message),
        "message_pages": message.parts,
        "status_code": message.status_code,
        "status_text": message.status_text,
        "date_added": message.added,
        "from_email": message.extra.get("from_email"),
        "_file_url": message.body,
    }


def _pages(state: State, url: str) -> int:
    """Pages of an uploaded file; one of a file elsewhere, which is never fetched."""
    return pdf_pages(uploaded(state, url) or b"")


SMS = Channel("sms", lambda _, body: sms_parts(body), _check_sms, _shown_sms)
MMS = Channel("mms", lambda _, __: 1, _check_mms, _shown_mms)
VOICE = Channel(
    "voice", lambda _, body: voice_parts(body), _check_voice, _shown_voice, restricted=False
)
FAX = Channel("fax", _pages, _check_sms, shown_fax, restricted=False, contact_field="fax_number")


def _record(message: Message) -> Json:
    """What the histories of SMS and MMS show."""
    return {
        **_shown_sms(message),
        "date": str(int(message.sent_at)),
        "status": message.status,
        "status_code": message.status_code,
        "status_text": message.status_text,
        "error_code": message.status_code if message.error_text else None,
        "error_text": message.error_text,
        "message_parts": f"{message.parts}.00",
        "message_price": f"{message.charged:.6f}",
        "from_email": message.extra.get("from_email"),
        "contact_id": message.contact.get("contact_id") or 0,
        "first_name": message.contact.get("first_name"),
        "last_name": message.contact.get("last_name"),
        "_api_username": message.caller.username,
    }


def _record_voice(message: Message) -> Json:
    return {
        **_shown_voice(message),
        "from": message.sender,
        "date_added": message.added,
        "status": message.status,
        "status_code": message.status_code,
        "status_text": message.status_text,
        "message_parts": f"{message.parts}.00",
        "message_price": f"{message.charged:.4f}",
        "digits": message.extra.get("digits"),
        "machine_detected": 0,
    }


def _record_fax(message: Message) -> Json:
    return {
        **shown_fax(message),
        "status": message.status,
        "message_pages": f"{message.parts}.00",
        "message_price": f"{message.charged:.4f}",
        "date": None,
        "_api_username": message.caller.username,
    }


_RECORDS: dict[str, Callable[[Message], Json]] = {
    "sms": _record,
    "mms": _record,
    "voice": _record_voice,
    "fax": _record_fax,
}
_STAMPS = {"sms": "date", "mms": "date", "voice": "date_added", "fax": "date_added"}


def history(state: State, call: Call, kind: str) -> list[Json]:
    """The records of a kind between `date_from` and `date_to`, newest first."""
    found = [_RECORDS[kind](message) for message in state.of(kind)]
    return within(found, call, _STAMPS[kind])


def _history(kind: str) -> Callable[[State, Call], Answer]:
    return lambda state, call: page(history(state, call, kind), call)


def _exported(kind: str) -> Callable[[State, Call], Answer]:
    return lambda state, call: export(state, call, history(state, call, kind))


def _messages(call: Call, shared: Json) -> list[Json]:
    return [{**each, **shared} for each in objects(call.body, "messages")]


def _sending(channel: Channel, *, send: bool) -> Callable[[State, Call], Answer]:
    def run(state: State, call: Call) -> Answer:
        return batch(state, call, channel, _messages(call, _shared(channel, call)), send=send)

    return run


def _shared(channel: Channel, call: Call) -> Json:
    """What a whole batch has in common: the file of an MMS or a fax."""
    if channel is MMS:
        return {"media_file": text(call.body, "media_file")}
    if channel is FAX:
        url = web_address(call.body, "file_url")
        return {"body": url, "file_url": url}
    return {}


def _cancel(kind: str, said: str) -> Callable[[State, Call], Answer]:
    def run(state: State, call: Call) -> Answer:
        message = state.find(kind, call.path["message_id"])
        if message is None or not state.cancel(message):
            raise missing("Message record not found.")
        return Said([], said.format(id=message.id))

    return run


def _cancel_all(kind: str, said: str) -> Callable[[State, Call], Answer]:
    def run(state: State, _: Call) -> Answer:
        count = sum(state.cancel(each) for each in state.of(kind))
        return Said({"count": count}, said.format(count=count))

    return run


def _languages(_: State, __: Call) -> Answer:
    return [
        {"code": code, "country": name, "gender": _genders(code)}
        for code, name in LANGUAGES.items()
    ]


def _fax_history(state: State, call: Call) -> Answer:
    """`order` is what the reference calls `order_by` here."""
    order = optional_text(dict(call.query), "order")
    if order and "order_by" not in call.query:
        call.query["order_by"] = order
    return page(history(state, call, "fax"), call)


_CANCELLED, _ALL_SMS = "Message {id} has been cancelled.", "{count} messages has been cancelled."
_ALL_VOICE = "{count} messages have been cancelled."
_DOWNLOAD = "Download your file here."
ROUTES = (
    Route("sms.send", "POST", "/sms/send", _sending(SMS, send=True), "Messages queued."),
    Route("sms.price", "POST", "/sms/price", _sending(SMS, send=False)),
    Route("sms.history", "GET", "/sms/history", _history("sms")),
    Route("sms.export_history", "GET", "/sms/history/export", _exported("sms"), _DOWNLOAD),
    Route("sms.cancel", "PUT", "/sms/{message_id}/cancel", _cancel("sms", _CANCELLED)),
    Route("sms.cancel_all", "PUT", "/sms/cancel-all", _cancel_all("sms", _ALL_SMS)),
    Route("mms.send", "POST", "/mms/send", _sending(MMS, send=True), "Messages queued."),
    Route("mms.price", "POST", "/mms/price", _sending(MMS, send=False)),
    Route("mms.history", "GET", "/mms/history", _history("mms")),
    Route("mms.export_history", "GET", "/mms/history/export", _exported("mms"), _DOWNLOAD),
    Route("voice.send", "POST", "/voice/send", _sending(VOICE, send=True), "Messages queued."),
    Route("voice.price", "POST", "/voice/price", _sending(VOICE, send=False)),
    Route("voice.languages", "GET", "/voice/lang", _languages, "Here are the possible languages."),
    Route("voice.cancel", "PUT", "/voice/{message_id}/cancel", _cancel("voice", "Cancelled.")),
    Route("voice.cancel_all", "PUT", "/voice/cancel-all", _cancel_all("voice", _ALL_VOICE)),
    Route("voice.history", "GET", "/voice/history", _history("voice"), "Here is your history."),
    Route("voice.export_history", "GET", "/voice/history/export", _exported("voice"), _DOWNLOAD),
    Route("fax.send", "POST", "/fax/send", _sending(FAX, send=True), "Fax queued for delivery."),
    Route("fax.price", "POST", "/fax/price", _sending(FAX, send=False), "Here are some prices."),
    Route("fax.history", "GET", "/fax/history", _fax_history, "Here is your history."),
)
