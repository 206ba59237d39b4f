"""How results leave: to stdout, or to a file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from plate_llm_cli.errors import OutputError
from plate_llm_cli.source.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def open_pipe() -> Iterator[TextIO]:
    """Stdout. A reader that has gone, as `| head` does, is no error: the rest is dropped.

    The exit code stays what the command found.

    Raises:
        OutputError: stdout cannot be written for another reason, such as a full disk.
    """
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        _abandon(sys.stdout)
    except OSError as error:
        _abandon(sys.stdout)
        raise OutputError(f"stdout cannot be written: {error.strerror or error}") from error


def _abandon(stream: TextIO) -> None:
    """Let what is still buffered go nowhere, or Python complains of it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def write_out(text: str) -> None:
    """Write to stdout, as `open_pipe` does."""
    with open_pipe() as stream:
        stream.write(text)


def write_data(text: str) -> None:
    """Write to stdout what programs read: UTF-8 with the line ends of `text` on every system."""
    with open_pipe() as stream:
        stream.flush()
        stream.buffer.write(text.encode("utf-8", "backslashreplace"))


def require_place(output: Path | None) -> None:
    """Say that nothing can be written at `output` before there is anything to write.

    Raises:
        OutputError: it is a folder, or in none.
    """
    if output is None:
        return
    if output.is_dir():
        raise OutputError(f"{output} is a folder", "give the name of a file")
    if not output.parent.is_dir():
        raise OutputError(
            f"{output} cannot be written: there is no folder {output.parent}", "make it first"
        )


def write_result(text: str, output: Path | None) -> None:
    """Write to `output`, whole or not at all, or to stdout.

    Raises:
        OutputError: the file cannot be written.
    """
    require_place(output)
    if output is None:
        write_out(text)
    elif output.exists() and not output.is_file():
        _write_into(output, text)
    else:
        write_atomically(output, text)


def _write_into(device: Path, text: str) -> None:
    """Write to what cannot be replaced by a file: /dev/stdout, a named pipe."""
    try:
        with device.open("w", encoding="utf-8", newline="") as stream:
            stream.write(text)
    except OSError as error:
        raise OutputError(f"{device} cannot be written: {error.strerror or error}") from error


def say(text: str) -> None:
    """Tell the person something beside the result, on stderr; that nobody listens is no error."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def screen_width() -> int | None:
    """The cells of a line of the terminal, or as COLUMNS says; None where there is neither."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size().columns
    return None


def bold(text: str, stream: TextIO) -> str:
    """`text` in bold on a terminal, unless it cannot do that or the person does not want it."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return f"\x1b[1m{text}\x1b[0m" if stream.isatty() and not plain else text
