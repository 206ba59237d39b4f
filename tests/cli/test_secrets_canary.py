"""One value and one token go through every command and every error, and are found in OpenBao alone.

Looked through: stdout, stderr, the working folder, HOME, TMPDIR, the command lines of all processes
while they run, and OpenBao's audit log.
"""

from __future__ import annotations

import http.server
import os
import secrets
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.cli.conftest import command
from tests.cli.terminal import talk
from tests.cluster.double.external_secrets import ExternalSecrets
from tests.cluster.double.workloads import deployment
from tests.secrets.bao import Server, raft_cluster
from tests.secrets.fixtures import Bao
from tests.secrets.provider import Provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.double.cluster import Cluster

CANARY = f"swordfish-{secrets.token_hex(12)}"
RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
SPEC = """\
  server/stg:
    environments: [stg]
    role: server
    keys:
      API_KEY: {prompt: true, pattern: "swordfish-.*", rotation: 1h}
      OTHER: {prompt: true, required: false, pattern: "[0-9]+", maxLength: 20}
      URL: {from: {secret: server/stg#API_KEY, template: "https://x:{}@host"}}
      NAME: {value: harbor.example.com}
      MADE: {generate: {as: hex, bytes: 16}, rotation: 1h}
  server/prod:
    environments: [prod]
    role: server
    keys:
      API_KEY: {prompt: true, pattern: "swordfish-.*", rotation: 1h}
"""


@pytest.fixture(scope="module")
def raft() -> Iterator[Server]:
    """A server as in production, with an audit log."""
    with raft_cluster(1) as (server,):
        yield server


@dataclass
class Cage:
    """Where the command runs: folders of its own, everything that it says, and a server."""

    root: Path
    bao: Bao
    heard: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    codes: list[int] = field(default_factory=list)

    @property
    def given(self) -> Path:
        """The folder of input files, which hold the value."""
        return self.root / "given"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the command: the token is in it, and nowhere else."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in ("PATH", "LANG", "PYTHONPATH")
        }
        return kept | {
            "HOME": str(self.root / "home"),
            "TMPDIR": str(self.root / "tmp"),
            "BAO_ADDR": self.bao.address,
            "BAO_TOKEN": self.bao.token,
            "BAO_CACERT": str(self.bao.server.ca),
        }

    def run(self, *arguments: str, stdin: str = "", **environ: str) -> int:
        """Call the command; what it says is kept."""
        done = subprocess.run(  # noqa: S603 - our own command
            command("secrets", *arguments),
            input=stdin.encode(),
            capture_output=True,
            cwd=self.root / "tree",
            env=self.environ | environ,
            timeout=60,
            check=False,
        )
        self.heard += [done.stdout.decode(), done.stderr.decode()]
        self.codes.append(done.returncode)
        return done.returncode

    def check(self) -> None:
        """Look for both secrets wherever they must not be."""
        audit = (self.bao.server.home / "audit.log").read_text("utf-8", "replace")
        assert '"path":' in audit
        for secret in (CANARY, self.bao.token):
            for text in (*self.heard, *self.seen, audit):
                assert secret not in text
            for file in self.root.rglob("*"):
                assert secret not in str(file)
                if file.is_file() and file.parent != self.given:
                    assert secret.encode() not in file.read_bytes(), file


@pytest.fixture
def cage(raft: Server, tmp_path: Path) -> Iterator[Cage]:
    """A cage whose processes are watched: their command lines are open to everybody."""
    mount = f"kv-{time.monotonic_ns()}"
    raft.done("POST", f"sys/mounts/{mount}", {"type": "kv", "options": {"version": "2"}})
    made = Cage(tmp_path, Bao(raft, mount))
    for name in ("home", "tmp", "given"):
        (tmp_path / name).mkdir()
    made.bao.tree(tmp_path / "tree", SPEC, ("stg", "prod"))
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.005):
            for process in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    made.seen.add(process.read_bytes().decode("utf-8", "replace"))
                except OSError:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield made
        assert any("secrets" in line for line in made.seen)
    finally:
        ended.set()
        watcher.join()
    made.check()


