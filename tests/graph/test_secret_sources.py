"""What makes a Secret is read as the External Secrets Operator reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.graph.secret_producers import produced_secrets
from plate_llm_cli.graph.secret_templates import template_reads
from plate_llm_cli.source.nodes import format_route
from tests.graph.secret_objects import TEAM, objects

if TYPE_CHECKING:
    from plate_llm_cli.graph.secret_sources import ProducedSecret

STORE = """\
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: bao}
spec: {provider: {vault: {path: secret, version: v2}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: cloud}
spec: {provider: {aws: {service: SecretsManager}}}
---
"""
EXTERNAL = """\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: app}
spec:
  secretStoreRef: {name: bao}
"""


def made(spec: str, before: str = STORE) -> ProducedSecret:
    (found,) = produced_secrets(objects(f"{before}{EXTERNAL}{spec}"))
    return found


def keys_of(secret: ProducedSecret) -> dict[str, list[str]]:
    return {name: [str(key) for key in keys] for name, keys in secret.keys.items()}


def test_the_secret_has_the_name_of_its_target() -> None:
    assert made("  target: {name: creds}\n").name == "creds"


def test_without_a_target_it_has_the_name_of_the_external_secret() -> None:
    secret = made("")
    assert (secret.name, secret.place) == ("app", TEAM)


def test_an_entry_of_data_is_a_key_from_a_property() -> None:
    secret = made(
        "  data:\n    - secretKey: token\n      remoteRef: {key: server/stg, property: TOKEN}\n"
    )
    assert keys_of(secret) == {"token": ["secret/server/stg#TOKEN"]}
    (key,) = secret.reads
    assert format_route(key.route) == "spec.data[0].remoteRef.property"
    assert format_route(key.at.route) == "spec.data[0].remoteRef.key"
    assert secret.source_of("other") is None


def test_without_a_property_the_key_holds_the_whole_path_as_json() -> None:
    secret = made("  data: [{secretKey: all, remoteRef: {key: server/stg}}]\n")
    assert keys_of(secret) == {"all": ["secret/server/stg"]}
    assert secret.reads[0].name is None


@pytest.mark.parametrize(
    ("name", "top"),
    [("tls.key", "tls"), ("a|@this", "a"), (r"tls\.key.x", "tls.key"), ("plain", "plain")],
)
def test_a_nested_property_begins_with_a_key(name: str, top: str) -> None:
    secret = made(f"  data: [{{secretKey: x, remoteRef: {{key: p, property: '{name}'}}}}]\n")
    assert secret.reads[0].top == top


def test_extract_makes_a_key_of_every_key() -> None:
    secret = made("  dataFrom: [{extract: {key: server/stg}}]\n")
    assert [str(path) for path in secret.whole] == ["secret/server/stg"]
    (key,) = secret.source_of("ANY") or ()
    assert str(key) == "secret/server/stg#ANY"
    assert format_route(key.route) == "spec.dataFrom[0].extract.key"
    assert secret.reads == ()


def test_of_two_extracts_the_later_one_wins() -> None:
    secret = made("  dataFrom: [{extract: {key: a}}, {extract: {key: b}}]\n")
    (key,) = secret.source_of("K") or ()
    assert (str(key), [str(path) for path in key.fallbacks]) == ("secret/b#K", ["secret/a"])


def test_data_wins_over_an_extract() -> None:
    secret = made(
        "  dataFrom: [{extract: {key: a}}]\n"
        "  data: [{secretKey: K, remoteRef: {key: b, property: K}}]\n"
    )
    assert [str(key) for key in secret.source_of("K") or ()] == ["secret/b#K"]


def test_an_extracted_property_has_keys_that_nobody_knows() -> None:
    secret = made("  dataFrom: [{extract: {key: a, property: inner.map}}]\n")
    assert secret.open == "some of its keys are inside secret/a#inner.map"
    assert [(str(key), key.top) for key in secret.reads] == [("secret/a#inner.map", "inner")]
    assert secret.source_of("any") == ()


def test_rewritten_keys_are_not_guessed() -> None:
    secret = made(
        "  dataFrom: [{extract: {key: a}, rewrite: [{regexp: {source: '(.*)', target: 'X_$1'}}]}]\n"
    )
    assert secret.open == "some of its keys are rewritten"
    assert [str(path) for path in secret.consumed] == ["secret/a"]


def test_find_searches_below_a_path() -> None:
    secret = made("  dataFrom: [{find: {path: server, name: {regexp: '.*'}}}]\n")
    assert [str(path) for path in secret.searched] == ["secret/server"]
    assert secret.open == "some of its keys are paths that are found by name"


def test_metadata_is_no_key_of_the_path() -> None:
    secret = made(
        "  data: [{secretKey: x, remoteRef: {key: a, property: owner, metadataPolicy: Fetch}}]\n"
    )
    assert (keys_of(secret), secret.reads) == ({"x": []}, ())
    assert [str(path) for path in secret.paths] == ["secret/a"]


def test_what_another_provider_holds_is_not_in_openbao() -> None:
    secret = made(
        "  dataFrom: [{extract: {key: a}, sourceRef: {storeRef: {name: cloud}}}]\n"
        "  data: [{secretKey: k, remoteRef: {key: b}, sourceRef: {storeRef: {name: cloud}}}]\n"
    )
    assert (keys_of(secret), secret.paths) == ({"k": []}, ())
    assert secret.open == "some of its keys are not from OpenBao"


def test_a_generator_makes_keys_of_its_own() -> None:
    secret = made("  dataFrom: [{sourceRef: {generatorRef: {kind: Password, name: p}}}]\n")
    assert secret.open == "a generator makes some of its keys"


def test_a_store_that_is_not_in_the_tree_leaves_the_mount_open() -> None:
    secret = made("  data: [{secretKey: k, remoteRef: {key: secret/data/a, property: b}}]\n", "")
    (key,) = secret.reads
    assert (key.store, key.mount, key.path, key.name) == (None, "", "secret/data/a", "b")


def test_a_cluster_store_may_not_serve_the_namespace() -> None:
    store = (
        "apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: {name: bao}\n"
        "spec: {conditions: [{namespaces: [other]}], provider: {vault: {path: secret}}}\n---\n"
    )
    text = EXTERNAL.replace("{name: bao}", "{kind: ClusterSecretStore, name: bao}")
    (secret,) = produced_secrets(objects(f"{store}{text}  dataFrom: [{{extract: {{key: a}}}}]\n"))
    (fault,) = secret.faults
    assert fault.message == (
        "ClusterSecretStore bao does not serve namespace team, so no Secret is made"
    )
    assert (format_route(fault.route), fault.refused) == ("spec.secretStoreRef.name", True)


DATA = """\
  data:
    - {secretKey: user, remoteRef: {key: harbor, property: username}}
    - {secretKey: word, remoteRef: {key: harbor, property: password}}
