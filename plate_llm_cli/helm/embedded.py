"""The default engine: Helm as a library, in child processes that can be ended at any time."""

from __future__ import annotations

import queue
import time
from collections import Counter, deque
from dataclasses import replace
from itertools import count, islice
from typing import TYPE_CHECKING, Any

from plate_llm_cli.helm.chart_tree import TreeChecks
from plate_llm_cli.helm.failures import from_answer, not_json
from plate_llm_cli.helm.lane import Job, Lane
from plate_llm_cli.helm.messages import (
    lint_report,
    parse_message,
    parsed,
    refused,
    rendering,
    request_message,
    unchecked,
)
from plate_llm_cli.helm.worker import frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from plate_llm_cli.helm.child import Arrivals, BegunChild
    from plate_llm_cli.helm.engine import (
        LintReport,
        RenderFailure,
        Rendering,
        RenderRequest,
        SetArgument,
    )

Message = dict[str, Any]

_LOOK_AHEAD = 64
_CHUNK = 64
_OFTEN = 3
"""Renders of one chart in a chunk from which on it pays to check its schema once for all."""

_ENOUGH_FOR_ANOTHER = 40
"""Jobs that must wait before another worker is started: it costs 70 MiB and 60 ms."""


class EmbeddedEngine:
    """Helm's library behind pipes. `deadline` is in seconds a render.

    Calls may be nested (rendering variants while renderings are read), but an engine belongs to
    one thread at a time. Known differences to the binary: `.Capabilities.HelmVersion` and the API
    versions that Helm takes for granted are those of the library, Helm 4.2; and an integer by
    `--set` that `import-values` carries to the parent is a float64 there.
    """

    def __init__(
        self, workers: int = 1, deadline: float = 10.0, *, begun: BegunChild | None = None
    ) -> None:
        self._arrivals: Arrivals = begun.arrivals if begun else queue.SimpleQueue()
        self._lanes = [Lane(self._arrivals, deadline) for _ in range(max(workers, 1))]
        if begun:
            self._lanes[0].adopt(begun.child)
        self._backlog: deque[Job] = deque()
        self._calls = count(1)

    def __enter__(self) -> EmbeddedEngine:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Begin to load Helm in the first child, without waiting for it."""
        self._lanes[0].start()

    def close(self) -> None:
        """End the children. Safe to call twice; a later request starts anew."""
        self._backlog.clear()
        for lane in self._lanes:
            lane.stop()

    def render_many(self, requests: Iterable[RenderRequest]) -> Iterator[Rendering | RenderFailure]:
        """One answer a request, in order."""
        call = _Call(next(self._calls))
        source = iter(requests)
        while chunk := list(islice(source, _CHUNK)):
            often = {chart for chart, n in Counter(r.chart for r in chunk).items() if n >= _OFTEN}
            answers = self._answers(
                call.job("render", request, defer=request.chart in often) for request in chunk
            )
            if often:
                answers = iter(self._vouched(call, chunk, list(answers)))
            for request, answer in zip(chunk, answers, strict=True):
                yield from_answer(answer, request) or rendering(answer)

    def _vouched(self, call: _Call, chunk: list[RenderRequest], answers: list[Any]) -> list[Any]:
        """`answers` with the schema checked; where it is not met, Helm renders once more."""
        doubtful = []
        for places in unchecked(chunk, answers):
            request = chunk[places[0]]
            values = [answers[place]["unchecked"] for place in places]
            verdict = self._one(call.job("check", request, unchecked=values))
            if not (isinstance(verdict, dict) and verdict.get("valid")):
                doubtful += places
        doubtful += refused(answers)
        again = self._answers(call.job("render", chunk[place]) for place in doubtful)
        for place, answer in zip(doubtful, again, strict=True):
            answers[place] = answer
        return answers

    def render_variants(
        self, request: RenderRequest, variants: Iterable[dict[str, Any]]
    ) -> Iterator[dict[str, str] | RenderFailure]:
        """For each set of values: the templates whose text differs from the request's own render.

        Texts are raw, by template name; a template that renders no more has the text ''.
        """
        call = _Call(next(self._calls))
        baseline = call.job("baseline", request)
        baseline.prepares = True
        jobs = (
            call.job("variant", replace(request, values=values), needs=baseline)
            for values in variants
        )
        for answer in self._answers(jobs):
            yield from_answer(answer, request) or answer["changed"]

    def texts(self, request: RenderRequest) -> dict[str, str] | RenderFailure:
        """What each template renders to, by name: raw, documents not yet split."""
        answer = self._one(_Call(next(self._calls)).job("texts", request))
        return from_answer(answer, request) or answer["texts"]

    def lint(self, request: RenderRequest) -> LintReport:
        """`helm lint` with the request's values and Kubernetes version."""
        answer = self._one(_Call(next(self._calls)).job("lint", request))
        return lint_report(answer, request)

    def parse_set(self, argument: SetArgument) -> dict[str, Any] | RenderFailure:
        """The values that one `--set`-like argument stands for."""
        answer = self._one(Job(frame(parse_message(argument))))
        return parsed(answer, argument)

    def _one(self, job: Job) -> Any:
        (answer,) = self._answers([job])
        return answer

    def _answers(self, jobs: Iterable[Job]) -> Iterator[Any]:
        """Send jobs, some ahead of the answers, and give the answers in order."""
        source = iter(jobs)
        ahead: deque[Job] = deque()
        try:
            while True:
                more = list(islice(source, _LOOK_AHEAD - len(ahead)))
                ahead.extend(more)
                self._backlog.extend(job for job in more if job.answer is None)
                if not ahead:
                    return
                self._wait_for(ahead[0])
                yield ahead.popleft().answer
        finally:
            self._drop(list(ahead))

    def _wait_for(self, job: Job) -> None:
        self._hand_out()
        while job.answer is None:
            self._listen()
            self._hand_out()

    def _hand_out(self) -> None:
        """Send what the workers have room for."""
        for lane in self._lanes:
            if lane.child is None and lane is not self._lanes[0]:
                if len(self._backlog) < _ENOUGH_FOR_ANOTHER:
                    return
                lane.start()
            while self._backlog and lane.has_room(self._backlog[0]):
                lane.send(self._backlog.popleft())

    def _listen(self) -> None:
        """Wait for one message, or until a job has had its time."""
        due = min(lane.overdue_at for lane in self._lanes)
        try:
            arrival = self._arrivals.get(timeout=max(due - time.monotonic(), 0.0))
        except queue.Empty:
            for lane in self._lanes:
                if lane.overdue_at <= time.monotonic():
                    self._backlog.extendleft(reversed(lane.give_up()))
            return
        child, message, when = arrival
        for lane in self._lanes:
            if lane.child is child:  # else a message of a child that was ended
                self._backlog.extendleft(reversed(lane.arrived(message, when)))

    def _drop(self, jobs: list[Job]) -> None:
        """The caller is not interested any more."""
        if not jobs:
            return
        self._backlog = deque(job for job in self._backlog if job not in jobs)
        for lane in self._lanes:
            self._backlog.extendleft(reversed(lane.drop(jobs)))


class _Call:
    """One call of the engine: charts that it has loaded or looked over serve until its end."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._checks = TreeChecks()

    def job(self, do: str, request: RenderRequest, needs: Job | None = None, **more: Any) -> Job:
        """The job for a request, or one that is answered: what Helm shall not even see."""
        failure = self._checks.failure(request)
        if failure is not None:
            return Job(b"", failure)
        message = {**request_message(do, request, self._number), **more}
        try:
            return Job(frame(message), needs=needs)
        except ValueError as error:
            return Job(b"", not_json(error))
