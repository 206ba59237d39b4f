"""What plays a controller: it sees changes, and does things some time later."""

from __future__ import annotations

import heapq
import threading
import time
from itertools import count
from typing import TYPE_CHECKING

from tests.cluster.double.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.double.cluster import Cluster
    from tests.cluster.double.store import Event


class Controller:
    """One thread that sees every change of the kinds it follows, and those from before it too.

    What it raises ends it, and is raised again by `stop`. A write to what is gone is forgotten.
    """

    def __init__(self, cluster: Cluster, *kinds: str) -> None:
        self.cluster = cluster
        self._resources = {cluster.resource(kind).id for kind in kinds}
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._number, self._seen, self._ended = count(), 0, False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=type(self).__name__)
        cluster.controllers.append(self)

    def start(self) -> None:
        """Begin to act; a subclass calls it last."""
        self._thread.start()

    def saw(self, event: Event) -> None:
        """React to a change."""
        raise NotImplementedError

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something in `seconds`. Only the controller's own thread calls this."""
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._number), action))

    def stop(self) -> None:
        """End the thread. Raises what ended it before."""
        self._ended = True
        with self.cluster.api.store.changed:
            self.cluster.api.store.changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            while not self._ended:
                for event in self._next():
                    self._try(lambda event=event: self.saw(event))  # type: ignore[misc]
                while self._due and self._due[0][0] <= time.monotonic():
                    self._try(heapq.heappop(self._due)[2])
        except Exception as error:  # noqa: BLE001 - raised again by the thread that stops it
            self._failure = error

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except ApiError as error:
            if error.code != 404:
                raise

    def _next(self) -> list[Event]:
        store = self.cluster.api.store
        with store.changed:
            if store.revision == self._seen and not self._ended:
                soonest = self._due[0][0] - time.monotonic() if self._due else None
                if soonest is None or soonest > 0:
                    store.changed.wait(soonest)
            new = [event for event in store.events if event.revision > self._seen]
            self._seen = store.revision
        return [event for event in new if event.resource in self._resources]
