from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.charts.conftest import Render

CHART = "plate-llm"


def test_selector_holds_only_what_never_changes(render: Render) -> None:
    deployment = render(CHART, {"podLabels": {"team": "platform"}}, env="stg").one("Deployment")
    assert deployment["spec"]["selector"]["matchLabels"] == {
        "app.kubernetes.io/name": "plate-llm-stg",
        "app.kubernetes.io/instance": "plate-llm-stg",
    }


def test_pod_carries_the_selector_and_its_own_labels(render: Render) -> None:
    deployment = render(CHART, {"podLabels": {"team": "platform"}}).one("Deployment")
    assert deployment["spec"]["template"]["metadata"]["labels"] == {
        "app.kubernetes.io/name": "plate-llm",
        "app.kubernetes.io/instance": "release",
        "team": "platform",
    }


def test_a_new_chart_version_alone_restarts_nothing(render: Render) -> None:
    template = render(CHART).one("Deployment")["spec"]["template"]
    assert "helm.sh/chart" not in template["metadata"]["labels"]


@pytest.mark.parametrize("kind", ["Deployment", "Pod"])
def test_pods_meet_the_restricted_security_standard(render: Render, kind: str) -> None:
    for found in render(CHART, env="prod").of(kind):
        pod = found["spec"]["template"]["spec"] if kind == "Deployment" else found["spec"]
        assert pod["securityContext"] == {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "runAsGroup": 10001,
            "fsGroup": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        (container,) = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


@pytest.mark.parametrize("kind", ["Deployment", "Pod"])
def test_no_pod_gets_a_token_or_other_services_variables(render: Render, kind: str) -> None:
    for found in render(CHART, env="prod").of(kind):
        pod = found["spec"]["template"]["spec"] if kind == "Deployment" else found["spec"]
        assert (pod["automountServiceAccountToken"], pod["enableServiceLinks"]) == (False, False)


def test_service_account_mounts_no_token(render: Render) -> None:
    rendered = render(CHART, env="stg")
    account = rendered.one("ServiceAccount")
    pod = rendered.one("Deployment")["spec"]["template"]["spec"]
    assert account["automountServiceAccountToken"] is False
    assert pod["serviceAccountName"] == account["metadata"]["name"] == "plate-llm-stg"


@pytest.mark.parametrize(("name", "used"), [("", "default"), ("shared", "shared")])
def test_without_an_account_of_its_own_it_uses_another(
    render: Render, name: str, used: str
) -> None:
    rendered = render(CHART, {"serviceAccount": {"create": False, "name": name}})
    pod = rendered.one("Deployment")["spec"]["template"]["spec"]
    assert (rendered.of("ServiceAccount"), pod["serviceAccountName"]) == ([], used)


def test_tmp_is_the_only_writable_place(render: Render) -> None:
    rendered = render(CHART)
    pod = rendered.one("Deployment")["spec"]["template"]["spec"]
    assert rendered.container["volumeMounts"] == [{"name": "tmp", "mountPath": "/tmp"}]  # noqa: S108 - inside the pod
    assert pod["volumes"] == [{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}]


def test_probes_ask_the_service_and_never_a_provider(render: Render) -> None:
    container = render(CHART).container
    asked = {
        probe: container[probe]["httpGet"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    assert asked == {
        "startupProbe": {"path": "/livez", "port": "http"},
        "livenessProbe": {"path": "/livez", "port": "http"},
        "readinessProbe": {"path": "/readyz", "port": "http"},
    }


def test_null_switches_a_probe_off(render: Render) -> None:
    assert "startupProbe" not in render(CHART, {"startupProbe": None}).container


def test_stopping_waits_for_the_routes_and_leaves_the_rest_to_streams(render: Render) -> None:
    rendered = render(CHART, {"shutdown": {"preStopSeconds": 20, "gracePeriodSeconds": 300}})
    pod = rendered.one("Deployment")["spec"]["template"]["spec"]
    assert rendered.container["lifecycle"] == {"preStop": {"sleep": {"seconds": 20}}}
    assert pod["terminationGracePeriodSeconds"] == 300
    assert rendered.env["SHUTDOWN_GRACE_SECONDS"] == "275"


def test_no_wait_needs_no_hook(render: Render) -> None:
    rendered = render(CHART, {"shutdown": {"preStopSeconds": 0}})
    assert "lifecycle" not in rendered.container


def test_a_new_pod_is_ready_before_an_old_one_goes(render: Render) -> None:
    assert render(CHART).one("Deployment")["spec"]["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
    }


def test_pods_spread_by_the_selector(render: Render) -> None:
    pod = render(CHART).one("Deployment")["spec"]["template"]["spec"]
    selector = {
        "matchLabels": {
            "app.kubernetes.io/name": "plate-llm",
            "app.kubernetes.io/instance": "release",
        }
    }
    assert pod["topologySpreadConstraints"] == [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": selector,
        }
        for key in ("kubernetes.io/hostname", "topology.kubernetes.io/zone")
    ]


def test_a_selector_of_ones_own_stays(render: Render) -> None:
    own = {
        "maxSkew": 2,
        "topologyKey": "rack",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"tier": "gpu"}},
    }
    pod = render(CHART, {"topologySpreadConstraints": [own]}).one("Deployment")
    assert pod["spec"]["template"]["spec"]["topologySpreadConstraints"] == [own]


@pytest.mark.parametrize(
    ("image", "reference"),
    [
        ({}, "harbor.cocdev.co.kr/plate/plate-llm:0.1.0"),
        ({"tag": "1.10"}, "harbor.cocdev.co.kr/plate/plate-llm:1.10"),
        (
            {"tag": "1.2.3", "digest": "sha256:" + "a" * 64},
            "harbor.cocdev.co.kr/plate/plate-llm:1.2.3@sha256:" + "a" * 64,
        ),
    ],
)
def test_image_reference(render: Render, image: dict[str, str], reference: str) -> None:
    assert render(CHART, {"image": image}).container["image"] == reference


def test_scheduling_values_reach_the_pod(render: Render) -> None:
    values = {
        "priorityClassName": "business-critical",
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "llm", "operator": "Exists"}],
        "affinity": {"podAntiAffinity": {}},
    }
    pod = render(CHART, values).one("Deployment")["spec"]["template"]["spec"]
    assert {key: pod[key] for key in values} == values


def test_reloader_watches_each_secret_that_env_reads(render: Render) -> None:
    deployment = render(CHART, {"reloader": {"enabled": True}}, env="stg").one("Deployment")
    assert deployment["metadata"]["annotations"] == {
        "secret.reloader.stakater.com/reload": "app-env-secrets,cluster-env-secrets"
    }


def test_reloader_is_opt_in(render: Render) -> None:
    assert "annotations" not in render(CHART, env="stg").one("Deployment")["metadata"]


def test_names_leave_room_for_their_suffixes(render: Render) -> None:
    rendered = render(
        CHART,
        {
            "fullnameOverride": "n" * 63,
            "tests": {"enabled": True},
            "metrics": {"serviceMonitor": {"enabled": True}},
        },
    )
    assert max(len(found["metadata"]["name"]) for found in rendered) == 63


def test_service_account_and_service_share_the_name_of_the_release(render: Render) -> None:
    assert {found["metadata"]["name"] for found in render(CHART, {"nameOverride": "llm"})} == {
        "release-llm"
    }
