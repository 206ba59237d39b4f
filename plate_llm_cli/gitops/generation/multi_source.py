"""From `source` to `sources`: the chart, and `$values`, where its value files come from."""

from __future__ import annotations

from posixpath import normpath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from plate_llm_cli.gitops.generation.draft import Draft
    from plate_llm_cli.source.nodes import Plain

REF: Final = "values"
_SOURCE: Final = ("spec", "source")
_SOURCES: Final = ("spec", "sources")
_FILES: Final = (*_SOURCES, 0, "helm", "valueFiles")
_WHY: Final = ("Where the value files come from; a branch of its own may be named here.",)


def split_source(draft: Draft) -> None:
    """Let the value files of an Application come from a source of their own.

    Nothing changes where there are several sources already, or no value files of the repository.
    """
    source = draft.value(_SOURCE)
    if not isinstance(source, dict) or not source.get("path") or draft.kept(_SOURCE):
        return
    files = draft.items((*_SOURCE, "helm", "valueFiles"))
    if not any(_in_repository(file) for file in files):
        return
    _make_list(draft, source)
    for index, file in enumerate(files):
        if _in_repository(file):
            draft.set((*_FILES, index), _by_ref(str(source["path"]), str(file)))
    ref: dict[str, Plain] = {"repoURL": source.get("repoURL")}
    if "targetRevision" in source:
        ref["targetRevision"] = source["targetRevision"]
    draft.add(_SOURCES, {**ref, "ref": REF}, _WHY)


def _make_list(draft: Draft, source: dict[str, Plain]) -> None:
    """Make the first item of `sources` from `source`, in its place, comments and all."""
    if not draft.move_into_list(_SOURCE, "sources"):
        draft.set(_SOURCES, [source])
        draft.remove(_SOURCE)


def _in_repository(file: Plain) -> bool:
    return isinstance(file, str) and bool(file) and "://" not in file and not file.startswith("$")


def _by_ref(folder: str, file: str) -> str:
    """A value file as seen from the root of its repository: `/x` is that already."""
    path = file.lstrip("/") if file.startswith("/") else normpath(f"{folder}/{file}")
    return f"${REF}/{path}"
