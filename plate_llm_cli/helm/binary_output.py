"""What `helm template` prints, read back: documents, and errors."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from plate_llm_cli.helm import template_errors
from plate_llm_cli.helm.engine import FailureKind, RenderedDocument, RenderFailure
from plate_llm_cli.helm.failures import from_refusal
from plate_llm_cli.helm.notes import readable
from plate_llm_cli.helm.output import HeadError, head_of, split
from plate_llm_cli.source.reader import parse_text, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.helm.engine import RenderRequest

_SOURCE = re.compile(r"^---\n# Source: (.+)\n", re.MULTILINE)
_ERROR = re.compile(
    r"^Error: (.*?)(?:\n\nUse --debug flag to render out invalid YAML)?\s*\Z",
    re.DOTALL | re.MULTILINE,
)
_ABSENT = re.compile(r"found in Chart\.yaml, but missing in charts/ directory: (?P<names>.+)")
_STAGES = (
    ("YAML parse error on ", "output"),
    ("failed parsing --set", "values"),
    ("release name ", "release"),
    ("chart dependencies processing failed: ", "values"),
)


def documents(stdout: str) -> Iterator[RenderedDocument]:
    """The documents that `helm template` printed, in their order."""
    parts = _SOURCE.split(stdout)
    for template, text in zip(parts[1::2], parts[2::2], strict=True):
        if _is_crd(template):
            yield from (RenderedDocument(template, one, crd=True) for one in _crds(text))
        else:
            yield RenderedDocument(template, text, hook=_is_hook(text))


def raw_texts(printed: Iterable[RenderedDocument]) -> dict[str, str]:
    """The text of each template, its documents joined again.

    Without the newlines at their ends: Helm cuts those of whatever comes last.
    """
    texts: dict[str, str] = {}
    for document in printed:
        if not document.crd:
            before = texts.get(document.template)
            text = document.text.rstrip() + "\n"
            texts[document.template] = text if before is None else f"{before}---\n{text}"
    return texts


def failure_of(stderr: str, request: RenderRequest) -> RenderFailure:
    """The failure that `helm` reports on stderr, after what it logged."""
    match = _ERROR.search(stderr)
    text = match[1] if match else stderr.strip()
    notes = readable(stderr[: match.start()].splitlines() if match else ())
    absent = _ABSENT.search(text)
    if absent:
        message = (
            f"the chart needs {absent['names']}, which is not in its charts/ folder "
            "(`helm dependency build` fetches it)"
        )
        return RenderFailure(FailureKind.DEPENDENCY, message, notes=notes)
    return replace(from_refusal(_stage(text), text, request), notes=notes)


def _stage(text: str) -> str:
    for start, stage in _STAGES:
        if text.startswith(start):
            return stage
    return "chart" if template_errors.read(text) is None else "render"


def _is_crd(template: str) -> bool:
    """True for `a/crds/…`, also in subcharts: `a/charts/b/crds/…`."""
    folders = template.split("/")[1:-1]
    while len(folders) > 1 and folders[0] == "charts":
        folders = folders[2:]
    return folders[:1] == ["crds"]


def _crds(text: str) -> Iterator[str]:
    """The documents of a file, which Helm prints as it is and with a newline more."""
    for document in split(text.removesuffix("\n")):
        yield document + "\n"


def _is_hook(text: str) -> bool:
    if "helm.sh/hook" not in text:
        return False
    root = parse_text(text, "").root
    try:
        return root is not None and head_of(to_plain(root)).hook is not None
    except HeadError:
        return False
