"""The HTML report as a reader takes it: parsed, with what does not fit together noticed."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from plate_llm_cli.report.html.reporter import HtmlReporter

if TYPE_CHECKING:
    from plate_llm_cli.report.base import Report

VOID = {"meta", "input", "br"}


def page(report: Report) -> str:
    """What is written to a stream of UTF-8."""
    stream = io.StringIO()
    HtmlReporter().write(report, stream)
    return stream.getvalue()


@dataclass
class Element:
    """A tag with its attributes and the text in it, at any depth."""

    tag: str
    attributes: dict[str, str]
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.parts)

    @property
    def line(self) -> str:
        return " ".join(self.text.split())


class Parsed(HTMLParser):
    """All elements in the order of the page; a tag that closes no open one fails."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names))
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.parts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def all(self, tag: str, kind: str = "") -> list[Element]:
        """The elements of this name, and of this class if one is given."""
        return [
            element
            for element in self.elements
            if element.tag == tag
            and (not kind or kind in element.attributes.get("class", "").split())
        ]

    def lines(self, tag: str, kind: str = "") -> list[str]:
        """The text of each, its white space made single spaces."""
        return [element.line for element in self.all(tag, kind)]
