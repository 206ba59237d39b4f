"""Reads what holds values: files and stdin, as text, within a limit. No error quotes from them."""

from __future__ import annotations

import os
import shlex
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.values.given import place_of

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

MAX_BYTES: Final = 1024 * 1024
"""Of one input. A Secret of Kubernetes cannot hold more either."""

_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True, eq=False)
class InputText:
    """The text of an input, without byte order mark; `warning` is for people, or ''."""

    label: str
    text: str = field(repr=False)
    warning: str = ""


def read_path(path: Path, label: str) -> InputText:
    """The file at `path`, which may be a pipe: `<(sops -d secrets.env)` is one.

    Raises:
        UsageError: it cannot be read, is larger than 1 MiB or no UTF-8.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"{label} cannot be read: {reason}") from None
    except ValueError:
        raise UsageError(f"{label} cannot be read: it is no file name") from None
    return InputText(label, _decode(data, label), _warning(mode, label))


def read_stream(stream: BinaryIO, label: str) -> InputText:
    """All of a stream.

    Raises:
        UsageError: it is a terminal, larger than 1 MiB or no UTF-8.
    """
    if stream.isatty():
        hint = "pipe a file into it; without -, values are asked for unseen"
        raise UsageError(f"{label} is a terminal, which shows what is typed", hint)
    return InputText(label, _decode(stream.read(MAX_BYTES + 1), label))


def read_secret(path: Path, label: str) -> str | None:
    """The value that a file holds, or None if there is no such file.

    The line break that editors leave behind a single line is not part of it.

    Raises:
        UsageError: it is no regular file, cannot be read, is larger than 1 MiB or no UTF-8.
    """
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError):
        regular = True  # reading it says why it cannot be read
    if not regular:
        # A pipe would hold us until somebody writes to it.
        raise UsageError(f"{label} is no regular file")
    return _without_line_end(read_path(path, label).text)


def _without_line_end(text: str) -> str:
    body = text.removesuffix("\n").removesuffix("\r")
    return text if "\n" in body or "\r" in body else body


def _decode(data: bytes, label: str) -> str:
    if len(data) > MAX_BYTES:
        raise UsageError(f"{label} is larger than {MAX_BYTES // 2**20} MiB")
    # The error that decoding raises carries the bytes: it has to be gone before ours is raised.
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
    raise UsageError(f"{place_of(label, line)} is no UTF-8", f"save {label} as UTF-8")


def _warning(mode: int, label: str) -> str:
    if os.name != "posix" or not stat.S_ISREG(mode) or not mode & _OTHERS:
        return ""
    shown = f"mode {stat.S_IMODE(mode):04o}"
    return f"{label} is open to other users ({shown}): chmod 600 {shlex.quote(label)}"
