"""The pods that try what was rolled out: `helm test`, and the hook at the end of a sync."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from service.probe.smoke import _parser
from service.probe.tokens import tokens_for

if TYPE_CHECKING:
    from tests.charts.conftest import Object, Render, Rendered

CHART = "plate-llm"
SERVICE = "http://release-plate-llm:80"
PROBE = ["python", "-m", "service", "probe", "smoke"]
KEY = {"name": "AUTH_JWT_SECRET", "secretKey": "JWT_SECRET", "secretName": "app-env-secrets"}
SECRETS = {"enabled": True, "secretName": "others", "envVars": [KEY]}
LABELS = {"app.kubernetes.io/name": "plate-llm-test", "app.kubernetes.io/instance": "release"}


def on(**tests: Any) -> dict[str, Any]:
    """Both ways to try it."""
    return {"tests": {"enabled": True, "postSync": {"enabled": True}, **tests}}


def pods(rendered: Rendered) -> list[Object]:
    """The pods that try the service."""
    return [*rendered.of("Pod"), *(job["spec"]["template"] for job in rendered.of("Job"))]


def probe(rendered: Rendered) -> Object:
    """The one container of all of them."""
    first, second = (pod["spec"]["containers"] for pod in pods(rendered))
    assert first == second
    (container,) = first
    return container  # type: ignore[no-any-return]  # YAML is of any type


def test_nothing_is_tried_unless_it_is_switched_on(render: Render) -> None:
    assert pods(render(CHART)) == []


@pytest.mark.parametrize("mode", ["jwt", "none"])
def test_the_whole_service_is_tried_through_its_service(render: Render, mode: str) -> None:
    rendered = render(CHART, {**on(), "auth": {"mode": mode}, "image": {"tag": "main"}})
    times = ["--wait", "120", "--timeout", "30"]
    assert probe(rendered)["command"] == [*PROBE, SERVICE, "--expect-auth", mode, *times]


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ({"tag": None}, ["--expect-version", "0.1.0"]),
        ({"tag": "1.2.3"}, ["--expect-version", "1.2.3"]),
        ({"tag": "v1.2.3-rc1"}, ["--expect-version", "1.2.3-rc1"]),
        ({"tag": "stg"}, []),
        ({"tag": "1.2"}, []),
        ({"tag": "1.2.3", "digest": "sha256:" + "0" * 64}, []),
    ],
)
def test_a_tag_that_names_a_release_is_the_one_that_has_to_run(
    render: Render, image: dict[str, Any], expected: list[str]
) -> None:
    command = probe(render(CHART, {**on(), "image": image}))["command"]
    assert command[len(PROBE) + 3 : -4] == expected


@pytest.mark.parametrize("env", ["stg", "prod"])
def test_the_probe_understands_what_it_is_given(render: Render, env: str) -> None:
    command = probe(render(CHART, {"tests": {"withToken": True, "chat": True}}, env))["command"]
    options = _parser().parse_args(command[len(PROBE) :])
    assert options.url.geturl() == f"http://plate-llm-{env}:80"
    assert (options.expect_auth, options.wait, options.timeout) == ("jwt", 120.0, 30.0)
    assert options.chat is True


def test_the_image_is_the_one_that_is_deployed(render: Render) -> None:
    rendered = render(CHART, env="stg")
    same = ("image", "imagePullPolicy", "securityContext")
    assert [probe(rendered)[name] for name in same] == [rendered.container[name] for name in same]


def test_the_pods_are_as_hardened_as_those_of_the_service(render: Render) -> None:
    rendered = render(CHART, env="stg")
    deployed = rendered.one("Deployment")["spec"]["template"]["spec"]
    same = ("automountServiceAccountToken", "enableServiceLinks", "securityContext")
    for pod in pods(rendered):
        assert [pod["spec"][name] for name in same] == [deployed[name] for name in same]
        assert pod["spec"]["restartPolicy"] == "Never"


def test_no_pod_holds_a_key_unless_it_is_asked_for(render: Render) -> None:
    assert "env" not in probe(render(CHART, {**on(), "appSecrets": SECRETS}))


def test_with_a_token_the_key_comes_from_the_secret_of_the_service_and_nothing_else_does(
    render: Render,
) -> None:
    others = {"name": "OPENAI_API_KEY", "secretKey": "OPENAI_API_KEY"}
    secrets = {**SECRETS, "envVars": [others, KEY]}
    values = {**on(withToken=True), "appSecrets": secrets, "extraEnv": [{"name": "A", "value": ""}]}
    rendered = render(CHART, values)
    key = {"secretKeyRef": {"name": "app-env-secrets", "key": "JWT_SECRET"}}
    env = probe(rendered)["env"]
    assert env == [
        {"name": "AUTH_AUDIENCE", "value": "plate-llm"},
        {"name": "PLATE_API_URL", "value": "http://plate-api"},
        {"name": "AUTH_JWT_SECRET", "valueFrom": key},
    ]
    assert [entry for entry in rendered.container["env"] if entry in env] == env


def test_tokens_are_made_with_everything_that_the_service_asks_for(render: Render) -> None:
    auth = {"issuer": "https://i", "audience": "a", "scopes": "s t", "tenantClaim": "org"}
    values = {**on(withToken=True), "appSecrets": SECRETS, "auth": auth}
    env = {entry["name"]: entry.get("value", "") for entry in probe(render(CHART, values))["env"]}
    assert tokens_for(env).claims == {
        "iss": "https://i",
        "aud": "a",
        "scope": "s t",
        "org": "plate-llm-probe",
    }


def test_the_model_is_asked_only_where_that_is_said(render: Render) -> None:
    values = {**on(withToken=True), "appSecrets": SECRETS}
    assert "--chat" not in probe(render(CHART, values))["command"]
    values["tests"]["chat"] = True
    assert probe(render(CHART, values))["command"][-1] == "--chat"


def test_without_tokens_the_model_can_be_asked_all_the_same(render: Render) -> None:
    values = {**on(chat=True), "auth": {"mode": "none"}}
    assert probe(render(CHART, values))["command"][-1] == "--chat"


def test_the_pod_of_helm_test_is_a_hook_that_argocd_leaves_out(render: Render) -> None:
    assert render(CHART, on()).one("Pod")["metadata"]["annotations"] == {
        "helm.sh/hook": "test",
        "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded",
    }


def test_the_job_runs_at_the_end_of_a_sync_and_of_an_upgrade(render: Render) -> None:
    assert render(CHART, on()).one("Job")["metadata"]["annotations"] == {
        "argocd.argoproj.io/hook": "PostSync",
        "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
        "helm.sh/hook": "post-install,post-upgrade",
        "helm.sh/hook-delete-policy": "before-hook-creation",
    }


def test_the_job_ends_and_goes_by_itself(render: Render) -> None:
    spec = render(CHART, on(waitSeconds=60, timeoutSeconds=5)).one("Job")["spec"]
    bounds = ("backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished")
    assert [spec[name] for name in bounds] == [1, 160, 86400]


def test_no_service_routes_to_a_pod_that_tries_it(render: Render) -> None:
    rendered = render(CHART, env="stg")
    assert len(pods(rendered)) == 2
    for service in rendered.of("Service"):
        selector = service["spec"]["selector"].items()
        assert not [p for p in pods(rendered) if selector <= p["metadata"]["labels"].items()]


@pytest.mark.parametrize("tests", [{"enabled": True}, {"postSync": {"enabled": True}}])
def test_the_policy_lets_in_the_pods_that_try_the_service(
    render: Render, tests: dict[str, Any]
) -> None:
    rendered = render(CHART, {"networkPolicy": {"enabled": True}, "tests": tests})
    api, metrics = rendered.one("NetworkPolicy")["spec"]["ingress"]
    assert api["from"][1:] == [{"podSelector": {"matchLabels": LABELS}}]
    assert api["ports"] == [{"port": 8000, "protocol": "TCP"}]
    assert len(metrics["from"]) == 1
    (pod,) = pods(rendered)
    assert LABELS.items() <= pod["metadata"]["labels"].items()


def test_names_fit_into_what_a_pod_of_a_job_may_be_called(render: Render) -> None:
    rendered = render(CHART, {**on(), "fullnameOverride": "a" * 63})
    names = [found["metadata"]["name"] for found in (rendered.one("Pod"), rendered.one("Job"))]
    assert names == ["a" * 52 + "-test-smoke", "a" * 52 + "-post-sync"]


@pytest.mark.parametrize(("env", "holds"), [("stg", True), ("prod", False)])
def test_the_key_of_production_stays_with_the_service(
    render: Render, env: str, holds: bool
) -> None:
    assert ("env" in probe(render(CHART, env=env))) is holds