def test_every_command(cage: Cage) -> None:
    given = f"API_KEY={CANARY}\n"
    for arguments in (["plan"], ["seed", "--yes"], ["plan"], ["seed", "--overwrite", "API_KEY"]):
        name, *more = arguments
        for env in ("stg", "prod"):
            cage.run(name, env, "--from-file", "-", "-v", *more, stdin=given)
    assert cage.bao.data("server/stg")["API_KEY"] == CANARY
    assert cage.bao.data("server/prod")["API_KEY"] == CANARY
    cage.run("plan", "stg", "--format", "json", "--from-file", "-", stdin=given)
    for name in ("json", "sarif", "junit", "github", "text"):
        cage.run("check", "stg", "--live", "--format", name)
    cage.run("policy", "stg", "--apply", "--yes")
    cage.run("access", "stg")
    cage.run("spec")
    cage.run("token", "-v")
    cage.run("age", "stg", "--all", "--format", "json")
    cage.run("rotate", "stg", "API_KEY", "--from-file", "-", stdin=f"API_KEY={CANARY}-2\n")
    cage.run("rotate", "stg", "API_KEY", "--rollback", "-v")
    cage.run("diff", "stg", "prod", "--format", "json")
    cage.run("diff", "stg", "prod")
    cage.run("copy", "stg", "prod", "--overwrite", "server/prod#API_KEY", "-v")
    cage.run("export", "stg", "--to", RECIPIENT, "-o", "../home/stg.age", "-v")
    assert (cage.root / "home" / "stg.age").exists()
    assert set(cage.codes) <= {0, 1}, cage.heard


def test_what_goes_on_in_the_cluster(cage: Cage, kube: Cluster) -> None:
    token = f"token-{CANARY}"
    kube.token(token, "operator")
    config = kube.kubeconfig(cage.given / "kubeconfig", token=token)
    cage.bao.put("server/stg", API_KEY=CANARY)
    apply_to(kube, cage)
    around = {"KUBECONFIG": str(config)}
    given = f"API_KEY={CANARY}-2\n"
    cage.run(
        "rotate", "stg", "API_KEY", "-v", "--restart", "--from-file", "-", stdin=given, **around
    )
    cage.run("check", "stg", "--live", "-v", **around)
    kube.fault("/externalsecrets/", method="PATCH", status=403)
    cage.run("rotate", "stg", "API_KEY", "-v", "--rollback", "--sync", **around)
    assert cage.codes == [0, 1, 3], cage.heard  # the spec has keys that nobody has seeded
    assert cage.bao.version("server/stg") == 3
    for request in kube.requests:
        assert CANARY.encode() not in request.body


def apply_to(kube: Cluster, cage: Cage) -> None:
    """An ExternalSecret and a Deployment that reads its Secret, in the tree and in the cluster."""
    reads = {"secretKeyRef": {"name": "app", "key": "API_KEY"}}
    container = {"name": "web", "image": "web:1"}
    container["env"] = [{"name": "KEY", "valueFrom": reads}]  # type: ignore[assignment]
    external = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {"name": "app", "namespace": "stg"},
        "spec": {"dataFrom": [{"extract": {"key": "server/stg"}}]},
    }
    objects = (external, deployment("web", "stg", containers=[container]))
    manifests = cage.root / "tree" / "manifests" / "secrets.yaml"
    manifests.write_text(yaml.safe_dump_all(objects), "utf-8")
    with (cage.root / "tree" / "plate-llm.toml").open("a", encoding="utf-8") as settings:
        settings.write('[contexts]\nstg = "double"\n')
    kube.namespace("stg")
    ExternalSecrets(kube, {}).values = Provider(cage.bao)
    for obj in objects:
        kube.create(obj)


