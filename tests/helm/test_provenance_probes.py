from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.helm.engine import SetInteger
from plate_llm_cli.helm.provenance.probes import REMOVED, probes


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, [False, None, REMOVED]),
        (0, [1, None, REMOVED]),
        (3, [4, 0, None, REMOVED]),
        (0.5, [1.5, 0.0, None, REMOVED]),
        ("ClusterIP", ["NodePort", "LoadBalancer", "", None, REMOVED]),
        ("true", ["false", "", None, REMOVED]),
        ("", ["probe-a", "probe-b", None, REMOVED]),
        ("llm.cocdev.co.kr", ["probe-a.example", "probe-b.example", "", None, REMOVED]),
        ("500m", ["37Mi", "38Mi", "", None, REMOVED]),
        ("30s", ["37s", "38s", "", None, REMOVED]),
        ("25%", ["37%", "38%", "", None, REMOVED]),
        ("8080", ["7", "8", "", None, REMOVED]),
        ("1.2.3", ["7.7.7", "8.8.8", "", None, REMOVED]),
        ("v1.2", ["7.7.7", "8.8.8", "", None, REMOVED]),
        ("10.0.0.0/8", ["10.37.0.0/16", "10.38.0.0/16", "", None, REMOVED]),
        ("10.0.0.1", ["10.37.0.1", "10.38.0.1", "", None, REMOVED]),
        (
            "redis://cache:6379/0",
            ["https://probe-a.example", "https://probe-b.example", "", None, REMOVED],
        ),
        ("me@x.example", ["a@probe.example", "b@probe.example", "", None, REMOVED]),
        ("/healthz", ["/probe-a", "/probe-b", "", None, REMOVED]),
        ("0 3 * * *", ["7 7 * * *", "8 8 * * *", "", None, REMOVED]),
        ("library/nginx", ["probe-a/image", "probe-b/image", "", None, REMOVED]),
        ("API_KEY", ["PROBE_A", "PROBE_B", "", None, REMOVED]),
        ("nginx", ["probe-a", "probe-b", "", None, REMOVED]),
        ("two words", ["probe-a", "probe-b", "", None, REMOVED]),
        ([], [["probe-a"], [{"name": "probe-a"}], None, REMOVED]),
        ([1], [[], [1, 1], None, REMOVED]),
        ([1, 2], [[], [1], [1, 2, 1, 2], None, REMOVED]),
        ({}, [{"probe-a": "probe-a"}, None, REMOVED]),
        ({"a": 1}, [{}, None, REMOVED]),
        (None, ["probe-a", True, {"probe-a": "probe-a"}, REMOVED]),
    ],
)
def test_the_values_tried_in_place_of_another(value: Any, expected: list[Any]) -> None:
    found = probes(value)
    assert found == expected
    assert [type(each) for each in found] == [type(each) for each in expected]


def test_an_integer_of_set_stays_one() -> None:
    assert [type(each) for each in probes(SetInteger(2))[:2]] == [SetInteger, SetInteger]


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


@given(SCALARS | st.lists(SCALARS) | st.dictionaries(st.text(), SCALARS))
@settings(max_examples=200, deadline=None)
def test_a_probe_is_another_value(value: Any) -> None:
    for probe in probes(value):
        assert type(probe) is not type(value) or probe != value or abs(value) > 2**52
