"""Writes files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from plate_llm_cli.errors import OutputError


def write_atomically(
    path: Path, text: str, *, within: Path | None = None, private: bool = False
) -> None:
    """Replace the file at `path` by `text`, keeping its mode; a link is written through.

    The text goes to a temporary file beside it first, so that a reader or a crash never meets
    half of it. Lines end as they do in `text`. For a file of a tree give its root as `within`:
    a link that leads out of it is not followed. `private` is for its owner alone, mode 0600.

    Raises:
        OutputError: the file cannot be written; what was there is left as it was.
    """
    target = Path(os.path.realpath(path))
    if within is not None and not target.is_relative_to(os.path.realpath(within)):
        raise OutputError(f"{path} lies outside {within}", "Nothing is written outside the root.")
    try:
        mode = target.stat().st_mode & 0o777 if target.exists() else None
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
        staged = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            if not private:  # which it is from the start
                staged.chmod(0o644 if mode is None else mode)
            staged.replace(target)
        except BaseException:  # Ctrl-C as well: half a file must not stay
            staged.unlink(missing_ok=True)
            raise
    except (OSError, UnicodeEncodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"{path} cannot be written: {reason}") from error
