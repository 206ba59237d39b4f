"""Fills in Go templates with the Helm engine, which has the same language and functions.

Differences are bridged (`normalize`, `slugify`, `fromJson`) or make a template one that is not
filled in here. Source: `sprigFuncMap` of argo-cd `applicationset/utils/utils.go`, 3.x.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from plate_llm_cli.gitops.application_sets.functions import for_helm
from plate_llm_cli.gitops.application_sets.texts import MAX_TEXT, TOO_MUCH, Unfilled
from plate_llm_cli.helm.engine import Capabilities, FailureKind, RenderFailure, RenderRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plate_llm_cli.gitops.application_sets.texts import Blank
    from plate_llm_cli.helm.engine import HelmEngine

_CHART: Final = "set"
_OUTPUT: Final = f"{_CHART}/templates/output.yaml"
_HEAD: Final = (
    f'{{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "{_CHART}"}}, "data": {{\n'
)
_FIRST_LINE: Final = 2
"""Each blank has a line of its own, by which Helm tells which one failed."""
_KUBERNETES: Final = Capabilities("1.30.0")
"""ArgoCD's templates cannot ask for it."""
_BETWEEN: Final = ",\n"
_NOTHING: Final = "<no value>"
_UNDEFINED: Final = re.compile(r'function "(\w+)" not defined')
_PRINTS_NOTHING: Final = "a name that has no value comes out as <no value>"
_MISSINGKEY: Final = "goTemplateOptions: [missingkey=error] has ArgoCD refuse it"
_ROUNDS: Final = 8
"""How often what failed is left out, to see what the others come to."""
_UNSET: Final = "nothing is set before"
"""Without missingkey=error, ArgoCD goes on where Helm stops."""
_NOT_TRIED: Final = Unfilled("too many others like it cannot be filled in", sure=False)

_NAMES: Final = """
{{- define "normalize" -}}
{{- regexReplaceAll "[^-a-z0-9.]" (lower .) "-" | trunc 253 | trimAll "-." -}}
{{- end -}}
{{- define "slugify" -}}
{{- $text := last . -}}
{{- if not (regexMatch "^[ -~]*$" $text) -}}
{{- fail "slugify of letters that are not ASCII" -}}
{{- end -}}
{{- $text = $text | replace "\\"" "" | replace "'" "" | replace "&" "and" | replace "@" "at" -}}
{{- $text = regexReplaceAll "-+" (regexReplaceAll "[^a-z0-9-_]" (lower $text | trim) "-") "-" -}}
{{- $text = trimAll "-_" $text -}}
{{- $longest := 50 -}}
{{- if gt (len .) 1 -}}{{- $longest = first . -}}{{- end -}}
{{- if gt (len $text) (int $longest) -}}{{- fail "slugify of a text that it cuts" -}}{{- end -}}
{{- $text -}}
{{- end -}}
"""
_CUT: Final = "slugify of "


class GoTemplates:
    """Templates of one ApplicationSet; `strict` with `missingkey=error`.

    The engine is asked for when there is something to fill in.
    """

    def __init__(self, engine: Callable[[], HelmEngine], *, strict: bool) -> None:
        self._engine = engine
        self._strict = strict

    def is_template(self, text: str) -> bool:
        """Anything with braces."""
        return "{{" in text

    def fill(self, blanks: Sequence[Blank]) -> list[str | Unfilled]:
        """Each filled in, in few calls of the engine.

        Raises:
            EngineError: Helm cannot be had.
        """
        if not blanks:
            return []
        return _Filling(blanks, self._engine(), strict=self._strict).run()


