"""What is said of letters and of postcards that were posted."""

from __future__ import annotations

from dataclasses import dataclass

from bot.texts import Phrase, say


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

    def unknown(self, id_: str) -> str:
        """That there is none with that id (mrkdwn)."""
        if self is LETTERS:
            return say("There is no letter `{id}`. See `/clicksend letter history`.", id=id_)
        return say("There is no postcard `{id}`. See `/clicksend postcard history`.", id=id_)

    def cancelled(self, id_: str) -> str:
        """That one is cancelled (mrkdwn)."""
        if self is LETTERS:
            return say("The letter `{id}` is cancelled: it is not sent.", id=id_)
        return say("The postcard `{id}` is cancelled: it is not sent.", id=id_)

    def not_cancelled(self, id_: str) -> str:
        """That one was not cancelled (mrkdwn)."""
        if self is LETTERS:
            return say("The letter `{id}` was not cancelled.", id=id_)
        return say("The postcard `{id}` was not cancelled.", id=id_)

    def consequence(self, name: str) -> str:
        """What a yes to the question does, by who would get it (mrkdwn)."""
        if self is LETTERS:
            return say("The letter to *{name}* is not sent.", name=name)
        return say("The postcard to *{name}* is not sent.", name=name)


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
)
