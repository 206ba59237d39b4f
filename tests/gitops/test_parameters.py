from __future__ import annotations

import pytest

from plate_llm_cli.gitops.parameters import parse_route


@pytest.mark.parametrize(
    ("name", "route"),
    [
        ("replicaCount", ("replicaCount",)),
        ("image.tag", ("image", "tag")),
        (r"annotations.example\.com/team", ("annotations", "example.com/team")),
        ("hosts[1].host", ("hosts", 1, "host")),
        ("matrix[0][2]", ("matrix", 0, 2)),
    ],
)
def test_a_parameter_name_is_a_route(name: str, route: tuple[str | int, ...]) -> None:
    assert parse_route(name) == route
