"""What a declarative Jenkinsfile says, as far as its shell steps are concerned."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"//[^\n]*|'''(?P<long>.*?)'''|'(?P<short>[^'\n]*)'|\"(?P<double>[^\"\n]*)\"|[{}()\[\]]|\w+",
    re.DOTALL,
)
_CLOSING: Final = {"}": "{", ")": "(", "]": "["}


@dataclass(frozen=True)
class ShellStep:
    """A step `sh`, and the blocks around it from the outermost on, such as `stage Install`."""

    blocks: tuple[str, ...]
    script: str


def shell_steps(text: str) -> list[ShellStep]:
    """The shell steps in their order; a bracket without its other half is an AssertionError."""
    found: list[ShellStep] = []
    opened: list[tuple[str, str]] = []
    word = string = ""
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if match.lastgroup is not None:
            string = match[match.lastgroup]
            if word == "sh":
                blocks = tuple(name for bracket, name in opened if bracket == "{")
                found.append(ShellStep(blocks, string))
        elif mark in _CLOSING.values():
            name = f"{word} {string}" if word == "stage" else word
            opened.append((mark, word if mark in "([" else name))
        elif mark in _CLOSING:
            assert opened, f"nothing to close before {text[match.start() :][:40]!r}"
            bracket, word = opened.pop()
            assert bracket == _CLOSING[mark], f"crossed at {text[match.start() :][:40]!r}"
        elif not mark.startswith("//"):
            word = mark
    assert opened == []
    return found
