"""Why a Secret is not made. No message holds a value."""

from __future__ import annotations


class NotSyncedError(Exception):
    """A Secret is not made, or nobody but the cluster can tell what is in it.

    `absent`: OpenBao lacks something, which seeding may bring. `unknown`: the cluster may well have
    the Secret, so that it does not count as missing. `hint` says what to do, where that is known.
    """

    def __init__(
        self, message: str, hint: str = "", *, absent: bool = False, unknown: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.absent = absent
        self.unknown = unknown


def unsupported(what: str, hint: str = "") -> NotSyncedError:
    """`what` is beyond what can be worked out here."""
    return NotSyncedError(what, hint, unknown=True)
