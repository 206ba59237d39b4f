"""Draws what the README shows of a terminal: `python -m docs.recordings [NAME ...]`.

Each recording is a command that runs here in a real terminal (tmux, which has to be installed), in
a copy of this repository. Times and ports are those of the run, so nothing checks that the pictures
are new.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT: Final = Path(__file__).parents[1]
PICTURES: Final = ROOT / "docs" / "images"
_LINES: Final = 120
_SECONDS: Final = 120
_FONTS: Final = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
"""They are fetched from elsewhere; a picture needs nothing but itself."""
_COPIED: Final = ("charts", "environments", "service", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Recording:
    """A command, and what is wrong in the tree: texts to replace, by file."""

    name: str
    command: str
    columns: int = 92
    mistakes: tuple[tuple[str, str, str], ...] = ()


RECORDINGS: Final = (
    Recording(
        "validate",
        "plate-llm validate",
        mistakes=(
            ("charts/plate-llm/values-stg.yaml", "secretKey: JWT_SECRET", "secretKey: JWT_SECRETS"),
        ),
    ),
    Recording("up", "plate-llm up"),
)


def main() -> None:
    """Draw the recordings that are named, or all."""
    names = [recording.name for recording in RECORDINGS]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")
    wanted = parser.parse_args().names or names
    if shutil.which("tmux") is None:
        raise SystemExit("tmux is not installed")
    PICTURES.mkdir(exist_ok=True)
    for recording in RECORDINGS:
        if recording.name in wanted:
            path = PICTURES / f"{recording.name}.svg"
            path.write_text(drawn(recording, recorded(recording)), "utf-8")
            sys.stderr.write(f"{path.relative_to(ROOT)}: written\n")


def recorded(recording: Recording) -> str:
    """What the terminal shows at the end, with the escape sequences of its colours."""
    with tempfile.TemporaryDirectory(prefix="recording-") as folder:
        tree = Path(folder) / "plate-infra"
        copied(recording, tree)
        tmux = ("tmux", "-L", f"recording-{recording.name}", "-f", "/dev/null")
        size = ("-x", str(recording.columns), "-y", str(_LINES))
        path = f"PATH={Path(sys.executable).parent}:$PATH"
        command = f"{path} {recording.command}; tmux wait-for -S done; sleep {_SECONDS}"
        try:
            subprocess.run([*tmux, "new-session", "-d", *size, "-c", tree, command], check=True)  # noqa: S603 - ours
            subprocess.run([*tmux, "wait-for", "done"], check=True, timeout=_SECONDS)  # noqa: S603 - ours
            shown = subprocess.run(  # noqa: S603 - ours
                [*tmux, "capture-pane", "-e", "-p"], check=True, capture_output=True, text=True
            )
        finally:
            subprocess.run([*tmux, "kill-server"], check=False)  # noqa: S603 - ours
    return shown.stdout.rstrip()


def copied(recording: Recording, tree: Path) -> None:
    """This repository's deployment at `tree`, with the recording's mistakes in it."""
    for name in _COPIED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        tree.mkdir(exist_ok=True)
        copy(source, tree / name)
    for path, old, new in recording.mistakes:
        file = tree / path
        text = file.read_text("utf-8")
        if old not in text:
            raise SystemExit(f"{path} has no {old!r} any more")
        file.write_text(text.replace(old, new, 1), "utf-8")


def drawn(recording: Recording, shown: str) -> str:
    """The picture of a terminal that shows `shown` below the command."""
    console = Console(
        record=True,
        width=recording.columns,
        file=StringIO(),
        force_terminal=True,
        legacy_windows=False,
    )
    console.print(Text.from_ansi(f"\x1b[1m$ {recording.command}\x1b[0m\n{shown}"))
    svg = console.export_svg(title="plate-llm", theme=MONOKAI, unique_id=recording.name)
    return _FONTS.sub("", svg)


if __name__ == "__main__":
    main()
