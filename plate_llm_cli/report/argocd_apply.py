"""What applying changes, or has changed, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.report.differences import field_lines, object_data
from plate_llm_cli.report.untrusted import json_text, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plate_llm_cli.cluster.argocd.applying import Planned
    from plate_llm_cli.cluster.objects import Ref
    from plate_llm_cli.gitops.unpublished import Unpublished
    from plate_llm_cli.report.layout import Line

_MOST_PATHS = 5


def plan_lines(planned: Sequence[Planned], width: int) -> Iterator[Line]:
    """A block for each object that changes, and how many there are."""
    for item in planned:
        for change in item.changes:
            yield from field_lines(change, width)
            yield []
    yield [(summary(planned), "label")]


def summary(planned: Sequence[Planned]) -> str:
    """How much there is to do, in one line."""
    new = sum(item.live is None for item in planned)
    changed = sum(bool(item.changes) for item in planned) - new
    same = len(planned) - new - changed
    if not new and not changed:
        names = one_line(", ".join(str(item.ref) for item in planned))
        return f"nothing to do: {names} {'is' if same == 1 else 'are'} as in the tree"
    counts = ((new, "to create"), (changed, "to change"), (same, "as in the tree"))
    return ", ".join(f"{count} {what}" for count, what in counts if count)


def applied_text(ref: Ref) -> str:
    """A line for an object that was applied."""
    return f"{one_line(str(ref))} applied\n"


def unpublished_text(found: Unpublished, name: str) -> str:
    """A warning: ArgoCD reads Git, not this folder."""
    paths = ", ".join(found.paths[:_MOST_PATHS])
    more = len(found.paths) - _MOST_PATHS
    listed = one_line(f"{paths} and {more} more" if more > 0 else paths)
    compared = one_line(found.revision) if found.revision else "the last commit"
    return (
        f"warning: {one_line(name)} is deployed from Git, not from this folder, "
        f"which differs from {compared}: {listed}"
    )


def apply_json(
    planned: Sequence[Planned], applied: Sequence[Ref], *, context: str, dry_run: bool
) -> str:
    """The same for programs."""
    done = set(applied)
    return json_text(
        {
            "version": 1,
            "context": context,
            "dry_run": dry_run,
            "objects": [
                {
                    "api_version": item.ref.api_version,
                    "kind": item.ref.kind,
                    "namespace": item.ref.namespace,
                    "name": item.ref.name,
                    "pending": bool(item.changes),
                    "applied": item.ref in done,
                    "changes": [object_data(change) for change in item.changes],
                }
                for item in planned
            ],
        }
    )
