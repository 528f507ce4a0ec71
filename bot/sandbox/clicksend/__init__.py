"""A local ClickSend: stateful, with the documented paths, envelopes and statuses.

It knows the vendor's documentation and nothing of the bot's client, so that a wrong path cannot
agree with itself. `server` is where to begin:

- HTTP: `server`, `routing` and `table` (every operation), `call` and `fields` (what was sent),
  `wire` (what goes back), `callers` (who asks), `faults`, `control` (the control path), `paging`;
- what is remembered: `state`, `shelf` (things stored under a number), `seeds` (a new account);
- what happens by itself: `passing` (time), `rules`, `webhooks`;
- the operations, by family: `account`, `billing`, `campaigns`, `channels` (SMS, MMS, voice, fax;
  on `sending`), `contacts`, `emails`, `email_setup`, `exports` (files), `inbox` (receipts, and
  messages of customers), `post`, `senders`, `setup`, `usage`.
"""

from bot.sandbox.clicksend.server import ClickSendSandbox

__all__ = ["ClickSendSandbox"]
