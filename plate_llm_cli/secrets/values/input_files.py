"""The files that a person gives values in. Each is read once, and nothing of it is written."""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.values.input_env import parse_env
from plate_llm_cli.secrets.values.input_json import fault_line, parse_json
from plate_llm_cli.secrets.values.input_text import InputText, read_path, read_stream
from plate_llm_cli.secrets.values.input_yaml import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from plate_llm_cli.secrets.values.given import Given

STDIN: Final = "-"
"""The name that stands for stdin."""

_ASSIGNMENT: Final = re.compile(r"(?:export\s+)?(?:'[^'\n]+'|[^\s=#:'\"{]+)[^\S\n]*=")


class InputFiles:
    """Reads input files; `warnings` collects what a person should know about them."""

    def __init__(self, stdin: BinaryIO) -> None:
        self.warnings: list[str] = []
        self._stdin: BinaryIO | None = stdin

    def read_env_file(self, name: str) -> list[Given]:
        """The assignments of the dotenv file `name`; `-` is stdin.

        Raises:
            UsageError: it cannot be read, or something in it is wrong; it is not quoted.
        """
        return parse_env(self._read(name))

    def read_file(self, name: str) -> list[Given]:
        """The values of the file `name`: YAML, JSON or dotenv as its suffix says.

        Without a suffix that says it, as for `-` (stdin), its content does.

        Raises:
            UsageError: as `read_env_file` does.
        """
        source = self._read(name)
        return (_by_name(name) or _by_content(source.text))(source)

    def _read(self, name: str) -> InputText:
        if name != STDIN:
            source = read_path(Path(name), name)
        elif self._stdin is None:
            raise UsageError("stdin can be read once only", "give - for one of the inputs only")
        else:
            stdin, self._stdin = self._stdin, None
            source = read_stream(stdin, "stdin")
        if source.warning:
            self.warnings.append(source.warning)
        return source


def _by_name(name: str) -> Callable[[InputText], list[Given]] | None:
    base = PurePath(name).name.lower()
    if base.endswith(".json"):
        return parse_json
    if base.endswith((".yaml", ".yml")):
        return parse_yaml
    return parse_env if base.endswith(".env") or base.startswith(".env.") else None


def _by_content(text: str) -> Callable[[InputText], list[Given]]:
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    if _ASSIGNMENT.match(first):
        return parse_env
    return parse_json if first.startswith("{") and not fault_line(text) else parse_yaml
