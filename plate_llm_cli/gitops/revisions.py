"""A tree as it was at a revision, in a folder of its own: no checkout is touched."""

from __future__ import annotations

import io
import tarfile
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError
from plate_llm_cli.gitops.git import commit_of, git, unknown
from plate_llm_cli.gitops.repository import normalise_url, remote_url

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORT = 7


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision as it was named, its full hash, and its tree in `folder`.

    `left_out` are links that lead out of the tree. The folder is empty where the revision does not
    have it.
    """

    name: str
    commit: str
    folder: Path
    left_out: tuple[str, ...] = ()

    def __str__(self) -> str:
        short = self.commit[:_SHORT]
        return short if self.commit.startswith(self.name) else f"{self.name} ({short})"


@contextmanager
def exported(root: Path, name: str) -> Iterator[Revision]:
    """The tree below `root` as it was at the revision `name`, while the context lasts.

    As `git archive` has it: without what `.gitattributes` marks `export-ignore`.

    Raises:
        UsageError: no Git repository, or one that does not know the revision.
    """
    top, inside = _place(root)
    commit = commit_of(top, name)
    if git(top, "cat-file", "-e", f"{commit}^{{commit}}").returncode:
        raise unknown(name)
    with tempfile.TemporaryDirectory(prefix="plate-llm-") as made:
        folder = Path(made)
        left_out = _extract(top, f"{commit}:{inside}", folder)
        _say_where_from(root, folder)
        yield Revision(name, commit, folder, tuple(left_out))


def _place(root: Path) -> tuple[Path, str]:
    """The top of the repository, and the way from there to `root`."""
    found = git(root, "rev-parse", "--show-toplevel", "--show-prefix")
    lines = found.stdout.decode("utf-8", "surrogateescape").split("\n")
    if found.returncode or not lines[0]:
        said = found.stderr.decode("utf-8", "replace").partition("\n")[0]
        raise UsageError(f"{root} is no checkout of a Git repository", said.removeprefix("fatal: "))
    return Path(lines[0]), lines[1].rstrip("/")


def _extract(top: Path, tree: str, folder: Path) -> list[str]:
    """Unpack `tree` into `folder`; the links that lead out of it, which are left out."""
    if git(top, "cat-file", "-e", tree).returncode:
        return []  # the revision has no such folder
    packed = git(top, "archive", "--format=tar", tree)
    if packed.returncode:
        said = packed.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise UsageError(f"Git cannot export {tree}: {said.removeprefix('fatal: ')}")
    left_out: list[str] = []

    def checked(member: tarfile.TarInfo, target: str) -> tarfile.TarInfo | None:
        try:
            return tarfile.data_filter(member, target)
        except tarfile.FilterError:
            left_out.append(member.name)
            return None

    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        for member in archive:
            archive.extract(member, folder, filter=checked)
    return left_out


def _say_where_from(root: Path, folder: Path) -> None:
    """Let the copy name its origin as a checkout does: sources are told apart by it."""
    url = remote_url(root)
    if url and not (folder / ".git").exists():
        (folder / ".git").mkdir()
        text = f'[remote "origin"]\n\turl = https://{normalise_url(url)}\n'
        (folder / ".git" / "config").write_text(text, "utf-8")
