"""What corresponds to what in two environments, whose names differ all over."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from plate_llm_cli.gitops.scaffolding.renaming import FAMILIES, Renaming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.differences import FieldChange, ObjectChange

_LONG: Final = {short: long for *others, long in FAMILIES for short in others}
"""What the usual short names of environments stand for."""
_WORD: Final = re.compile(r"[^-_.]+")
_DIGESTS: Final = re.compile(r"checksum[/-]|.*[./-](?:checksum|hash|sha256)$")


@dataclass(frozen=True, slots=True)
class ReleasePair:
    """Releases of two environments that are made of the same; None where one has no such."""

    before: Release | None
    after: Release | None


def pair_releases(before: Sequence[Release], after: Sequence[Release]) -> list[ReleasePair]:
    """Pair releases by chart or folder, several of one chart in the order of their names."""
    left = list(after)
    pairs = []
    for release in before:
        other = next((each for each in left if _made_of(each) == _made_of(release)), None)
        if other is not None:
            left.remove(other)
        pairs.append(ReleasePair(release, other))
    return [*pairs, *(ReleasePair(None, release) for release in left)]


def _made_of(release: Release) -> tuple[str, ...]:
    """The charts of the release, else where its objects come from.

    Folders of plain manifests are of one environment each: their last name is left out.
    """
    charts = sorted(part.chart for part in release.charts)
    folders = sorted(part.path.rpartition("/")[0] for part in release.manifests)
    return (*charts, *(f"{folder}/*" for folder in folders)) or tuple(
        f"{source.repo_url} {source.chart} {source.path}" for source in release.application.sources
    )


def renaming(pairs: Iterable[ReleasePair], names: tuple[str, str]) -> Callable[[str], str]:
    """What turns a text of the first environment into what it would be in the second.

    `names` are the environments as they were named. Names of releases and namespaces are replaced,
    and the words in which those differ: `stg` by `prod`, then `staging` by `production` as well.
    """
    return Renaming(dict(_words(pairs, names)))


def _words(pairs: Iterable[ReleasePair], names: tuple[str, str]) -> Iterator[tuple[str, str]]:
    called = [names]
    for pair in pairs:
        if pair.before and pair.after:
            called.append((pair.before.name, pair.after.name))
            called.append((pair.before.namespace, pair.after.namespace))
            called += zip(_charts(pair.before), _charts(pair.after), strict=False)
    for one, other in called:
        for word, new in ((one, other), _differing(one, other)):
            spelt = ((word, new), (_LONG.get(word, ""), _LONG.get(new, "")))
            yield from ((old, now) for old, now in spelt if old and now and old != now)


def _charts(release: Release) -> list[str]:
    return [part.release_name for part in release.charts]


def _differing(one: str, other: str) -> tuple[str, str]:
    """The single words in which two names differ, else ''."""
    words, others = _WORD.findall(one), _WORD.findall(other)
    if len(words) != len(others):
        return "", ""
    differing = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return differing[0] if len(differing) == 1 else ("", "")


def digests_carried(changes: Iterable[ObjectChange]) -> list[ObjectChange]:
    """`changes` with digests of what differs set apart: what they digest is shown by itself."""
    return [
        replace(
            change,
            fields=tuple(
                replace(each, carried=True) if _is_digest(each) else each for each in change.fields
            ),
        )
        for change in changes
    ]


def _is_digest(change: FieldChange) -> bool:
    *above, last = change.route or ("",)
    noted = bool(above) and above[-1] == "annotations" and isinstance(last, str)
    return noted and _DIGESTS.match(str(last)) is not None
