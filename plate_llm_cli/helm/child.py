"""The parent's side of one worker process: start it, talk to it, end it."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from plate_llm_cli.errors import EngineError
from plate_llm_cli.helm.worker import frame, read_frame

Message = dict[str, Any]

MEMORY_MB = 1024
_STDERR_LINES = 400


class ChildEndedError(Exception):
    """The process is gone; `stderr` holds the last lines it wrote."""

    def __init__(self, stderr: str) -> None:
        super().__init__("the Helm worker ended")
        self.stderr = stderr


class Child:
    """One process with Helm in it. Answers come in the order of the requests."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("worker.py")
        self._process = subprocess.Popen(  # noqa: S603 - our own script, no shell
            [sys.executable, "-I", "-S", str(script), str(MEMORY_MB), *_folders()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._answers: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._stderr: deque[bytes] = deque(maxlen=_STDERR_LINES)
        self._threads = [
            threading.Thread(target=self._read_answers, daemon=True),
            threading.Thread(target=self._read_stderr, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def send(self, data: bytes) -> None:
        """Write one frame; raises `ChildEndedError`."""
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - opened as a pipe above
        try:
            stdin.write(data)
            stdin.flush()
        except (OSError, ValueError) as error:
            raise self.ended() from error

    def receive(self, seconds: float) -> Message:
        """The next answer; raises TimeoutError after `seconds`, `ChildEndedError` at its end."""
        try:
            answer = self._answers.get(timeout=max(seconds, 0.0))
        except queue.Empty:
            raise TimeoutError from None
        if answer is None:
            raise self.ended()
        return answer

    def ended(self) -> ChildEndedError:
        """The error that tells of the process's end, with what it wrote last."""
        self.kill()
        return ChildEndedError(b"".join(self._stderr).decode(errors="replace"))

    def kill(self) -> None:
        """End the process and its threads. Safe to call twice."""
        self._process.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _read_answers(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - opened as a pipe above
        while (answer := read_frame(stdout)) is not None:
            self._answers.put(answer)
        self._answers.put(None)

    def _read_stderr(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None  # noqa: S101 - opened as a pipe above
        self._stderr.extend(stderr)


def _folders() -> list[str]:
    """Where the worker finds the binding and this package."""
    spec = find_spec("helm_python")
    if spec is None or spec.origin is None:
        raise EngineError(
            "helm-python-sdk is not installed",
            "Install it (`pip install helm-python-sdk`) or use `--engine helm`.",
        )
    ours = Path(__file__).parents[2]
    return list(dict.fromkeys([str(Path(spec.origin).parents[1]), os.fspath(ours)]))


__all__ = ["Child", "ChildEndedError", "frame"]
