from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.report.untrusted import (
    displayed,
    json_text,
    line_start,
    one_line,
    visible,
    xml_attribute,
    xml_text,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 한글 🚀", "plain 한글 🚀"),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\tb\nc", r"a\x09b\x0ac"),
        ("\x9b2J", r"\x9b2J"),
        ("\u202egnirts", r"\u202egnirts"),
        ("a\u200bb", r"a\u200bb"),
        ("a\u3164b", r"a\u3164b"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("a\u00a0b", r"a\xa0b"),
        ("\ud800", r"\ud800"),
        ("[red]", "[red]"),
        ("##[add-mask]x", r"#\x23[add-mask]x"),
        ("##vso[task.complete]", r"#\x23vso[task.complete]"),
        ("##teamcity[x]", r"#\x23teamcity[x]"),
        ("## heading", "## heading"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_characters_that_the_stream_lacks_are_written_out() -> None:
    assert visible("é 한 🚀", "ascii") == r"\xe9 \ud55c \U0001f680"


def test_characters_that_the_stream_has_stay() -> None:
    assert visible("한글 é", "cp949") == r"한글 \xe9"


def test_there_is_one_string_for_each_code_point() -> None:
    assert displayed("a\x07##[") == ["a", r"\x07", "#", r"\x23", "["]


def test_white_space_becomes_a_space() -> None:
    assert one_line(" a\n\t b\r\nc ") == "a b c"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("::error::x", r"\x3a:error::x"),
        ("  ::error::x", r"  \x3a:error::x"),
        ("a ::error::x", "a ::error::x"),
        (": x", ": x"),
        ("", ""),
    ],
)
def test_no_line_starts_with_a_workflow_command(text: str, safe: str) -> None:
    assert line_start(text) == safe


def test_json_stays_readable() -> None:
    assert json_text({"값": "한글 🚀"}) == '{\n  "값": "한글 🚀"\n}\n'


def test_json_for_a_stream_without_the_characters_is_escaped() -> None:
    assert json_text({"a": "한🚀"}, "ascii") == '{\n  "a": "\\ud55c\\ud83d\\ude80"\n}\n'


def test_json_hides_nothing_and_loses_nothing() -> None:
    text = "\x1b\x7f\x9b\u202e\u2028\u200b\U000e0041##[group]x"
    written = json_text({"a": text})
    assert written == (
        '{\n  "a": "\\u001b\\u007f\\u009b\\u202e\\u2028\\u200b\\udb40\\udc41#\\u0023[group]x"\n}\n'
    )
    assert json.loads(written) == {"a": text}


def test_json_has_no_lone_surrogate() -> None:
    assert json.loads(json_text({"a": "b\udcffc"})) == {"a": "b\ufffdc"}


def test_xml_escapes_markup_and_writes_out_what_xml_forbids() -> None:
    assert xml_text('<a b="&">]]>\x00\x1b\n') == ("&lt;a b=&quot;&amp;&quot;&gt;]]&gt;\\x00\\x1b\n")


def test_xml_for_a_stream_without_the_characters_has_references() -> None:
    assert xml_text("한🚀", "ascii") == "&#54620;&#128640;"


def test_xml_starts_no_workflow_command() -> None:
    assert xml_text("a\n  ::error::b ##[c]") == "a\n  &#58;:error::b #&#35;[c]"


def test_a_line_break_in_an_attribute_is_a_reference() -> None:
    assert xml_attribute('a\n"b"') == '"a&#10;&quot;b&quot;"'


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_nothing_visible_steers_a_terminal_or_a_runner(
    data: st.DataObject, any_text: SearchStrategy[str]
) -> None:
    shown = one_line(data.draw(any_text))
    assert shown.isprintable()
    assert not any(command in shown for command in ("##[", "##vso[", "##teamcity["))


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_any_encoding_takes_what_is_written_out_for_it(
    data: st.DataObject, any_text: SearchStrategy[str]
) -> None:
    encoding = data.draw(st.sampled_from(["ascii", "latin-1", "cp949", "cp1252", "utf-8"]))
    visible(data.draw(any_text), encoding).encode(encoding)
