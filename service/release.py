"""What is running: the release, the commit and the time that its image was built."""

from __future__ import annotations

from pathlib import Path

import orjson

import service

BUILD_FILE = Path(service.__file__).with_name("build.json")
"""Written when the image is built; there is none in a checkout."""


def version_document(build_file: Path = BUILD_FILE) -> dict[str, str | None]:
    """`version`, and the image's `revision` and `built` (RFC 3339), null where it has none.

    Raises ValueError where the file is not a JSON object: such an image must not start.
    """
    build = orjson.loads(build_file.read_bytes()) if build_file.exists() else {}
    if not isinstance(build, dict):
        raise ValueError(f"{build_file.name} holds no JSON object")
    return {
        "version": service.__version__,
        "revision": build.get("revision"),
        "built": build.get("built"),
    }
