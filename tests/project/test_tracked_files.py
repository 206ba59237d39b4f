from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# Put together here, so that this file does not hold what it forbids.
FORBIDDEN = {
    "an option that names a package index": "-".join(("index", "url")),
    "an option that names a folder of packages": "-".join(("find", "links")),
    "a Python package index": ".".join(("pypi", "org")),
    "a Python package host": ".".join(("pythonhosted", "org")),
    "an npm registry": ".".join(("registry", "npmjs", "org")),
    "a folder of one person's machine": "/".join(("", "root", ".pyenv")),
    "another such folder": "/".join(("", "work", "main")),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_depends_on_where_it_was_written(
    what: str, tracked: list[Path], root: Path
) -> None:
    word = FORBIDDEN[what].encode()
    found = [
        path.relative_to(root).as_posix()
        for path in tracked
        # Leaving the index out of the locks takes naming the option once.
        if word in path.read_bytes().replace(b"--no-emit-" + word, b"")
    ]
    assert found == []


def test_no_file_is_large(tracked: list[Path], root: Path) -> None:
    large = [path.relative_to(root).as_posix() for path in tracked if path.stat().st_size > 2**20]
    assert large == []


def test_line_ends_are_unix(tracked: list[Path], root: Path) -> None:
    # YAML among the tests is wrong on purpose.
    judged = [path for path in tracked if path.suffix in {"", ".md", ".py", ".toml", ".txt"}]
    crlf = [path.relative_to(root).as_posix() for path in judged if b"\r" in path.read_bytes()]
    assert crlf == []
