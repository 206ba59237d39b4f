"""The files of a new environment: value files, folders of manifests, Applications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.gitops.applications import argo_objects, text_of
from plate_llm_cli.gitops.releases import LayerKind, ProblemKind
from plate_llm_cli.gitops.scaffolding.new_applications import add_applications
from plate_llm_cli.gitops.scaffolding.rewriting import rewritten
from plate_llm_cli.gitops.scaffolding.sibling import is_image
from plate_llm_cli.source.edit import set_value
from plate_llm_cli.source.nodes import find
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from plate_llm_cli.gitops.releases import ManifestsPart, Release
    from plate_llm_cli.gitops.scaffolding.sibling import Scaffold

TAG: Final = ("image", "tag")
_EVERY_FILE: Final = ("",)
_YAML: Final = (".yaml", ".yml", ".json")
_SECRETS: Final = frozenset(("Secret", "SealedSecret"))
_ELSEWHERE: Final = frozenset((ProblemKind.UNSUPPORTED_SOURCE, ProblemKind.REMOTE_VALUE_FILE))


def add_files(scaffold: Scaffold) -> None:
    """Plan everything that is the new environment's own.

    Raises:
        UsageError: a file is there already, or nothing tells an Application's environment.
        EditError: a file is no sound YAML, or of a form that cannot be edited.
    """
    for path, tagged in _value_files(scaffold).items():
        _add_value_file(scaffold, path, tagged=tagged)
    for folder in _folders(scaffold):
        _add_folder(scaffold, folder)
    add_applications(scaffold)
    for release in scaffold.releases:
        _note_the_rest(scaffold, release)


def _value_files(scaffold: Scaffold) -> dict[str, bool]:
    """The value files that are the sibling's own; whether each decides over the image's tag."""
    found: dict[str, bool] = {}
    for part in (part for release in scaffold.releases for part in release.charts):
        layers = [layer for layer in part.layers if layer.kind is LayerKind.FILE]
        tagging = [layer.file for layer in layers if layer.sets(TAG)]
        for file in part.value_files:
            if scaffold.renaming(file.path) != file.path:
                decides = bool(tagging) and tagging[-1] is file
                found[file.path] = found.get(file.path, False) or decides
    return found


def _add_value_file(scaffold: Scaffold, path: str, *, tagged: bool) -> None:
    text = rewritten(scaffold.changes.text(path) or "", path, scaffold.renaming, is_image)
    if tagged and scaffold.target.tag:
        text = set_value(text, TAG, scaffold.target.tag)
    scaffold.put_new(scaffold.renaming(path), text)


def _folders(scaffold: Scaffold) -> list[ManifestsPart]:
    """The folders of manifests that are the sibling's own."""
    parts = [part for release in scaffold.releases for part in release.manifests]
    own = {part.path: part for part in parts if scaffold.renaming(part.path) != part.path}
    return list(own.values())


def _add_folder(scaffold: Scaffold, part: ManifestsPart) -> None:
    for path in scaffold.tree.walk(part.path, _EVERY_FILE):
        text = scaffold.changes.text(path) or ""
        if not path.endswith(_YAML):
            scaffold.put_new(scaffold.renaming(path), scaffold.renaming(text))
        elif _holds_secrets(text):
            scaffold.note(f"{path} holds a Secret: its values are not copied")
        elif not _holds_applications(text):
            text = rewritten(text, path, scaffold.renaming, is_image)
            scaffold.put_new(scaffold.renaming(path), text)


def _holds_secrets(text: str) -> bool:
    roots = [document.root for document in parse_text(text, "").documents]
    return any(text_of(find(root, ("kind",))) in _SECRETS for root in roots)


def _holds_applications(text: str) -> bool:
    """Each is a release of its own, and is copied as one."""
    return any(kind == "Application" for kind, _ in argo_objects(parse_text(text, "")))


def _note_the_rest(scaffold: Scaffold, release: Release) -> None:
    for problem in release.problems:
        if problem.kind in _ELSEWHERE and scaffold.renaming(problem.message) != problem.message:
            scaffold.note(f"{release.name}: {problem.message}: what is there is not copied")
    for source in release.application.sources:
        if scaffold.renaming(source.revision) != source.revision:
            name = scaffold.applications[release.name]
            scaffold.note(f"{name} follows {source.revision}, as {release.name} does")
