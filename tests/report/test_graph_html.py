"""The page of a graph: well formed, closed, and right about what is broken."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from xml.etree import ElementTree as ET

import pytest

from plate_llm_cli.graph.drawing.model import Drawing
from plate_llm_cli.report.graph_html import graph_html
from tests.report.drawings import HOSTILE, hostile, small

SVG = "{http://www.w3.org/2000/svg}"
DRAWINGS = [small(), hostile(), Drawing("web", (), ())]


def _page(drawing: Drawing) -> ET.Element:
    return ET.fromstring(graph_html(drawing).partition("\n")[2])  # noqa: S314 - our own text


def _text(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_the_page_is_well_formed_and_names_its_language(drawing: Drawing) -> None:
    assert graph_html(drawing).startswith("<!DOCTYPE html>\n")
    assert _page(drawing).get("lang") == "en"


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_the_page_asks_for_nothing(drawing: Drawing) -> None:
    page = _page(drawing)
    tags = {item.tag.removeprefix(SVG) for item in page.iter()}
    assert tags.isdisjoint({"script", "img", "link", "iframe", "image", "use", "object"})
    names = {name for item in page.iter() for name in item.attrib}
    assert names.isdisjoint({"src", "style", "onload", "onclick"})
    links = [item.get("href", "") for item in page.iter() if item.get("href")]
    assert [link for link in links if not link.startswith("#")] == []


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_the_policy_allows_this_style_alone(drawing: Drawing) -> None:
    page = _page(drawing)
    (style,) = page.iter("style")
    digest = b64encode(sha256((style.text or "").encode()).digest()).decode()
    (policy,) = [it.get("content") for it in page.iter("meta") if it.get("http-equiv")]
    expected = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
    assert policy == f"{expected}form-action 'none'"


def test_a_broken_link_is_marked_and_leads_to_its_finding() -> None:
    page = _page(small())
    (link,) = [item for item in page.iter("a") if item.get("href") == "#findings"]
    assert _text(link) == "1 broken link"
    wires = [item.get("class") for item in page.iter(f"{SVG}path")]
    assert wires.count("wire broken") == 1
    linked = [item for item in page.iter(f"{SVG}a") if item.get("href") == "#t1"]
    titles = [item.findtext(f"{SVG}g/{SVG}title") for item in linked]
    assert titles == ["Ingress web to Service wbe: /:80", "Service wbe in web"]
    (item,) = [item for item in page.iter("li") if item.get("id") == "t1"]
    assert _text(item) == (
        "error there is no Service wbecharts/web/values.yaml:7 unknown-service"
        "did you mean web?Ingress web → Service wbe"
    )


def test_a_missing_end_is_dashed_and_named_as_it_is_asked_for() -> None:
    (group,) = [it for it in _page(small()).iter(f"{SVG}g") if it.get("class") == "missing"][:1]
    assert [text.text for text in group.iter(f"{SVG}text")] == ["Service", "wbe", "missing"]


def test_what_is_not_in_the_tree_has_its_line() -> None:
    text = _text(_page(small()))
    assert "Secret web-tls, asked for by Ingress webcharts/web/values.yaml:9" in text


def test_every_link_is_in_a_table_as_well() -> None:
    rows = [_text(row) for row in _page(small()).iter("tr")]
    assert rows[3] == "Ingress webService wbe/:80broken"


def test_a_hostile_name_is_text() -> None:
    text = graph_html(hostile())
    assert "<script" not in text
    assert HOSTILE.splitlines()[0] in re.sub(r"\s+", " ", _text(_page(hostile())))


def test_a_figure_has_a_title_and_a_description() -> None:
    for svg in [item for item in _page(small()).iter(f"{SVG}svg") if item.get("role")]:
        ids = (svg.get("aria-labelledby") or "").split()
        assert [item.get("id") for item in svg[:2]] == ids
