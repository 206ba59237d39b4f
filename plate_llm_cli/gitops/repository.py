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

_EVERYWHERE = frozenset(
    (
        *("", "app", "apps", "argocd", "base", "chart", "charts", "config", "deploy"),
        *("deployment", "helm", "helm-chart", "infra", "k8s", "kubernetes", "manifest"),
        *("manifests", "overlays"),
    )
)
"""Folders that every second repository has: that one is here does not tell which repository."""


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

    Known for sure from the setting `repo-url`. Without it, the checkout's `origin` counts, and so
    does the repository that most sources name whose files are here. Of any other repository, a
    source counts when its path is here and is not one that every second repository has: forks,
    mirrors and placeholders keep the paths.
    """

    def __init__(
        self,
        tree: Tree,
        sources: Iterable[ApplicationSource],
        repo_url: str = "",
        refs: Iterable[tuple[str, str]] = (),
    ) -> None:
        self._tree = tree
        self._declared = bool(repo_url)
        self._own = {normalise_url(repo_url)} if repo_url else self._guess(list(sources), refs)

    @property
    def known(self) -> bool:
        """True when something says which repository the tree is."""
        return bool(self._own)

    def _guess(self, sources: list[ApplicationSource], refs: Iterable[tuple[str, str]]) -> set[str]:
        origin = remote_url(self._tree.root)
        present = Counter(
            normalise_url(source.repo_url)
            for source in sources
            if not source.chart and source.path is not None and self._has(source.path)
        )
        present.update(normalise_url(url) for url, path in refs if self._tree.is_file(path))
        common = {present.most_common(1)[0][0]} if present else set()
        return common | ({normalise_url(origin)} if origin else set())

    def _has(self, path: str) -> bool:
        """True for a folder of the tree; for the root only where it is a chart."""
        if path.startswith("/") or ".." in path:
            return False
        if path.strip("./") == "":
            return self._tree.is_file("Chart.yaml")
        return self._tree.is_dir(path)

    def is_named(self, url: str) -> bool:
        """True when `url` is this tree's repository, or by its name a fork of it."""
        normalised = normalise_url(url)
        return normalised in self._own or (not self._declared and self._is_fork(normalised))

    def holds(self, source: ApplicationSource) -> bool:
        """True when `source` is taken from this tree."""
        if source.chart:
            return False
        url = normalise_url(source.repo_url)
        if url in self._own:
            return True
        if self._declared or source.path is None or not self._has(source.path):
            return False
        return source.path.strip("./") not in _EVERYWHERE or self._is_fork(url)

    def _is_fork(self, url: str) -> bool:
        return any(own.rpartition("/")[2] == url.rpartition("/")[2] for own in self._own)
