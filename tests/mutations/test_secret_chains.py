"""Secrets: from the variable to OpenBao."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutations.breakage import Edit, Expected, broken, rows
from tests.mutations.paths import (
    BAO_CLUSTER,
    BAO_DEFAULTS,
    BAO_PROD,
    BAO_STG,
    BAO_TEMPLATES,
    DEFAULTS,
    PROD,
    STG,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutations.breakage import Breakage

BREAKAGES = (
    broken(
        "a pod reads a key that the path lacks",
        Edit(STG, "secretKey: ANTHROPIC_API_KEY", "secretKey: ANTHROPIC_KEY"),
        Expected("error unspecified-secret", STG, "secretKey: ANTHROPIC_KEY"),
    ),
    broken(
        "a pod reads a Secret that nothing makes",
        Edit(PROD, "secretName: app-env-secrets", "secretName: app-secrets"),
        Expected("error unprovided-secret", PROD, "secretName: app-secrets"),
    ),
    broken(
        "the pull secret is misspelt",
        Edit(DEFAULTS, "  - name: harbor-docker-secret", "  - name: harbor-docker-secrets"),
        Expected("error unprovided-secret", DEFAULTS, "- name: harbor-docker-secrets"),
        Expected("error unprovided-secret", DEFAULTS, "- name: harbor-docker-secrets"),
    ),
    broken(
        "an ExternalSecret reads another path",
        Edit(BAO_STG, "path: server/staging", "path: server/stage"),
        Expected("error unspecified-secret", BAO_STG, "path: server/stage"),
    ),
    broken(
        "staging reads production's path",
        Edit(BAO_STG, "path: server/staging", "path: server/production"),
        Expected("error unshared-path", BAO_STG, "path: server/production"),
    ),
    broken(
        "a property is misspelt",
        Edit(
            f"{BAO_TEMPLATES}/_secret.tpl",
            'range list "registry" "username" "password"',
            'range list "registry" "user" "password"',
        ),
        Expected(
            "error missing-secret-key",
            f"{BAO_TEMPLATES}/externalsecrets.yaml",
            'spec: {{- include "openbao.secretSpec" (list $ . "SecretStor…',
        ),
        Expected(
            "error unspecified-secret",
            f"{BAO_TEMPLATES}/externalsecrets.yaml",
            'spec: {{- include "openbao.secretSpec" (list $ . "SecretStor…',
        ),
        Expected(
            "error unspecified-secret",
            f"{BAO_TEMPLATES}/externalsecrets.yaml",
            'spec: {{- include "openbao.secretSpec" (list $ . "SecretStor…',
        ),
    ),
    broken(
        "a template of a Secret names a key that is not read",
        Edit(
            f"{BAO_TEMPLATES}/_secret.tpl",
            '"username" .username "password"',
            '"username" .user "password"',
        ),
        Expected(
            "error missing-secret-key",
            f"{BAO_TEMPLATES}/externalsecrets.yaml",
            'spec: {{- include "openbao.secretSpec" (list $ . "SecretStor…',
        ),
    ),
    broken(
        "the login has another type",
        Edit(BAO_STG, "    type: kubernetes.io/dockerconfigjson\n", ""),
        Expected("error unspecified-secret", DEFAULTS, "- name: harbor-docker-secret"),
    ),
    broken(
        "a store is named that is not there",
        Edit(
            f"{BAO_TEMPLATES}/externalsecrets.yaml",
            '"SecretStore" $.Values.store.name',
            '"SecretStore" $.Values.clusterStore.name',
        ),
        Expected(
            "error missing-secret-store",
            f"{BAO_TEMPLATES}/externalsecrets.yaml",
            'spec: {{- include "openbao.secretSpec" (list $ . "SecretStor…',
            "there is no SecretStore openbao-cluster in namespace plate-prod",
        ),
        Expected(
            "error missing-secret-store",
            f"{BAO_TEMPLATES}/externalsecrets.yaml",
            'spec: {{- include "openbao.secretSpec" (list $ . "SecretStor…',
            "there is no SecretStore openbao-cluster in namespace plate-stg",
        ),
    ),
    broken(
        "a store of another kind",
        Edit(
            f"{BAO_TEMPLATES}/externalsecrets.yaml",
            '"SecretStore" $.Values.store.name',
            '"ClusterSecretStore" $.Values.store.name',
        ),
        Expected(
            "error missing-secret-store",
            f"{BAO_TEMPLATES}/externalsecrets.yaml",
            'spec: {{- include "openbao.secretSpec" (list $ . "ClusterSec…',
            "there is no ClusterSecretStore openbao",
        ),
    ),
    broken(
        "the store is off",
        Edit(BAO_PROD, ("store:\n  enabled: true"), ("store:\n  enabled: false")),
        Expected("info redundant-override", BAO_PROD, "enabled: false"),
        Expected("error invalid-value", BAO_PROD, "externalSecrets:"),
    ),
    broken(
        "another mount",
        Edit(BAO_DEFAULTS, "mount: secret", "mount: secrets"),
        Expected("error unspecified-secret", BAO_CLUSTER, "path: server/cluster"),
        Expected("error unspecified-secret", BAO_PROD, "path: server/production"),
        Expected("error unspecified-secret", BAO_PROD, "path: harbor/production"),
        Expected("error unspecified-secret", BAO_STG, "path: server/staging"),
        Expected("error unspecified-secret", BAO_STG, "path: harbor/staging"),
    ),
    broken(
        "the store is closed to production",
        Edit(BAO_CLUSTER, ("    - plate-stg\n    - plate-prod\n"), "    - plate-stg\n"),
        Expected("error unprovided-secret", PROD, "secretName: cluster-env-secrets"),
    ),
    broken(
        "the store's condition misses a namespace",
        Edit(
            f"{BAO_TEMPLATES}/clustersecretstore.yaml",
            "namespaces: {{- toYaml .Values.clusterStore.namespaces | nindent 8 }}",
            "namespaces: [plate-stg]",
        ),
        Expected("error unprovided-secret", BAO_DEFAULTS, "name: openbao-cluster"),
    ),
    broken(
        "an ExternalSecret of an old version",
        Edit(
            f"{BAO_TEMPLATES}/externalsecrets.yaml",
            "apiVersion: external-secrets.io/v1\n",
            "apiVersion: external-secrets.io/v1beta1\n",
        ),
        Expected(
            "info unchecked-kind", f"{BAO_TEMPLATES}/externalsecrets.yaml", "kind: ExternalSecret"
        ),
    ),
    broken(
        "the account of the store is not made",
        Edit(BAO_STG, "        create: true\n", ""),
        Expected("info missing-service-account", BAO_STG, "name: openbao-reader"),
        gap="accounts are looked for of pods alone, not of stores",
    ),
    broken(
        "a field of an ExternalSecret is misspelt",
        Edit(
            f"{BAO_TEMPLATES}/_secret.tpl",
            "refreshInterval: {{ include",
            "refreshIntervall: {{ include",
        ),
        Expected(
            "error invalid-manifest",
            f"{BAO_TEMPLATES}/clusterexternalsecrets.yaml",
            'externalSecretSpec: {{- include "openbao.secretSpec" (list $…',
            'unknown field "refreshIntervall"',
        ),
        Expected(
            "error invalid-manifest",
            f"{BAO_TEMPLATES}/externalsecrets.yaml",
            'spec: {{- include "openbao.secretSpec" (list $ . "SecretStor…',
            'unknown field "refreshIntervall"',
        ),
    ),
)


@rows(BREAKAGES)
def test_one_breakage_is_found_where_it_is(
    breakage: Breakage, is_found: Callable[[Breakage], None]
) -> None:
    is_found(breakage)
