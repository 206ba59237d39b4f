"""What the working tree has and the revision that ArgoCD reads has not: changes not pushed yet.

Git is asked about what it fetched last; nothing is fetched. Where there is no Git, or nothing to
compare with, there is no answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import UsageError
from plate_llm_cli.gitops.git import commit_of, git
from plate_llm_cli.gitops.repository import normalise_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.gitops.releases import Release

_COMMIT: Final = re.compile("[0-9a-f]{7,40}")
_COMPARE: Final = ("diff", "--name-only", "--no-ext-diff", "--no-textconv", "--relative", "-z")
_UNTRACKED: Final = ("ls-files", "--others", "--exclude-standard", "-z")


@dataclass(frozen=True, slots=True)
class Unpublished:
    """Paths, from the root, that differ from `revision`; '' for the last commit here."""

    revision: str
    paths: tuple[str, ...]


def unpublished(root: Path, release: Release) -> Unpublished | None:
    """What of `release` differs from what ArgoCD will read; None where nothing does, or no Git."""
    paths = sorted(set(_paths(release)))
    revision = next((name for name in _revisions(root, release) if _has(root, name)), "")
    changed = _listed(root, *_COMPARE, revision or "HEAD", "--", *paths)
    if changed is None:
        return None
    fresh = _listed(root, *_UNTRACKED, "--", *paths) or []
    found = sorted(set(filter(None, [*changed, *fresh])))
    shown = revision.removeprefix("refs/remotes/").removeprefix("refs/tags/")
    return Unpublished(shown, tuple(found)) if found else None


def is_unpushed(root: Path, commit: str) -> bool:
    """Whether Git here knows `commit`, and branches of remotes, but none of those has it."""

    def branches(*options: str) -> str | None:
        found = _listed(root, "for-each-ref", "--count=1", *options, "refs/remotes")
        return None if found is None else "".join(found)

    return bool(branches()) and branches(f"--contains={commit}") == ""


def _paths(release: Release) -> Iterator[str]:
    """The files and folders that the release is made of."""
    yield release.application.file.path
    for part in release.charts:
        yield part.chart or "."
        yield from (file.path for file in part.value_files)
    yield from (part.path or "." for part in release.manifests)


def _revisions(root: Path, release: Release) -> Iterator[str]:
    """The names that Git may know the target revision under, the likeliest first.

    A branch of that name here may be ahead of what was pushed, so it is none of them.
    """
    for source in release.application.sources:
        wanted = source.revision or "HEAD"
        remote = _remote(root, source.repo_url)
        if remote:
            yield f"refs/remotes/{remote}/{wanted}"
        yield f"refs/tags/{wanted}"
        if _COMMIT.fullmatch(wanted):
            yield wanted


def _remote(root: Path, url: str) -> str:
    """The remote of the repository at `url`; '' where none is."""
    for line in "".join(_listed(root, "remote", "-v") or []).splitlines():
        name, _, address = line.partition("\t")
        if normalise_url(address.partition(" ")[0]) == normalise_url(url):
            return name
    return ""


def _has(root: Path, revision: str) -> bool:
    try:
        return bool(commit_of(root, revision))
    except UsageError:
        return False


def _listed(root: Path, *arguments: str) -> list[str] | None:
    """The paths that Git lists; None where it has no answer."""
    try:
        done = git(root, *arguments)
    except UsageError:
        return None
    return done.stdout.decode("utf-8", "replace").split("\0") if done.returncode == 0 else None
