"""What the worker process does for each message: render, compare, lint, parse `--set`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plate_llm_cli.helm import native, output

if TYPE_CHECKING:
    from collections.abc import Callable

Message = dict[str, Any]

_PARSERS = {
    "set": "helm_strvals_parse",
    "set-string": "helm_strvals_parse_string",
    "set-file": "helm_strvals_parse_file",
}


def greeting() -> Message:
    """The first message: the versions, or what the installed binding lacks."""
    lacking = native.missing_parts()
    return {"lacking": lacking} if lacking else native.versions()


class Operations:
    """Answers messages. Holds the texts that variants are compared with."""

    def __init__(self) -> None:
        self._handlers: dict[str, Callable[[Message], Message]] = {
            "render": self._render,
            "variant": self._variant,
            "parse": self._parse,
            "lint": self._lint,
        }
        self._baseline: dict[str, str] = {}
        self._baseline_text = ""
        self._heads: dict[str, output.Head] = {}

    def answer(self, message: Message) -> Message:
        """The answer to one message; a refusal of Helm's is an answer as well."""
        try:
            return self._handlers[message["do"]](message)
        except native.HelmRefusalError as refusal:
            return {"stage": refusal.stage, "refused": refusal.message}

    def _render(self, message: Message) -> Message:
        text, crds = _render(message)
        texts = json.loads(text)
        parts = output.arrange(texts, crds, self._head)
        if message["skip_tests"]:
            parts = [part for part in parts if not part.test]
        return {
            "documents": [(part.template, part.text, part.hook, part.crd) for part in parts],
        }

    def _head(self, template: str, text: str) -> output.Head:
        """What Helm's own YAML reader makes of a document. The same text is read once."""
        head = self._heads.get(text)
        if head is None:
            try:
                value = json.loads(native.text("helm_values_from_yaml", text))
            except native.HelmRefusalError as refusal:
                raise native.HelmRefusalError(
                    "output", f"YAML parse error on {template}: {refusal.message}"
                ) from refusal
            head = self._heads[text] = output.head_of(value)
        return head

    def _variant(self, message: Message) -> Message:
        text, _ = _render(message)
        if message.get("baseline"):
            self._baseline_text, self._baseline = text, json.loads(text)
            return {"changed": self._baseline}
        if text == self._baseline_text:
            return {"changed": {}}
        texts = json.loads(text)
        gone = {name: "" for name in self._baseline if name not in texts}
        moved = {name: new for name, new in texts.items() if self._baseline.get(name) != new}
        return {"changed": {**gone, **moved}}

    def _parse(self, message: Message) -> Message:
        return {"values": json.loads(native.text(_PARSERS[message["kind"]], message["text"]))}

    def _lint(self, message: Message) -> Message:
        options = {"namespace": message["namespace"], "kube_version": message["kube_version"]}
        report = native.text(
            "helm_lint_run_opts",
            message["chart"],
            json.dumps(message["values"]),
            json.dumps(options),
        )
        return {"report": json.loads(report)}


def _render(message: Message) -> tuple[str, list[Message]]:
    native.status("helm_release_name_validate", message["name"])
    options = {key: message[key] for key in ("name", "namespace", "kube_version", "api_versions")}
    handle = native.load(message["chart"])
    try:
        texts = native.text(
            "helm_render", handle, json.dumps(message["values"]), json.dumps(options)
        )
        crds = json.loads(native.text("helm_chart_crds", handle)) if message["crds"] else []
    finally:
        native.free(handle)
    return texts, crds
