"""Secrets: the spec, and what stands in the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutations.breakage import Edit, Expected, broken, rows
from tests.mutations.paths import BAO_CLUSTER, PROJECT, SPEC, STG, TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutations.breakage import Breakage

BREAKAGES = (
    broken(
        "the spec lacks a key",
        Edit(
            SPEC,
            (
                "      LANGCHAIN_API_KEY:\n"
                "        description: LangSmith, where tracing is on\n"
                "        prompt: https://smith.langchain.com, Settings, API Keys\n"
                "        pattern: lsv2_[A-Za-z0-9_]+\n"
                "        minLength: 20\n"
                "        rotation: 180d\n"
            ),
            "",
        ),
        Expected("error unspecified-secret", STG, "secretKey: LANGCHAIN_API_KEY"),
    ),
    broken(
        "the spec names an environment that is none",
        Edit(
            SPEC,
            ("environments: [stg]\n    role: server"),
            ("environments: [stage]\n    role: server"),
        ),
        Expected("error unknown-spec-environment", SPEC, "environments: [stage]"),
    ),
    broken(
        "the spec is not to be understood",
        Edit(SPEC, "generate: {as: base64, bytes: 48}", "generate: {as: base46, bytes: 48}"),
        Expected("error invalid-secrets-spec", SPEC, "generate: {as: base46, bytes: 48}"),
    ),
    broken(
        "a key of OpenAI stands in the values",
        Edit(
            STG,
            "networkPolicy:\n",
            (
                "extraEnv:\n"
                "  - name: LLM_API_KEY\n"
                "    value: sk-proj-Zk3vQ9rT2mXw8LbN5cHd7fGj1pRs4uYa6eKi\n"
                "\n"
                "networkPolicy:\n"
            ),
        ),
        Expected(
            "error plaintext-credential", STG, "value: sk-proj-Zk3vQ9rT2mXw8LbN5cHd7fGj1pRs4uYa6eKi"
        ),
    ),
    broken(
        "a password stands in a URL",
        Edit(STG, "url: redis://plate-cache:6379/0", "url: redis://:hunter2x9@plate-cache:6379/0"),
        Expected("error plaintext-credential", STG, "url: redis://:hunter2x9@plate-cache:6379/0"),
    ),
    broken(
        "a Secret stands in a template",
        Edit(
            f"{TEMPLATES}/secret.yaml",
            new=(
                "apiVersion: v1\n"
                "kind: Secret\n"
                "metadata:\n"
                "  name: plate-llm-signing\n"
                "  namespace: {{ .Release.Namespace }}\n"
                "stringData:\n"
                "  password: Tr0ub4dor-and-3-horses\n"
            ),
        ),
        Expected(
            "warning plaintext-credential",
            f"{TEMPLATES}/secret.yaml",
            "password: Tr0ub4dor-and-3-horses",
        ),
        Expected("error forbidden-by-project", PROJECT, "namespaceResourceWhitelist:"),
    ),
    broken(
        "a placeholder is deployed",
        Edit(STG, "project: plate-llm-stg", "project: CHANGE_ME"),
        Expected("warning placeholder-value", STG, "project: CHANGE_ME"),
    ),
    broken(
        "the spec keeps a path from production",
        Edit(
            SPEC,
            (
                "environments: [stg, prod]\n"
                "    # One path for both on purpose: one account with each provider.\n"
                "    shared: true\n"
            ),
            "environments: [stg]\n",
        ),
        Expected("error unshared-path", BAO_CLUSTER, "path: server/cluster"),
    ),
)


@rows(BREAKAGES)
def test_one_breakage_is_found_where_it_is(
    breakage: Breakage, is_found: Callable[[Breakage], None]
) -> None:
    is_found(breakage)
