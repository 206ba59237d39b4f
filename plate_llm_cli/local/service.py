"""The real service, with exactly the environment that it is given."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.errors import PodStartError, UnreachableError, UsageError
from plate_llm_cli.local.openbao_server import EXTRA
from plate_llm_cli.local.ports import LOOPBACK
from plate_llm_cli.local.processes import Process, ending

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_NEEDED: Final = ("aiohttp", "starlette", "uvicorn", "uvloop", "orjson", "redis", "langchain_core")
_COMMAND: Final = ("-m", "service", "serve", "--loopback")
_START_SECONDS: Final = 60.0
"""As long as the chart's startup probe lets it take."""
_STOP_SECONDS: Final = 5.0
_STEP: Final = 0.05
_MOST_SHOWN: Final = 10
_NO_VARIABLE: Final = (
    "a NUL character in its value, or an `=` in its name, is refused by every system"
)
_SETTINGS: Final = "a pod with these settings would end so as well: docs/service.md has them all"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where it answers, and where its metrics are."""

    api: int
    metrics: int

    @property
    def url(self) -> str:
        """The API, without a slash at its end."""
        return f"http://{LOOPBACK}:{self.api}"

    @property
    def metrics_url(self) -> str:
        """The page of metrics."""
        return f"http://{LOOPBACK}:{self.metrics}/metrics"


def require_code(root: Path) -> None:
    """Refuse to go on without the service's code and all that it imports.

    Raises:
        UsageError: one of them is not there.
    """
    if not (root / "service" / "__main__.py").is_file():
        raise UsageError(
            f"{root} has no service/__main__.py: there is nothing to start",
            "`up` runs the service's own code: name the tree that has it with -C DIR",
        )
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError(f"the service needs packages that are not here: {missing[0]}", EXTRA)


class Service:
    """`python -m service serve` in `root`, on the loopback: who asks costs the operator's money.

    `heard` gets each line of its log that is one, parsed.

    Raises:
        UnreachableError: it cannot be started.
    """

    def __init__(
        self,
        root: Path,
        environment: Mapping[str, str],
        heard: Callable[[dict[str, Any]], None],
    ) -> None:
        self._heard = heard
        self._ports: Ports | None = None
        self._listening = threading.Event()
        try:
            self.process = Process([sys.executable, *_COMMAND], environment, root, self._read)
        except OSError as error:
            raise UnreachableError(f"python cannot be started: {error.strerror}") from None
        except ValueError:  # it may repeat a name, and no value
            raise PodStartError("a variable that no process can have", _NO_VARIABLE) from None

    def wait(self) -> Ports:
        """Its ports, once it listens.

        Raises:
            PodStartError: it has ended; the details are its own words, which hold no values.
            UnreachableError: it neither listens nor ends.
        """
        waited = 0.0
        while not self._listening.wait(_STEP) and waited < _START_SECONDS:
            waited += _STEP
            code = self.process.code
            if code is not None:
                self.process.wait(_STOP_SECONDS)
                message = f"the service ended at its start ({ending(code)})"
                raise PodStartError(message, _SETTINGS, self._complaints())
        if self._ports is None:
            raise UnreachableError(f"the service did not listen within {_START_SECONDS:.0f} s")
        return self._ports

    def stop(self) -> None:
        """End it as the kubelet does."""
        self.process.stop(_STOP_SECONDS)

    def _read(self, line: str) -> None:
        entry = _parsed(line)
        if entry is None:
            return
        if entry.get("message") == "listening" and self._ports is None:
            self._ports = Ports(int(entry["port"]), int(entry["metrics_port"]))
            self._listening.set()
        self._heard(entry)

    def _complaints(self) -> list[str]:
        """What it said of itself: settings that are wrong, or a log line."""
        entries = [(line, _parsed(line)) for line in self.process.lines]
        said = [line if entry is None else str(entry.get("message")) for line, entry in entries]
        return [line for line in said if line.strip()][-_MOST_SHOWN:]


def _parsed(line: str) -> dict[str, Any] | None:
    """A line of the service's log; None where it is none."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None
