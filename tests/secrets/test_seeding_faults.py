"""Nothing is lost: kills, seals, elections, lost answers and other writers while seeding."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.errors import OpenBaoError
from plate_llm_cli.secrets.addresses import Place
from plate_llm_cli.secrets.apply import Applier
from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.secrets.plan import Candidate, Planner, Wishes
from plate_llm_cli.secrets.server.connection import Options, Timing, resolve
from plate_llm_cli.secrets.server.openbao import OpenBao
from plate_llm_cli.secrets.spec import Encoding, Generate
from plate_llm_cli.secrets.values.generators import generate
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.settings import Settings
from plate_llm_cli.source.tree import Tree
from tests.secrets.bao import Server, dev_server, free_port, raft_cluster
from tests.secrets.fixtures import Bao

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from plate_llm_cli.secrets.spec import Spec

PATHS = 200
RANDOM = Generate(Encoding.BASE64, 24)


def spec_of(paths: int = PATHS) -> str:
    """The spec of so many paths, each with two generated keys."""
    return "".join(
        f"  app/{number:03}:\n    environments: [stg]\n    keys:\n"
        "      A: {generate: {as: base64, bytes: 24}}\n"
        "      B: {generate: {as: base64, bytes: 24}}\n"
        for number in range(paths)
    )


def client_of(server: Server, address: str = "", timing: Timing | None = None) -> OpenBao:
    environ = {"BAO_ADDR": address or server.address, "BAO_TOKEN": server.token}
    if server.ca:
        environ["BAO_CACERT"] = str(server.ca)
    connection = resolve(Settings(), environ, Options())
    return OpenBao(replace(connection, timing=timing or connection.timing))


@dataclass
class Run:
    """One seeding of everything that is missing, and what was acknowledged."""

    spec: Spec
    client: OpenBao
    acknowledged: dict[Place, dict[str, str]] = field(default_factory=dict)

    def seed(self, on_written: Callable[[int], None] = lambda _: None) -> None:
        """Read, plan, write."""
        stored = {path.place: self.client.read(path.place) for path in self.spec.paths}
        candidates = {key.address: Candidate(generate(RANDOM)) for key in self.spec.keys}
        planner = Planner(self.spec, stored, Wishes(), candidates)
        applier = Applier(planner, self.client, lambda: "now")

        def note(written: Any) -> None:
            data = planner.stored[written.place].data
            self.acknowledged[written.place] = {name: item.reveal() for name, item in data.items()}
            on_written(len(applier.written))

        applier.on_written = note
        applier.apply(planner.plan())


def lost(server: Server, *runs: Run) -> list[str]:
    """Keys that were acknowledged and are not there as they were."""
    return [
        f"{place}#{name}"
        for run in runs
        for place, data in run.acknowledged.items()
        for name, value in data.items()
        if Bao(server, place.mount).data(place.path).get(name) != value
    ]


@pytest.fixture
def raft() -> Iterator[Server]:
    with raft_cluster(1) as (server,):
        yield server


def load(root: Path, mount: str, paths: int = PATHS) -> Spec:
    file = root / "environments" / "secrets.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(f"version: 1\nmount: {mount}\npaths:\n{spec_of(paths)}", "utf-8")
    return load_spec(Tree(root)).required()


def test_server_killed_while_seeding(raft: Server, tmp_path: Path) -> None:
    spec = load(tmp_path, "secret")
    run = Run(spec, client_of(raft))

    def kill_at_80(count: int) -> None:
        if count == 80:
            raft.kill(signal.SIGKILL)
            raft.start(until=())  # the client waits for it to come back

    run.seed(kill_at_80)
    assert len(run.acknowledged) == PATHS
    assert lost(raft, run) == []


def test_seeder_killed_at_any_moment_and_run_again(bao: Bao, tmp_path: Path) -> None:
    root = bao.tree(tmp_path / "tree", spec_of())
    start = "from plate_llm_cli.__main__ import main; main()"
    command = [sys.executable, "-c", start, "secrets", "seed", "app-stg", "-q", "-C"]
    command.append(str(root))
    done = 0
    for _ in range(3):
        if done + 30 >= PATHS:  # a busy machine let the last one get far before it was killed
            break
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
        while bao.version(f"app/{done + 30:03}") == 0 and process.poll() is None:
            time.sleep(0.001)
        process.kill()
        process.wait()
        present = [number for number in range(PATHS) if bao.version(f"app/{number:03}")]
        for number in present:
            assert set(bao.data(f"app/{number:03}")) == {"A", "B"}
        done = len(present)
    before = {number: bao.data(f"app/{number:03}") for number in range(done)}
    assert subprocess.run(command, check=False).returncode == 0  # noqa: S603 - as above
    assert {number: bao.data(f"app/{number:03}") for number in range(done)} == before
    assert {bao.version(f"app/{number:03}") for number in range(PATHS)} == {1}


def test_server_sealed_while_seeding(tmp_path: Path) -> None:
    with dev_server() as server:
        run = Run(load(tmp_path, "secret"), client_of(server))

        def seal_at_50(count: int) -> None:
            if count == 50:
                server.done("POST", "sys/seal")

        with pytest.raises(OpenBaoError, match="is sealed"):
            run.seed(seal_at_50)
        assert len(run.acknowledged) == 50
        server.unseal()
        again = Run(run.spec, client_of(server))
        again.seed()
        assert len(again.acknowledged) == PATHS - 50
        assert lost(server, run, again) == []


def test_leader_killed_in_a_cluster_of_three(tmp_path: Path) -> None:
    with raft_cluster(3) as nodes:
        run = Run(load(tmp_path, "secret"), client_of(nodes[0], nodes[1].address))

        def kill_the_leader_at_60(count: int) -> None:
            if count == 60:
                nodes[0].kill()

        run.seed(kill_the_leader_at_60)
        assert len(run.acknowledged) == PATHS
        assert lost(nodes[1], run) == []


def test_no_quorum_is_said(tmp_path: Path) -> None:
    with raft_cluster(3) as nodes:
        client = client_of(nodes[1], timing=Timing(patience=1))
        client.write(Place("secret", "a"), {"A": Secret("x")}, 0)
        nodes[0].kill()
        nodes[2].kill()
        with pytest.raises(OpenBaoError) as caught:
            Run(load(tmp_path, "secret", 3), client).seed()
    assert caught.value.message == (
        f"OpenBao at {nodes[1].address} sends us elsewhere to {nodes[0].address[8:]}, "
        "which is not followed"
    )
    assert "there is no quorum" in caught.value.hint


def test_eight_seeders_at_once(bao: Bao, tmp_path: Path) -> None:
    spec = load(tmp_path, bao.mount, 40)
    for number in range(0, 40, 4):
        bao.put(f"app/{number:03}", A="was here", other="of another writer")
    runs = [Run(spec, bao.client()) for _ in range(8)]
    failures: list[BaseException] = []

    def seed(run: Run) -> None:
        try:
            run.seed()
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=seed, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert lost(bao.server, *runs) == []
    for number in range(40):
        data = bao.data(f"app/{number:03}")
        assert set(data) == ({"A", "B", "other"} if number % 4 == 0 else {"A", "B"})
        assert number % 4 or data["A"] == "was here"
        assert bao.version(f"app/{number:03}") == (2 if number % 4 == 0 else 1)


def test_writer_of_another_key_between_read_and_write(bao: Bao, tmp_path: Path) -> None:
    spec = load(tmp_path, bao.mount, 2)
    run = Run(spec, bao.client())

    def interfere(count: int) -> None:
        if count == 1:
            bao.put("app/001", other="in between")

    run.seed(interfere)
    assert set(bao.data("app/001")) == {"A", "B", "other"}
    assert bao.version("app/001") == 2


class Proxy:
    """Passes requests on to `server`, and swallows what `drop` says of the n-th write."""

    def __init__(self, server: Server, drop: str) -> None:
        self._target = ("127.0.0.1", int(server.address.rpartition(":")[2]))
        self._drop = drop
        self.writes = 0
        self._listener = socket.create_server(("127.0.0.1", free_port()))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            while request := client.recv(65536):
                writes = request.startswith(b"POST") and b"/data/" in request
                if writes and b"Content-Length" in request and request.endswith(b"\r\n\r\n"):
                    request += client.recv(65536)
                self.writes += writes
                drop = writes and self.writes == 3
                if drop and self._drop == "request":
                    return
                server.sendall(request)
                answer = server.recv(65536)
                if drop:
                    return
                client.sendall(answer)

    def close(self) -> None:
        self._listener.close()


@contextmanager
def proxy(server: Server, drop: str) -> Iterator[Proxy]:
    made = Proxy(server, drop)
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize("drop", ["answer", "request"])
def test_write_of_which_nobody_knows_what_became(drop: str, bao: Bao, tmp_path: Path) -> None:
    spec = load(tmp_path, bao.mount, 6)
    with proxy(bao.server, drop) as between:
        run = Run(spec, client_of(bao.server, between.address))
        run.seed()
        assert between.writes == 7
    assert lost(bao.server, run) == []
    assert {bao.version(f"app/{number:03}") for number in range(6)} == {1}
