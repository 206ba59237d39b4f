"""What the worker process does for each message: render, compare, lint, parse `--set`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from plate_llm_cli.helm import native, output, schema_batch
from plate_llm_cli.helm.admission import Admission, admit
from plate_llm_cli.helm.handles import ChartStore
from plate_llm_cli.helm.integers import TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.helm.handles import LoadedChart

Message = dict[str, Any]

_PARSERS = {
    "set": "helm_strvals_parse",
    "set-string": "helm_strvals_parse_string",
    "set-file": "helm_strvals_parse_file",
}
_HEADS_KEPT = 1000
_BASELINES_KEPT = 4


def greeting() -> Message:
    """The first message: the versions, or what the installed binding lacks."""
    lacking = native.missing_parts()
    return {"lacking": lacking} if lacking else native.versions()


class Operations:
    """Answers messages. Holds the texts that variants are compared with."""

    def __init__(self) -> None:
        self._handlers: dict[str, Callable[[Message, Admission], Message]] = {
            "render": self._render,
            "texts": self._texts,
            "baseline": self._baseline,
            "variant": self._variant,
            "parse": self._parse,
            "lint": self._lint,
            "check": self._check,
        }
        self._charts = ChartStore()
        self._baselines: dict[int, tuple[str, dict[str, str]]] = {}
        self._heads: dict[str, output.Head] = {}

    def answer(self, message: Message) -> Message:
        """The answer to one message; a refusal of Helm's is an answer as well."""
        admission = Admission()
        try:
            answer = self._handlers[message["do"]](message, admission)
        except native.HelmRefusalError as refusal:
            if message.get("integers") and TEMPLATE in refusal.message:  # our template, not theirs
                return self.answer({**message, "integers": []})
            answer = {
                "stage": refusal.stage,
                "refused": refusal.message,
                "document": refusal.document,
            }
        answer["notes"] = admission.notes
        answer["logged"] = logged()
        answer["missing"] = admission.missing
        return answer

    def _render(self, message: Message, admission: Admission) -> Message:
        with self._charts.open(message) as chart:
            texts = json.loads(self._run(chart, message, admission))
            # Only after the render Helm knows which subcharts are in, and so which CRDs.
            crds = native.text("helm_chart_crds", chart.handle) if message["crds"] else "[]"
            values = self._printed_values(chart, texts)
        parts = output.arrange(texts, json.loads(crds), self._head)
        if message["skip_tests"]:
            parts = [part for part in parts if not part.test]
        documents = [(part.template, part.text, part.hook, part.crd) for part in parts]
        return {"documents": documents, "unchecked": values}

    def _texts(self, message: Message, admission: Admission) -> Message:
        with self._charts.open(message) as chart:
            return {"texts": json.loads(self._run(chart, message, admission))}

    def _baseline(self, message: Message, admission: Admission) -> Message:
        """Render what the variants of this call are compared with."""
        if len(self._baselines) >= _BASELINES_KEPT:
            del self._baselines[next(iter(self._baselines))]
        with self._charts.open(message) as chart:
            text = self._run(chart, message, admission)
        self._baselines[message["call"]] = (text, json.loads(text))
        return {}

    def _variant(self, message: Message, admission: Admission) -> Message:
        base_text, base = self._baselines.get(message["call"], ("", {}))
        with self._charts.open(message) as chart:
            text = self._run(chart, message, admission)
        if text == base_text:
            return {"changed": {}}
        texts = json.loads(text)
        changed = dict.fromkeys(base.keys() - texts.keys(), "")
        changed.update((name, new) for name, new in texts.items() if base.get(name) != new)
        return {"changed": changed}

    def _parse(self, message: Message, _: Admission) -> Message:
        return {"values": json.loads(native.text(_PARSERS[message["kind"]], message["text"]))}

    def _lint(self, message: Message, _: Admission) -> Message:
        options = {
            "namespace": message["namespace"],
            "kube_version": message["kube_version"],
            "skip_schema_validation": message["skip_schema"],
        }
        values = json.dumps(message["values"])
        report = native.text("helm_lint_run_opts", message["chart"], values, json.dumps(options))
        return {"report": json.loads(report)}

    def _run(self, chart: LoadedChart, message: Message, admission: Admission) -> str:
        """Render: the texts by template, as JSON."""
        _check_release_name(message["name"])
        found = admit(chart, message["values"], message["kube_version"])
        admission.notes += found.notes
        admission.missing += found.missing
        keys = ("name", "namespace", "kube_version", "api_versions", "strict")
        options = json.dumps({key: message[key] for key in keys})
        text = native.text("helm_render", chart.handle, json.dumps(message["values"]), options)
        return _without_ours(text, chart) if message["integers"] else text

    def _printed_values(self, chart: LoadedChart, texts: dict[str, str]) -> str | None:
        """The values that are still to be checked against the chart's schema, as JSON."""
        if not chart.prints_values:
            return None
        return texts.pop(f"{chart.metadata['name']}/{schema_batch.TEMPLATE}")

    def _check(self, message: Message, _: Admission) -> Message:
        """Whether all of `unchecked` meet the schema of the chart."""
        with self._charts.open(message) as chart:
            return {"valid": schema_batch.all_valid(chart.schema, message["unchecked"])}

    def _head(self, template: str, text: str) -> output.Head:
        """What Helm's own YAML reader makes of a document. The same text is read once."""
        head = self._heads.get(text)
        if head is None:
            if len(self._heads) >= _HEADS_KEPT:
                self._heads.clear()
            head = self._heads[text] = _read_head(template, text)
        return head


def logged() -> list[str]:
    """What Helm wrote to stderr since the last call, a line each.

    The parent gave us a file for stderr and reads it only when we are gone, so it may be emptied.
    """
    if not hasattr(os, "pread"):
        return []
    size = os.fstat(2).st_size
    if not size:
        return []
    text = os.pread(2, size, 0).decode(errors="replace")
    os.ftruncate(2, 0)
    os.lseek(2, 0, os.SEEK_SET)
    return text.splitlines()


def _check_release_name(name: str) -> None:
    try:
        native.status("helm_release_name_validate", name)
    except native.HelmRefusalError as refusal:
        raise native.HelmRefusalError("release", f"{refusal.message}: {name!r}") from refusal


def _without_ours(text: str, chart: LoadedChart) -> str:
    texts = json.loads(text)
    del texts[f"{chart.metadata['name']}/{TEMPLATE}"]
    return json.dumps(texts)


def _read_head(template: str, text: str) -> output.Head:
    try:
        value = json.loads(native.text("helm_values_from_yaml", text))
        return output.head_of(value)
    except (native.HelmRefusalError, output.HeadError) as error:
        message = f"YAML parse error on {template}: {error}"
        raise native.HelmRefusalError("output", message, text) from error
