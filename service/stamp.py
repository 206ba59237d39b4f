"""Writes down what an image is built from: `python -m service.stamp`, a step of the Dockerfile.

`service/release.py` reads it.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import service

if TYPE_CHECKING:
    from collections.abc import Sequence

BUILD_FILE = Path(service.__file__).with_name("build.json")


def main(arguments: Sequence[str], build_file: Path = BUILD_FILE) -> int:
    """Write build.json; what is not given is null. Gives 1 for a version that is not this one's."""
    parser = argparse.ArgumentParser(prog="python -m service.stamp")
    parser.add_argument("--version", default="", help="of the release")
    parser.add_argument("--revision", default="", help="the commit")
    parser.add_argument("--created", default="", help="the time, as RFC 3339 writes it")
    given = parser.parse_args(arguments)
    if given.version not in ("", service.__version__):
        message = f"VERSION is {given.version}, and service/__init__.py says {service.__version__}"
        print(message, file=sys.stderr)  # noqa: T201 - a command line
        return 1
    build = {
        "version": service.__version__,
        "revision": given.revision or None,
        "built": given.created or None,
    }
    build_file.write_text(json.dumps(build) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
