"""Which keys go from one environment to another, and what is said of the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.lifecycle.copying import Choice, Copy
from plate_llm_cli.secrets.lifecycle.pairing import pairs
from plate_llm_cli.secrets.server.stored import Stored, StoredState
from plate_llm_cli.secrets.spec import Derived, Encoding, Generate, Literal, Prompt
from plate_llm_cli.secrets.values.secret import Secret
from tests.secrets.specs import address, key_spec, spec_of

if TYPE_CHECKING:
    from plate_llm_cli.secrets.spec import Origin

RANDOM = Generate(Encoding.HEX, 16)
NAMES = ("GIVEN", "MADE", "HERE", "THERE", "FIXED", "GONE")
ALONE = ("OWN", "BOUND", "MADE_URL", "UNKNOWN")


def copy_of(choice: Choice) -> Copy:
    """A copy of `a/stg` to `a/prod`, which share `all` and of which prod has `alone/in/prod`."""
    origins: dict[str, Origin] = {"MADE": RANDOM, "FIXED": Literal("x")}
    stg = [key_spec(f"a/stg#{name}", origins.get(name, Prompt())) for name in NAMES]
    prod = [key_spec(f"a/prod#{name}", origins.get(name, Prompt())) for name in NAMES]
    stg.append(key_spec("a/stg#OWN", Prompt()))
    stg.append(replace(key_spec("a/stg#BOUND", Prompt()), bound=True))
    stg.append(key_spec("a/stg#MADE_URL", Derived(address("a/stg#GIVEN"))))
    stg[2], prod[3] = replace(stg[2], bound=True), replace(prod[3], bound=True)
    prod.append(key_spec("a/prod#URL", Derived(address("a/prod#GIVEN"))))
    prod.append(key_spec("alone/in/prod#KEY", Prompt()))
    both = key_spec("all#KEY", Prompt())
    a, b = spec_of(*stg, both), spec_of(*prod, both, env="prod")
    data = {name: Secret(name.lower()) for name in (*NAMES, *ALONE) if name != "GONE"}
    stored = {address("a/stg#GIVEN").place: Stored(StoredState.LIVE, 1, data)}
    return Copy(b, pairs(a, b), stored, choice)


def test_each_key_goes_or_says_why_not() -> None:
    found = copy_of(Choice()).candidates()
    told = {str(at): candidate.note or candidate.source for at, candidate in found.items()}
    assert told == {
        "a/prod#GIVEN": "a/stg#GIVEN",
        "a/prod#MADE": "it is generated: --include copies it",
        "a/prod#HERE": "it stays in its environment",
        "a/prod#THERE": "it stays in its environment",
        "a/prod#FIXED": "its value stands in the spec",
        "a/prod#GONE": "a/stg#GONE is not there",
        "alone/in/prod#KEY": "its path has no counterpart",
        "all#KEY": "both read this path",
    }
    assert [str(at) for at, candidate in found.items() if not candidate.left] == ["a/prod#GIVEN"]


def test_exclusion_is_stronger_than_inclusion() -> None:
    keys = frozenset({address("a/prod#MADE"), address("a/prod#GIVEN")})
    found = copy_of(Choice(excluded=keys, included=keys)).candidates()
    assert {found[key].note for key in keys} == {"excluded"}


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("a/prod#HERE", "it stays in its environment"),
        ("a/prod#THERE", "it stays in its environment"),
        ("a/prod#MADE", "it is generated: --include copies it"),
        ("a/prod#URL", "it is made from another key"),
        ("a/prod#GONE", "a/stg#GONE is not there"),
        ("all#KEY", "both read this path"),
    ],
)
def test_key_that_is_insisted_on_and_does_not_go(key: str, reason: str) -> None:
    with pytest.raises(UsageError) as caught:
        copy_of(Choice(insisted=frozenset({address(key)}))).candidates()
    assert caught.value.message == f"{key} is not copied: {reason}"


def test_bound_key_does_not_go_when_it_is_included() -> None:
    keys = frozenset({address("a/prod#HERE"), address("a/prod#THERE")})
    found = copy_of(Choice(included=keys)).candidates()
    assert all(found[key].value is None for key in keys)


def test_key_that_the_other_spec_does_not_know_is_unclaimed() -> None:
    assert [str(at) for at in copy_of(Choice()).unclaimed()] == ["a/stg#OWN", "a/stg#UNKNOWN"]
