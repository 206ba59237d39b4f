"""Where files for their owner alone may be: outside of every Git work tree."""

from __future__ import annotations

import os
from pathlib import Path

from plate_llm_cli.errors import OutputError


def private_destination(output: Path) -> Path:
    """Where `output` really is, symbolic links followed.

    Raises:
        OutputError: it lies in a Git work tree, since what is committed there is there for ever;
            it is no regular file, or its folder does not exist.
    """
    target = Path(os.path.realpath(output))
    for above in target.parents:
        if os.path.lexists(above / ".git"):
            hint = "write it to a folder outside of every repository"
            raise OutputError(f"{output} lies in the Git work tree {above}", hint)
    if target.is_dir():
        raise OutputError(f"{output} is a folder", "-o takes the name of a file")
    if output.exists() and not output.is_file():  # not `target`: /dev/stdout leads to no path
        raise OutputError(f"{output} is no regular file", "leave -o out to write into a pipe")
    if not target.parent.is_dir():
        raise OutputError(f"{output} cannot be written: there is no folder {target.parent}")
    return target
