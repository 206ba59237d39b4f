"""One run of a program: started now, its result taken later, ended when it takes too long."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.errors import EngineError
from plate_llm_cli.helm.scratch import scratch_file

if TYPE_CHECKING:
    from collections.abc import Sequence


class TimedOutError(Exception):
    """The program had not ended in its time."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended and what it printed."""

    code: int
    stdout: str
    stderr: str


class Running:
    """A program that reads `text` from stdin, which is a file: it need not wait for us."""

    def __init__(self, command: Sequence[str], text: str = "") -> None:
        environment = {key: value for key, value in os.environ.items() if key != "HELM_DEBUG"}
        with scratch_file() as stdin:
            stdin.write(text.encode())
            stdin.seek(0)
            try:
                self._process = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
                    command,
                    stdin=stdin,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env=environment,
                    start_new_session=True,
                )
            except OSError as error:
                raise EngineError(
                    f"{command[0]} cannot be run: {error.strerror}",
                    "Name a helm binary, or leave out --engine.",
                ) from error

    def finish(self, seconds: float) -> Finished:
        """Wait for the end; raises `TimedOutError` after `seconds`, with the program killed."""
        try:
            stdout, stderr = self._process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise TimedOutError from None
        finally:
            self.kill()
        code = self._process.returncode
        return Finished(code, stdout.decode(errors="replace"), stderr.decode(errors="replace"))

    def kill(self) -> None:
        """End the program and what it started. Safe to call at any time."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()
            self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
