"""ArgoCD: Applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutations.breakage import Edit, Expected, broken, rows
from tests.mutations.paths import APPS, ROOT_APPLICATION, SPEC

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutations.breakage import Breakage

BREAKAGES = (
    broken(
        "the folder of a chart is misspelt",
        Edit(f"{APPS}/plate-llm-stg.yaml", "path: charts/plate-llm", "path: chart/plate-llm"),
        Expected("error missing-path", f"{APPS}/plate-llm-stg.yaml", "path: chart/plate-llm"),
    ),
    broken(
        "a value file is misspelt",
        Edit(f"{APPS}/plate-llm-stg.yaml", "- values-stg.yaml", "- values-staging.yaml"),
        Expected("error missing-value-file", f"{APPS}/plate-llm-stg.yaml", "- values-staging.yaml"),
    ),
    broken(
        "a value file is out of the repository",
        Edit(f"{APPS}/plate-llm-stg.yaml", "- values-stg.yaml", "- ../../../values-stg.yaml"),
        Expected(
            "error path-outside-root", f"{APPS}/plate-llm-stg.yaml", "- ../../../values-stg.yaml"
        ),
    ),
    broken(
        "value files stand beside helm",
        Edit(
            f"{APPS}/plate-llm-prod.yaml",
            ("    helm:\n      valueFiles:\n        - values-prod.yaml\n"),
            ("    valueFiles:\n      - values-prod.yaml\n"),
        ),
        Expected("error invalid-application", f"{APPS}/plate-llm-prod.yaml", "valueFiles:"),
        Expected("info unread-secret", SPEC, "JWT_SECRET: *jwt-secret"),
    ),
    broken(
        "a field of an Application is misspelt",
        Edit(f"{APPS}/plate-llm-prod.yaml", "      selfHeal: true", "      selfHeals: true"),
        Expected("error invalid-application", f"{APPS}/plate-llm-prod.yaml", "selfHeals: true"),
    ),
    broken(
        "two Applications have one name",
        Edit(f"{APPS}/plate-llm-prod.yaml", "  name: plate-llm-prod\n", "  name: plate-llm-stg\n"),
        Expected(
            "error duplicate-application", f"{APPS}/plate-llm-stg.yaml", "name: plate-llm-stg"
        ),
    ),
    broken(
        "an Application may delete everything",
        Edit(
            f"{APPS}/plate-llm-prod.yaml",
            "      prune: true\n",
            ("      prune: true\n      allowEmpty: true\n"),
        ),
        Expected("warning emptied-application", f"{APPS}/plate-llm-prod.yaml", "allowEmpty: true"),
    ),
    broken(
        "one Application alone does not prune",
        Edit(f"{APPS}/plate-llm-prod.yaml", "      prune: true\n", ""),
        Expected("info unpruned-application", f"{APPS}/plate-llm-prod.yaml", "automated:"),
    ),
    broken(
        "ArgoCD looks over the image",
        Edit(
            f"{APPS}/plate-llm-prod.yaml",
            "  syncPolicy:\n",
            (
                "    - group: apps\n"
                "      kind: Deployment\n"
                "      jsonPointers:\n"
                "        - /spec/template\n"
                "  syncPolicy:\n"
            ),
        ),
        Expected("info frozen-field", f"{APPS}/plate-llm-prod.yaml", "- /spec/template"),
    ),
    broken(
        "a parameter is misspelt",
        Edit(
            f"{APPS}/plate-llm-prod.yaml",
            "        - values-prod.yaml\n",
            (
                "        - values-prod.yaml\n"
                "      parameters:\n"
                "        - name: replicaCounts\n"
                '          value: "3"\n'
            ),
        ),
        Expected("error unknown-value", f"{APPS}/plate-llm-prod.yaml", 'value: "3"'),
    ),
    broken(
        "production follows a branch of another repository",
        Edit(
            f"{APPS}/plate-llm-prod.yaml",
            ("    repoURL: https://github.com/cocdev/plate-infra.git\n    targetRevision: main"),
            ("    repoURL: https://github.com/cocdev/plate-charts.git\n    targetRevision: main"),
        ),
        Expected(
            "error forbidden-by-project",
            f"{APPS}/plate-llm-prod.yaml",
            "repoURL: https://github.com/cocdev/plate-charts.git",
        ),
        Expected(
            "info remote-source",
            f"{APPS}/plate-llm-prod.yaml",
            "repoURL: https://github.com/cocdev/plate-charts.git",
        ),
        Expected("info moving-production", f"{APPS}/plate-llm-prod.yaml", "targetRevision: main"),
    ),
    broken(
        "the app of apps looks into the wrong folder",
        Edit(ROOT_APPLICATION, "path: environments/argocd/apps", "path: environments/argocd/app"),
        Expected("error missing-path", ROOT_APPLICATION, "path: environments/argocd/app"),
    ),
    broken(
        "values stand in two forms",
        Edit(
            f"{APPS}/plate-llm-prod.yaml",
            "        - values-prod.yaml\n",
            (
                "        - values-prod.yaml\n"
                "      values: |\n"
                "        replicaCount: 3\n"
                "      valuesObject:\n"
                "        replicaCount: 3\n"
            ),
        ),
        Expected("warning ignored-values", f"{APPS}/plate-llm-prod.yaml", "values: |"),
        Expected("info gated-value", f"{APPS}/plate-llm-prod.yaml", "replicaCount: 3", nth=2),
    ),
)


@rows(BREAKAGES)
def test_one_breakage_is_found_where_it_is(
    breakage: Breakage, is_found: Callable[[Breakage], None]
) -> None:
    is_found(breakage)
