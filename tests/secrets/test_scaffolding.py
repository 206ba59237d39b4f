from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import UsageError
from plate_llm_cli.gitops.scaffolding.renaming import Renaming
from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.secrets.scaffolding import (
    shown_words,
    with_environment,
    without_environment,
)
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.secrets.scaffolding import SpecChange
    from plate_llm_cli.secrets.spec import Spec

SPEC = """\
version: 1
paths:
  both:
    environments: [kr, jp]
    # On purpose.
    shared: true
    keys:
      A: {prompt: true}

  # The service's.
  app/korea:
    environments: [kr]
    role: app
    keys:
      B: &b
        description: "signs"   # why
        generate: {as: hex}

      C: {from: "app/korea#B"}

  app/japan:
    environments: [jp]
    role: app
    keys:
      B: *b
"""
WORDS = Renaming({"kr": "us", "korea": "usa"})


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    return spec_in(tmp_path, SPEC)


def spec_in(folder: Path, text: str) -> Spec:
    (folder / "environments").mkdir(exist_ok=True)
    (folder / "environments/secrets.yaml").write_text(text)
    return load_spec(Tree(folder)).required()


def made(spec: Spec) -> SpecChange:
    return with_environment(spec, spec.file.text, {"kr": "us"}, WORDS)


def test_paths_of_one_role_show_the_words_for_their_environment(spec: Spec) -> None:
    assert shown_words(spec, ["kr"]) == {"korea"}


def test_a_path_of_its_own_and_a_part_in_the_shared_one(spec: Spec) -> None:
    change = made(spec)
    assert change.text == SPEC.replace("[kr, jp]", "[kr, jp, us]") + (
        "\n"
        "  # The service's.\n"
        "  app/usa:\n"
        "    environments: [us]\n"
        "    role: app\n"
        "    keys:\n"
        "      B: *b\n"
        '      C: {from: "app/usa#B"}\n'
    )
    assert change.own == ["secret/app/usa"]


def test_a_comment_that_has_the_name_within_a_word_stays(tmp_path: Path) -> None:
    text = (
        "version: 1\npaths:\n"
        "  # What koreans read.\n"
        "  korea:\n    environments: [kr]\n    keys:\n      B: {generate: {as: hex}}\n"
    )
    added = "".join(text.splitlines(keepends=True)[2:])
    expected = text + added.replace("  korea:", "  usa:").replace("[kr]", "[us]")
    assert made(spec_in(tmp_path, text)).text == expected


def test_it_goes_without_a_trace(spec: Spec, tmp_path: Path) -> None:
    text = made(spec).text
    assert without_environment(spec_in(tmp_path, text), text, ["us"]).text == SPEC


def test_what_has_an_anchor_moves_to_who_takes_it(spec: Spec) -> None:
    change = without_environment(spec, SPEC, ["kr"])
    assert (
        change.text
        == """\
version: 1
paths:
  both:
    environments: [jp]
    keys:
      A: {prompt: true}

  app/japan:
    environments: [jp]
    role: app
    keys:
      B: &b
        description: "signs"   # why
        generate: {as: hex}
"""
    )
    assert change.own == ["secret/app/korea"]


def test_what_an_anchor_holds_is_written_out_where_it_names_the_environment(
    tmp_path: Path,
) -> None:
    text = SPEC.replace('"signs"', "signs in kr")
    change = made(spec_in(tmp_path, text))
    assert "        description: signs in us   # why\n" in change.text
    assert "      B:\n" in change.text


def test_a_path_without_a_word_for_its_environment(tmp_path: Path) -> None:
    found = spec_in(tmp_path, SPEC.replace("app/korea", "app/one"))
    with pytest.raises(UsageError, match="secret/app/one is of one environment"):
        made(found)


def test_a_path_that_is_there_already(tmp_path: Path) -> None:
    found = spec_in(tmp_path, SPEC.replace("app/japan", "app/usa"))
    with pytest.raises(UsageError, match=r"app/usa is in environments/secrets\.yaml already"):
        made(found)


def test_line_ends_stay(tmp_path: Path) -> None:
    text = SPEC.replace("\n", "\r\n")
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/secrets.yaml").write_bytes(text.encode())
    change = made(load_spec(Tree(tmp_path)).required())
    assert change.text == made(spec_in(tmp_path, SPEC)).text.replace("\n", "\r\n")


def test_nothing_is_left_of_the_last_environment(spec: Spec) -> None:
    assert without_environment(spec, SPEC, ["kr", "jp"]).text == ""
