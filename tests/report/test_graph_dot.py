"""Graphviz's language: exact, and closed to whatever names hold."""

from __future__ import annotations

import re

import pytest

from plate_llm_cli.report.graph_dot import graph_dot, quoted
from tests.report.drawings import hostile, small

SMALL = """\
digraph "web" {
  rankdir=LR; node [shape=box fontname="sans-serif"]; edge [fontname="sans-serif"];
  subgraph cluster_1 { label="web";
    n2 [label="Ingress\\nweb\\nclass nginx"];
    n5 [label="Application\\nweb"];
  }
  subgraph cluster_2 { label="certs";
    n4 [label="Secret\\nweb-tls\\ndoubtful" color="#bf8700" penwidth=2];
  }
  n1 [label="Host\\nweb.example.com"];
  n3 [label="Service\\nwbe\\nmissing" color="#cf222e" penwidth=2 style="dashed"];
  n6 [label="Chart\\ncharts/web"];
  n5 -> n6 [label="renders"];
  n1 -> n2;
  n2 -> n3 [label="/:80" color="#cf222e" penwidth=2 style="dashed"];
  n2 -> n4 [label="TLS" color="#bf8700" penwidth=2];
}
"""


def test_a_drawing_as_a_directed_graph() -> None:
    assert graph_dot(small()) == SMALL


@pytest.mark.parametrize(
    ("text", "expected"),
    [('a"b', '"a\\"b"'), ("a\\", '"a\\\\"'), ("\\N", '"\\\\N"'), ("a\nb", '"a\\nb"')],
)
def test_a_text_in_quotes(text: str, expected: str) -> None:
    assert quoted(text) == expected


def test_no_name_leaves_its_quotes() -> None:
    bare = [re.sub(r'"(?:[^"\\]|\\.)*"', "T", line) for line in graph_dot(hostile()).splitlines()]
    assert bare == [
        "digraph T {",
        "  rankdir=LR; node [shape=box fontname=T]; edge [fontname=T];",
        "  subgraph cluster_1 { label=T;",
        "    n1 [label=T];",
        "  }",
        "  n2 [label=T style=T];",
        "  n1 -> n2 [label=T color=T penwidth=2 style=T];",
        "}",
    ]
