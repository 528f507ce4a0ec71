"""What is secret and kept: encrypted with keys that stand in the settings, never in the database.

Fernet (AES-128-CBC with HMAC-SHA256) by `cryptography`; several keys, so that they can be changed:
the first one encrypts, each one decrypts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SealError(Exception):
    """It was encrypted with no key that is set, for something else, or was changed since."""


class Seal:
    """Encrypts and decrypts.

    What is sealed says whose it is: whoever can write into the database, but has no key, cannot
    give one workspace the secret of another by copying it.

    Args:
        keys: Fernet keys, the newest first.

    Raises:
        ValueError: There is none, or one is no key.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._newest = Fernet(keys[0]) if keys else None
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def close(self, secret: str, *whose: str) -> str:
        """Encrypt a secret of somebody's.

        Args:
            secret: What.
            whose: What it is and whose; the same is needed to open it.
        """
        inside = json.dumps([*whose, secret]).encode()
        return self._fernet.encrypt(inside).decode()

    def open(self, sealed: str, *whose: str) -> str:
        """Decrypt a secret.

        Raises:
            SealError: No key fits, it is somebody else's, or it was changed.
        """
        try:
            inside = json.loads(self._fernet.decrypt(sealed.encode()))
        except (InvalidToken, ValueError):
            raise SealError("no key in ENCRYPTION_KEYS opens it") from None
        if not isinstance(inside, list) or inside[:-1] != list(whose):
            raise SealError("it was encrypted for something else")
        return str(inside[-1])

    def renewed(self, sealed: str, *whose: str) -> str | None:
        """The same, encrypted with the newest key; None where it is, or where no key opens it."""
        try:
            if self._newest is not None:
                self._newest.decrypt(sealed.encode())
        except InvalidToken:
            try:
                return self.close(self.open(sealed, *whose), *whose)
            except SealError:
                return None
        return None
