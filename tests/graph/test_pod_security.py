"""What of a pod goes beyond the Pod Security Standards."""

from __future__ import annotations

from typing import Any

import pytest

from plate_llm_cli.graph.manifests import Manifest
from plate_llm_cli.graph.pod_security import beyond_baseline, refusals, short_of_restricted
from plate_llm_cli.graph.workloads import Workload
from plate_llm_cli.source.nodes import Mapping
from plate_llm_cli.source.reader import parse_text

STRICT = {
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
}


def workload(container: dict[str, Any], **pod: Any) -> Workload:
    return Workload(no_manifest(), ("spec",), {"containers": [{"name": "a", **container}], **pod})


def no_manifest() -> Manifest:
    file = parse_text("kind: Pod", "a.yaml")
    assert isinstance(file.root, Mapping)
    return Manifest(None, file, file.root)  # type: ignore[arg-type]


def test_a_strict_pod_meets_restricted() -> None:
    assert refusals(workload(STRICT), "restricted") == []


def test_the_pod_may_say_it_for_its_containers() -> None:
    pod = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    own = {
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    }
    assert list(short_of_restricted(workload(own, securityContext=pod))) == []


def test_a_plain_pod_lacks_four_things() -> None:
    assert [item.what for item in short_of_restricted(workload({}))] == [
        "allowPrivilegeEscalation: false",
        "capabilities.drop: [ALL]",
        "runAsNonRoot: true",
        "seccompProfile.type: RuntimeDefault",
    ]


def test_a_plain_pod_meets_baseline() -> None:
    assert refusals(workload({}), "baseline") == []


@pytest.mark.parametrize(
    ("container", "pod", "what", "powerful"),
    [
        ({"securityContext": {"privileged": True}}, {}, "privileged", True),
        ({"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}, {}, None, True),
        ({"securityContext": {"capabilities": {"add": ["IPC_LOCK"]}}}, {}, None, False),
        ({"ports": [{"containerPort": 80, "hostPort": 80}]}, {}, "hostPort 80", False),
        ({}, {"hostNetwork": True}, "hostNetwork", True),
        ({}, {"volumes": [{"name": "v", "hostPath": {"path": "/data"}}]}, "hostPath /data", False),
    ],
)
def test_baseline_forbids(
    container: dict[str, Any], pod: dict[str, Any], what: str | None, *, powerful: bool
) -> None:
    (found,) = beyond_baseline(workload(container, **pod))
    assert found.powerful is powerful
    assert what is None or found.what == what


def test_the_root_of_the_node_is_powerful_where_it_is_written_to() -> None:
    volume = {"volumes": [{"name": "root", "hostPath": {"path": "/"}}]}
    written = {"volumeMounts": [{"name": "root", "mountPath": "/host"}]}
    read = {"volumeMounts": [{"name": "root", "mountPath": "/host", "readOnly": True}]}
    assert [item.powerful for item in beyond_baseline(workload(written, **volume))] == [True]
    assert [item.powerful for item in beyond_baseline(workload(read, **volume))] == [False]


def test_the_capability_to_bind_low_ports_is_allowed() -> None:
    context = {**STRICT["securityContext"]}
    context["capabilities"] = {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}
    assert refusals(workload({"securityContext": context}), "restricted") == []
