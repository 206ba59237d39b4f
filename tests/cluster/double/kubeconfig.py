"""Kubeconfigs for the double, as people have them."""

from __future__ import annotations

import base64
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import yaml

if TYPE_CHECKING:
    from pathlib import Path

Identity = Literal["token", "exec", "none"]

_PLUGIN = """#!{python}
import json
print(json.dumps({{
    "apiVersion": "client.authentication.k8s.io/v1",
    "kind": "ExecCredential",
    "status": {{"token": {token!r}}},
}}))
"""


@dataclass(frozen=True)
class Kubeconfig:
    """One context. `ca` is a file of PEM; `user` says how the token gets there."""

    server: str
    context: str
    namespace: str
    token: str
    user: Identity
    ca: Path | None = None

    def write(self, path: Path) -> Path:
        """Write it, with an executable plugin `NAME-credentials` beside it for `exec`."""
        path.write_text(yaml.safe_dump(self.document(path), sort_keys=False), "utf-8")
        path.chmod(0o600)
        return path

    def document(self, path: Path) -> dict[str, Any]:
        """What is written."""
        cluster: dict[str, Any] = {"server": self.server}
        if self.ca is not None:
            cluster["certificate-authority-data"] = base64.b64encode(self.ca.read_bytes()).decode()
        context = {"cluster": "double", "user": self.context, "namespace": self.namespace}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": self.context,
            "clusters": [{"name": "double", "cluster": cluster}],
            "contexts": [{"name": self.context, "context": context}],
            "users": [{"name": self.context, "user": self._credentials(path)}],
        }

    def _credentials(self, path: Path) -> dict[str, Any]:
        if self.user == "none":
            return {}
        if self.user == "token":
            return {"token": self.token}
        plugin = path.with_name(f"{path.name}-credentials")
        text = _PLUGIN.format(python=sys.executable, token=self.token)
        plugin.write_text(text, "utf-8")
        plugin.chmod(0o700)
        command = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(plugin)}
        return {"exec": command | {"args": [], "interactiveMode": "Never"}}