"""


def test_a_template_replaces_the_keys_and_names_what_it_reads() -> None:
    secret = made(f"""{DATA}  target:
    template:
      data: {{login: "{{{{ .user }}}}:{{{{ .word | b64enc }}}}", fixed: text}}
""")
    assert keys_of(secret) == {
        "login": ["secret/harbor#username", "secret/harbor#password"],
        "fixed": [],
    }
    assert secret.source_of("user") is None


def test_a_template_that_merges_keeps_the_keys() -> None:
    secret = made(f"""{DATA}  target:
    template: {{mergePolicy: Merge, data: {{login: "{{{{ .user }}}}"}}}}
""")
    assert list(secret.keys) == ["user", "word", "login"]


def test_a_template_of_a_type_alone_keeps_the_keys() -> None:
    secret = made(f"{DATA}  target: {{template: {{type: kubernetes.io/basic-auth}}}}\n")
    assert list(secret.keys) == ["user", "word"]


def test_a_template_over_an_extract_reads_the_keys_that_it_names() -> None:
    secret = made("""\
  dataFrom: [{extract: {key: db}}]
  target: {template: {data: {url: "postgres://{{ .user }}@db"}}}
""")
    assert secret.whole == ()
    assert [str(key) for key in secret.reads] == ["secret/db#user"]
    assert format_route(secret.reads[0].route) == "spec.target.template.data.url"


def test_a_template_that_takes_everything_reads_every_key() -> None:
    secret = made("""\
  dataFrom: [{extract: {key: db}}]
  target: {template: {data: {all.json: "{{ . | toJson }}"}}}
""")
    assert [str(path) for path in secret.consumed] == ["secret/db"]


def test_a_template_that_reads_what_nothing_brings_fails() -> None:
    secret = made(f"""{DATA}  target: {{template: {{data: {{x: "{{{{ .usr }}}}"}}}}}}\n""")
    (fault,) = secret.faults
    assert fault.message == "the template reads .usr, which neither data nor dataFrom brings"
    assert format_route(fault.route) == "spec.target.template.data.x"


def test_a_template_in_a_config_map_makes_the_keys_of_its_items() -> None:
    secret = made(f"""{DATA}  target:
    template: {{templateFrom: [{{configMap: {{name: t, items: [{{key: app.ini}}]}}}}]}}
""")
    assert keys_of(secret) == {"app.ini": ["secret/harbor#username", "secret/harbor#password"]}
    assert secret.open == ""


def test_a_template_may_write_the_names_of_keys_itself() -> None:
    secret = made(f"""{DATA}  target:
    template: {{templateFrom: [{{literal: "{{{{ .user }}}}: x"}}]}}
