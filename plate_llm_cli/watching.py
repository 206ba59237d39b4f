"""Does something again each time a file of a tree changes."""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from plate_llm_cli.errors import PlateError

if TYPE_CHECKING:
    from collections.abc import Callable

SUFFIXES = (".yaml", ".yml", ".tpl", ".txt", ".json", ".toml", ".tgz")
"""Endings of files that can change what is rendered or how it is judged."""


def repeat(look: Callable[[], object], root: Path) -> NoReturn:
    """Call `look` now and after every change below `root`, until Ctrl-C.

    An error of the tree's owner, such as the last Application removed, is said and waited out.
    """
    from watchfiles import watch  # noqa: PLC0415 - only with --watch

    gc.enable()
    _say(look, "")
    for batch in watch(root, watch_filter=_counts, debounce=200):
        names = sorted({Path(path).relative_to(root).as_posix() for _, path in batch})
        _say(look, ", ".join(names))
    raise KeyboardInterrupt


def _say(look: Callable[[], object], changed: str) -> None:
    if changed:
        sys.stderr.write(f"\n[{time.strftime('%H:%M:%S')}] {changed}\n")
    try:
        look()
    except PlateError as error:
        sys.stderr.write(f"error: {error.message}\n")


def _counts(_change: object, path: str) -> bool:
    parts = Path(path).parts
    return path.endswith(SUFFIXES) and not any(part.startswith(".") for part in parts[1:])
