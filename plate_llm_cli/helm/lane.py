"""One worker and the jobs that wait for it: deadlines, crashes, new starts."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.errors import EngineError
from plate_llm_cli.helm.child import Child
from plate_llm_cli.helm.engine import RenderFailure
from plate_llm_cli.helm.failures import from_crash, from_timeout

if TYPE_CHECKING:
    from plate_llm_cli.helm.child import Arrivals

Message = dict[str, Any]

START_SECONDS = 30.0
_MOST_BYTES = 32 * 1024  # less than a pipe holds, so that writing never waits for a busy worker
_MOST_JOBS = 4


@dataclass(eq=False, slots=True)
class Job:
    """A frame to send and, later, its answer.

    `needs` is a job that the same worker must have done before; nobody waits for its answer.
    """

    frame: bytes
    answer: Message | RenderFailure | None = None
    needs: Job | None = None
    prepares: bool = False


class Lane:
    """Jobs go in at one end and are answered in order."""

    def __init__(self, arrivals: Arrivals, deadline: float) -> None:
        self._arrivals = arrivals
        self._deadline = deadline
        self._jobs: deque[Job] = deque()
        self._prepared: list[Job] = []
        self._since = 0.0
        self._greeted = False
        self.child: Child | None = None

    def start(self) -> None:
        """Begin to load Helm, unless that has happened."""
        if self.child is None:
            self.child = Child(self._arrivals)
            self._greeted = False
            self._since = time.monotonic()

    def adopt(self, child: Child) -> None:
        """Take over a child that somebody else has started; it must speak into our `arrivals`."""
        self.child = child
        self._since = time.monotonic()

    def stop(self) -> str:
        """End the worker; gives what it wrote to stderr."""
        child, self.child = self.child, None
        self._prepared.clear()
        return "" if child is None else child.kill()

    @property
    def idle(self) -> bool:
        """True when nothing is awaited."""
        return not self._jobs

    @property
    def overdue_at(self) -> float:
        """When the job that runs now has had its time, on the monotonic clock."""
        if not self._jobs:
            return float("inf")
        return self._since + (self._deadline if self._greeted else START_SECONDS)

    def has_room(self, job: Job) -> bool:
        """Whether `job` can be sent now without waiting for the worker to read it."""
        ahead = sum(len(other.frame) for other in self._jobs)
        return not self._jobs or (
            len(self._jobs) < _MOST_JOBS and ahead + len(job.frame) <= _MOST_BYTES
        )

    def send(self, job: Job) -> None:
        """Hand `job` to the worker, and first what it needs."""
        needs = job.needs
        if needs is not None and needs not in self._prepared:
            if not isinstance(needs.answer, RenderFailure):  # it would end this worker as well
                self._send(needs)
            self._prepared.append(needs)
        self._send(job)

    def _send(self, job: Job) -> None:
        if not self._jobs:
            self._since = time.monotonic()
            if self.child is not None and not self.child.alive:
                self.stop()  # it ended for reasons of its own; no job is to blame
        self.start()
        self._jobs.append(job)
        if self.child is not None:
            self.child.send(job.frame)  # a worker that is gone says so through `arrivals`

    def arrived(self, message: Message | None, when: float) -> list[Job]:
        """Take a message of the worker's. The jobs that are to be sent again come back."""
        self._since = when
        if message is None:
            return self._ended()
        if not self._greeted:
            self._greet(message)
        elif self._jobs:
            self._jobs.popleft().answer = message
        return []

    def give_up(self) -> list[Job]:
        """The running job has had its time: end the worker. The jobs behind it come back."""
        if not self._greeted:
            raise _not_started(self.stop(), "it did not answer")
        self.stop()
        return self._blame(from_timeout(self._deadline))

    def drop(self, jobs: list[Job]) -> list[Job]:
        """Forget `jobs`; if any is here, the worker is ended and the others come back."""
        if not any(job in self._jobs for job in jobs):
            return []
        self.stop()
        return self._take_back(jobs)

    def _ended(self) -> list[Job]:
        written = self.stop()
        if not self._greeted:
            raise _not_started(written, "it ended")
        return self._blame(from_crash(written)) if self._jobs else []

    def _blame(self, failure: RenderFailure) -> list[Job]:
        self._jobs.popleft().answer = failure
        return self._take_back([])

    def _take_back(self, dropped: list[Job]) -> list[Job]:
        """The jobs to send again; what prepares a job is sent with it."""
        kept = [job for job in self._jobs if job not in dropped and not job.prepares]
        self._jobs.clear()
        return kept

    def _greet(self, greeting: Message) -> None:
        self._greeted = True
        if "lacking" in greeting:
            self.stop()
            raise EngineError(
                f"the installed helm-python-sdk lacks {greeting['lacking']}",
                "Install the version that plate-llm asks for, or use `--engine helm`.",
            )


def _not_started(written: str, otherwise: str) -> EngineError:
    reason = written.strip().rpartition("\n")[2] or otherwise
    return EngineError(
        f"the Helm library could not be loaded: {reason}",
        "Reinstall helm-python-sdk for this system, or use the helm binary: `--engine helm`.",
    )
