"""Values: misspelt, of the wrong type, read by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutations.breakage import Edit, Expected, broken, rows
from tests.mutations.paths import BAO_DEFAULTS, BAO_STG, DEFAULTS, PROD, STG, TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutations.breakage import Breakage

BREAKAGES = (
    broken(
        "a value is misspelt",
        Edit(STG, "pullPolicy: Always", "pullPolcy: Always"),
        Expected("error unknown-value", STG, "pullPolcy: Always"),
    ),
    broken(
        "a number is a word",
        Edit(PROD, "minReplicas: 3", "minReplicas: three"),
        Expected("error invalid-value", PROD, "minReplicas: three"),
    ),
    broken(
        "a tag is read as a number",
        Edit(PROD, 'tag: "0.1.0"', "tag: 0.10"),
        Expected("error invalid-value", PROD, "tag: 0.10"),
    ),
    broken(
        "a word is none of those allowed",
        Edit(STG, "environment: staging", "environment: stage"),
        Expected("error invalid-value", STG, "environment: stage"),
    ),
    broken(
        "a quantity has a wrong unit",
        Edit(DEFAULTS, "memory: 2Gi", "memory: 2GB"),
        Expected("error invalid-value", DEFAULTS, "memory: 2GB"),
    ),
    broken(
        "a value is behind a switch that is off",
        Edit(PROD, ("autoscaling:\n  enabled: true"), ("autoscaling:\n  enabled: false")),
        Expected("info gated-value", PROD, "minReplicas: 3"),
    ),
    broken(
        "a key stands twice in a value file",
        Edit(
            STG,
            ("networkPolicy:\n  enabled: true\n"),
            ("networkPolicy:\n  enabled: true\n\ncache:\n  url: redis://other:6379/0\n"),
        ),
        Expected("error duplicate-key", STG, "cache:", nth=2),
    ),
    broken(
        "a value file is not YAML",
        Edit(PROD, "minReplicas: 3", "minReplicas: [3"),
        Expected("error invalid-yaml", PROD, "minReplicas: [3"),
        gap="the line after is named, where the parser gives up",
    ),
    broken(
        "the model of the secrets chart misses a value",
        Edit(BAO_STG, "role: external-secrets-stg", "roles: external-secrets-stg"),
        Expected("error unknown-value", BAO_STG, "roles: external-secrets-stg"),
        Expected("error invalid-value", BAO_DEFAULTS, 'role: ""'),
    ),
    broken(
        "a feature is on and its template is gone",
        Edit(f"{TEMPLATES}/pdb.yaml", new=None),
        Expected("warning dead-value", PROD, "podDisruptionBudget:"),
    ),
    broken(
        "a variable is set in two ways",
        Edit(
            STG,
            "    - name: AUTH_JWT_SECRET",
            ("    - name: CACHE_URL\n      secretKey: OPENAI_API_KEY\n    - name: AUTH_JWT_SECRET"),
        ),
        Expected("error invalid-value", STG, "- name: CACHE_URL"),
    ),
    broken(
        "a value is set that no template reads",
        Edit(
            f"{TEMPLATES}/_env.tpl",
            '  (list "LANGCHAIN_PROJECT" "tracing.project" .Values.tracing.project)\n',
            "",
        ),
        Expected("warning dead-value", STG, "project: plate-llm-stg"),
    ),
    broken(
        "a value repeats the default",
        Edit(PROD, "image:\n", ("revisionHistoryLimit: 3\nimage:\n")),
        Expected("info redundant-override", PROD, "revisionHistoryLimit: 3"),
    ),
    broken(
        "a feature is on and its template asks for more",
        Edit(
            f"{TEMPLATES}/pdb.yaml",
            "{{- if .Values.podDisruptionBudget.enabled }}",
            (
                "{{- if and .Values.podDisruptionBudget.enabled .Values.podDi"
                "sruptionBudget.minAvailable }}"
            ),
        ),
        Expected("info enabled-but-absent", PROD, "enabled: true", nth=5),
    ),
)


@rows(BREAKAGES)
def test_one_breakage_is_found_where_it_is(
    breakage: Breakage, is_found: Callable[[Breakage], None]
) -> None:
    is_found(breakage)
