"""What goes wrong on the way, when a test says so."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tests.cluster.double.errors import ApiError

if TYPE_CHECKING:
    from tests.cluster.double.exchange import Request

Cut = Literal["before", "body", ""]


@dataclass
class Fault:
    """One fault and the requests that it befalls.

    `path` is a regular expression for a part of `/path?query`. The first `after` matching
    requests go well, the next `times` do not; None means all. `delay` is in seconds.
    `drop="before"` closes the connection without an answer, `drop="body"` in the middle of the
    answer's body (a watch: of its first event). `silent` answers a watch with headers and
    nothing else, and another request not at all, until the client goes away. `warning` is one of
    the API server, sent with an answer that is otherwise as it would be.
    """

    path: str = ""
    method: str = "*"
    status: int = 0
    message: str = "injected fault"
    reason: str | None = None
    retry_after: int | None = None
    delay: float = 0.0
    drop: Cut = ""
    silent: bool = False
    warning: str = ""
    watch: bool | None = None
    times: int | None = 1
    after: int = 0
    met: int = 0

    def befalls(self, request: Request) -> bool:
        """Whether the request is one of those."""
        query = "&".join(f"{name}={value}" for name, value in request.query.items())
        fits = (
            self.method in {"*", request.method}
            and (self.watch is None or self.watch == request.is_watch)
            and re.search(self.path, f"{request.path}?{query}") is not None
        )
        if not fits:
            return False
        self.met += 1
        late = self.met - self.after
        return late > 0 and (self.times is None or late <= self.times)

    def error(self) -> ApiError | None:
        """The answer that it gives instead."""
        if not self.status:
            return None
        return ApiError(self.status, self.message, self.reason)


@dataclass
class Faults:
    """All faults of a cluster; the first that befalls a request wins."""

    planned: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> Fault:
        """Plan one."""
        with self._lock:
            self.planned.append(fault)
        return fault

    def befalling(self, request: Request) -> Fault:
        """The fault for a request; one that does nothing where there is none."""
        with self._lock:
            for fault in self.planned:
                if fault.befalls(request):
                    return fault
        return Fault()

    def clear(self) -> None:
        """Let everything go well from now on."""
        with self._lock:
            self.planned.clear()
