"""Any text in double quotes is one line, and reads back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from plate_llm_cli.source.quoting import double_quoted


@given(st.text())
def test_it_reads_back(text: str) -> None:
    quoted = double_quoted(text)
    assert YAML(typ="safe", pure=True).load(f"a: {quoted}\n") == {"a": text}
    assert len(f"{quoted}.".splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("a\nb", r'"a\nb"'),
        ('\\ "', r'"\\ \""'),
        ("한글", '"한글"'),
        ("\u202e\u2028\x85", r'"\u202e\u2028\u0085"'),
        ("\U000e0001", r'"\U000e0001"'),
    ],
)
def test_what_cannot_be_seen_is_an_escape(text: str, quoted: str) -> None:
    assert double_quoted(text) == quoted
