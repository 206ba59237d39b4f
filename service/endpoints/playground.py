"""The page to try a deployment by hand: a few files, read once, with a policy that trusts none
but them."""

from __future__ import annotations

from pathlib import Path

import service

FOLDER = Path(service.__file__).with_name("playground")
PAGE = "index.html"

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
"""Answers are untrusted. Should one ever become markup, it could load, run and send nothing."""


def pages() -> dict[str, tuple[bytes, str]]:
    """Path -> body and content type: the page at `/`, what it loads below `/playground/`."""
    files = sorted(path for path in FOLDER.iterdir() if path.suffix in TYPES)
    return {_address(path): (path.read_bytes(), TYPES[path.suffix]) for path in files}


def _address(path: Path) -> str:
    return "/" if path.name == PAGE else f"/playground/{path.name}"
