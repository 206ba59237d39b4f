"""The secrets spec with one environment more, or one less; the rest of it stays as it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError
from plate_llm_cli.gitops.generation.draft import Draft
from plate_llm_cli.gitops.scaffolding.rewriting import rewritten
from plate_llm_cli.secrets.spec_text import copy_path, remove_path
from plate_llm_cli.source.edit import append

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from plate_llm_cli.gitops.scaffolding.renaming import Renaming
    from plate_llm_cli.secrets.spec import PathSpec, Spec


@dataclass(slots=True)
class SpecChange:
    """The spec's new text, and the paths that are the environment's alone, as `mount/path`."""

    text: str
    own: list[str] = field(default_factory=list)


def shown_words(spec: Spec, names: Collection[str]) -> set[str]:
    """The words for the environment `names` that its paths show beside those of another.

    Paths of one `role` that differ in a single part differ in the word for their environment.
    """
    found: set[str] = set()
    for path in spec.paths:
        for other in spec.paths:
            if path.role and path.role == other.role and _serves_only(path, names):
                found |= _difference(path.place.path, other.place.path)
    return found


def _difference(path: str, other: str) -> set[str]:
    mine, theirs = path.split("/"), other.split("/")
    if len(mine) != len(theirs):
        return set()
    different = [a for a, b in zip(mine, theirs, strict=True) if a != b]
    return set(different) if len(different) == 1 else set()


def _serves_only(path: PathSpec, names: Collection[str]) -> bool:
    return set(path.environments) <= set(names)


def with_environment(
    spec: Spec, text: str, names: Mapping[str, str], renaming: Renaming
) -> SpecChange:
    """The spec for one environment more, whose paths are those of `names` under other names.

    `names` are the sibling's names in the spec, each with the new one's. A path of its own gets a
    counterpart with the same keys, in the same words, anchors used where they are there already.

    Raises:
        UsageError: a path is its own, and nothing in its name says so.
        EditError: the text is of a form that cannot be edited.
    """
    change = SpecChange(text)
    for path in spec.paths:
        if not set(path.environments) & set(names):
            continue
        if _serves_only(path, names):
            new = _counterpart(spec, path, renaming)
            renamed = rewritten(change.text, spec.file.path, renaming, lambda _: False)
            change.text = copy_path(change.text, renamed, path.place.path, new)
            change.own.append(f"{path.place.mount}/{new}")
        else:
            change.text = _served(change.text, path, names)
    return change


def without_environment(spec: Spec, text: str, names: Collection[str]) -> SpecChange:
    """The spec without the environment that it calls `names`; what others read stays.

    The text is '' where nothing would be left.

    Raises:
        EditError: the text is of a form that cannot be edited.
    """
    gone = all(_serves_only(path, names) for path in spec.paths)
    change = SpecChange(text)
    for path in spec.paths:
        if not set(path.environments) & set(names):
            continue
        if _serves_only(path, names):
            change.text = "" if gone else remove_path(change.text, path.place.path)
            change.own.append(str(path.place))
        else:
            change.text = _unserved(change.text, path, names)
    return change


def _counterpart(spec: Spec, path: PathSpec, renaming: Renaming) -> str:
    new = renaming(path.place.path)
    if new == path.place.path:
        message = f"{path.place} is of one environment, and no part of its name says so"
        raise UsageError(message, "--label WORD=NEW says what stands for what")
    if any(other.place.path == new for other in spec.paths):
        message = f"{new} is in {spec.file.path} already, for another environment"
        raise UsageError(message, "choose another name")
    return new


def _served(text: str, path: PathSpec, names: Mapping[str, str]) -> str:
    for old, new in names.items():
        if old in path.environments and new not in path.environments:
            text = append(text, ("paths", path.place.path, "environments"), new)
    return text


def _unserved(text: str, path: PathSpec, names: Collection[str]) -> str:
    route = ("paths", path.place.path)
    draft = Draft(text)
    for index in reversed(range(len(path.environments))):
        if path.environments[index] in names:
            draft.remove((*route, "environments", index))
    alone = len(set(path.environments) - set(names)) == 1
    if alone and path.shared:
        draft.remove((*route, "shared"))
    return draft.text
