"""Builds the image's file system without Docker: the steps of the Dockerfile, in a folder.

What is not the same: the base is the machine's Python, and the image's root is a folder, so that
`/opt/venv` and `/app` are put behind its name wherever the Dockerfile says them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.service.image.dockerfile import Ignored, expanded, stages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.service.image.dockerfile import Instruction

ROOT = Path(__file__).parents[3]
DOCKERFILE = ROOT / "service/Dockerfile"
OURS = re.compile(r"(?<![\w./-])/(?=(?:app|opt/venv|tmp)\b)")
"""Where a path begins that the Dockerfile makes itself. Others are the base's."""

INSTALL = "python -m pip "


class StepError(Exception):
    """A step of the Dockerfile failed. The message is what it printed."""


class Image:
    """The file system that a Dockerfile makes, and how it is started.

    `arguments` are the build's. `python` is the base's interpreter. Without `installs`, the step
    that installs from an index borrows the packages of the running Python instead.
    """

    def __init__(
        self,
        folder: Path,
        arguments: Mapping[str, str],
        *,
        python: str = sys.executable,
        installs: bool = False,
    ) -> None:
        self.root = folder / "root"
        self.labels: dict[str, str] = {}
        self.environment: dict[str, str] = {}
        self.entrypoint: list[str] = []
        self.health: list[str] = []
        self.user = ""
        self.workdir = self.root
        self._folder = folder
        self._given = arguments
        self._arguments: dict[str, str] = {}
        self._python = Path(python)
        self._installs = installs
        self._stage = ""
        self._ignored = Ignored((ROOT / ".dockerignore").read_text("utf-8"))
        self._steps: dict[str, Callable[[Instruction], None]] = {
            name.removeprefix("_do_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("_do_")
        }

    def build(self, report: Callable[[str], None] = lambda _: None) -> Image:
        """Run every step. Raises StepError."""
        self._make_base()
        for stage in stages(DOCKERFILE.read_text("utf-8")):
            for instruction in stage:
                report(f"{instruction.word} {instruction.rest}")
                self._steps[instruction.word](instruction)
        return self

    def placed(self, text: str) -> str:
        """A text with the paths of the image as they are on this machine."""
        return OURS.sub(f"{self.root}/", text)

    def _make_base(self) -> None:
        base = self._folder / "base"
        base.mkdir()
        python = base / "python"
        python.write_text(f'#!/bin/sh\nexec "{self._python}" "$@"\n', "utf-8")
        python.chmod(0o755)

    def _do_FROM(self, instruction: Instruction) -> None:  # noqa: N802 - Docker's word
        if self._stage:
            self.root.rename(self._folder / self._stage)
        self.root.mkdir()
        self._stage = instruction.rest.partition(" AS ")[2]
        self._arguments, self.workdir = {}, self.root

    def _do_ARG(self, instruction: Instruction) -> None:  # noqa: N802
        name, _, default = instruction.rest.partition("=")
        self._arguments[name] = self._given.get(name, default.strip('"'))

    def _do_COPY(self, instruction: Instruction) -> None:  # noqa: N802
        *options, source, target = instruction.rest.split()
        to = Path(self.placed(target))
        to.parent.mkdir(parents=True, exist_ok=True)
        if options:
            stage = self._folder / options[0].removeprefix("--from=")
            shutil.copytree(stage / source.lstrip("/"), to, symlinks=True)
        elif (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, to, ignore=self._left_out)
        else:
            assert Path(source) not in self._ignored
            shutil.copyfile(ROOT / source, to)

    def _left_out(self, folder: str, names: list[str]) -> list[str]:
        inside = Path(folder).relative_to(ROOT)
        return [name for name in names if inside / name in self._ignored]

    def _do_WORKDIR(self, instruction: Instruction) -> None:  # noqa: N802
        self.workdir = Path(self.placed(instruction.rest))
        self.workdir.mkdir(parents=True, exist_ok=True)

    def _do_RUN(self, instruction: Instruction) -> None:  # noqa: N802
        if instruction.rest.startswith(INSTALL) and not self._installs:
            self._borrow()
            return
        ran = subprocess.run(  # noqa: S603 - what our Dockerfile says
            ["/bin/sh", "-ec", self.placed(instruction.rest)],
            cwd=self.workdir,
            env={**self._arguments, "PATH": f"{self._folder / 'base'}:/usr/bin:/bin"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise StepError(ran.stdout)

    def _borrow(self) -> None:
        """Let the image's environment find the packages of the running Python."""
        (packages,) = (self.root / "opt/venv/lib").glob("python*/site-packages")
        borrowed = [path for path in sys.path if path.endswith("site-packages")]
        (packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n", "utf-8")

    def _do_LABEL(self, instruction: Instruction) -> None:  # noqa: N802
        self.labels |= instruction.pairs(self._arguments)

    def _do_ENV(self, instruction: Instruction) -> None:  # noqa: N802
        pairs = instruction.pairs(self._arguments)
        self.environment |= {
            name: ":".join(map(self.placed, value.split(":"))) for name, value in pairs.items()
        }

    def _do_USER(self, instruction: Instruction) -> None:  # noqa: N802
        self.user = expanded(instruction.rest, self._arguments)

    def _do_EXPOSE(self, instruction: Instruction) -> None:  # noqa: N802
        """Nothing is listened to while an image is built."""

    def _do_HEALTHCHECK(self, instruction: Instruction) -> None:  # noqa: N802
        self.health = type(instruction)("CMD", instruction.rest.partition("CMD ")[2]).strings()

    def _do_ENTRYPOINT(self, instruction: Instruction) -> None:  # noqa: N802
        self.entrypoint = instruction.strings()


def freeze(image: Image) -> None:
    """Take away everybody's right to write into the image."""
    for folder, _, files in os.walk(image.root):
        for name in (folder, *(os.path.join(folder, file) for file in files)):  # noqa: PTH118
            if not os.path.islink(name):  # noqa: PTH114 - a tree of thousands of files
                os.chmod(name, os.stat(name).st_mode & ~0o222)  # noqa: PTH101, PTH116
