"""The other engine: the `helm` binary, one process a render, as ArgoCD runs it."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections import deque
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plate_llm_cli.errors import EngineError
from plate_llm_cli.helm.binary_flags import lint_arguments, template_arguments, values_text
from plate_llm_cli.helm.binary_output import documents, failure_of, raw_texts
from plate_llm_cli.helm.chart_tree import TreeChecks
from plate_llm_cli.helm.engine import FailureKind, RenderFailure, Rendering, SetKind
from plate_llm_cli.helm.failures import from_timeout, not_json
from plate_llm_cli.helm.lint import read_text, report_of_failure
from plate_llm_cli.helm.messages import marked
from plate_llm_cli.helm.notes import readable
from plate_llm_cli.helm.process import Finished, Running, TimedOutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plate_llm_cli.helm.engine import LintReport, RenderRequest, SetArgument

    Outcome = Finished | RenderFailure

_MAJORS = ("3", "4")
_SAID = re.compile(r"^Error: (?:failed parsing --set\S* (?:data|file): )?", re.MULTILINE)
_NOT_STRICT = "the helm binary renders every key that is missing as nothing: use --engine embedded"
_PRINTED = "apiVersion: v1\nvalues: {{ toJson .Values | quote }}\n"


class BinaryEngine:
    """`helm` at `path`, or the one on PATH. `deadline` is in seconds a render.

    Known differences to the embedded engine: a dependency that is switched off must be vendored
    all the same, as Helm wants it, and what a template prints is known only after Helm has sorted
    it, without NOTES.txt.
    """

    def __init__(
        self, path: Path | None = None, *, workers: int | None = None, deadline: float = 30.0
    ) -> None:
        self._path = path
        self._workers = workers or os.cpu_count() or 1
        self._deadline = deadline
        self._found = ""
        self._running: list[Running] = []

    def __enter__(self) -> BinaryEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def render_many(self, requests: Iterable[RenderRequest]) -> Iterator[Rendering | RenderFailure]:
        """One answer a request, in order; some processes run ahead of the answers."""
        for request, done in self._run_many(requests, template_arguments):
            if isinstance(done, RenderFailure):
                yield done
            elif done.code != 0:
                yield failure_of(done.stderr, request)
            else:
                notes = readable(done.stderr.splitlines())
                yield Rendering(tuple(documents(done.stdout)), notes)

    def render_variants(
        self, request: RenderRequest, variants: Iterable[dict[str, Any]]
    ) -> Iterator[dict[str, str] | RenderFailure]:
        """For each set of values: the templates whose text differs from the request's own render.

        A template that renders no more has the text ''.
        """
        base = self.texts(request)
        known = {} if isinstance(base, RenderFailure) else base
        for answer in self.render_many(replace(request, values=values) for values in variants):
            if isinstance(answer, RenderFailure):
                yield answer
                continue
            texts = raw_texts(answer.documents)
            changed = dict.fromkeys(known.keys() - texts.keys(), "")
            changed.update((name, text) for name, text in texts.items() if known.get(name) != text)
            yield changed

    def texts(self, request: RenderRequest) -> dict[str, str] | RenderFailure:
        """What each template renders to, by name, as far as `helm template` prints it."""
        (answer,) = self.render_many([request])
        return answer if isinstance(answer, RenderFailure) else raw_texts(answer.documents)

    def lint(self, request: RenderRequest) -> LintReport:
        """`helm lint` with the request's values and Kubernetes version."""
        ((_, done),) = self._run_many([request], lint_arguments)
        if isinstance(done, RenderFailure):
            return report_of_failure(done)
        return read_text(done.stdout, request.chart)

    def parse_set(self, argument: SetArgument) -> dict[str, Any] | RenderFailure:
        """The values that one `--set`-like argument stands for: a chart of ours prints them."""
        with tempfile.TemporaryDirectory(prefix="plate-llm-") as folder:
            _write_printing_chart(Path(folder))
            flag = f"--{argument.kind.value}"
            done = self._finish(self._start(["template", "set", folder, flag, argument.text]))
        if isinstance(done, RenderFailure):
            return done
        if done.code != 0:
            return RenderFailure(FailureKind.VALUES, _SAID.sub("", done.stderr).strip())
        values: dict[str, Any] = json.loads(json.loads(done.stdout.rpartition("values: ")[2]))
        return {k: marked(v) for k, v in values.items()} if argument.kind is SetKind.SET else values

    def close(self) -> None:
        """End what still runs. Safe to call twice."""
        while self._running:
            self._running.pop().kill()

    def _run_many(
        self,
        requests: Iterable[RenderRequest],
        arguments: Callable[[RenderRequest], list[str]],
    ) -> Iterator[tuple[RenderRequest, Outcome]]:
        source = iter(requests)
        checks = TreeChecks()
        ahead: deque[tuple[RenderRequest, Running | RenderFailure]] = deque()
        try:
            while True:
                for request in islice(source, self._workers - len(ahead)):
                    refused = checks.failure(request)
                    ahead.append((request, refused or self._begin(request, arguments(request))))
                if not ahead:
                    return
                request, running = ahead.popleft()
                yield request, self._finish(running)
        finally:
            for _, running in ahead:
                if isinstance(running, Running):
                    self._running.remove(running)
                    running.kill()

    def _begin(self, request: RenderRequest, arguments: list[str]) -> Running | RenderFailure:
        if request.strict:
            return RenderFailure(FailureKind.TEMPLATE, _NOT_STRICT)
        try:
            text = values_text(request.values)
        except ValueError as error:
            return not_json(error)
        return self._start(arguments, text)

    def _start(self, arguments: list[str], text: str = "") -> Running:
        running = Running([self._helm(), *arguments], text)
        self._running.append(running)
        return running

    def _finish(self, running: Running | RenderFailure) -> Outcome:
        if isinstance(running, RenderFailure):
            return running
        try:
            return running.finish(self._deadline)
        except TimedOutError:
            return from_timeout(self._deadline)
        finally:
            self._running.remove(running)

    def _helm(self) -> str:
        """The binary, once it has told its version."""
        if not self._found:
            named = str(self._path) if self._path else shutil.which("helm")
            if named is None:
                raise EngineError(
                    "there is no `helm` on PATH", "Install Helm, or leave out `--engine helm`."
                )
            _check_version(named)
            self._found = named
        return self._found


def _check_version(helm: str) -> None:
    try:
        said = Running([helm, "version", "--short"]).finish(10.0).stdout.strip()
    except TimedOutError:
        said = "nothing"
    match = re.match(r"v(\d+)\.\d+\.\d+", said)
    if match is None or match[1] not in _MAJORS:
        raise EngineError(
            f"{helm} is not Helm 3 or 4: asked for its version, it says {said or 'nothing'}",
            "Name another binary, or leave out `--engine helm`.",
        )


def _write_printing_chart(folder: Path) -> None:
    folder.joinpath("Chart.yaml").write_text("apiVersion: v2\nname: set\nversion: 0.1.0\n", "utf-8")
    folder.joinpath("templates").mkdir()
    folder.joinpath("templates", "values.yaml").write_text(_PRINTED, "utf-8")
