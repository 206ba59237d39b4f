"""Every way in which a pod reads a Secret is seen, with the place that names it."""

from __future__ import annotations

import pytest

from plate_llm_cli.graph.secret_uses import How, SecretUse, secret_uses
from plate_llm_cli.source.nodes import format_route
from tests.graph.secret_objects import TEAM, objects

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
"""


def uses_of(text: str) -> list[SecretUse]:
    return list(secret_uses(objects(text)))


def only(text: str) -> SecretUse:
    (use,) = uses_of(text)
    return use


def test_a_variable_names_secret_and_key() -> None:
    use = only(f"""{POD}  containers:
    - name: main
      env:
        - name: PLAIN
          value: x
        - name: TOKEN
          valueFrom: {{secretKeyRef: {{name: creds, key: token}}}}
""")
    assert (use.how, use.secret, use.key, use.variable) == (How.ENV, "creds", "token", "TOKEN")
    assert (use.container, use.optional, use.place) == ("main", False, TEAM)
    assert format_route(use.route) == "spec.containers[0].env[1].valueFrom.secretKeyRef.key"
    assert format_route(use.name_route) == "spec.containers[0].env[1].valueFrom.secretKeyRef.name"


def test_an_optional_variable_is_told_apart() -> None:
    use = only(f"""{POD}  containers:
    - name: main
      env: [{{name: A, valueFrom: {{secretKeyRef: {{name: s, key: k, optional: true}}}}}}]
""")
    assert use.optional is True


def test_env_from_reads_every_key_and_has_a_prefix() -> None:
    use = only(f"""{POD}  containers:
    - name: main
      envFrom:
        - configMapRef: {{name: settings}}
        - prefix: DB_
          secretRef: {{name: db}}
""")
    assert (use.how, use.secret, use.key, use.variable) == (How.ENV_FROM, "db", None, "DB_")
    assert format_route(use.route) == "spec.containers[0].envFrom[1].secretRef.name"


def test_init_containers_count_too() -> None:
    use = only(f"""{POD}  initContainers:
    - name: migrate
      env: [{{name: A, valueFrom: {{secretKeyRef: {{name: s, key: k}}}}}}]
  containers: [{{name: main}}]
""")
    assert format_route(use.route[:3]) == "spec.initContainers[0]"


def test_a_volume_without_items_reads_every_key() -> None:
    use = only(f"""{POD}  containers: [{{name: main}}]
  volumes:
    - name: data
      emptyDir: {{}}
    - name: keys
      secret: {{secretName: keys, optional: true}}
""")
    assert (use.how, use.secret, use.key, use.optional) == (How.VOLUME, "keys", None, True)
    assert format_route(use.route) == "spec.volumes[1].secret.secretName"


def test_a_volume_with_items_reads_those_keys() -> None:
    uses = uses_of(f"""{POD}  containers: [{{name: main}}]
  volumes:
    - name: keys
      secret:
        secretName: keys
        items: [{{key: a, path: a.pem}}, {{key: b, path: b.pem}}]
""")
    assert [(use.key, format_route(use.route)) for use in uses] == [
        ("a", "spec.volumes[0].secret.items[0].key"),
        ("b", "spec.volumes[0].secret.items[1].key"),
    ]


def test_a_projected_volume_reads_its_sources() -> None:
    use = only(f"""{POD}  containers: [{{name: main}}]
  volumes:
    - name: all
      projected:
        sources:
          - configMap: {{name: settings}}
          - secret: {{name: keys, items: [{{key: a, path: a}}]}}
""")
    assert (use.secret, use.key) == ("keys", "a")
    assert format_route(use.route) == "spec.volumes[0].projected.sources[1].secret.items[0].key"


def test_a_pull_secret_must_hold_a_registry_login() -> None:
    use = only(f"""{POD}  imagePullSecrets: [{{name: registry}}]
  containers: [{{name: main}}]
""")
    assert (use.how, use.secret, use.key) == (How.PULL, "registry", ".dockerconfigjson")
    assert format_route(use.route) == "spec.imagePullSecrets[0].name"
    assert use.accepts(".dockercfg")
    assert not use.accepts("password")


@pytest.mark.parametrize(
    ("api", "kind", "route"),
    [
        ("apps/v1", "Deployment", "spec.template.spec"),
        ("apps/v1", "StatefulSet", "spec.template.spec"),
        ("apps/v1", "DaemonSet", "spec.template.spec"),
        ("batch/v1", "Job", "spec.template.spec"),
        ("argoproj.io/v1alpha1", "Rollout", "spec.template.spec"),
        ("serving.knative.dev/v1", "Service", "spec.template.spec"),
        ("batch/v1", "CronJob", "spec.jobTemplate.spec.template.spec"),
        ("v1", "PodTemplate", "template.spec"),
    ],
)
def test_whatever_makes_pods_is_looked_into(api: str, kind: str, route: str) -> None:
    steps = route.split(".")
    pod = "{containers: [{name: m, envFrom: [{secretRef: {name: s}}]}]}"
    spec = "".join(f"{'  ' * depth}{step}:\n" for depth, step in enumerate(steps))
    text = f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: x}}\n{spec}{'  ' * len(steps)}{pod}"
    assert only(text).route[: len(steps)] == tuple(steps)


ACCOUNT = """\
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot}
imagePullSecrets: [{name: registry}]
---
"""


def test_a_pod_pulls_with_the_login_of_its_service_account() -> None:
    use = only(f"{POD}  serviceAccountName: robot\n  containers: [{{name: main}}]\n{ACCOUNT}")
    assert (use.manifest.kind, use.secret) == ("ServiceAccount", "registry")
    assert format_route(use.route) == "imagePullSecrets[0].name"


def test_a_login_of_its_own_replaces_that_of_the_service_account() -> None:
    own = "  imagePullSecrets: [{name: mine}]\n  containers: [{name: main}]\n"
    assert only(f"{POD}  serviceAccountName: robot\n{own}{ACCOUNT}").route[:2] == (
        "spec",
        "imagePullSecrets",
    )


def test_a_service_account_that_no_pod_runs_as_uses_nothing() -> None:
    assert uses_of(f"{POD}  containers: [{{name: main}}]\n{ACCOUNT}") == []


def test_the_tls_of_an_ingress_is_no_use() -> None:
    assert (
        uses_of(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n"
            "spec: {tls: [{secretName: web-tls}]}\n"
        )
        == []
    )


def test_fields_of_the_wrong_type_are_left_to_the_schemas() -> None:
    assert (
        uses_of(f"""{POD}  imagePullSecrets: registry
  volumes: {{secret: x}}
  containers: [text, {{name: [], env: {{a: b}}, envFrom: [{{secretRef: text}}]}}]
""")
        == []
    )
