"""Trees whose stores log in to the OpenBao of a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.secrets.fixtures import Bao

SPEC = """\
  server/stg:
    environments: [stg]
    keys:
      API_KEY: {prompt: true, rotation: 9d}
      SIGNING: {generate: {as: hex, bytes: 16}}
  server/prod:
    environments: [prod]
    keys:
      API_KEY: {prompt: true}
"""
STORE = """\
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: openbao, namespace: ENV}
spec:
  provider:
    vault:
      server: https://openbao.example.com
      path: MOUNT
      version: v2
      auth:
        LOGIN
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: app, namespace: ENV}
spec:
  secretStoreRef: {kind: SecretStore, name: openbao}
  target: {name: app}
  dataFrom:
    - extract: {key: server/ENV}
"""
KUBERNETES = (
    "kubernetes: {mountPath: kubernetes, role: MOUNT-ENV, serviceAccountRef: {name: reader}}"
)
JWT = (
    "jwt: {path: jwt, role: MOUNT-ENV, kubernetesServiceAccountToken: "
    "{serviceAccountRef: {name: reader, audiences: [bao]}}}"
)


def make_tree(bao: Bao, root: Path, login: str) -> Path:
    """Environments stg and prod, each with a store and what it reads: `server/ENV`."""
    bao.tree(root, SPEC, ("stg", "prod"))
    for env in ("stg", "prod"):
        application = root / f"apps/{env}.yaml"
        text = application.read_text("utf-8").replace("path: manifests", f"path: manifests/{env}")
        application.write_text(text, "utf-8")
        (root / "manifests" / env).mkdir()
        store = STORE.replace("LOGIN", login).replace("ENV", env).replace("MOUNT", bao.mount)
        (root / "manifests" / env / "store.yaml").write_text(store, "utf-8")
    return root
