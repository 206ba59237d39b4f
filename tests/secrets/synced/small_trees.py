"""One namespace written down as manifests, and an OpenBao that is a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.build import Builder, RenderOptions
from plate_llm_cli.secrets.server.stored import Stored, StoredState
from plate_llm_cli.secrets.synced.made import Namespace
from plate_llm_cli.secrets.synced.operator import Operator
from plate_llm_cli.secrets.values.secret import Secret
from tests.secrets.fixtures import APPLICATION

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.helm.engine import HelmEngine
    from plate_llm_cli.secrets.addresses import Place

STORE = """\
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: openbao}
spec: {provider: {vault: {server: "https://bao.example.com", path: secret, version: v2}}}
---
"""
CLUSTER = "https://kubernetes.default.svc"


class Table:
    """Reads paths from a table, and notes what was read. A list has the versions of a path."""

    def __init__(self, held: dict[str, Any]) -> None:
        self.held = held
        self.read: list[tuple[str, int | None]] = []

    def __call__(self, place: Place, version: int | None = None) -> Stored:
        self.read.append((str(place), version))
        found = self.held.get(str(place))
        versions = found if isinstance(found, list) else [found] if found is not None else []
        number = version or len(versions)
        if not 0 < number <= len(versions):
            return Stored()
        data = {key: Secret(value) for key, value in versions[number - 1].items()}
        return Stored(StoredState.LIVE, number, data)


def deployment_of(
    root: Path, manifests: str, engine: HelmEngine, kube_version: str = "1.37.0"
) -> Deployment:
    """The Application `app-stg`, which applies `manifests` to namespace stg."""
    for path, text in {
        "apps/stg.yaml": APPLICATION.format(env="stg"),
        "manifests/a.yaml": manifests,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    with Workspace(root) as workspace:
        options = RenderOptions(kube_version)
        return Builder(workspace.tree, workspace.discovery, engine, options).build(
            workspace.releases
        )


def external_secret(spec: str, name: str = "app") -> str:
    """An ExternalSecret that reads through STORE; `spec` is indented by two spaces."""
    return (
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\n"
        f"metadata: {{name: {name}}}\nspec:\n  secretStoreRef: {{name: openbao}}\n{spec}\n---\n"
    )


class SmallTree:
    """A namespace `stg` in the making."""

    def __init__(self, root: Path, engine: HelmEngine) -> None:
        self.root = root
        self.engine = engine
        self.table = Table({})

    def namespace(self, manifests: str, **held: Any) -> Namespace:
        """The namespace, with an OpenBao that holds `held` below the mount `secret`."""
        self.table = Table({f"secret/{path}": data for path, data in held.items()})
        deployment = deployment_of(self.root, STORE + manifests, self.engine)
        return Namespace(deployment, (CLUSTER, "stg"), Operator(self.table, self.engine))

    def data(self, spec: str, **held: Any) -> dict[str, str] | None:
        """What the Secret of an ExternalSecret with `spec` holds; None where there is none."""
        found = self.namespace(external_secret(spec), **held).secret("app")
        return None if found is None else {key: item.reveal() for key, item in found.items()}
