"""What is said of letters and of postcards that were posted."""

from __future__ import annotations

from dataclasses import dataclass

from bot.texts import Phrase


@dataclass(frozen=True, slots=True)
class Said:
    """Letters, or postcards, in words.

    Attributes:
        noun: One of them, as it is typed in commands.
        title: All of them, as a headline.
        listing: What the list of them is, for help.
        stopping: What it is to cancel one, for help.
        exporting: What the file with all of them is, for help.
        reading: What is done while they are read.
        unread: That they could not be read.
        one_unread: That one could not be read.
        history: What is in the file.
        none: That there are none, and what to do.
        how: How one is named.
        question: Whether one is to be cancelled.
        unknown: That there is none of an `id` (mrkdwn).
        cancelled: That the one of an `id` is cancelled (mrkdwn).
        not_cancelled: That the one of an `id` was not cancelled (mrkdwn).
        consequence: What a yes to the question does, by the `name` of who would get it (mrkdwn).
    """

    noun: str
    title: Phrase
    listing: Phrase
    stopping: Phrase
    exporting: Phrase
    reading: Phrase
    unread: Phrase
    one_unread: Phrase
    history: Phrase
    none: Phrase
    how: Phrase
    question: Phrase
    unknown: Phrase
    cancelled: Phrase
    not_cancelled: Phrase
    consequence: Phrase


LETTERS = Said(
    "letter",
    title=Phrase("Letters"),
    listing=Phrase("the letters of the account, the newest first"),
    stopping=Phrase("stop a letter that waits for its hour; its id is in the history"),
    exporting=Phrase("the whole history of letters in ClickSend's own CSV file"),
    reading=Phrase("reading the letters"),
    unread=Phrase("The letters could not be read"),
    one_unread=Phrase("The letter could not be read"),
    history=Phrase("the history of letters"),
    none=Phrase("No letters here. Send one: `/clicksend letter send`"),
    how=Phrase("Name it by its id: `/clicksend letter history` shows it."),
    question=Phrase("Cancel this letter?"),
    unknown=Phrase("There is no letter `{id}`. See `/clicksend letter history`."),
    cancelled=Phrase("The letter `{id}` is cancelled: it is not sent."),
    not_cancelled=Phrase("The letter `{id}` was not cancelled."),
    consequence=Phrase("The letter to *{name}* is not sent."),
)
POSTCARDS = Said(
    "postcard",
    title=Phrase("Postcards"),
    listing=Phrase("the postcards of the account, the newest first"),
    stopping=Phrase("stop a postcard that waits for its hour; its id is in the history"),
    exporting=Phrase("the whole history of postcards in ClickSend's own CSV file"),
    reading=Phrase("reading the postcards"),
    unread=Phrase("The postcards could not be read"),
    one_unread=Phrase("The postcard could not be read"),
    history=Phrase("the history of postcards"),
    none=Phrase("No postcards here. Send one: `/clicksend postcard send`"),
    how=Phrase("Name it by its id: `/clicksend postcard history` shows it."),
    question=Phrase("Cancel this postcard?"),
    unknown=Phrase("There is no postcard `{id}`. See `/clicksend postcard history`."),
    cancelled=Phrase("The postcard `{id}` is cancelled: it is not sent."),
    not_cancelled=Phrase("The postcard `{id}` was not cancelled."),
    consequence=Phrase("The postcard to *{name}* is not sent."),
)
