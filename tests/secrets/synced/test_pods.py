"""The environment of a container, as the kubelet puts it together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.errors import PodStartError
from plate_llm_cli.secrets.synced.containers import containers_of
from plate_llm_cli.secrets.synced.operator import Operator
from plate_llm_cli.secrets.synced.pods import environment_of
from plate_llm_cli.secrets.synced.variable import value_of
from plate_llm_cli.secrets.values.secret import Secret
from tests.secrets.synced.small_trees import STORE, Table, deployment_of, external_secret

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.helm.embedded import EmbeddedEngine

SECRETS = (
    external_secret("  dataFrom: [{extract: {key: a}}]")
    + external_secret("  dataFrom: [{extract: {key: absent}}]", "absent")
    + external_secret("  dataFrom: [{find: {name: {regexp: x}}}]", "found")
    + external_secret(
        "  data: [{secretKey: ADDED, remoteRef: {key: a, property: K}}]\n"
        "  target: {name: app, creationPolicy: Merge}",
        "adding",
    )
)
CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: config}
data: {LEVEL: info, 1st: one, "a.b": dotted}
---
"""
POD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  template:
    metadata: {{labels: {{tier: front}}}}
    spec:
      initContainers: [{{name: before}}]
      containers:
      - name: web
        resources: {{limits: {{cpu: 1500m, memory: 64Mi}}, requests: {{memory: 32Mi}}}}
{container}
"""
SECRET_REF = "{{name: {name}, valueFrom: {{secretKeyRef: {{name: {secret}, key: {key}{more}}}}}}}"


class Web:
    """The container `web` with parts of its own."""

    def __init__(self, root: Path, engine: EmbeddedEngine) -> None:
        self.root = root
        self.engine = engine
        self.table = Table({"secret/a": {"K": "v", "OTHER": "w", "not a name": "x"}})
        self.kube_version = "1.37.0"

    def _call(self, container: str) -> tuple[Any, Any, Any]:
        manifests = STORE + SECRETS + CONFIG + POD.format(container=container)
        deployment = deployment_of(self.root, manifests, self.engine, self.kube_version)
        workload = next(item for item in deployment.manifests if item.kind == "Deployment")
        return deployment, workload, Operator(self.table, self.engine)

    def all(self, env: str = "[]", env_from: str = "[]") -> dict[str, str]:
        """Every variable, secret or not; a secret one is marked by a bang."""
        deployment, workload, operator = self._call(lines(env, env_from))
        found = environment_of(deployment, workload, "web", operator)
        return found.plain | {name: f"{item.reveal()}!" for name, item in found.secret.items()}

    def one(self, name: str, env: str = "[]", env_from: str = "[]") -> Secret | str:
        """One variable."""
        deployment, workload, operator = self._call(lines(env, env_from))
        return value_of(deployment, workload, "web", name, operator)

    def refused(self, env: str = "[]", env_from: str = "[]") -> tuple[str, ...]:
        """What the pod says when it does not start."""
        with pytest.raises(PodStartError) as caught:
            self.all(env, env_from)
        assert caught.value.message == "container web of Deployment stg/web would not start"
        return caught.value.details


def lines(env: str, env_from: str) -> str:
    """Fields of the container."""
    return f"        env: {env}\n        envFrom: {env_from}"


def secret_ref(name: str, secret: str, key: str, more: str = "") -> str:
    """An entry of env that reads a Secret."""
    return SECRET_REF.format(name=name, secret=secret, key=key, more=more)


@pytest.fixture
def web(tmp_path: Path, engine: EmbeddedEngine) -> Web:
    """A container that is not written yet."""
    return Web(tmp_path, engine)


def test_plain_values_and_secrets_are_kept_apart(web: Web) -> None:
    assert web.all(f"[{{name: A, value: a}}, {secret_ref('S', 'app', 'K')}]") == {
        "A": "a",
        "S": "v!",
    }


def test_references_see_earlier_entries_and_env_from_alone(web: Web) -> None:
    env = (
        "[{name: EARLY, value: '$(LATE)-$(LEVEL)'}, {name: LATE, value: x},"
        f" {secret_ref('S', 'app', 'K')}, {{name: URL, value: 'u:$(S)@$(LATE)'}}]"
    )

    found = web.all(env, "[{configMapRef: {name: config}}]")

    assert found["EARLY"] == "$(LATE)-info"
    assert found["URL"] == "u:v@x!"


def test_a_later_entry_sees_the_earlier_one_of_its_own_name(web: Web) -> None:
    env = "[{name: P, value: a}, {name: P, value: '$(P):b'}, {name: P, value: '$(P):c'}]"

    assert web.all(env) == {"P": "a:b:c"}
    assert web.one("P", env) == "a:b:c"


def test_env_from_has_prefixes_and_env_wins(web: Web) -> None:
    found = web.all(
        "[{name: LEVEL, value: debug}]",
        "[{configMapRef: {name: config}}, {prefix: S_, secretRef: {name: app}}]",
    )

    assert found == {
        "LEVEL": "debug",
        "1st": "one",
        "a.b": "dotted",
        "S_K": "v!",
        "S_OTHER": "w!",
        "S_not_a_name": "x!",
    }


def test_before_1_32_names_that_are_none_are_skipped(web: Web) -> None:
    web.kube_version = "1.31.0"

    assert web.all(env_from="[{configMapRef: {name: config}}]") == {
        "LEVEL": "info",
        "a.b": "dotted",
    }


def test_what_is_optional_and_not_there_is_left_out(web: Web) -> None:
    optional = ", optional: true"
    env = (
        f"[{secret_ref('A', 'absent', 'K', optional)}, {secret_ref('B', 'app', 'GONE', optional)},"
        f" {secret_ref('C', 'nowhere', 'K', optional)},"
        " {name: D, valueFrom: {configMapKeyRef: {name: config, key: GONE, optional: true}}},"
        " {name: E, value: e},"
        " {name: E, valueFrom: {configMapKeyRef: {name: gone, key: k, optional: true}}}]"
    )
    env_from = (
        "[{secretRef: {name: absent, optional: true}}, {configMapRef: {name: x, optional: true}}]"
    )

    assert web.all(env, env_from) == {"E": "e"}


def test_what_nobody_can_tell_is_not_left_out_though_it_is_optional(web: Web) -> None:
    assert web.refused(f"[{secret_ref('A', 'found', 'K', ', optional: true')}]") == (
        "A: what is in Secret found is not known: ExternalSecret stg/found:"
        " spec.dataFrom[0].find: paths are looked for by name, which is not done here",
    )


def test_every_cause_is_said_once_as_the_pod_says_it(web: Web) -> None:
    env = (
        f"[{secret_ref('A', 'app', 'GONE')}, {secret_ref('B', 'absent', 'K')},"
        f" {secret_ref('C', 'absent', 'J')}, {secret_ref('D', 'nowhere', 'K')},"
        " {name: E, valueFrom: {configMapKeyRef: {name: config, key: GONE}}},"
        " {name: F, valueFrom: {configMapKeyRef: {name: gone, key: K}}}]"
    )

    assert web.refused(env, "[{secretRef: {name: nowhere}}]") == (
        'envFrom[0], D: CreateContainerConfigError: secret "nowhere" not found:'
        " nothing in the tree makes it",
        "A: CreateContainerConfigError: couldn't find key GONE in Secret stg/app:"
        " there is no secret/a#GONE in OpenBao",
        'B, C: CreateContainerConfigError: secret "absent" not found: ExternalSecret stg/absent:'
        " SecretSyncedError: error processing spec.dataFrom[0].extract, err: Secret does not exist"
        " (secret/absent is absent)",
        "E: CreateContainerConfigError: couldn't find key GONE in ConfigMap stg/config",
        'F: CreateContainerConfigError: configmap "gone" not found',
    )


def test_a_key_that_may_not_be_added_is_said_to_be(web: Web) -> None:
    with pytest.raises(PodStartError) as caught:
        web.all(f"[{secret_ref('A', 'app', 'ADDED')}]")

    assert caught.value.details == (
        "A: CreateContainerConfigError: couldn't find key ADDED in Secret stg/app: ExternalSecret"
        " stg/adding may not add it: target is owned by another ExternalSecret",
    )
    assert caught.value.hint == (
        "creationPolicy Orphan for the one that makes the Secret lets others add to it"
    )


def test_a_hint_to_seed_is_given_only_where_openbao_lacks_something(web: Web) -> None:
    with pytest.raises(PodStartError) as caught:
        web.all(f"[{secret_ref('A', 'nowhere', 'K')}]")
    assert caught.value.hint == ""

    with pytest.raises(PodStartError) as caught:
        web.all(f"[{secret_ref('A', 'app', 'GONE')}]")
    assert caught.value.hint == (
        "plate-llm secrets plan app-stg says what OpenBao lacks,"
        " plate-llm secrets seed app-stg fills it in"
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("metadata.name", "web"),
        ("metadata.namespace", "stg"),
        ("metadata.labels['tier']", "front"),
        ("metadata.annotations['gone']", ""),
        ("spec.serviceAccountName", "default"),
        ("spec.nodeName", "localhost"),
        ("status.podIP", "127.0.0.1"),
    ],
)
def test_what_a_pod_knows_of_itself_is_that_of_one_machine(
    web: Web, path: str, expected: str
) -> None:
    env = f'[{{name: A, valueFrom: {{fieldRef: {{fieldPath: "{path}"}}}}}}]'

    assert web.all(env) == {"A": expected}


@pytest.mark.parametrize(
    ("resource", "divisor", "expected"),
    [
        ("limits.cpu", "", "2"),
        ("limits.cpu", ", divisor: 1m", "1500"),
        ("limits.cpu", ", divisor: '0'", "2"),
        ("requests.cpu", ", divisor: 1m", "1500"),
        ("limits.memory", "", "67108864"),
        ("requests.memory", ", divisor: 1Mi", "32"),
        ("limits.memory", ", divisor: 1Gi", "1"),
    ],
)
def test_resources_are_in_units_of_the_divisor(
    web: Web, resource: str, divisor: str, expected: str
) -> None:
    reference = f"{{resource: {resource}{divisor}}}"

    assert web.all(f"[{{name: A, valueFrom: {{resourceFieldRef: {reference}}}}}]") == {
        "A": expected
    }


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{fieldRef: {fieldPath: spec.gone}}", "fieldRef spec.gone"),
        ("{resourceFieldRef: {resource: limits.ephemeral-storage}}", "resourceFieldRef limits."),
        ("{fileKeyRef: {path: a, key: b, volumeName: c}}", "fileKeyRef"),
    ],
)
def test_what_only_the_cluster_knows_keeps_the_process_from_starting(
    web: Web, source: str, said: str
) -> None:
    (detail,) = web.refused(f"[{{name: A, valueFrom: {source}}}]")

    assert detail.startswith(f"A: {said}")
    assert detail.endswith("is known in the cluster alone")


def test_a_zero_byte_is_of_no_environment(web: Web) -> None:
    web.table.held["secret/a"] = {"K": "a\0b"}

    assert web.refused(f"[{secret_ref('A', 'app', 'K')}]") == (
        "A: RunContainerError: the value of A holds a zero byte",
    )


def test_one_variable_reads_what_it_needs_alone(web: Web) -> None:
    env = f"[{secret_ref('S', 'app', 'K')}, {secret_ref('B', 'absent', 'K')}]"

    found = web.one("S", env, "[{prefix: X_, secretRef: {name: absent}}]")

    assert isinstance(found, Secret)
    assert found.reveal() == "v"
    assert web.table.read == [("secret/a", None)]


def test_one_variable_comes_from_env_from_as_well(web: Web) -> None:
    assert web.one("LEVEL", env_from="[{configMapRef: {name: config}}]") == "info"


def test_a_variable_that_the_container_lacks_is_an_error(web: Web) -> None:
    with pytest.raises(PodStartError, match=r"container web of Deployment stg/web has no GONE"):
        web.one("GONE")


def test_a_container_that_the_workload_lacks_is_an_error(web: Web) -> None:
    deployment, workload, operator = web._call(lines("[]", "[]"))

    assert containers_of(workload) == ("web", "before")
    with pytest.raises(PodStartError) as caught:
        environment_of(deployment, workload, "other", operator)
    assert caught.value.hint == "it has: web, before"
