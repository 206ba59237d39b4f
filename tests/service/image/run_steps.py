"""Builds and starts the image without Docker: `python -m tests.service.image.run_steps`.

Unlike the tests, it installs the locked packages from the package index.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from tests.service.image.build import Image, StepError, freeze
from tests.service.image.container import Container


def main() -> int:
    """Build, start, check its health, and stop. Gives 1 when any of it fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--python", default=sys.executable, help="the base's interpreter (this one)"
    )
    options = parser.parse_args()
    folder = new_folder()
    image = Image(folder, {}, python=options.python, installs=True)
    try:
        image.build(say)
        freeze(image)
        load_everything(image)
        code = serve(image)
    except StepError as failed:
        say(f"failed:\n{failed}")
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    say(f"stopped with exit code {code}")
    return 0 if code == 0 else 1


def load_everything(image: Image) -> None:
    """Import each module of the service: the locked packages have all that any of them needs."""
    loaded = Container(image).run(["python", "-W", "error", "-c", LOAD_EVERYTHING])
    if loaded.returncode:
        raise StepError(loaded.stderr)
    say(f"{loaded.stdout.strip()} modules loaded")


LOAD_EVERYTHING = """
import importlib, pkgutil, service
found = [module.name for module in pkgutil.walk_packages(service.__path__, "service.")]
for name in found:
    if name != "service.__main__":
        importlib.import_module(name)
print(len(found))
"""


def serve(image: Image) -> int:
    """Start the image, wait for its health check, and stop it. Gives its exit code."""
    with Container(image, **OFFLINE, PORT=str(free_port()), METRICS_PORT="0") as container:
        container.become_healthy()
        say("healthy")
        return container.stop()


OFFLINE = {"LLM_MODEL_NAME": "builtin:echo", "AUTH_MODE": "none", "SHUTDOWN_DELAY_SECONDS": "0"}
"""Settings that need nothing outside."""


def new_folder() -> Path:
    """A folder that the image's user can look into."""
    folder = Path(tempfile.mkdtemp(prefix="plate-llm-image-"))
    folder.chmod(0o755)
    return folder


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"==> {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
