"""ArgoCD: projects, waves and namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutations.breakage import Edit, Expected, broken, rows
from tests.mutations.paths import (
    APPS,
    BAO_STG,
    BAO_TEMPLATES,
    DEFAULTS,
    PROJECT,
    SPEC,
    STG,
    TEMPLATES,
)
from tests.mutations.second import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutations.breakage import Breakage

BREAKAGES = (
    broken(
        "the project forbids the repository",
        Edit(
            PROJECT,
            "    - https://github.com/cocdev/plate-infra.git",
            "    - https://github.com/cocdev/plate-charts.git",
        ),
        Expected(
            "error forbidden-by-project",
            f"{APPS}/openbao-secrets-manager-cluster.yaml",
            "repoURL: https://github.com/cocdev/plate-infra.git",
        ),
        Expected(
            "error forbidden-by-project",
            f"{APPS}/openbao-secrets-manager-prod.yaml",
            "repoURL: https://github.com/cocdev/plate-infra.git",
        ),
        Expected(
            "error forbidden-by-project",
            f"{APPS}/openbao-secrets-manager-stg.yaml",
            "repoURL: https://github.com/cocdev/plate-infra.git",
        ),
        Expected(
            "error forbidden-by-project",
            f"{APPS}/plate-llm-prod.yaml",
            "repoURL: https://github.com/cocdev/plate-infra.git",
        ),
        Expected(
            "error forbidden-by-project",
            f"{APPS}/plate-llm-stg.yaml",
            "repoURL: https://github.com/cocdev/plate-infra.git",
        ),
    ),
    broken(
        "the project forbids a namespace",
        Edit(
            PROJECT,
            ("    - server: https://kubernetes.default.svc\n      namespace: plate-prod\n"),
            "",
        ),
        Expected("error forbidden-by-project", PROJECT, "destinations:"),
    ),
    broken(
        "the project forbids a kind",
        Edit(PROJECT, ("    - group: networking.k8s.io\n      kind: Ingress\n"), ""),
        Expected("error forbidden-by-project", PROJECT, "namespaceResourceWhitelist:"),
    ),
    broken(
        "a project that is not there",
        Edit(f"{APPS}/plate-llm-stg.yaml", "project: plate\n", "project: plates\n"),
        Expected("error unknown-project", f"{APPS}/plate-llm-stg.yaml", "project: plates"),
    ),
    broken(
        "the application comes before its Secrets",
        Edit(f"{APPS}/plate-llm-prod.yaml", 'sync-wave: "2"', 'sync-wave: "0"'),
        Expected(
            "error misordered-wave",
            f"{APPS}/plate-llm-prod.yaml",
            'argocd.argoproj.io/sync-wave: "0"',
        ),
    ),
    broken(
        "a wave is no string",
        Edit(f"{APPS}/plate-llm-prod.yaml", 'sync-wave: "2"', "sync-wave: 2"),
        Expected(
            "error invalid-application",
            f"{APPS}/plate-llm-prod.yaml",
            "argocd.argoproj.io/sync-wave: 2",
        ),
    ),
    broken(
        "the store comes after what reads through it",
        Edit(f"{BAO_TEMPLATES}/secretstore.yaml", 'sync-wave: "-1"', 'sync-wave: "1"'),
        Expected(
            "error misordered-wave",
            f"{BAO_TEMPLATES}/secretstore.yaml",
            'argocd.argoproj.io/sync-wave: "1"',
        ),
    ),
    broken(
        "two Applications deploy the same objects",
        Edit(f"{APPS}/copy.yaml", new=SECOND),
        Expected("error shared-object", f"{APPS}/copy.yaml", "name: openbao-secrets-stg-again"),
    ),
    broken(
        "production has staging's values",
        Edit(
            f"{APPS}/openbao-secrets-manager-prod.yaml", "- values-prod.yaml", "- values-stg.yaml"
        ),
        Expected("error unshared-path", BAO_STG, "path: server/staging"),
        Expected("error unshared-path", BAO_STG, "path: harbor/staging"),
        Expected(
            "warning mixed-environment",
            f"{APPS}/openbao-secrets-manager-prod.yaml",
            "- values-stg.yaml",
        ),
    ),
    broken(
        "production goes to staging's namespace",
        Edit(f"{APPS}/plate-llm-prod.yaml", "namespace: plate-prod", "namespace: plate-stg"),
        Expected("error mixed-environment", f"{APPS}/plate-llm-prod.yaml", "namespace: plate-stg"),
        Expected("info unread-secret", SPEC, "JWT_SECRET: *jwt-secret"),
    ),
    broken(
        "nobody creates production's namespace",
        (
            Edit(f"{APPS}/openbao-secrets-manager-prod.yaml", "      - CreateNamespace=true\n", ""),
            Edit(f"{APPS}/plate-llm-prod.yaml", "      - CreateNamespace=true\n", ""),
        ),
        Expected(
            "warning uncreated-namespace",
            f"{APPS}/openbao-secrets-manager-prod.yaml",
            "namespace: plate-prod",
        ),
        Expected(
            "warning uncreated-namespace", f"{APPS}/plate-llm-prod.yaml", "namespace: plate-prod"
        ),
    ),
    broken(
        "a namespace of a destination is misspelt",
        Edit(f"{APPS}/plate-llm-stg.yaml", "namespace: plate-stg", "namespace: plate-stage"),
        Expected("info unprovided-secret", STG, "secretName: cluster-env-secrets"),
        Expected("info unprovided-secret", STG, "secretName: app-env-secrets"),
        Expected("info unprovided-secret", DEFAULTS, "- name: harbor-docker-secret"),
        Expected(
            "error forbidden-by-project", f"{APPS}/plate-llm-stg.yaml", "namespace: plate-stage"
        ),
        Expected("warning forbidden-by-project", PROJECT, "clusterResourceWhitelist:"),
        Expected("info unread-secret", SPEC, "LANGCHAIN_API_KEY:"),
        Expected("info unread-secret", SPEC, "JWT_SECRET: &jwt-secret"),
    ),
    broken(
        "an object goes to another namespace",
        Edit(
            f"{TEMPLATES}/metrics.yaml",
            (
                "kind: ServiceMonitor\n"
                "metadata:\n"
                '  name: {{ include "plate-llm.fullname" . }}\n'
                "  namespace: {{ .Release.Namespace }}"
            ),
            (
                "kind: ServiceMonitor\n"
                "metadata:\n"
                '  name: {{ include "plate-llm.fullname" . }}\n'
                "  namespace: monitoring"
            ),
        ),
        Expected(
            "warning uncreated-namespace", f"{TEMPLATES}/metrics.yaml", "namespace: monitoring"
        ),
        Expected("error forbidden-by-project", PROJECT, "destinations:"),
    ),
)


@rows(BREAKAGES)
def test_one_breakage_is_found_where_it_is(
    breakage: Breakage, is_found: Callable[[Breakage], None]
) -> None:
    is_found(breakage)
