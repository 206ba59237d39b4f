"""Fixtures for tests that need OpenBao, here and of the command line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.secrets.addresses import Place
from plate_llm_cli.secrets.server.connection import Options, resolve
from plate_llm_cli.secrets.server.openbao import OpenBao
from plate_llm_cli.secrets.spec import DEFAULT_PATH
from plate_llm_cli.settings import Settings
from tests.secrets.bao import Server, dev_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NUMBERS = count()

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: app-{env}
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://git.example.com/team/deploy.git
    targetRevision: main
    path: manifests
  destination:
    server: https://kubernetes.default.svc
    namespace: {env}
"""


@dataclass(frozen=True)
class Bao:
    """A running server, and a KV v2 mount that is this test's own."""

    server: Server
    mount: str

    @property
    def address(self) -> str:
        """Where it listens."""
        return self.server.address

    @property
    def token(self) -> str:
        """Its root token."""
        return self.server.token

    def place(self, path: str) -> Place:
        """A path in the mount."""
        return Place(self.mount, path)

    def client(self, token: str = "") -> OpenBao:
        """A client of ours."""
        environ = {"BAO_ADDR": self.address, "BAO_TOKEN": token or self.token}
        return OpenBao(resolve(Settings(), environ, Options()))

    def put(self, path: str, **data: Any) -> int:
        """Write a path past our code, whatever was there; the version."""
        answer = self.server.done("POST", f"{self.mount}/data/{path}", {"data": data})
        version: int = answer["data"]["version"]
        return version

    def data(self, path: str, version: int = 0) -> dict[str, Any]:
        """What a path holds, read past our code; {} where there is nothing."""
        _, answer = self.server.ask("GET", f"{self.mount}/data/{path}?version={version}")
        data: dict[str, Any] = (answer.get("data") or {}).get("data") or {}
        return data

    def version(self, path: str) -> int:
        """The newest version of a path; 0 where there never was one."""
        _, answer = self.server.ask("GET", f"{self.mount}/metadata/{path}")
        return int((answer.get("data") or {}).get("current_version", 0))

    def annotations(self, path: str) -> dict[str, str]:
        """`custom_metadata` of a path."""
        answer = self.server.done("GET", f"{self.mount}/metadata/{path}")
        found: dict[str, str] = answer["data"]["custom_metadata"] or {}
        return found

    def token_with(self, policy: str, ttl: str = "10m") -> str:
        """A token that may do what the HCL says; `MOUNT` in it is this test's mount."""
        name = f"policy-{next(_NUMBERS)}"
        self.server.done(
            "POST", f"sys/policies/acl/{name}", {"policy": policy.replace("MOUNT", self.mount)}
        )
        body = {"policies": [name], "ttl": ttl}
        token: str = self.server.done("POST", "auth/token/create", body)["auth"]["client_token"]
        return token

    def tree(self, root: Path, spec: str, envs: tuple[str, ...] = ("stg",)) -> Path:
        """A tree with an Application `app-ENV` for each of `envs`, and the spec in this mount."""
        files = {f"apps/{env}.yaml": APPLICATION.format(env=env) for env in envs}
        files["manifests/config.yaml"] = (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {a: b}\n"
        )
        files[DEFAULT_PATH] = f"version: 1\nmount: {self.mount}\npaths:\n{spec}"
        files["plate-llm.toml"] = 'primary = "app"\n'
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, "utf-8")
        return root


@pytest.fixture(scope="session")
def bao_server() -> Iterator[Server]:
    """One development server for the whole run."""
    with dev_server() as server:
        yield server


@pytest.fixture
def bao(
    bao_server: Server, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Bao:
    """The server with a mount of the test's own; the environment names it and nothing else."""
    mount = f"kv{next(_NUMBERS)}"
    bao_server.mount(mount)
    for name in [name for name in os.environ if name.startswith(("BAO_", "VAULT_", "KUBE"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BAO_ADDR", bao_server.address)
    monkeypatch.setenv("BAO_TOKEN", bao_server.token)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    return Bao(bao_server, mount)
