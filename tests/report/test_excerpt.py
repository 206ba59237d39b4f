from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from plate_llm_cli.findings import Location
from plate_llm_cli.report.excerpt import NARROWEST, Excerpt, cell_width, cut

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def at(column: int, end: int, lines: int = 0) -> Location:
    return Location("values.yaml", 1, column, 1 + lines, end)


def test_a_short_line_is_shown_whole() -> None:
    assert cut("  tag: 1.10", at(8, 12), 80) == Excerpt("  tag: 1.10", 7, 4)


def test_hangul_and_emoji_take_two_cells() -> None:
    assert cut("설명: 🚀 웹", at(5, 6), 80) == Excerpt("설명: 🚀 웹", 6, 2)


def test_an_accent_takes_no_cell() -> None:
    assert cut("e\u0301: 1", at(5, 6), 80) == Excerpt("e\u0301: 1", 3, 1)


def test_tabs_are_expanded() -> None:
    assert cut("a\tb: 1", at(3, 4), 80) == Excerpt("a   b: 1", 4, 1)


def test_the_mark_covers_an_escape_sequence() -> None:
    assert cut("a: \x1bb", at(4, 5), 80) == Excerpt(r"a: \x1bb", 3, 4)


def test_an_empty_range_has_a_mark() -> None:
    assert cut("a:", at(2, 2), 80) == Excerpt("a:", 1, 1)


def test_a_range_behind_the_line_is_marked_at_its_end() -> None:
    assert cut("a:", at(9, 12), 80) == Excerpt("a:", 2, 1)


def test_a_range_of_several_lines_is_marked_to_the_end_of_the_first() -> None:
    assert cut("a: {b: 1,", at(4, 3, lines=2), 80) == Excerpt("a: {b: 1,", 3, 6)


@pytest.mark.parametrize(
    ("line", "column", "shown"),
    [
        ("MARK" + "b" * 40, 1, Excerpt("MARKbbbbbbbbbbbbbbb…", 0, 4)),
        ("a" * 40 + "MARK", 41, Excerpt("…aaaaaaaaaaaaaaMARK", 15, 4)),
        ("a" * 40 + "MARK" + "b" * 40, 41, Excerpt("…aaaaaaaMARKbbbbbbb…", 8, 4)),
        ("a" * 15 + "MARK" + "b" * 40, 16, Excerpt("aaaaaaaaaaaaaaaMARK…", 15, 4)),
    ],
)
def test_a_long_line_is_cut_around_the_range(line: str, column: int, shown: Excerpt) -> None:
    assert cut(line, at(column, column + 4), 20) == shown


def test_a_long_range_is_cut_with_its_beginning_in_sight() -> None:
    assert cut("a" * 10 + "M" * 50, at(11, 61), 20) == Excerpt("…aaaMMMMMMMMMMMMMMM…", 4, 15)


def test_the_dots_are_ascii_where_the_stream_is() -> None:
    shown = cut("MARK" + "b" * 40, at(1, 5), 20, "ascii")
    assert shown == Excerpt("MARKbbbbbbbbbbbbb...", 0, 4)


def test_a_wide_character_is_not_cut_in_half() -> None:
    assert cut("한" * 30, at(1, 2), 12) == Excerpt("한한한한한…", 0, 2)


@pytest.mark.parametrize("text", ["plain", "한글", "漢字ｶﾅ", "🚀✅", "각", "e\u0301", "…│"])
def test_widths_are_those_of_terminals(text: str) -> None:
    assert cell_width(text) == cell_len(text)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_the_excerpt_fits_and_the_mark_is_in_it(
    data: st.DataObject, any_text: SearchStrategy[str]
) -> None:
    line = "".join(data.draw(st.lists(any_text, max_size=6))).replace("\n", "")
    column, width = data.draw(st.integers(1, 60)), data.draw(st.integers(1, 60))
    shown = cut(line, at(column, column + data.draw(st.integers(0, 60))), width)
    assert shown.text.isprintable()
    assert cell_width(shown.text) <= max(width, NARROWEST)
    assert shown.length >= 1
    assert 0 <= shown.start <= cell_width(shown.text)
