"""What OpenBao holds is held against the spec, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.findings import Severity
from plate_llm_cli.secrets.addresses import Address, Place
from plate_llm_cli.secrets.agreement.holdings import Lack, LackKind, lacks
from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.secrets.values.forms import Fault, FaultKind
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.secrets.spec import Spec

TEXT = """\
version: 1
paths:
  server/stg:
    environments: [stg]
    keys:
      A: {prompt: true}
      B: {prompt: true, required: false}
"""
PLACE = Place("secret", "server/stg")


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    (tmp_path / "secrets.yaml").write_text(TEXT, "utf-8")
    return load_spec(Tree(tmp_path), "secrets.yaml").required()


def only(found: list[Lack]) -> Lack:
    (lack,) = found
    return lack


def fault(key: str) -> Fault:
    return Fault(FaultKind.PLACEHOLDER, Address(PLACE, key), "is a placeholder")


def test_what_is_there_and_fine_lacks_nothing(spec: Spec) -> None:
    assert lacks(spec, {PLACE: {"A": None, "B": None}}, "stg") == []


def test_an_optional_key_may_be_absent(spec: Spec) -> None:
    assert lacks(spec, {PLACE: {"A": None}}, "stg") == []


def test_an_absent_path_is_one_lack_at_its_name(spec: Spec) -> None:
    lack = only(lacks(spec, {}, "stg"))
    assert (lack.kind, lack.severity) == (LackKind.ABSENT_PATH, Severity.ERROR)
    assert (lack.message, lack.span.line) == ("there is nothing at secret/server/stg", 3)
    assert lack.help == "plate-llm secrets seed stg fills it"


def test_an_absent_key_is_named_at_its_line(spec: Spec) -> None:
    lack = only(lacks(spec, {PLACE: {"B": None}}, "stg"))
    assert (lack.kind, lack.message) == (LackKind.ABSENT_KEY, "secret/server/stg#A is not there")
    assert lack.span.line == 6


@pytest.mark.parametrize(("key", "severity"), [("A", Severity.ERROR), ("B", Severity.WARNING)])
def test_a_bad_value_is_worse_where_it_is_required(
    spec: Spec, key: str, severity: Severity
) -> None:
    held = {PLACE: {"A": None, "B": None} | {key: fault(key)}}
    lack = only(lacks(spec, held, "stg"))
    assert (lack.kind, lack.severity) == (LackKind.BAD_VALUE, severity)
    assert lack.message == f"secret/server/stg#{key} is a placeholder"


def test_a_key_that_the_spec_does_not_know_is_an_info(spec: Spec) -> None:
    lack = only(lacks(spec, {PLACE: {"A": None, "C": None}}, "stg"))
    assert (lack.kind, lack.severity) == (LackKind.UNKNOWN_KEY, Severity.INFO)
    assert lack.message == "secret/server/stg has a key C that the spec does not know"
