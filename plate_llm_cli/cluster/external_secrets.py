"""Asks External Secrets to read its provider now, and waits until it has.

Source: external-secrets, `shouldRefresh` in externalsecret_controller.go: an object is read again
when its labels or annotations are not those of `status.syncedResourceVersion`, which only a sync
that succeeds moves. The controller of a ClusterExternalSecret takes annotations of others off its
ExternalSecrets at once, maybe before the other controller has seen them, so some are asked twice.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.messages import spoken
from plate_llm_cli.cluster.objects import Ref, condition, moment, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.objects import Object

ANNOTATION: Final = "force-sync"
"""What the operator's documentation changes to make it read again; any other would do as well."""

KIND: Final = "ExternalSecret"
_VERSIONS: Final = ("external-secrets.io/v1", "external-secrets.io/v1beta1")
_SECONDS: Final = 60.0
"""Until a sync counts as one that does not come."""
_ASK_AGAIN: Final = 5.0
_LOOK: Final = 0.2


def api_version(api: Api) -> str:
    """The version of ExternalSecrets that the cluster has.

    Raises:
        MissingKindError: it has none.
    """
    newest, older = _VERSIONS
    return older if not api.has(newest, KIND) and api.has(older, KIND) else newest


@dataclass(slots=True, eq=False)
class Sync:
    """One ExternalSecret, and whether it has read the values that are there since `ask`."""

    api: Api
    ref: Ref
    secret: Ref
    """The Secret that it makes."""
    trouble: str = ""
    """Why it did not, or ''."""
    pending: bool = True
    _secret_was: str | None = None
    _before: Object = field(default_factory=dict)
    _asked: float = 0.0
    _times: int = 0
    _asked_there: datetime | None = None

    def prepare(self) -> None:
        """Note how the Secret is, before its values change; where it may be read.

        Raises:
            ClusterError: the API server is gone.
        """
        if self.api.may("get", self.secret):
            self._secret_was = self._secret_version()

    def ask(self) -> None:
        """Ask it to read again.

        Raises:
            ClusterError: the API server refuses, or is gone.
        """
        found = self.api.get(self.ref)
        if found is None:
            self._end("it is not there")
            return
        self._before = found
        self._again()

    def look(self) -> None:
        """See whether it has.

        Raises:
            ClusterError: as for `ask`.
        """
        found = self.api.get(self.ref)
        if found is None:
            self._end("somebody deleted it")
            return
        ready, reason, message = condition(found, "Ready")
        if ready == "True" and self._has_read(found):
            self._check_secret()
        elif ready == "False" and self._is_news(found):
            self._end(f"{reason}: {spoken(message)}".removesuffix(": "))
        elif time.monotonic() - self._asked > _ASK_AGAIN:
            self._again()

    def give_up(self) -> None:
        """It took too long."""
        ready, reason, message = condition(self._before, "Ready")
        as_before = f"; still {reason}: {spoken(message)}" if ready == "False" else ""
        seconds = f"{_SECONDS:g} seconds"
        self._end(self.trouble or f"External Secrets has not read it within {seconds}{as_before}")

    def _again(self) -> None:
        now = str(time.time_ns())
        self.api.patch(self.ref, {"metadata": {"annotations": {ANNOTATION: now}}})
        self._asked, self._asked_there = time.monotonic(), self.api.connection.clock
        self._times += 1

    def _has_read(self, found: Object) -> bool:
        """Whether a sync that began after the question has succeeded."""
        if self._moved(found):
            return True
        refreshed, asked = moment(found, "status", "refreshTime"), self._asked_there
        fresh = refreshed != moment(self._before, "status", "refreshTime")
        return fresh and refreshed is not None and asked is not None and refreshed >= asked

    def _moved(self, found: Object) -> bool:
        route = ("status", "syncedResourceVersion")
        return text(found, *route) != text(self._before, *route)

    def _is_news(self, found: Object) -> bool:
        """Whether a failure is one since the question, not the one that was there before."""
        return self._moved(found) or condition(found, "Ready") != condition(self._before, "Ready")

    def _check_secret(self) -> None:
        """OpenBao's standby nodes may give the values before for a while: then read once more."""
        if self._secret_was is None or self._secret_version() != self._secret_was:
            self.trouble = ""
            self._end("")
            return
        self.trouble = (
            f"it was read again, and {self.secret.kind} {self.secret.name} is as it was: "
            "does the store read this OpenBao?"
        )
        soon = _LOOK if self._times == 1 else _ASK_AGAIN
        if time.monotonic() - self._asked > soon:
            self._before = self.api.get(self.ref) or {}
            self._again()

    def _secret_version(self) -> str:
        """Which version of the Secret there is; nothing else of it is kept."""
        return text(self.api.get(self.secret) or {}, "metadata", "resourceVersion")

    def _end(self, trouble: str) -> None:
        self.trouble, self.pending = trouble, False


def wait(syncs: Sequence[Sync]) -> None:
    """Until all of `syncs`, which were asked, have ended, well or not: in a minute at the latest.

    Raises:
        ClusterError: the API server refuses, or is gone.
    """
    end = time.monotonic() + _SECONDS
    while waiting := [sync for sync in syncs if sync.pending]:
        for sync in waiting:
            sync.look()
            if sync.pending and time.monotonic() > end:
                sync.give_up()
        if any(sync.pending for sync in waiting):
            time.sleep(_LOOK)
