"""Reads a Dockerfile and a .dockerignore, as far as those of this repository go."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePath


@dataclass(frozen=True)
class Instruction:
    """One instruction: its word, and what follows on one line."""

    word: str
    rest: str

    def strings(self) -> list[str]:
        """The exec form: a JSON list of strings."""
        found: Any = json.loads(self.rest)
        assert isinstance(found, list)
        return found

    def pairs(self, arguments: Mapping[str, str]) -> dict[str, str]:
        """`NAME=value` pairs, with the build's arguments put in."""
        pairs = (word.partition("=") for word in shlex.split(expanded(self.rest, arguments)))
        return {name: value for name, _, value in pairs}


def instructions(text: str) -> list[Instruction]:
    """A Dockerfile's instructions, without comments."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))
    found = (line.strip().partition(" ") for line in joined.splitlines() if line.strip())
    return [Instruction(word, rest.strip()) for word, _, rest in found]


def stages(text: str) -> list[list[Instruction]]:
    """The instructions of each stage, its FROM first; those before the first are left out."""
    found: list[list[Instruction]] = []
    for instruction in instructions(text):
        if instruction.word == "FROM":
            found.append([])
        if found:
            found[-1].append(instruction)
    return found


def expanded(text: str, arguments: Mapping[str, str]) -> str:
    """`${NAME}` with its value."""
    return re.sub(r"\$\{(\w+)\}", lambda found: arguments[found[1]], text)


class Ignored:
    """What a .dockerignore keeps out of a build. The last pattern that matches decides."""

    def __init__(self, text: str) -> None:
        lines = (line.strip() for line in text.splitlines())
        patterns = [line for line in lines if line and not line.startswith("#")]
        self._patterns = [(_pattern(line.lstrip("!")), line[0] != "!") for line in patterns]

    def __contains__(self, path: PurePath) -> bool:
        ignored = False
        names = [path.as_posix(), *(parent.as_posix() for parent in path.parents)]
        for pattern, ignores in self._patterns:
            if any(pattern.fullmatch(name) for name in names):
                ignored = ignores
        return ignored


def _pattern(text: str) -> re.Pattern[str]:
    escaped = re.escape(text.strip("/"))
    return re.compile(escaped.replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*"))