""")
    assert secret.open == "templates write the names of some of its keys"
    assert secret.source_of("anything") == ()


@pytest.mark.parametrize("policy", ["creationPolicy: None", "manifest: {kind: ConfigMap}"])
def test_no_secret_is_made_when_the_target_says_so(policy: str) -> None:
    assert produced_secrets(objects(f"{STORE}{EXTERNAL}{DATA}  target: {{{policy}}}\n")) == []


def test_merging_into_a_secret_makes_none() -> None:
    assert made(f"{DATA}  target: {{creationPolicy: Merge}}\n").creates is False


CLUSTER_EXTERNAL = """\
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata: {name: shared}
spec:
  namespaceSelectors: [SELECTOR]
  externalSecretSpec:
    secretStoreRef: {kind: ClusterSecretStore, name: bao}
    target: {name: shared-env}
    dataFrom: [{extract: {key: server/cluster}}]
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: bao}
spec: {provider: {vault: {path: secret}}}
"""
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n"


def reached(selector: str) -> list[ProducedSecret]:
    cluster = objects(CLUSTER_EXTERNAL.replace("SELECTOR", selector), "external-secrets")
    return produced_secrets([*cluster, *objects(POD, "stg"), *objects(POD, "prod")])


def test_a_cluster_external_secret_makes_one_in_each_namespace_it_selects() -> None:
    (secret,) = reached("{matchLabels: {kubernetes.io/metadata.name: stg}}")
    assert (secret.namespace, secret.name, secret.certain) == ("stg", "shared-env", True)
    (path,) = secret.whole
    assert str(path) == "secret/server/cluster"
    assert format_route(path.route) == "spec.externalSecretSpec.dataFrom[0].extract.key"


def test_other_labels_leave_it_open_which_namespaces_are_reached() -> None:
    found = [(secret.namespace, secret.certain) for secret in reached("{matchLabels: {t: web}}")]
    assert found == [("external-secrets", False), ("prod", False), ("stg", False)]


def test_another_cluster_is_never_reached() -> None:
    cluster = objects(CLUSTER_EXTERNAL.replace("SELECTOR", "{}"), "external-secrets")
    far = objects(POD, "stg", "https://far.example.com")
    assert [item.namespace for item in produced_secrets([*cluster, *far])] == ["external-secrets"]


@pytest.mark.parametrize(
    ("text", "name", "keys"),
    [
        (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"
            "data: {a: eA==}\nstringData: {b: x}",
            "s",
            ["a", "b"],
        ),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"
            "type: kubernetes.io/service-account-token",
            "s",
            ["token", "ca.crt", "namespace"],
        ),
        (
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: s}\n"
            "spec: {encryptedData: {a: Ag}, template: {data: {b: x}}}",
            "s",
            ["a", "b"],
        ),
        (
            "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: c}\n"
            "spec: {secretName: c-tls, keystores: {jks: {create: true}}}",
            "c-tls",
            ["tls.crt", "tls.key", "ca.crt", "keystore.jks", "truststore.jks"],
        ),
    ],
    ids=["Secret", "account token", "SealedSecret", "Certificate"],
)
def test_other_objects_make_secrets_too(text: str, name: str, keys: list[str]) -> None:
    (secret,) = produced_secrets(objects(text))
    assert (secret.name, list(secret.keys)) == (name, keys)


def test_a_push_secret_makes_none() -> None:
    text = "apiVersion: external-secrets.io/v1alpha1\nkind: PushSecret\nmetadata: {name: p}\n"
    assert produced_secrets(objects(text)) == []


@pytest.mark.parametrize(
    ("template", "names", "everything"),
    [
        ("plain", [], False),
        ("{{ .a }}-{{ .b | quote }}", ["a", "b"], False),
        ('{{ index . "tls.crt" }}{{ get . "x" }}', ["tls.crt", "x"], False),
        ("{{ if .a }}{{ .b }}{{ else }}{{ .c }}{{ end }}", ["a", "b", "c"], False),
        ("{{ with .a }}{{ .inner }}{{ $.b }}{{ end }}", ["a", "b"], False),
        ("{{ range $k, $v := . }}{{ $k }}{{ end }}", [], True),
        ("{{ . | toJson }}", [], True),
        (
            '{{ dict "auths" (dict .registry (dict "u" .user)) | toJson }}',
            ["registry", "user"],
            False,
        ),
        ('{{ define "t" }}{{ .a }}{{ end }}{{ template "t" . }}', ["a"], False),
        ("{{ index . .which }}", ["which"], True),
        ("{{ .a ", [], True),
    ],
)
def test_what_a_template_reads(template: str, names: list[str], everything: bool) -> None:
    reads = template_reads([template])
    assert (list(reads.names), reads.everything) == (names, everything)
