"""What does not go together in the values of the chart openbao-secrets-manager."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from plate_llm_cli.source.violations import ViolationKind
from plate_llm_cli.values.merge import coalesce, merge
from plate_llm_cli.values.registry import check_values

CHART = Path(__file__).parents[2] / "charts" / "openbao-secrets-manager"
ENTRY = {"name": "a", "path": "p"}
BAD, MISSING = ViolationKind.BAD_VALUE, ViolationKind.MISSING_FIELD

Values = dict[str, Any]
Found = list[tuple[ViolationKind, tuple[str | int, ...], str]]


def check(overrides: Values) -> Found:
    """`overrides` over the values of staging."""
    defaults = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    staging = yaml.safe_load((CHART / "values-stg.yaml").read_text(encoding="utf-8"))
    merged = coalesce(defaults, merge(staging, overrides))
    found = check_values("openbao-secrets-manager", merged)
    return [(violation.kind, violation.route, violation.message) for violation in found]


def kubernetes(**values: Any) -> Values:
    return {"openbao": {"auth": {"kubernetes": values}}}


REFUSED: dict[str, tuple[Values, Found]] = {
    "no role": (
        kubernetes(role=""),
        [
            (
                MISSING,
                ("openbao", "auth", "kubernetes", "role"),
                "openbao.auth.kubernetes.role is empty",
            )
        ],
    ),
    "no account": (
        kubernetes(serviceAccount={"name": ""}),
        [
            (
                MISSING,
                ("openbao", "auth", "kubernetes", "serviceAccount", "name"),
                "openbao.auth.kubernetes.serviceAccount.name is empty",
            )
        ],
    ),
    "a token from nowhere": (
        {"openbao": {"auth": {"method": "token", "token": {"secretName": ""}}}},
        [
            (
                MISSING,
                ("openbao", "auth", "token", "secretName"),
                "openbao.auth.token.secretName is empty",
            )
        ],
    ),
    "a login it does not know": (
        {"openbao": {"auth": {"method": "approle"}}},
        [
            (
                BAD,
                ("openbao", "auth", "method"),
                "`method` must be one of 'kubernetes' or 'token'",
            )
        ],
    ),
    "half of a CA": (
        {"openbao": {"caProvider": {"name": "ca"}}},
        [(MISSING, ("openbao", "caProvider", "type"), "caProvider needs `type`")],
    ),
    "a CA from another namespace": (
        {"openbao": {"caProvider": {"type": "Secret", "name": "ca", "namespace": "other"}}},
        [
            (
                BAD,
                ("openbao", "caProvider", "namespace"),
                "openbao.caProvider.namespace is for the cluster store",
            )
        ],
    ),
    "an interval that ArgoCD would see for ever": (
        {"refreshInterval": "1h"},
        [
            (
                BAD,
                ("refreshInterval",),
                "`refreshInterval` must be a duration as the operator writes it back, "
                "such as 1h0m0s or 15m0s",
            )
        ],
    ),
    "secrets without a store": (
        {"store": {"enabled": False}},
        [
            (
                BAD,
                ("externalSecrets",),
                "externalSecrets needs store.enabled: nothing else could read the secrets",
            )
        ],
    ),
    "one Secret from two entries": (
        {"externalSecrets": [ENTRY, {**ENTRY, "path": "q"}]},
        [
            (
                BAD,
                ("externalSecrets", 1, "name"),
                "externalSecrets names a twice: both would write the same Secret",
            )
        ],
    ),
    "a cluster store for everybody": (
        {"clusterStore": {"enabled": True}},
        [(BAD, ("clusterStore", "namespaces"), "clusterStore.namespaces is empty")],
    ),
    "a path with its mount's slash": (
        {"externalSecrets": [{"name": "a", "path": "/server/staging"}]},
        [
            (
                BAD,
                ("externalSecrets", 0, "path"),
                "`path` must be a path of OpenBao such as server/staging",
            )
        ],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    values, found = REFUSED[case]
    assert check(values) == found


ACCEPTED: dict[str, Values] = {
    "a token": {"openbao": {"auth": {"method": "token", "kubernetes": {"role": ""}}}},
    "a CA of its own": {"openbao": {"caProvider": {"type": "ConfigMap", "name": "ca"}}},
    "nothing at all": {"store": {"enabled": False}, "externalSecrets": []},
}


@pytest.mark.parametrize("values", ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(values: Values) -> None:
    assert check(values) == []