BROKEN = {
    "an unfinished quote": ("x.env", f'API_KEY="{CANARY}\n'),
    "no assignment": ("x.env", f"{CANARY}\n"),
    "the same name twice": ("x.env", f"API_KEY={CANARY}\nAPI_KEY={CANARY}2\n"),
    "a name that is the value": ("x.env", f"{CANARY}=API_KEY\n"),
    "YAML that is none": ("x.yaml", f"API_KEY: [{CANARY}\n"),
    "YAML with a tag": ("x.yaml", f"API_KEY: !!python/object:{CANARY} x\n"),
    "YAML with an alias": ("x.yaml", f"API_KEY: *{CANARY}\n"),
    "a list": ("x.yaml", f"- {CANARY}\n"),
    "JSON that is none": ("x.json", f'{{"API_KEY": "{CANARY}'),
    "a number": ("x.json", f'{{"API_KEY": 5, "{CANARY}": "x"}}'),
    "another pattern": ("x.env", f"API_KEY={CANARY}\nOTHER={CANARY}\n"),
    "a key that is fixed": ("x.env", f"API_KEY={CANARY}\nNAME={CANARY}\n"),
    "a control character": ("x.env", f'API_KEY="{CANARY}\\a"\n'),
    "no UTF-8": ("x.env", f"API_KEY={CANARY}\udcff\n"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_input_that_cannot_be_used(what: str, cage: Cage) -> None:
    name, text = BROKEN[what]
    file = cage.given / name
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    file.chmod(0o600)
    for option in ("--from-file", "--from-env-file"):
        for more in ([], ["-vv"]):
            assert cage.run("seed", "stg", option, str(file), "--yes", *more) == 2
    assert cage.bao.version("server/stg") == 0


def test_value_where_no_value_belongs(cage: Cage) -> None:
    for arguments in (
        ["seed", "stg", f"API_KEY={CANARY}"],
        ["seed", "stg", "--overwrite", f"API_KEY={CANARY}"],
        ["seed", "stg", f"--password={CANARY}"],
        ["seed", "stg", "--password", CANARY],
        ["seed", "stg", "--from-file", "-", "--format", CANARY],
    ):
        process = subprocess.run(  # noqa: S603 - our own command
            command("secrets", *arguments),
            capture_output=True,
            cwd=cage.root / "tree",
            env=cage.environ,
            timeout=60,
            check=False,
        )
        assert process.returncode == 2
        assert CANARY.encode() not in process.stdout + process.stderr
    cage.seen.clear()  # this once the caller has put it there
    cage.run("spec")


class Echo(http.server.BaseHTTPRequestHandler):
    """A server, or what stands before one, that repeats whatever it is sent."""

    status = 500
    kind = "application/json"
    location = ""
    received: list[bytes]

    def answer(self) -> None:
        """Send everything back: headers, path and body."""
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        type(self).received.append(bytes(self.headers) + body)
        text = f'{{"errors": ["{self.headers.get("X-Vault-Token")} {body!r}"]}}'.encode()
        self.send_response(self.status)
        self.send_header("Content-Type", self.kind)
        if self.location:
            self.send_header("Location", self.location)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_LIST = answer  # noqa: N815 - http.server's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def echo(**attributes: object) -> Iterator[tuple[str, list[bytes]]]:
    """A server that repeats; its address, and what reached it."""
    handler = type("Handler", (Echo,), {**attributes, "received": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler.received  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, "application/json") for status in (200, 301, 400, 403, 404, 405, 500)),
        *((status, "text/html") for status in (200, 400, 403, 404, 413)),
    ],
)
def test_server_that_repeats_the_request(status: int, kind: str, cage: Cage) -> None:
    with (
        echo(received=[]) as (elsewhere, arrived),
        echo(status=status, kind=kind, location=f"{elsewhere}/{CANARY}") as (address, received),
    ):
        code = cage.run(
            "seed", "stg", "--from-file", "-", "--yes", "-vv",
            stdin=f"API_KEY={CANARY}\n", BAO_ADDR=address,
        )  # fmt: skip
        assert received
        assert arrived == []
    assert code == 3


@pytest.mark.parametrize("token", ["with\nline", "with space", "", "ümlaut"])
def test_token_that_no_header_can_carry(token: str, cage: Cage) -> None:
    assert cage.run("plan", "stg", "-vv", BAO_TOKEN=f"{token}{CANARY}" if token else "") == 2


def test_interrupt_at_the_prompt(cage: Cage) -> None:
    code, shown = talk(
        command("secrets", "seed", "stg", "-vv"),
        ((b"value: ", f"{CANARY}\x03".encode()),),
        folder=cage.root / "tree",
        environ=cage.environ,
    )
    cage.heard.append(shown)
    assert code == 130
    assert "server/stg#API_KEY" in shown
    assert cage.bao.version("server/stg") == 0


def test_value_that_is_typed_is_seeded_and_not_shown(cage: Cage) -> None:
    code, shown = talk(
        command("secrets", "seed", "stg"),
        (
            (b"value: ", b"CHANGE_ME\n"),
            (b"a placeholder, not a value\r\n  value: ", f"{CANARY}\n".encode()),
            (b"[y/N]: ", b"y\n"),
        ),
        folder=cage.root / "tree",
        environ=cage.environ,
    )
    cage.heard.append(shown)
    assert code == 0
    assert cage.bao.data("server/stg")["API_KEY"] == CANARY
