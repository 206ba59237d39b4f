from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.errors import EditError
from plate_llm_cli.gitops.scaffolding.renaming import Renaming, renamed_words, word_of
from plate_llm_cli.gitops.scaffolding.rewriting import rewritten
from plate_llm_cli.source.reader import parse_text, to_plain

TO_QA = Renaming(renamed_words("stg", "qa", {}), {"llm.example.com": "llm-qa.example.com"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plate-stg", "plate-qa"),
        ("server/staging", "server/qa"),
        ("server/staging#JWT_SECRET", "server/qa#JWT_SECRET"),
        ("http://api.plate-stg.svc:80/", "http://api.plate-qa.svc:80/"),
        ("Staging's own, STG", "Qa's own, QA"),
        ("https://llm.example.com/v1", "https://llm-qa.example.com/v1"),
        ("llm-example-com-tls", "llm-qa-example-com-tls"),
        ("stage_two", "qa_two"),
        ("postgres, stgx, restage, 1stg", "postgres, stgx, restage, 1stg"),
        ("my-llm.example.com, llm.example.com.au", "my-llm.example.com, llm.example.com.au"),
        ("letsencrypt-prod", "letsencrypt-prod"),
    ],
)
def test_what_is_replaced(text: str, expected: str) -> None:
    assert TO_QA(text) == expected


@pytest.mark.parametrize(
    ("old", "new", "given_words", "expected"),
    [
        ("stg", "qa", {}, {"stg": "qa", "stage": "qa", "staging": "qa"}),
        ("stg", "dev", {}, {"stg": "dev", "stage": "dev", "staging": "development"}),
        ("seoul", "busan", {}, {"seoul": "busan"}),
        ("seoul", "busan", {"kr1": "kr2"}, {"seoul": "busan", "kr1": "kr2"}),
    ],
)
def test_the_words_of_an_environment(
    old: str, new: str, given_words: dict[str, str], expected: dict[str, str]
) -> None:
    assert renamed_words(old, new, given_words) == expected


@pytest.mark.parametrize(
    ("name", "environment", "beside", "charts", "expected"),
    [
        ("plate-llm-stg", "stg", [], ["plate-llm"], "stg"),
        ("web-eu-1", "web-eu-1", [], ["web"], "eu-1"),
        ("secrets-blue", "secrets-blue", ["secrets-blue", "web-blue"], [], "blue"),
        ("stg-web", "stg-web", ["stg-web"], [], "stg"),
        ("web", "web", ["web"], ["web"], ""),
    ],
)
def test_the_word_that_tells_the_environment(
    name: str, environment: str, beside: list[str], charts: list[str], expected: str
) -> None:
    assert word_of(name, environment, beside, charts) == expected


def rename(text: str, new: str = "qa", kept: frozenset[str] = frozenset()) -> str:
    renaming = Renaming({"stg": new}, kept=kept)
    return rewritten(text, "a.yaml", renaming, lambda route: route[-1] == "image")


def test_values_and_comments_are_renamed_and_keys_stay() -> None:
    text = "# in stg\nstg: plate-stg # stg\nlist: [stg, 'a stg', \"stg\"]\nblock: |\n  # stg\n"
    assert rename(text) == (
        "# in qa\nstg: plate-qa # qa\nlist: [qa, 'a qa', \"qa\"]\nblock: |\n  # qa\n"
    )


def test_what_is_protected_stays_with_its_comments() -> None:
    text = "image: # stg\n  # stg moves\n  tag: stg\nenv: stg\n"
    assert rename(text) == "image: # stg\n  # stg moves\n  tag: stg\nenv: qa\n"


def test_a_value_that_others_have_stays() -> None:
    text = "issuer: letsencrypt-stg\nenv: stg\n"
    assert rename(text, kept=frozenset({"letsencrypt-stg"})) == "issuer: letsencrypt-stg\nenv: qa\n"


def test_an_anchor_and_its_alias() -> None:
    assert rename("a: &x stg\nb: *x\nc: stg\n") == "a: &x qa\nb: *x\nc: qa\n"


@pytest.mark.parametrize("name", ["no", "on", "1e3", "123", "null", "0x1f", "y"])
def test_a_word_that_yaml_takes_for_something_else_gets_quotes(name: str) -> None:
    text = rename("env: stg # stg\nlist: [stg]\n", name)
    assert text == f'env: "{name}" # {name}\nlist: ["{name}"]\n'


@given(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True))
def test_any_name_is_read_back_as_it_is(name: str) -> None:
    text = rename("env: stg\nnested: {a: [stg, x-stg]}\n", name)
    found = to_plain(parse_text(text, "").root)
    assert found == {"env": name, "nested": {"a": [name, f"x-{name}"]}}


def test_line_ends_and_the_mark_stay() -> None:
    assert rename("\ufeffa: stg\r\n# stg\r\n") == "\ufeffa: qa\r\n# qa\r\n"


def test_a_broken_file_is_named_with_its_line() -> None:
    with pytest.raises(EditError, match=r"^a\.yaml:2: "):
        rename("a: 1\nb: [\n")
