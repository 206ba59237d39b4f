"""Which files of a chart's folder Helm leaves out: `.helmignore`, as `pkg/ignore` reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

IGNORE_FILE = ".helmignore"

_MAX_BYTES = 64 * 1024
_TOKEN = re.compile(r"(?P<star>\*)|(?P<any>\?)|(?P<class>\[\^?(?:\\.|[^\]])+\])|\\(?P<escaped>.)|.")
_ALWAYS = "templates/.?*"
"""Helm's own rule: hidden files among the templates."""


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    whole_path: bool
    negated: bool
    folders_only: bool

    def matches(self, path: str) -> bool:
        return bool(self.pattern.fullmatch(path if self.whole_path else path.rpartition("/")[2]))


class HelmIgnore:
    """The rules of one chart. A file that cannot be read as rules has none, as far as we go."""

    def __init__(self, lines: list[str]) -> None:
        self._rules = [rule for line in [*lines, _ALWAYS] if (rule := _rule(line.strip()))]

    @classmethod
    def of(cls, chart: Path) -> HelmIgnore:
        """The rules of the chart in folder `chart`."""
        file = chart / IGNORE_FILE
        try:
            if not file.is_file() or file.stat().st_size > _MAX_BYTES:
                return cls([])
            return cls(file.read_text("utf-8-sig").splitlines())
        except (OSError, UnicodeDecodeError):
            return cls([])

    def ignores(self, path: str, *, folder: bool) -> bool:
        """Whether Helm leaves out `path`, relative to the chart with forward slashes.

        A negated rule leaves out everything that it does not match: that is how Helm reads it.
        """
        for rule in self._rules:
            if rule.negated:
                if (rule.folders_only and not folder) or not rule.matches(path):
                    return True
            elif (folder or not rule.folders_only) and rule.matches(path):
                return True
        return False


def _rule(line: str) -> _Rule | None:
    if not line or line.startswith("#") or "**" in line:
        return None
    negated = line.startswith("!")
    line = line[1:] if negated else line
    folders_only = line.endswith("/")
    line = line.removesuffix("/")
    whole_path = "/" in line
    return _Rule(_translate(line.removeprefix("/")), whole_path, negated, folders_only)


def _translate(pattern: str) -> re.Pattern[str]:
    """A pattern of Go's `filepath.Match` as a regular expression."""
    parts = []
    for match in _TOKEN.finditer(pattern):
        if match["star"]:
            parts.append("[^/]*")
        elif match["any"]:
            parts.append("[^/]")
        elif match["class"]:
            parts.append(match["class"])
        else:
            parts.append(re.escape(match["escaped"] or match[0]))
    return re.compile("".join(parts), re.DOTALL)
