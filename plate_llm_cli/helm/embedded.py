"""The default engine: Helm as a library, in a child process that can be ended at any time."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

from plate_llm_cli.errors import EngineError
from plate_llm_cli.helm.child import Child, ChildEndedError
from plate_llm_cli.helm.engine import (
    FailureKind,
    LintMessage,
    LintReport,
    RenderedDocument,
    RenderFailure,
    Rendering,
)
from plate_llm_cli.helm.failures import from_refusal
from plate_llm_cli.helm.worker import frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from plate_llm_cli.helm.engine import RenderRequest, SetArgument

Message = dict[str, Any]

START_SECONDS = 30.0
_IN_FLIGHT_BYTES = 32 * 1024
_SEVERITIES = ("unknown", "info", "warning", "error")


class EmbeddedEngine:
    """Helm's library behind a pipe. `deadline` is in seconds a render."""

    def __init__(self, workers: int = 1, deadline: float = 10.0) -> None:
        self._workers = workers
        self._deadline = deadline
        self._child: Child | None = None
        self._greeted = False

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
        """Begin to load Helm in the child, without waiting for it."""
        if self._child is None:
            self._child = Child()
            self._greeted = False

    def close(self) -> None:
        """End the child. Safe to call twice."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def render_many(self, requests: Iterable[RenderRequest]) -> Iterator[Rendering | RenderFailure]:
        """One answer a request, in order."""
        for answer in self._ask(_render_message(request) for request in requests):
            yield answer if isinstance(answer, RenderFailure) else _rendering(answer)

    def render_variants(
        self, request: RenderRequest, variants: Iterable[dict[str, Any]]
    ) -> Iterator[dict[str, str] | RenderFailure]:
        """For each set of values: the templates whose text differs from the request's own render.

        Texts are raw, by template name; a template that renders no more has the text ''.
        """
        base = _render_message(request)
        answers = self._ask(_variant_messages(base, variants))
        first = next(answers, None)
        refused = first if isinstance(first, RenderFailure) else None
        for answer in answers:
            if refused is not None and not isinstance(answer, RenderFailure):
                yield answer["changed"]
            else:
                yield answer if isinstance(answer, RenderFailure) else answer["changed"]

    def lint(self, request: RenderRequest) -> LintReport:
        """`helm lint` with the request's values and Kubernetes version."""
        answer = self._one({**_render_message(request), "do": "lint"})
        if isinstance(answer, RenderFailure):
            return LintReport((LintMessage("error", "", answer.message),))
        return LintReport(
            tuple(
                LintMessage(_SEVERITIES[entry["severity"]], entry["path"], entry["error"])
                for entry in answer["report"]["messages"]
            )
        )

    def parse_set(self, argument: SetArgument) -> dict[str, Any] | RenderFailure:
        """The values that one `--set`-like argument stands for."""
        answer = self._one({"do": "parse", "kind": argument.kind.value, "text": argument.text})
        return answer if isinstance(answer, RenderFailure) else answer["values"]

    def _one(self, message: Message) -> Message | RenderFailure:
        return next(self._ask([message]))

    def _ask(self, messages: Iterable[Message]) -> Iterator[Message | RenderFailure]:
        """Send messages, a few ahead of the answers, and give the answers in order."""
        source = iter(messages)
        waiting: deque[bytes] = deque()
        exhausted = False
        while True:
            while not exhausted and sum(map(len, waiting)) < _IN_FLIGHT_BYTES:
                message = next(source, None)
                if message is None:
                    exhausted = True
                    break
                data = frame(message)
                if waiting and sum(map(len, waiting)) + len(data) > _IN_FLIGHT_BYTES:
                    yield from self._drain(waiting)
                self._send(data)
                waiting.append(data)
            if not waiting:
                return
            yield self._answer(waiting)

    def _drain(self, waiting: deque[bytes]) -> Iterator[Message | RenderFailure]:
        while waiting:
            yield self._answer(waiting)

    def _send(self, data: bytes) -> None:
        child = self._ready()
        child.send(data)

    def _ready(self) -> Child:
        self.start()
        child = self._child
        assert child is not None  # noqa: S101 - start() has set it
        if not self._greeted:
            self._greet(child)
        return child

    def _greet(self, child: Child) -> None:
        try:
            greeting = child.receive(START_SECONDS)
        except (TimeoutError, ChildEndedError) as error:
            self.close()
            reason = getattr(error, "stderr", "").strip().rpartition("\n")[2] or "no answer"
            raise EngineError(
                f"the Helm library cannot be loaded: {reason}",
                "Reinstall helm-python-sdk for this system, or use `--engine helm`.",
            ) from error
        if "lacking" in greeting:
            self.close()
            raise EngineError(
                f"the installed helm-python-sdk lacks {greeting['lacking']}",
                "Install the version that plate-llm asks for, or use `--engine helm`.",
            )
        self._greeted = True

    def _answer(self, waiting: deque[bytes]) -> Message | RenderFailure:
        child = self._ready()
        started = time.monotonic()
        try:
            answer = child.receive(self._deadline)
        except TimeoutError:
            failure = RenderFailure(
                FailureKind.TIMEOUT,
                f"the chart was still rendering after {time.monotonic() - started:.0f} s",
            )
            return self._go_on(waiting, failure)
        except ChildEndedError as error:
            return self._go_on(waiting, RenderFailure(FailureKind.CRASH, error.stderr))
        waiting.popleft()
        if "refused" in answer:
            return from_refusal(answer["stage"], answer["refused"])
        return answer

    def _go_on(self, waiting: deque[bytes], failure: RenderFailure) -> RenderFailure:
        """Give up on the first request; a new child gets the rest."""
        self.close()
        waiting.popleft()
        for data in waiting:
            self._send(data)
        return failure


def _render_message(request: RenderRequest) -> Message:
    return {
        "do": "render",
        "chart": str(request.chart),
        "name": request.release_name,
        "namespace": request.namespace,
        "values": request.values,
        "kube_version": request.capabilities.kube_version,
        "api_versions": request.capabilities.api_versions,
        "crds": request.include_crds,
        "skip_tests": request.skip_tests,
        "skip_schema": request.skip_schema,
    }


def _variant_messages(base: Message, variants: Iterable[dict[str, Any]]) -> Iterator[Message]:
    yield {**base, "do": "variant", "baseline": True, "crds": False}
    for values in variants:
        yield {**base, "do": "variant", "values": values, "crds": False}


def _rendering(answer: Message) -> Rendering:
    return Rendering(
        tuple(
            RenderedDocument(template, text, hook, crd)
            for template, text, hook, crd in answer["documents"]
        )
    )
