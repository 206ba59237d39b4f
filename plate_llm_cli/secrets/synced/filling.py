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
_HEAD: Final = (
    f'{{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "{_CHART}"}}, "data": '
)
_BETWEEN: Final = ",\n"
"""Each template has a line of its own, from the second on, by which Helm tells where it failed."""
_FIRST_LINE: Final = 2
_OUTPUT: Final = f"{_CHART}/templates/output.yaml"
_NOTHING: Final = "<no value>"
"""How Go prints what is not there."""
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
        for number, template in enumerate(templates):
            if _NOTHING in filled[str(number)]:
                raise unsupported(f"{template.where} prints something that is not there")
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
    output = f"{_HEAD}{{\n{_BETWEEN.join(members)}\n}}}}\n"
    (folder / "templates").mkdir()
    (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: {_CHART}\nversion: 0.1.0\n", "utf-8")
    (folder / "templates" / "output.yaml").write_text(output, "utf-8")
    for number, text in enumerate(texts):
        (folder / "templates" / f"_{number}.tpl").write_text(text, "utf-8", newline="")


def _for_helm(template: Template) -> str:
    try:
        return for_helm(template.text, template.data)
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
    called = [item.line for item in failure.frames if item.template == _OUTPUT]
    if not called:
        return unsupported(f"Helm cannot fill in {templates[0].where}: is the engine `embedded`?")
    template = templates[called[0] - _FIRST_LINE]
    missing = _MISSING.search(failure.message)
    if missing and f".{missing[1]}" in template.text:
        said = f'map has no entry for key "{missing[1]}"'
    elif failure.template != _OUTPUT:
        said = f"it fails in line {failure.line}"
    else:
        said = "it calls fail"
    return NotSyncedError(f"could not apply template: unable to execute {template.where}: {said}")
