"""The text of an Application: a new one, or one that is there, brought into line.

What only the Application can say (sources, destination, parameters and so on) is left alone. What
follows from its objects and from the team's conventions is set, with a comment that says why.

Imports pydantic, which takes 100 ms: import this module only where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.gitops.argocd_objects import WAVE
from plate_llm_cli.gitops.generation.conventions import Conventions
from plate_llm_cli.gitops.generation.draft import Draft
from plate_llm_cli.gitops.generation.needs import TOLERATED_REASONS, WAVE_REASONS
from plate_llm_cli.gitops.generation.places import place_of
from plate_llm_cli.gitops.generation.syncing import write_sync_policy

if TYPE_CHECKING:
    from collections.abc import Collection

    from plate_llm_cli.gitops.generation.facts import ApplicationFacts
    from plate_llm_cli.gitops.generation.needs import Tolerated, Wave
    from plate_llm_cli.source.nodes import Route

_WAVE_REASONS: Final = frozenset({(why,) for why in WAVE_REASONS})
_FINALIZER_WHY: Final = ("Deleting the Application deletes what it deployed.",)
_FINALIZERS: Final = ("metadata", "finalizers")
_IGNORED: Final = ("spec", "ignoreDifferences")


def application_text(
    facts: ApplicationFacts, current: str = "", conventions: Conventions | None = None
) -> str:
    """`current` with its Application `facts.name` brought into line; without it, a new text.

    Other documents, fields and comments of `current` stay as they are.

    Raises:
        EditError: it cannot be edited, or holds no such Application.
    """
    known = conventions or Conventions()
    if current:
        document, base = place_of(current, "Application", facts.name)
        draft = Draft(current, document, base)
    else:
        draft = _begun(facts, known)
    bring_into_line(draft, facts, known)
    return draft.text


def _begun(facts: ApplicationFacts, conventions: Conventions) -> Draft:
    """A new Application with what only its facts can say."""
    draft = Draft("".join(f"# {line}".rstrip() + "\n" for line in facts.about.splitlines()))
    draft.set(("apiVersion",), "argoproj.io/v1alpha1")
    draft.set(("kind",), "Application")
    draft.set(("metadata", "name"), facts.name)
    draft.set(("metadata", "namespace"), facts.namespace or conventions.namespace)
    draft.set(("spec", "project"), facts.project or conventions.project)
    sources: list[Any] = [dict(source) for source in facts.sources]
    if len(sources) == 1:
        draft.set(("spec", "source"), sources[0])
    elif sources:
        draft.set(("spec", "sources"), sources)
    draft.set(("spec", "destination"), dict(facts.destination or {}))
    return draft


def bring_into_line(draft: Draft, facts: ApplicationFacts, conventions: Conventions) -> None:
    """Set what `facts` and `conventions` ask for in the Application that `draft` holds."""
    if not draft.has(("metadata", "namespace")):
        draft.set(("metadata", "namespace"), conventions.namespace)
    if facts.needs.wave is not None and conventions.waves:
        _set_wave(draft, facts.needs.wave)
    if conventions.finalizer:
        _set_finalizer(draft, conventions.finalizer)
    if not draft.has(("spec", "project")):
        draft.set(("spec", "project"), conventions.project)
    if facts.needs.whole:
        _forget(draft, facts.needs.tolerated)
    for tolerated in facts.needs.tolerated:
        _tolerate(draft, tolerated)
    write_sync_policy(draft, facts.needs, conventions)
    if conventions.revision_history_limit is not None:
        draft.set(("spec", "revisionHistoryLimit"), conventions.revision_history_limit)


def _set_wave(draft: Draft, wave: Wave) -> None:
    route: Route = ("metadata", "annotations", WAVE)
    draft.set(route, str(wave.number), (wave.why,), _WAVE_REASONS)


def _set_finalizer(draft: Draft, finalizer: str) -> None:
    listed = draft.items(_FINALIZERS)
    if finalizer in listed:
        return
    plain = finalizer.partition("/")[0]
    for index, item in enumerate(listed):
        # Its variants, such as `.../background`, say how; two of them would be one too many.
        if str(item).partition("/")[0] == plain:
            draft.set((*_FINALIZERS, index), finalizer)
            return
    draft.add(_FINALIZERS, finalizer, _FINALIZER_WHY)


def _forget(draft: Draft, wanted: Collection[Tolerated]) -> None:
    """Remove the entries that were written here and that no object needs any more."""
    needed = [item.as_plain() for item in wanted]
    entries = draft.items(_IGNORED)
    for index in reversed(range(len(entries))):
        entry, route = entries[index], (*_IGNORED, index)
        about = ("group", "kind", "name")
        fields = entry if isinstance(entry, dict) else {}
        paths = {key: value for key, value in fields.items() if key not in about}
        ours = TOLERATED_REASONS.get(draft.comment(route)) == paths
        if ours and entry not in needed and not draft.kept(route):
            draft.remove(route)
    if entries and not draft.items(_IGNORED):
        draft.remove(_IGNORED)


def _tolerate(draft: Draft, wanted: Tolerated) -> None:
    """Add the entry, or its paths to an entry for the same objects."""
    missing = {"jsonPointers": wanted.pointers, "jqPathExpressions": wanted.expressions}
    place: int | None = None
    for index, entry in enumerate(draft.items(_IGNORED)):
        if not isinstance(entry, dict) or not _is_about(entry, wanted):
            continue
        for field, paths in missing.items():
            there = entry.get(field)
            listed = there if isinstance(there, list) else ()
            missing[field] = tuple(path for path in paths if path not in listed)
        if entry.get("name", "") == wanted.name and not entry.get("namespace"):
            place = index
    if not any(missing.values()):
        return
    if place is None:
        draft.add(_IGNORED, wanted.as_plain(), wanted.why)
        return
    for field, paths in missing.items():
        for path in paths:
            draft.add((*_IGNORED, place, field), path, wanted.why)


def _is_about(entry: dict[str, Any], wanted: Tolerated) -> bool:
    """Whether the entry is for all objects that are meant."""
    return (
        entry.get("group", "") in (wanted.group, "*")
        and entry.get("kind") in (wanted.kind, "*")
        and entry.get("name", "") in ("", wanted.name)
        and not entry.get("namespace")
    )
