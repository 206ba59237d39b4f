"""Ways to an API server: as a pod, over TLS, and to one that nobody vouches for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from kubernetes.config import incluster_config

from plate_llm_cli.cluster import connection
from plate_llm_cli.cluster.api import Api
from plate_llm_cli.cluster.connection import Connection
from plate_llm_cli.cluster.kubeconfig import IN_CLUSTER, read_kubeconfig
from plate_llm_cli.errors import ClusterError, KubeconfigError
from tests.cluster.connecting import connected
from tests.cluster.double.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "a-pod-s-own-token"  # noqa: S105 - of a double


@pytest.fixture
def secured() -> Iterator[Cluster]:
    """A cluster with a certificate of its own CA, into which only `TOKEN` lets."""
    with Cluster(tls=True) as kube:
        kube.token(TOKEN, "pod")
        yield kube


def as_pod(kube: Cluster, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Api:
    """The API of `kube` as a pod reaches it."""
    monkeypatch.setenv("HOME", str(folder))
    address = urlsplit(kube.url)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", str(address.hostname))
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(address.port))
    (folder / "token").write_text(TOKEN, "utf-8")
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(folder / "token"))
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(kube.ca))
    kubeconfig = read_kubeconfig({"KUBERNETES_SERVICE_HOST": str(address.hostname)})
    return Api(Connection(lambda: kubeconfig.configuration(IN_CLUSTER), IN_CLUSTER))


def test_a_pod_is_let_in_by_its_service_account(
    secured: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with as_pod(secured, tmp_path, monkeypatch) as api:
        assert api.version().startswith("v1.")


def test_a_pod_without_a_token_says_so(
    secured: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(tmp_path / "absent"))
    kubeconfig = read_kubeconfig({"KUBERNETES_SERVICE_HOST": "10.0.0.1", "HOME": str(tmp_path)})
    del secured
    with pytest.raises(KubeconfigError) as caught:
        kubeconfig.configuration(IN_CLUSTER)
    assert caught.value.message.startswith("the context 'in-cluster' cannot be used: ")
    assert caught.value.hint == "repair the service account of the pod"


def test_the_ca_of_the_context_is_trusted(secured: Cluster, tmp_path: Path) -> None:
    with connected(secured, tmp_path, token=TOKEN) as api:
        assert api.version().startswith("v1.")


def test_a_server_that_nobody_vouches_for_is_not_spoken_to(
    secured: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_PAUSES", ())
    with connected(secured, tmp_path, token=TOKEN):
        path = tmp_path / "config"
        lines = path.read_text("utf-8").splitlines()
        kept = [line for line in lines if "certificate-authority" not in line]
        assert len(kept) < len(lines)
        path.write_text("\n".join(kept), "utf-8")
        kubeconfig = read_kubeconfig({"KUBECONFIG": str(path)})
        stranger = Api(Connection(lambda: kubeconfig.configuration("stg"), "stg"))
        with (
            stranger,
            pytest.raises(
                ClusterError,
                match=r"its certificate is not accepted: self-signed certificate$",
            ),
        ):
            stranger.version()
    assert secured.requests == []
