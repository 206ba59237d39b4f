"""A slip is told from the next one of a series."""

from __future__ import annotations

import pytest

from plate_llm_cli.graph.slips import misspelt


@pytest.mark.parametrize(
    ("name", "candidate", "meant"),
    [
        ("defualt", "default", "default"),
        ("payment", "payments", "payments"),
        ("platform", "platfrom", "platfrom"),
        ("environment-1", "environment-2", None),
        ("frontend-eu", "frontend-us", None),
        ("frontend-prod", "frontend-prd", "frontend-prd"),
        ("payment-service-stg", "payment-service-prod", None),
        ("web", "database", None),
    ],
)
def test_a_name_is_taken_for_a_slip_only_where_nothing_else_can_be_meant(
    name: str, candidate: str, meant: str | None
) -> None:
    assert misspelt(name, [candidate]) == meant
