"""The files of a new environment: value files, folders of manifests, Applications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import UsageError
from plate_llm_cli.gitops.applications import argo_objects, text_of
from plate_llm_cli.gitops.promotion import TAG
from plate_llm_cli.gitops.releases import LayerKind, ProblemKind
from plate_llm_cli.gitops.scaffolding.closed_values import closed_values
from plate_llm_cli.gitops.scaffolding.new_applications import add_applications
from plate_llm_cli.gitops.scaffolding.rewriting import rewritten
from plate_llm_cli.gitops.scaffolding.sibling import is_image
from plate_llm_cli.source.edit import set_value
from plate_llm_cli.source.nodes import find, format_route
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from plate_llm_cli.gitops.releases import ChartPart, ManifestsPart, Release
    from plate_llm_cli.gitops.scaffolding.sibling import Scaffold

_EVERY_FILE: Final = ("",)
_YAML: Final = (".yaml", ".yml", ".json")
_SECRETS: Final = frozenset(("Secret", "SealedSecret"))
_ELSEWHERE: Final = frozenset((ProblemKind.UNSUPPORTED_SOURCE, ProblemKind.REMOTE_VALUE_FILE))


def add_files(scaffold: Scaffold) -> None:
    """Plan everything that is the new environment's own.

    Raises:
        UsageError: a file is there already, nothing tells an Application's environment, or none of
            its files can set the tag.
        EditError: a file is no sound YAML, or of a form that cannot be edited.
    """
    files = _value_files(scaffold)
    tagged = {path for path, part in files.items() if _decides_tag(part, path, files)}
    if scaffold.target.tag and not tagged:
        message = "no value file of the environment's own can set image.tag"
        raise UsageError(message, "leave --tag out, and set the tag by hand")
    for path, part in files.items():
        _add_value_file(scaffold, path, part, tag=scaffold.target.tag if path in tagged else "")
    for folder in _folders(scaffold):
        _add_folder(scaffold, folder)
    add_applications(scaffold)
    for release in scaffold.releases:
        _note_the_rest(scaffold, release)


def _value_files(scaffold: Scaffold) -> dict[str, ChartPart]:
    """The value files that are the sibling's own, each with a chart that reads it."""
    parts = [part for release in scaffold.releases for part in release.charts]
    return {
        file.path: part
        for part in parts
        for file in part.value_files
        if scaffold.renaming(file.path) != file.path
    }


def _add_value_file(scaffold: Scaffold, path: str, part: ChartPart, tag: str) -> None:
    text = scaffold.changes.text(path) or ""
    closed = closed_values(scaffold, part.chart, text)
    text = rewritten(text, path, scaffold.renaming, lambda at: is_image(at) or at in closed)
    if tag:
        text = set_value(text, TAG, tag)
    new = scaffold.renaming(path)
    scaffold.put_new(new, text)
    for route, value in closed.items():
        name = format_route(route)
        scaffold.note(f"{new}: {name} stays {value}: the chart's schema lists what it may be")


def _decides_tag(part: ChartPart, path: str, own: Collection[str]) -> bool:
    """Whether the file, of the environment's `own`, is the first whose tag of the image wins."""
    setting = [index for index, layer in enumerate(part.layers) if layer.sets(TAG)]
    behind = part.layers[setting[-1] :] if setting else ()
    files = [layer.label for layer in behind if layer.kind is LayerKind.FILE]
    return next((label for label in files if label in own), "") == path


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
    application, name = release.application, scaffold.applications[release.name]
    for source in application.sources:
        if scaffold.renaming(source.revision) != source.revision:
            scaffold.note(f"{name} follows {source.revision}, as {release.name} does")
    if scaffold.renaming(application.project) != application.project:
        scaffold.note(f"{name} belongs to {application.project}, as {release.name} does")
