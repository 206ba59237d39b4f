"""Files without a name, for what passes between us and Helm."""

from __future__ import annotations

import os
from typing import IO


def scratch_file() -> IO[bytes]:
    """An empty file that nobody else can open and that vanishes with its last descriptor."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("plate-llm"), "w+b")
    import tempfile  # noqa: PLC0415 - 6 ms that Linux need not spend

    return tempfile.TemporaryFile()
