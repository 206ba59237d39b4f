"""What is known of a value that somebody has set: whether anything reads it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plate_llm_cli.helm.provenance.switches import Setting
    from plate_llm_cli.helm.references.reads import Read
    from plate_llm_cli.source.nodes import Route


class VerdictKind(StrEnum):
    """From best to worst known."""

    LIVE = "live"
    GATED = "gated"
    POSSIBLY_DEAD = "possibly-dead"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a value does.

    `route` is the topmost route of which the same is true, `leaves` are the set values that it
    stands for (in lists of maps also those of the other items). `switches` have to be set for a
    gated value to be read. `reads` are places that look at the value, `rendered` tells that
    rendering has confirmed the verdict.
    """

    route: Route
    kind: VerdictKind
    reason: str
    leaves: tuple[Route, ...]
    switches: Setting = ()
    reads: tuple[Read, ...] = ()
    rendered: bool = False


_MERGED: Final = (VerdictKind.DEAD, VerdictKind.GATED, VerdictKind.POSSIBLY_DEAD)


def summarised(verdicts: Iterable[Verdict], near: Callable[[Route], bool]) -> list[Verdict]:
    """One verdict for a whole subtree of which the same is true, in the order of the leaves.

    A map counts as dead only if nothing looks at it (`near`): otherwise its keys are at fault.
    """
    listed = list(verdicts)
    for depth in range(max((len(each.route) for each in listed), default=1) - 1, 0, -1):
        listed = _merge_level(listed, depth, near)
    return _merge_items(listed)


def _merge_level(
    verdicts: list[Verdict], depth: int, near: Callable[[Route], bool]
) -> list[Verdict]:
    """Verdicts below one route of `depth` steps become one where they all agree."""
    groups: dict[Route, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(verdict.route[:depth], []).append(verdict)
    merged: list[Verdict] = []
    for route, group in groups.items():
        first = group[0]
        agreed = all(_sameness(each) == _sameness(first) for each in group)
        dead = first.kind is VerdictKind.DEAD
        upwards = not near(route) if dead else len(group) > 1
        if agreed and first.kind in _MERGED and len(first.route) > depth and upwards:
            merged.append(_joined(route, group))
        else:
            merged += group
    return merged


def _merge_items(verdicts: list[Verdict]) -> list[Verdict]:
    """The same key in several items of a list becomes one verdict, at the first of them."""
    groups: dict[object, list[Verdict]] = {}
    for verdict in verdicts:
        pattern = tuple("*" if isinstance(step, int) else step for step in verdict.route)
        one = verdict.kind in _MERGED and "*" in pattern
        groups.setdefault((pattern, _sameness(verdict)) if one else id(verdict), []).append(verdict)
    return [_joined(group[0].route, group) for group in groups.values()]


def _sameness(verdict: Verdict) -> object:
    switches = tuple((each.route, repr(each.needed)) for each in verdict.switches)
    return (verdict.kind, verdict.reason, switches)


def _joined(route: Route, group: list[Verdict]) -> Verdict:
    leaves = tuple(leaf for verdict in group for leaf in verdict.leaves)
    reads = tuple(dict.fromkeys(read for verdict in group for read in verdict.reads))
    rendered = all(verdict.rendered for verdict in group)
    return replace(group[0], route=route, leaves=leaves, reads=reads, rendered=rendered)
