"""The Mermaid flowchart: exact, and closed to whatever names hold."""

from __future__ import annotations

import re

from plate_llm_cli.report.graph_mermaid import graph_mermaid
from tests.report.drawings import hostile, small

SMALL = """\
flowchart LR
  subgraph r1["web"]
    n2["Ingress<br/>web<br/>class nginx"]
    n5["Application<br/>web"]
  end
  subgraph r2["certs"]
    n4["Secret<br/>web-tls<br/>doubtful"]
  end
  n1["Host<br/>web.example.com"]
  n3["Service<br/>wbe<br/>missing"]
  n6["Chart<br/>charts/web"]
  n5 -->|"renders"| n6
  n1 --> n2
  n2 -.->|"/:80"| n3
  n2 -->|"TLS"| n4
  classDef broken stroke:#cf222e,stroke-width:3px
  classDef doubtful stroke:#bf8700,stroke-width:3px
  classDef missing stroke:#cf222e,stroke-width:3px,stroke-dasharray:5 4
  classDef absent stroke-dasharray:5 4
  class n3 missing
  class n4 doubtful
  linkStyle 2 stroke:#cf222e,stroke-width:3px
  linkStyle 3 stroke:#bf8700,stroke-width:3px
"""


def test_a_drawing_as_a_flowchart() -> None:
    assert graph_mermaid(small()) == SMALL


def test_no_name_leaves_its_quotes() -> None:
    lines = graph_mermaid(hostile()).splitlines()
    texts = re.compile(r'"[\w ./:,=@*()+#;-]*"|<br/>')
    labels = [line for line in lines if '"' in line]
    assert len(labels) == 4
    assert [re.sub(r'"[^"]*"', "T", line).strip() for line in labels] == [
        "subgraph r1[T]",
        "n1[T]",
        "n2[T]",
        "n1 -.->|T| n2",
    ]
    assert all(texts.search(line.replace("<br/>", " ")) for line in labels)


def test_nothing_is_a_directive_or_markup() -> None:
    text = graph_mermaid(hostile())
    for sign in ("%%", "<script", "`", "&", "{", "\\"):
        assert sign not in text
