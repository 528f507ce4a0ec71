"""What is bought or given: credit, numbers, a client's credit; found by amount and time."""

from __future__ import annotations

from contextlib import aclosing
from datetime import datetime
from decimal import Decimal

import phonenumbers

from bot.clicksend import ClickSend
from bot.clicksend.operations.account import Account, GetAccount
from bot.clicksend.operations.numbers import (
    BoughtNumber,
    BuyNumber,
    ListNumbers,
    SearchNumbers,
)
from bot.clicksend.operations.recharge import (
    ListPackages,
    ListTransactions,
    Package,
    PurchasedPackage,
    PurchasePackage,
)
from bot.clicksend.operations.reseller import GetClientAccount, TransferCredit
from bot.services.channels.base import (
    ACCEPTED,
    Answer,
    Line,
    NoPrice,
    Quoted,
    Traits,
    Verb,
    in_time,
)
from bot.services.channels.single import SingleChannel
from bot.services.money import amount
from bot.texts import Phrase, say

_BUY = Verb(Phrase("Buy"), Phrase("bought"))


def _package(purchase: PurchasePackage) -> str:
    return f"package {purchase.package_id}"


async def _offer(clicksend: ClickSend, purchase: PurchasePackage) -> tuple[Package, str]:
    """The package as it is offered now, and the currency of its price."""
    offered = await clicksend.run(ListPackages())
    currency = offered.currency.currency_name_short if offered.currency else None
    for package in offered.packages:
        if package.package_id == purchase.package_id:
            return package, currency or ""
    raise NoPrice(
        say(
            "ClickSend does not offer package {package}. See the price list for those it does.",
            package=purchase.package_id,
        ),
        operation="recharge.packages",
    )


async def _package_price(clicksend: ClickSend, purchase: PurchasePackage) -> Quoted:
    package, _ = await _offer(clicksend, purchase)
    return Quoted(package.package_price, (Line(_package(purchase), ACCEPTED),))


def _package_bought(purchase: PurchasePackage, answer: PurchasedPackage) -> Answer:
    """An answer without an amount does not say that it was bought."""
    if answer.amount is None:
        return Answer(None, ())
    return Answer(answer.amount, (Line(_package(purchase), ACCEPTED, price=answer.amount),))


async def _transactions(
    clicksend: ClickSend, purchase: PurchasePackage, since: datetime, until: datetime
) -> tuple[Line, ...]:
    """The purchases of that time for the package's price."""
    package, currency = await _offer(clicksend, purchase)
    async with aclosing(clicksend.pages(ListTransactions())) as records:
        return tuple(
            [
                Line(
                    _package(purchase),
                    ACCEPTED,
                    message_id=record.invoice_number,
                    price=record.amount,
                )
                async for record in records
                if in_time(record.date, since, until)
                and record.amount == package.package_price
                and (not currency or record.currency in {None, "", currency})
            ]
        )


async def _number_price(clicksend: ClickSend, purchase: BuyNumber) -> Quoted:
    """The price of the number in ClickSend's own search; what is due at once."""
    number = purchase.dedicated_number
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        raise NoPrice(
            say("The number must be written with its country code, such as +61411111111."),
            operation="numbers.search",
        ) from None
    country = phonenumbers.region_code_for_number(parsed) or ""
    search = SearchNumbers(country=country, search=number.lstrip("+"))
    async with aclosing(clicksend.pages(search)) as offers:
        async for offer in offers:
            if offer.dedicated_number == number and offer.price_total is not None:
                return Quoted(offer.price_total, (Line(number, ACCEPTED),))
    raise NoPrice(
        say("ClickSend does not offer the number {number} any more.", number=number),
        operation="numbers.search",
    )


def _number_bought(purchase: BuyNumber, answer: BoughtNumber) -> Answer:
    number = purchase.dedicated_number
    if answer.dedicated_number is None:
        return Answer(None, ())
    return Answer(answer.price_total, (Line(number, ACCEPTED, price=answer.price_total),))


async def _own_number(
    clicksend: ClickSend, purchase: BuyNumber, since: datetime, until: datetime
) -> tuple[Line, ...]:
    """The number among the account's own: it was on offer when the yes was said, so it is new."""
    del since, until  # the list has no dates
    number = purchase.dedicated_number
    async with aclosing(clicksend.pages(ListNumbers())) as records:
        owned = {record.dedicated_number async for record in records}
    return (Line(number, ACCEPTED),) if number in owned else ()


def _client(transfer: TransferCredit) -> str:
    return f"client {transfer.client_user_id}"


async def _transfer_price(clicksend: ClickSend, transfer: TransferCredit) -> Quoted:
    """What is given is what it costs, in the account's own currency; the client must exist."""
    await clicksend.run(GetClientAccount(client_user_id=transfer.client_user_id))
    account = await clicksend.run(GetAccount())
    own = account.currency.currency_name_short if account.currency else None
    problem = ""
    if own and own != transfer.currency:
        problem = say(
            "The account's currency is {currency}: name the amount in it, not in another one.",
            currency=own,
        )
    return Quoted(Decimal(transfer.balance), (Line(_client(transfer), ACCEPTED),), problem=problem)


def _transferred(transfer: TransferCredit, answer: Account) -> Answer:
    if answer.user_id is None:
        return Answer(None, ())
    given = Decimal(transfer.balance)
    return Answer(given, (Line(_client(transfer), ACCEPTED, price=given),))


async def _balance_now(
    clicksend: ClickSend, transfer: TransferCredit, since: datetime, until: datetime
) -> tuple[Line, ...]:
    """The client's balance, as evidence: no list says what was given to whom."""
    del since, until
    client = await clicksend.run(GetClientAccount(client_user_id=transfer.client_user_id))
    if client.balance is None:
        return ()
    evidence = say("has {balance} now", balance=amount(client.balance, transfer.currency))
    return (Line(_client(transfer), evidence),)


RECHARGE = SingleChannel(
    kind="recharge",
    noun=Phrase("Credit"),
    traits=Traits(
        verb=_BUY,
        to_people=False,
        can_wait=False,
        can_split=False,
        is_marked=False,
        from_balance=False,
    ),
    operation=PurchasePackage,
    target=_package,
    shared=lambda purchase: (str(purchase.package_id),),
    pricing=_package_price,
    reading=_package_bought,
    looking=_transactions,
)
NUMBER = SingleChannel(
    kind="number",
    noun=Phrase("Number"),
    traits=Traits(verb=_BUY, to_people=False, can_wait=False, can_split=False, is_marked=False),
    operation=BuyNumber,
    target=lambda purchase: purchase.dedicated_number,
    shared=lambda purchase: (purchase.dedicated_number,),
    pricing=_number_price,
    reading=_number_bought,
    looking=_own_number,
)
TRANSFER = SingleChannel(
    kind="transfer",
    noun=Phrase("Credit"),
    traits=Traits(
        verb=Verb(Phrase("Transfer"), Phrase("transferred")),
        to_people=False,
        can_wait=False,
        can_split=False,
        is_marked=False,
        is_listed=False,
    ),
    operation=TransferCredit,
    target=_client,
    shared=lambda transfer: (
        str(transfer.client_user_id),
        f"{transfer.balance} {transfer.currency}",
    ),
    pricing=_transfer_price,
    reading=_transferred,
    looking=_balance_now,
)
