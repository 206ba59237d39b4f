"""How results leave: to stdout, or to a file that is written whole or not at all."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from plate_llm_cli.errors import OutputError
from plate_llm_cli.source.files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path


def write_out(text: str) -> None:
    """Write to stdout. A reader that has gone, as `| head` does, is no error: the rest is dropped.

    The exit code stays what the command found.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
