"""What Git here knows, asked with the `git` command; needed only where a revision is named."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_COMMIT = re.compile("[0-9a-f]{40}")
_SECONDS = 60
_SAFE = (
    "--no-optional-locks",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.quotePath=false",
    "-c",
    "safe.bareRepository=explicit",
)
"""Reads alone, and starts no program that the repository's configuration names. A repository that
lies among the files of a tree, with programs in its configuration, is none."""


def git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run `git` in `root`.

    Raises:
        UsageError: there is no `git` on PATH, or it does not end.
    """
    try:
        return subprocess.run(  # noqa: S603 - no shell, and no option comes from outside
            ["git", "-C", str(root), *_SAFE, *arguments],  # noqa: S607 - the one on PATH
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise UsageError("there is no git on PATH", "install it") from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"git {arguments[0]} does not end", "see what git says by hand") from None


def commit_of(root: Path, revision: str) -> str:
    """The full hash of `revision`; one that is given in full need not be known here.

    Raises:
        UsageError: Git here does not know it, or there is no repository.
    """
    if _COMMIT.fullmatch(revision):
        return revision
    done = git(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    found = done.stdout.decode().strip()
    if done.returncode or not _COMMIT.fullmatch(found):
        raise unknown(revision)
    return found


def unknown(revision: str) -> UsageError:
    """The error for a revision that Git here does not know."""
    hint = "git fetch brings what is new; a shallow clone knows few"
    return UsageError(f"Git here does not know the revision {revision!r}", hint)
