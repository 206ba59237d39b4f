"""Fills in the templates of External Secrets with the Helm engine.

Values cross the engine's pipe. Only the templates, which are in Git, are written to a folder, for
as long as the engine reads it.
"""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_templates import template_reads
from plate_llm_cli.helm.engine import Capabilities, FailureKind, RenderFailure, RenderRequest
from plate_llm_cli.secrets.synced.failures import NotSyncedError, unsupported
from plate_llm_cli.secrets.synced.functions import for_helm
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plate_llm_cli.helm.engine import HelmEngine

_CHART: Final = "filled"
_OUTPUT: Final = f"{_CHART}/templates/output.yaml"
_ITEM: Final = re.compile(rf"{_CHART}/templates/_(\d+)\.tpl")
_MISSING: Final = re.compile(r'map has no entry for key "([^"\n]*)"')


@dataclass(frozen=True, slots=True)
class Template:
    """One template; `where` is the field of the ExternalSecret that has it."""

    where: str
    text: str
    data: Mapping[str, Secret]


class Filler:
    """Fills in templates with one engine."""

    def __init__(self, engine: HelmEngine, kube_version: str) -> None:
        self._engine = engine
        self._capabilities = Capabilities(kube_version)

    def fill(self, templates: Sequence[Template]) -> list[Secret]:
        """Each template filled in with its data.

        Raises:
            NotSyncedError: one cannot be; no value is in the message.
        """
        if not templates:
            return []
        values = {"maps": [_readable(template) for template in templates]}
        with tempfile.TemporaryDirectory(prefix="plate-llm-") as folder:
            _write(Path(folder), templates)
            answer = self._engine.texts(self._request(Path(folder), values))
        if isinstance(answer, RenderFailure):
            raise _failure(answer, templates)
        filled = json.loads(answer[_OUTPUT])["data"]
        return [Secret(filled[str(number)]) for number in range(len(templates))]

    def _request(self, folder: Path, values: dict[str, Any]) -> RenderRequest:
        return RenderRequest(
            folder, _CHART, "default", values, self._capabilities, skip_schema=True, strict=True
        )


def _write(folder: Path, templates: Sequence[Template]) -> None:
    texts = [_for_helm(template) for template in templates]
    members = (
        f'"{number}": {{{{ include "{_CHART}/templates/_{number}.tpl" (index .Values.maps {number})'
        " | toJson }}"
        for number in range(len(texts))
    )
    output = (
        f'{{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "{_CHART}"}}, '
        f'"data": {{{", ".join(members)}}}}}\n'
    )
    (folder / "templates").mkdir()
    (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: {_CHART}\nversion: 0.1.0\n", "utf-8")
    (folder / "templates" / "output.yaml").write_text(output, "utf-8")
    for number, text in enumerate(texts):
        (folder / "templates" / f"_{number}.tpl").write_text(text, "utf-8", newline="")


def _for_helm(template: Template) -> str:
    try:
        return for_helm(template.text)
    except NotSyncedError as error:
        message = f"{template.where}: {error.message}"
        raise NotSyncedError(message, error.hint, unknown=error.unknown) from None


def _readable(template: Template) -> dict[str, str]:
    """The data as texts; bytes that are no UTF-8 would not come through the pipe."""
    reads = template_reads([template.text])
    texts = {name: value.reveal() for name, value in template.data.items()}
    for name, text in texts.items():
        if not text.isascii() and re.search("[\ud800-\udfff]", text):
            if reads.everything or name in reads.names:
                raise unsupported(f"{template.where} reads {name}, whose bytes are no UTF-8")
            texts[name] = ""
    return texts


def _failure(failure: RenderFailure, templates: Sequence[Template]) -> NotSyncedError:
    """What failed, from the place alone: Helm's messages may quote a value."""
    if failure.kind in (FailureKind.TIMEOUT, FailureKind.CRASH):
        return unsupported("a template that Helm does not get to the end of")
    names = [failure.template or "", *(frame.template for frame in reversed(failure.frames))]
    numbers = [int(found[1]) for name in names if (found := _ITEM.fullmatch(name))]
    if not numbers:
        return unsupported(f"Helm cannot fill in {templates[0].where}: is the engine `embedded`?")
    where = templates[numbers[0]].where
    missing = _MISSING.search(failure.message)
    if missing and f".{missing[1]}" in templates[numbers[0]].text:
        said = f'map has no entry for key "{missing[1]}"'
    else:
        said = f"it fails in line {failure.line or 1}"
    return NotSyncedError(f"could not apply template: unable to execute {where}: {said}")
