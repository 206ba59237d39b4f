"""`plate-llm up` as a process of its own, and an eye on all that it starts and writes."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import command
from tests.cli.deployments import ROOT, ours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Tree

__all__ = ["ours"]

SECONDS = 60.0


@dataclass
class Run:
    """One call of `up` as a process of its own, and all that it has started so far."""

    process: subprocess.Popen[str]
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    seen: dict[int, str] = field(default_factory=dict)
    """The programs that it has started, by number, with their command lines."""
    tokens: set[str] = field(default_factory=set)
    """Root tokens that OpenBao was given."""
    readers: list[threading.Thread] = field(default_factory=list)

    def listen(self) -> None:
        """Read what it says, from now on."""
        for stream, lines in ((self.process.stdout, self.out), (self.process.stderr, self.err)):
            assert stream is not None
            self.readers.append(threading.Thread(target=lines.extend, args=(stream,), daemon=True))
            self.readers[-1].start()

    def look(self) -> bool:
        """Note what runs below it now; whether anything ever did."""
        parents = dict(_processes())
        for number in parents:
            if number != self.process.pid and self._is_below(number, parents):
                line = _read(number, "cmdline").replace("\0", " ")
                self.seen[number] = line or self.seen.get(number, "")  # one that ends has none
                for variable in _read(number, "environ").split("\0"):
                    if variable.startswith("BAO_DEV_ROOT_TOKEN_ID="):
                        self.tokens.add(variable.partition("=")[2])
        return bool(self.seen)

    def _is_below(self, number: int, parents: dict[int, int]) -> bool:
        while number in parents and number != self.process.pid:
            number = parents[number]
        return number == self.process.pid

    def until(self, text: str) -> None:
        """Wait until it has said `text` on stderr."""

        def heard() -> bool:
            ended = self.process.poll() is not None and not any(
                reader.is_alive() for reader in self.readers
            )
            self.look()
            found = any(text in line for line in self.err)
            assert found or not ended, self.err
            return found

        until(heard)

    def left(self) -> list[str]:
        """What it has started and still runs."""
        return [line for number, line in self.seen.items() if line and _read(number, "cmdline")]

    def end(self) -> int:
        """Its exit code, once it has ended and all that it had started."""
        code = self.process.wait(SECONDS)
        until(lambda: not self.left())
        for reader in self.readers:
            reader.join(SECONDS)
        return code


def until(condition: Callable[[], object], seconds: float = SECONDS) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def _processes() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _read(int(entry.name), "stat").rpartition(")")[2].split()
            if fields and fields[0] != "Z":
                yield int(entry.name), int(fields[1])


def _read(number: int, name: str) -> str:
    try:
        return Path(f"/proc/{number}/{name}").read_text("utf-8", "replace")
    except OSError:
        return ""


@pytest.fixture
def whole(ours: Tree) -> Tree:
    """This repository's charts, environments and service."""
    shutil.copytree(
        ROOT / "service",
        ours.root / "service",
        ignore=shutil.ignore_patterns("__pycache__"),
        dirs_exist_ok=True,
    )
    return ours


@pytest.fixture
def start(whole: Tree, tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Start `up` in the tree, with folders of its own."""
    started: list[Run] = []
    short = tempfile.mkdtemp(prefix="up-")  # a socket's path may not be long
    (tmp_path / "run").symlink_to(short)
    for name in ("tmp", "home"):
        (tmp_path / name).mkdir(mode=0o700)

    def made(*arguments: str, **environment: str) -> Run:
        around = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path / "home"),
            "TMPDIR": str(tmp_path / "tmp"),
            "XDG_RUNTIME_DIR": short,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        process = subprocess.Popen(  # noqa: S603 - our own command
            command("up", *arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            cwd=whole.root,
            env=around | environment,
            text=True,
        )
        run = Run(process)
        run.listen()
        started.append(run)
        return run

    yield made
    for run in started:
        run.process.kill()
        run.process.wait()
        run.end()
        for stream in (run.process.stdout, run.process.stderr):
            assert stream is not None
            stream.close()
    shutil.rmtree(short)


def said(run: Run) -> tuple[int, str]:
    """The exit code, and what was said on stderr."""
    code = run.end()
    return code, "".join(run.err)


def text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:  # a folder, a socket, or gone
        return ""


def files_of(tmp_path: Path) -> list[Path]:
    folders = ((tmp_path / name).resolve() for name in ("tmp", "run", "home"))
    return [path for folder in folders for path in folder.rglob("*")]
