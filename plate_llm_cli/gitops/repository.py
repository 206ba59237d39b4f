"""Which Git repository the tree is, so that sources in other repositories can be told apart."""

from __future__ import annotations

import configparser
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from plate_llm_cli.gitops.applications import ApplicationSource
    from plate_llm_cli.source.tree import Tree

_SCP_LIKE = re.compile(r"^(?:[^@/]+@)?([^:/]+):(?!//)(.+)$")
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://(?:[^@/]+@)?(.+)$", re.IGNORECASE)


def normalise_url(url: str) -> str:
    """`git@host:a/b.git` and `https://user@host/a/b/` as `host/a/b`: equal when the same place."""
    text = url.strip()
    if match := _URL.match(text):
        text = match.group(1)
    elif match := _SCP_LIKE.match(text):
        text = f"{match.group(1)}/{match.group(2)}"
    host, _, path = text.partition("/")
    path = path.rstrip("/").removesuffix(".git")
    return f"{host.partition(':')[0].lower()}/{path.lower()}"


def remote_url(root: Path) -> str:
    """The URL of the remote `origin` in `.git/config`, or '' where there is none to read."""
    config = configparser.RawConfigParser(strict=False)
    try:
        config.read(root / ".git" / "config", encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):
        # A checkout without a readable configuration simply does not say where it came from.
        return ""
    return config.get('remote "origin"', "url", fallback="")


class Home:
    """Answers whether a source of an Application is the tree at hand.

    Known for sure from the setting `repo-url`. Without it, the checkout's `origin` counts, and
    so does any repository whose path is there: forks and mirrors keep the paths.
    """

    def __init__(
        self, tree: Tree, sources: Iterable[ApplicationSource], repo_url: str = ""
    ) -> None:
        self._tree = tree
        self._declared = bool(repo_url)
        self._own = {normalise_url(repo_url)} if repo_url else self._guess(list(sources))

    def _guess(self, sources: list[ApplicationSource]) -> set[str]:
        origin = remote_url(self._tree.root)
        present = Counter(
            normalise_url(source.repo_url)
            for source in sources
            if not source.chart and source.path is not None and self._has(source.path)
        )
        common = {present.most_common(1)[0][0]} if present else set()
        return common | ({normalise_url(origin)} if origin else set())

    def _has(self, path: str) -> bool:
        return not path.startswith("/") and ".." not in path and self._tree.is_dir(path)

    def holds(self, source: ApplicationSource) -> bool:
        """True when `source` is taken from this tree."""
        if source.chart:
            return False
        if normalise_url(source.repo_url) in self._own:
            return True
        return not self._declared and source.path is not None and self._has(source.path)
