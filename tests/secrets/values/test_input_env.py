from __future__ import annotations

import pytest

from plate_llm_cli.secrets.values.input_env import parse_env
from plate_llm_cli.secrets.values.input_text import InputText
from tests.secrets.refusals import refusal, shown


def _read(content: str) -> list[tuple[str, str, str]]:
    return shown(parse_env(InputText("secrets.env", content)))


HOW_ENV = "write NAME=value; what has blanks, quotes, # or several lines needs '...' around it"


def test_an_env_file_has_comments_exports_quotes_and_blank_lines() -> None:
    content = """\
# the registry
HARBOR__USERNAME=robot$plate

export HARBOR__PASSWORD='pa"ss #1'  # from the vault
EMPTY=
QUOTED="a \\"b\\" \\\\ c"
SPACED = x y # z
HASH=p#w
"""

    assert _read(content) == [
        ("HARBOR__USERNAME", "robot$plate", "secrets.env line 2"),
        ("HARBOR__PASSWORD", 'pa"ss #1', "secrets.env line 4"),
        ("EMPTY", "", "secrets.env line 5"),
        ("QUOTED", 'a "b" \\ c', "secrets.env line 6"),
        ("SPACED", "x y", "secrets.env line 7"),
        ("HASH", "p#w", "secrets.env line 8"),
    ]


def test_an_env_file_may_name_a_key_by_its_path_in_single_quotes() -> None:
    assert _read("'server/staging#A'=hunter2\n") == [
        ("server/staging#A", "hunter2", "secrets.env line 1")
    ]


def test_nothing_in_an_env_file_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER", "expanded")

    assert [value for _, value, _ in _read('A=$OTHER\nB=${OTHER}\nC="$(id)"\n')] == [
        "$OTHER",
        "${OTHER}",
        "$(id)",
    ]


def test_a_value_in_quotes_may_have_several_lines() -> None:
    content = '\nKEY="-----BEGIN K-----\nMC4C=\n-----END K-----\n"\n\nNEXT=1\n'

    assert _read(content) == [
        ("KEY", "-----BEGIN K-----\nMC4C=\n-----END K-----\n", "secrets.env line 2"),
        ("NEXT", "1", "secrets.env line 7"),
    ]


def test_the_line_ends_of_windows_are_not_part_of_a_value() -> None:
    assert _read('A=1\r\nB="x\r\ny"\r\nC=3\r\n') == [
        ("A", "1", "secrets.env line 1"),
        ("B", "x\ny", "secrets.env line 2"),
        ("C", "3", "secrets.env line 4"),
    ]


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        ("A=1\n\nhunter2\n", "secrets.env line 3 is no assignment", HOW_ENV),
        ("server/staging#A=hunter2\n", "secrets.env line 1 is no assignment", HOW_ENV),
        ("A: hunter2\n", "secrets.env line 1 cannot be read", HOW_ENV),
        ("A=1\nB='hunter2\nC=3\n", "secrets.env line 2 cannot be read", HOW_ENV),
        ("A='hunter2'hunter2\n", "secrets.env line 1 cannot be read", HOW_ENV),
        (
            "A=1\nB=2\nA=hunter2\n",
            "secrets.env line 3 sets again what line 1 sets",
            "keep one of the two lines",
        ),
        # Its second line would pass as the assignment of a name that is half a private key.
        (
            "A=-----BEGIN PRIVATE KEY-----\nhunter2=\n-----END PRIVATE KEY-----\n",
            "secrets.env line 1 begins a PEM block without quotes",
            "put quotes around the whole block, from BEGIN to END",
        ),
    ],
)
def test_a_line_of_an_env_file_that_is_wrong_is_named_and_not_quoted(
    content: str, message: str, hint: str
) -> None:
    assert refusal(lambda: _read(content)) == (message, hint)
