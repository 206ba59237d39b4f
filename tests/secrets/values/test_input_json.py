from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.secrets.values.input_json import parse_json
from plate_llm_cli.secrets.values.input_text import InputText
from tests.secrets.refusals import refusal, shown


def _read(content: str) -> list[tuple[str, str, str]]:
    return shown(parse_json(InputText("secrets.json", content)))


JSON_SHAPE = 'write {"path#key": "value"} or {"path": {"key": "value"}}'


def test_json_gives_values_with_the_lines_of_their_names() -> None:
    content = """\
{
  "harbor/staging#password": "hunter\\u00322",

  "server/staging": {"A": 1.10, "B":
    true},
  "C": "{}[]:,"
}
"""

    assert _read(content) == [
        ("harbor/staging#password", "hunter22", "secrets.json line 2"),
        ("server/staging#A", "1.10", "secrets.json line 4"),
        ("server/staging#B", "true", "secrets.json line 4"),
        ("C", "{}[]:,", "secrets.json line 6"),
    ]


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        ('{"a": "hunter2",\n,}', "line 2 is no JSON", ""),
        ("hunter2", "line 1 is no JSON", ""),
        ("", "line 1 is no JSON", ""),
        ("[" * 100_000, "line 1 is no JSON", ""),
        ('\n["hunter2"]', "line 2 is no mapping", JSON_SHAPE),
        ('"hunter2"', "line 1 is no mapping", JSON_SHAPE),
        ('{"a": null}', "line 1 has no value", "fill it in or remove it"),
        ('{"a":\n["x"]}', "line 1 has a list or a mapping where a text is due", JSON_SHAPE),
        ('{"a": {"b":\n{}}}', "line 1 has a list or a mapping where a text is due", JSON_SHAPE),
        ('{"a": "x",\n"a": "x"}', "line 2 sets again what line 1 sets", "keep one of the two"),
        ('{"a": {},\n"a": {}}', "line 2 sets again what line 1 sets", "keep one of the two"),
    ],
)
def test_what_is_wrong_in_json_is_told_with_its_line_and_without_its_text(
    content: str, message: str, hint: str
) -> None:
    assert refusal(lambda: _read(content)) == (f"secrets.json {message}", hint)


_TREES = st.dictionaries(
    st.text(min_size=1), st.text() | st.dictionaries(st.text(min_size=1), st.text(), max_size=4)
)


@given(_TREES, st.booleans(), st.sampled_from([None, 2, "\t"]))
def test_json_of_any_text_gives_that_text(
    tree: dict[str, str | dict[str, str]], ascii_only: bool, indent: int | str | None
) -> None:
    text = json.dumps(tree, ensure_ascii=ascii_only, indent=indent)
    expected = [
        (f"{name}#{inner}" if inner is not None else name, value)
        for name, below in tree.items()
        for inner, value in (below.items() if isinstance(below, dict) else [(None, below)])
    ]

    found = parse_json(InputText("x.json", text))

    assert [(item.name, item.value.reveal()) for item in found] == expected
