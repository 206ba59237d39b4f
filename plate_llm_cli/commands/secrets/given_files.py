"""The values in files that the command line names."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from plate_llm_cli.output import say
from plate_llm_cli.secrets.values.input_files import InputFiles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plate_llm_cli.secrets.values.given import Given


def given_in(env_files: Sequence[Path], files: Sequence[Path] = ()) -> list[Given]:
    """What the files of `--from-env-file` and `--from-file` give; what is odd in them is said.

    Raises:
        UsageError: one of them cannot be used.
    """
    reader = InputFiles(sys.stdin.buffer)
    given = [item for path in env_files for item in reader.read_env_file(str(path))]
    given += [item for path in files for item in reader.read_file(str(path))]
    for warning in reader.warnings:
        say(f"warning: {warning}")
    return given
