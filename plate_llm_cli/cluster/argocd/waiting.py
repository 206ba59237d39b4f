"""Waits until an Application is Synced and Healthy for our change, or never will be."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.argocd.application import REFRESH_ANNOTATION, LiveApplication, not_there
from plate_llm_cli.cluster.argocd.verdict import Goal, State, Verdict, judge
from plate_llm_cli.errors import ClusterError, ExpiredError, ForbiddenError, MissingKindError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.objects import Object, Ref

SLICE: Final = 5.0
"""Seconds of one watch. Each begins with a read, so that a change cannot be missed for longer, and
a connection that has died unnoticed costs no more."""

_SHORTEST: Final = 0.5
"""Seconds of the shortest slice, so that the API server is not asked without end."""

GRACE: Final = 30.0
"""Seconds that an Application may be Degraded, or its pods in doubt: it may pass."""

_UNREAD: Final = Verdict(State.WAITING, "it has not been read yet")
_PAUSE: Final = 1.0
_ABSENT: Final = 404
_PASSING: Final = (0, 429, 500, 502, 503, 504)
"""Answers of an API server that is on its way back; 0 is none at all."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an Application will hardly come up; it is given up at once only where it is `certain`."""

    reason: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a wait ended; `app` is the last that was seen, None when there was nothing."""

    verdict: Verdict
    app: LiveApplication | None
    seconds: float
    timed_out: bool = False

    @property
    def done(self) -> bool:
        """Whether it came up."""
        return self.verdict.state is State.DONE


@dataclass(slots=True, eq=False)
class Waiter:
    """One wait for one Application.

    `notice` is called with each new status; `doubt` says why it will hardly come up, looking at
    the pods, or None; it is asked once in a slice, as soon as the pods are those of our change.
    """

    api: Api
    ref: Ref
    goal: Goal
    seconds: float
    notice: Callable[[LiveApplication, Verdict], None] = lambda *_: None
    doubt: Callable[[LiveApplication], Doubt | None] = lambda _: None
    grace: float = GRACE
    last: LiveApplication | None = None
    verdict: Verdict = _UNREAD
    _begun: float = field(default_factory=time.monotonic)
    _degraded: float | None = None
    _doubtful: float | None = None

    def wait(self) -> Outcome:
        """Wait; never longer than `seconds`, a moment for the last answer aside.

        Raises:
            ForbiddenError, MissingKindError: what is read may not be read, or is not there at all.
            ClusterError: the API server does not accept the credentials.
        """
        with deadline(self.api, self._begun + self.seconds):
            while self._left() > 0:
                begun = time.monotonic()
                for node in self._statuses():
                    if self._ends(node):
                        return self._outcome()
                    if self._left() <= 0:
                        break
                if self._left() > 0 and (why := self._why_hopeless()):
                    self.verdict = Verdict(State.FAILED, why)
                    return self._outcome()
                # Some proxies end every watch at once.
                rest = _SHORTEST - (time.monotonic() - begun)
                time.sleep(max(0.0, min(rest, self._left())))
        return self._outcome(timed_out=True)

    def _statuses(self) -> Iterator[Object | None]:
        """The Application now, and then as it changes; None when it is not there (any more)."""
        try:
            node = self.api.get(self.ref)
            yield node
            if node is not None:
                yield from self._changes(LiveApplication(node).version)
        except ExpiredError:
            return  # the API server has forgotten that version: it is read again
        except (ForbiddenError, MissingKindError):
            raise
        except ClusterError as error:
            if error.status not in _PASSING:
                raise
            if self._left() > 0 or self.last is None:  # our own deadline ends the last request
                self.verdict = Verdict(State.WAITING, error.message)
            time.sleep(max(0.0, min(_PAUSE, self._left())))

    def _changes(self, version: str) -> Iterator[Object | None]:
        seconds = min(SLICE, max(self._left(), 0.05))
        if self._degraded is not None:
            seconds = min(seconds, max(self.grace, 0.05))
        for kind, node in self.api.watch(self.ref, version, seconds):
            yield None if kind == "DELETED" else node

    def _ends(self, node: Object | None) -> bool:
        if node is None:
            gone = "was deleted" if self.last is not None else "is not there"
            apply = f"plate-llm argocd apply {self.ref.name} brings it there"
            advice = apply if self.last is None else ""
            self.verdict = Verdict(State.FAILED, f"the Application {gone}", advice)
            return True
        app = LiveApplication(node)
        if self.last is not None and app.ref == self.last.ref and _uid(app) != _uid(self.last):
            self.verdict = Verdict(State.FAILED, "the Application was deleted, and made anew")
            return True
        self.last, self.verdict = app, judge(app, self.goal)
        self.notice(app, self.verdict)
        return self.verdict.state in (State.DONE, State.FAILED) or self._degraded_too_long()

    def _degraded_too_long(self) -> bool:
        if self.verdict.state is not State.DEGRADED:
            self._degraded = None
            return False
        self._degraded = self._degraded or time.monotonic()
        return time.monotonic() - self._degraded >= self.grace

    def _why_hopeless(self) -> str:
        """Why it will not come up; '' while there is hope."""
        # Pods of the version before may be broken: that is what our change repairs.
        app = self.last if self.verdict.applied else None
        doubt = self.doubt(app) if app is not None else None
        if doubt is None:
            self._doubtful = None
            return ""
        self._doubtful = self._doubtful or time.monotonic()
        lasts = time.monotonic() - self._doubtful >= self.grace
        return doubt.reason if doubt.certain or lasts else ""

    def _left(self) -> float:
        return self._begun + self.seconds - time.monotonic()

    def _outcome(self, *, timed_out: bool = False) -> Outcome:
        return Outcome(self.verdict, self.last, time.monotonic() - self._begun, timed_out)


def ask_to_look(api: Api, ref: Ref) -> Goal:
    """Ask ArgoCD to compare with Git as it is now; what it then says is what counts.

    Who may not change the Application waits for the next look that ArgoCD takes by itself.

    Raises:
        ClusterError: there is no such Application (status 404), or the API server is gone.
    """
    try:
        body = {"metadata": {"annotations": {REFRESH_ANNOTATION: "normal"}}}
        api.patch(ref, body)
        asked = True
    except ForbiddenError:
        if api.get(ref) is None:
            raise not_there(ref, api.connection.context) from None
        asked = False
    except MissingKindError:
        raise
    except ClusterError as error:
        if error.status != _ABSENT:
            raise
        raise not_there(ref, api.connection.context) from None
    assert api.connection.clock is not None  # noqa: S101 - there was an answer
    return Goal(api.connection.clock, asked)


def _uid(app: LiveApplication) -> object:
    return app.node.get("metadata", {}).get("uid")


@contextmanager
def deadline(api: Api, moment: float) -> Iterator[None]:
    """No request goes on past `moment`, by `time.monotonic`; afterwards it is as before."""
    before, api.connection.deadline = api.connection.deadline, moment
    try:
        yield
    finally:
        api.connection.deadline = before
