"""Does something again each time a file of a tree changes."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from plate_llm_cli.errors import PlateError, UnreachableError
from plate_llm_cli.output import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PAUSE = 100
"""Milliseconds between looks at whether something has changed."""

SUFFIXES = (".yaml", ".yml", ".tpl", ".txt", ".json", ".toml", ".tgz")
"""Endings of files that can change what is rendered or how it is judged."""


def repeat(look: Callable[[], object], root: Path) -> NoReturn:
    """Call `look` now and after every change below `root`, until Ctrl-C.

    An error of the tree's owner, such as the last Application removed, is said and waited out.

    Raises:
        UnreachableError: the system lets nobody watch the folder.
    """
    gc.enable()  # `__main__` leaves it off, for commands that end
    for names in _changes(root):
        if names:
            say(f"\n[{time.strftime('%H:%M:%S')}] {', '.join(names)}")
        _try(look)
    raise KeyboardInterrupt


def _changes(root: Path) -> Iterator[list[str]]:
    """Nothing at first, and then the names of what has changed, batch by batch.

    The folder is watched from before the first look on: what is saved during a look counts.
    """
    from watchfiles import watch  # noqa: PLC0415 - only with --watch

    def counts(_change: object, path: str) -> bool:
        return matters(root, path)

    try:
        batches = watch(
            root, watch_filter=counts, debounce=200, rust_timeout=_PAUSE, yield_on_timeout=True
        )
        next(batches)  # returns after a pause: only now the folder is surely being watched
        yield []
        for batch in batches:
            if batch:
                yield sorted({Path(path).relative_to(root).as_posix() for _, path in batch})
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreachableError(
            f"{root} cannot be watched: {reason}", "leave out --watch, and call again by hand"
        ) from error


def matters(root: Path, path: str) -> bool:
    """Whether a change of `path`, below `root`, can change what is found."""
    parts = Path(path).relative_to(root).parts
    return path.endswith(SUFFIXES) and not any(part.startswith(".") for part in parts)


def _try(look: Callable[[], object]) -> None:
    try:
        look()
    except PlateError as error:
        say(f"error: {error.message}")
        if error.hint:
            say(f"hint: {error.hint}")
