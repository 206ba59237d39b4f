"""Which pod and which port of it stand behind a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.cluster.objects import Ref
from plate_llm_cli.cluster.pod_ports import pod_port
from plate_llm_cli.errors import ClusterError
from tests.cluster.connecting import connected
from tests.cluster.forwarding import DEPLOYMENT, POD, SERVICE, create_web, pod

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.cluster.api import Api
    from tests.cluster.double.cluster import Cluster


@pytest.fixture
def api(kube: Cluster, tmp_path: Path) -> Iterator[Api]:
    create_web(kube)
    with connected(kube, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("target", "port"),
    [
        (POD, 8000),
        (POD, "http"),
        (SERVICE, 80),
        (SERVICE, "web"),
        (SERVICE, "bare"),
        (SERVICE, 8000),
        (DEPLOYMENT, 8000),
        (DEPLOYMENT, "http"),
    ],
)
def test_port_is_found_by_number_and_by_name(target: Ref, port: int | str, api: Api) -> None:
    assert str(pod_port(api, target, port)) == "port 8000 of Pod default/web-1"


def refusal(api: Api, target: Ref, port: int | str) -> ClusterError:
    """Why there is none."""
    with pytest.raises(ClusterError) as caught:
        pod_port(api, target, port)
    return caught.value


def test_no_pod_is_ready(kube: Cluster, api: Api) -> None:
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": "manifest unknown"}}
    status = {"name": "web", "image": "web", "imageID": "", "ready": False, "restartCount": 0}
    status["state"] = waiting
    kube.set_status("Pod", "web-1", pod("x", ready=False, containerStatuses=[status])["status"])
    error = refusal(api, SERVICE, 80)
    assert error.message == "no pod of Service default/web is ready"
    (why,) = error.details
    assert why.startswith("web-1: ImagePullBackOff, the registry has no such image")
    error = refusal(api, POD, 8000)
    assert error.message.startswith("Pod default/web-1 is not ready: ImagePullBackOff, ")


def test_pod_on_its_way_out_is_passed_over(kube: Cluster, api: Api) -> None:
    kube.patch("Pod", "web-1", {"metadata": {"finalizers": ["test/hold"]}})
    kube.delete("Pod", "web-1")
    assert refusal(api, SERVICE, 80).details == ("web-1: it is being deleted",)
    kube.create(pod("web-2"))
    assert pod_port(api, SERVICE, 80).pod.name == "web-2"


def test_service_without_pods_and_without_a_selector(kube: Cluster, api: Api) -> None:
    kube.delete("Pod", "web-1")
    assert refusal(api, SERVICE, 80).message == "Service default/web has no pods"
    kube.patch("Service", "web", {"spec": {"selector": None}})
    assert refusal(api, SERVICE, 80).message == "Service default/web selects no pods"


@pytest.mark.parametrize(
    ("target", "port", "message", "hint"),
    [
        (SERVICE, 81, "Service default/web has no port 81", "its ports: web (80), bare (8000)"),
        (POD, "htp", "Pod default/web-1 has no port 'htp'", "its ports: http (8000)"),
        (
            Ref("v1", "Service", "default", "webb"),
            80,
            "there is no Service default/webb",
            "plate-llm status ENV shows what there is",
        ),
    ],
)
def test_port_or_target_that_is_not_there(
    target: Ref, port: int | str, message: str, hint: str, api: Api
) -> None:
    error = refusal(api, target, port)
    assert (error.message, error.hint) == (message, hint)
