"""All that is started, in its order, and stopped in the other one."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.local import cache_server, openbao_server
from plate_llm_cli.local.cache_server import CacheServer
from plate_llm_cli.local.openbao_server import DevServer
from plate_llm_cli.local.processes import ending
from plate_llm_cli.local.reading import token_of
from plate_llm_cli.local.seeding import Seeded, seed
from plate_llm_cli.local.service import Ports, Service
from plate_llm_cli.secrets.server.openbao import OpenBao

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Self

    from plate_llm_cli.local.differences import LocalEnvironment
    from plate_llm_cli.local.processes import Process
    from plate_llm_cli.secrets.privileges.readers import Reader
    from plate_llm_cli.secrets.spec import Spec
    from plate_llm_cli.secrets.values.inputs import Inputs


SERVICE: Final = "the service"
_PAUSE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that has ended by itself, and how."""

    name: str
    how: str

    @property
    def is_service(self) -> bool:
        """Whether it is the service."""
        return self.name == SERVICE


class System:
    """What runs on this machine for the tree at `root`; leaving it stops everything.

    `environ` is our own environment, of which programs get PATH and nothing else.
    """

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self._root = root
        self._environ = environ
        self._path = environ.get("PATH", "")
        self._stack = ExitStack()
        self._openbao: DevServer | None = None
        self._processes: dict[str, Process] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start_openbao(self, spec: Spec) -> OpenBao:
        """An OpenBao with the mounts of `spec`; its root is who asks.

        Raises:
            UsageError: there is no OpenBao on this machine.
            OpenBaoError: it does not start.
        """
        server = DevServer(openbao_server.find_binary(self._path), self._path)
        self._openbao = server
        self._processes["OpenBao"] = server.process
        self._stack.callback(server.process.stop)  # in memory: nothing is lost
        bao = self._stack.enter_context(OpenBao(server.connection()))
        server.prepare(bao, dict.fromkeys(path.place.mount for path in spec.paths))
        return bao

    def seed(self, bao: OpenBao, spec: Spec, inputs: Inputs) -> Seeded:
        """As `seeding.seed`."""
        return seed(bao, spec, inputs, self._environ, self._root)

    def reader(self, bao: OpenBao, readers: Sequence[Reader]) -> OpenBao:
        """OpenBao for one that may do what External Secrets may.

        Raises:
            OpenBaoError: OpenBao refuses, or is gone.
        """
        assert self._openbao is not None  # noqa: S101 - it is where `bao` comes from
        connection = self._openbao.connection(token_of(bao, readers))
        return self._stack.enter_context(OpenBao(connection))

    def start_cache(self) -> CacheServer | None:
        """A cache; None where this machine has no server for one.

        Raises:
            UnreachableError: it does not start.
        """
        binary = cache_server.find_binary(self._path)
        if not binary:
            return None
        cache = CacheServer(binary, self._path)
        self._processes[cache.name] = cache.process
        self._stack.callback(cache.process.stop)
        cache.wait()
        return cache

    def start_service(
        self, local: LocalEnvironment, heard: Callable[[dict[str, Any]], None]
    ) -> Ports:
        """The service with the environment `local`; `heard` gets the lines of its log.

        Raises:
            PodStartError: it ends at its start.
            UnreachableError: it cannot be started, or does not listen.
        """
        secret = {name: value.reveal() for name, value in local.secret.items()}
        environment = {"PATH": self._path, **local.plain, **secret}
        service = Service(self._root, environment, heard)
        self._stack.callback(service.stop)
        ports = service.wait()
        self._processes[SERVICE] = service.process
        return ports

    def wait(self) -> Ended:
        """Wait until one of the programs ends by itself; which."""
        while True:
            for name, process in self._processes.items():
                if process.code is not None:
                    return Ended(name, ending(process.code))
            time.sleep(_PAUSE)
