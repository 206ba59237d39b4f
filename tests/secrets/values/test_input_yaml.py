from __future__ import annotations

import pytest

from plate_llm_cli.secrets.values.input_text import InputText
from plate_llm_cli.secrets.values.input_yaml import parse_yaml
from tests.secrets.refusals import refusal, shown


def _read(content: str) -> list[tuple[str, str, str]]:
    return shown(parse_yaml(InputText("secrets.yaml", content)))


YAML_SHAPE = "write `path#key: value`, or `path:` with `key: value` below it"
YAML_QUOTES = "put quotes around values that begin with one of * & ! % @ ` { [ or hold `: ` or ` #`"


def test_yaml_gives_values_by_path_and_key_in_both_ways_and_by_key_alone() -> None:
    content = """\
# seeds
harbor/staging#password: hunter2
server/staging:
  JWT_SECRET: "a: b"
  TLS_KEY: |
    -----BEGIN K-----
    -----END K-----
OPENAI_API_KEY: sk-1
"""

    assert _read(content) == [
        ("harbor/staging#password", "hunter2", "secrets.yaml line 2"),
        ("server/staging#JWT_SECRET", "a: b", "secrets.yaml line 4"),
        (
            "server/staging#TLS_KEY",
            "-----BEGIN K-----\n-----END K-----\n",
            "secrets.yaml line 5",
        ),
        ("OPENAI_API_KEY", "sk-1", "secrets.yaml line 8"),
    ]


def test_a_value_in_yaml_is_the_text_that_is_written() -> None:
    content = "a: 0123\nb: yes\nc: 1e3\non: 1.10\ne: .inf\nf: '~'\ng: 0x1F\nh: ''\n"

    assert [item[:2] for item in _read(content)] == [
        ("a", "0123"),
        ("b", "yes"),
        ("c", "1e3"),
        ("on", "1.10"),
        ("e", ".inf"),
        ("f", "~"),
        ("g", "0x1F"),
        ("h", ""),
    ]


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        ("a: b\nc: *hunter2\n", "line 2 is no YAML that can be read", YAML_QUOTES),
        ("a: @hunter2\n", "line 1 is no YAML that can be read", YAML_QUOTES),
        ("a: [hunter2\n", "line 1 is no YAML that can be read", YAML_QUOTES),
        ("a: hunter2: b\n", "line 1 is no YAML that can be read", YAML_QUOTES),
        ("a: !hunter2 b\n", "line 1 has a tag, which is not read", YAML_QUOTES),
        ("a: !!binary aHVudGVyMg==\n", "line 1 has a tag, which is not read", YAML_QUOTES),
        ("a: hunter2\nb: c\na: d\n", "line 3 sets again what line 1 sets", "keep one of the two"),
        ("a:\n  b: hunter2\n  b: c\n", "line 3 sets again what line 2 sets", "keep one of the two"),
        (
            "a: hunter2\n---\nb: c\n",
            "line 2 begins another document",
            "keep one document in a file",
        ),
        ("hunter2\n", "line 1 is no mapping", YAML_SHAPE),
        ("- hunter2\n", "line 1 is no mapping", YAML_SHAPE),
        ("a: [hunter2]\n", "line 1 has a list or a mapping where a text is due", YAML_SHAPE),
        ("a:\n  b: {c: d}\n", "line 2 has a list or a mapping where a text is due", YAML_SHAPE),
        ("a: b\nc:\n", "line 2 has no value", "fill it in or remove it; quote null if it is text"),
        ("a: null\n", "line 1 has no value", "fill it in or remove it; quote null if it is text"),
        ("<<: {a: b}\n", "line 1 merges a mapping, which is not read", "write the keys out"),
        ("a:\n  <<: b\n", "line 2 merges a mapping, which is not read", "write the keys out"),
        ("[" * 200, "line 1 is nested too deep or grows too large", YAML_SHAPE),
    ],
)
def test_what_is_wrong_in_yaml_is_told_with_its_line_and_without_its_text(
    content: str, message: str, hint: str
) -> None:
    assert refusal(lambda: _read(content)) == (f"secrets.yaml {message}", hint)


def test_an_alias_stands_where_it_is_used() -> None:
    assert _read("a: &x hunter2\nb: *x\n") == [
        ("a", "hunter2", "secrets.yaml line 1"),
        ("b", "hunter2", "secrets.yaml line 2"),
    ]


def test_yaml_that_is_empty_gives_nothing() -> None:
    assert parse_yaml(InputText("x.yaml", "# nothing yet\n")) == []
