"""How results leave: to stdout, or to a file that is written whole or not at all."""

from __future__ import annotations

import os
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
    """
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_out(text: str) -> None:
    """Write to stdout, as `open_pipe` does."""
    with open_pipe() as stream:
        stream.write(text)


def write_result(text: str, output: Path | None) -> None:
    """Write to `output`, whole or not at all, or to stdout.

    Raises:
        OutputError: the file cannot be written.
    """
    if output is None:
        write_out(text)
        return
    if output.is_dir():
        raise OutputError(f"{output} is a folder", "--output takes the name of a file")
    write_atomically(output, text)