class _Filling:
    """Blanks on their way: equal templates and equal parameters cross to the engine once."""

    def __init__(self, blanks: Sequence[Blank], engine: HelmEngine, *, strict: bool) -> None:
        self._engine = engine
        self._strict = strict
        texts = {text: number for number, text in enumerate(dict.fromkeys(b.text for b in blanks))}
        self._texts = [for_helm(text) for text in texts]
        self._text_of = [texts[blank.text] for blank in blanks]
        maps = {id(blank.parameters): blank.parameters for blank in blanks}
        self._maps = [json.dumps(item) for item in maps.values()]
        numbers = {identity: number for number, identity in enumerate(maps)}
        self._map_of = [numbers[id(blank.parameters)] for blank in blanks]
        self._answers: dict[int, str | Unfilled] = {}

    def run(self) -> list[str | Unfilled]:
        """Round after round, each without what failed in the one before."""
        for blank, text in enumerate(self._text_of):
            if isinstance(answer := self._texts[text], Unfilled):
                self._answers[blank] = answer
        for _ in range(_ROUNDS):
            if not (pending := self._pending()):
                break
            self._round(pending)
        else:
            self._give_up()
        return [self._answers[blank] for blank in range(len(self._text_of))]

    def _pending(self) -> list[int]:
        return [blank for blank in range(len(self._text_of)) if blank not in self._answers]

    def _give_up(self) -> None:
        """Take the templates that failed somewhere as failing everywhere, and try once more."""
        failed = {
            self._text_of[blank]
            for blank, answer in self._answers.items()
            if isinstance(answer, Unfilled)
        }
        for blank in self._pending():
            if self._text_of[blank] in failed:
                self._answers[blank] = _NOT_TRIED
        if pending := self._pending():
            self._round(pending)
        for blank in self._pending():
            self._answers[blank] = _NOT_TRIED

    def _round(self, pending: list[int]) -> None:
        with tempfile.TemporaryDirectory(prefix="plate-llm-") as folder:
            self._write(Path(folder), pending)
            answer = self._engine.texts(self._request(Path(folder)))
        if isinstance(answer, RenderFailure):
            self._failed(answer, pending)
        elif len(answer[_OUTPUT]) > MAX_TEXT:
            self._answers.update(dict.fromkeys(pending, TOO_MUCH))
        else:
            filled = json.loads(answer[_OUTPUT])["data"]
            self._answers.update({blank: _checked(filled[str(blank)]) for blank in pending})

    def _request(self, folder: Path) -> RenderRequest:
        return RenderRequest(
            folder,
            _CHART,
            "default",
            {"maps": self._maps},
            _KUBERNETES,
            skip_schema=True,
            strict=self._strict,
        )

    def _write(self, folder: Path, pending: list[int]) -> None:
        # As JSON, parameters keep what values of a chart lose: null, and the types of numbers.
        members = (
            f'"{blank}": {{{{ include "{_CHART}/templates/_{self._text_of[blank]}.tpl"'
            f" (mustFromJson (index .Values.maps {self._map_of[blank]})) | toJson }}}}"
            for blank in pending
        )
        templates = folder / "templates"
        templates.mkdir()
        chart = f"apiVersion: v2\nname: {_CHART}\nversion: 0.1.0\n"
        (folder / "Chart.yaml").write_text(chart, "utf-8")
        output = f"{_HEAD}{_BETWEEN.join(members)}\n}}}}\n"
        (templates / "output.yaml").write_text(output, "utf-8")
        (templates / "_names.tpl").write_text(_NAMES, "utf-8")
        for number in {self._text_of[blank] for blank in pending}:
            text = self._texts[number]
            if isinstance(text, str):
                (templates / f"_{number}.tpl").write_text(text, "utf-8", newline="")

    def _failed(self, failure: RenderFailure, pending: list[int]) -> None:
        called = [frame.line for frame in failure.frames if frame.template == _OUTPUT]
        if called and failure.kind is FailureKind.TEMPLATE:
            blank = pending[called[0] - _FIRST_LINE]
            self._answers[blank] = _reason(failure)
            return
        number = _text_number(failure.template)
        if number is None:
            reason = f"Helm cannot fill in its templates: {failure.message}"
            answer = Unfilled(reason, sure=False)
            self._answers.update(dict.fromkeys(pending, answer))
        else:
            of_text = [blank for blank in pending if self._text_of[blank] == number]
            self._answers.update(dict.fromkeys(of_text, _reason(failure)))


def _text_number(template: str | None) -> int | None:
    match = re.fullmatch(rf"{_CHART}/templates/_(\d+)\.tpl", template or "")
    return int(match[1]) if match else None


def _reason(failure: RenderFailure) -> Unfilled:
    own = _text_number(failure.template) is not None
    # What stops in our own functions, ArgoCD's may get through.
    sure = not failure.message.startswith(_CUT) and _UNSET not in failure.message
    word = _UNDEFINED.fullmatch(failure.message)
    hint = f"a parameter has a dot before its name: {{{{ .{word[1]} }}}}" if word else ""
    return Unfilled(failure.message, failure.line if own and failure.line else 1, sure, hint)


def _checked(text: str) -> str | Unfilled:
    if _NOTHING not in text:
        return text
    line = text.count("\n", 0, text.index(_NOTHING)) + 1
    return Unfilled(_PRINTS_NOTHING, line, help=_MISSINGKEY)
