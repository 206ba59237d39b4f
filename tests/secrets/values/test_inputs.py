from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.secrets.spec import Derived, Encoding, FromFile, Generate, Literal, Prompt
from plate_llm_cli.secrets.values.given import Given
from plate_llm_cli.secrets.values.inputs import derive, resolve, resolve_names
from plate_llm_cli.secrets.values.secret import Secret
from tests.secrets.refusals import refusal
from tests.secrets.specs import address, key_spec, spec_of

if TYPE_CHECKING:
    from plate_llm_cli.secrets.addresses import Address

PASSWORD = address("harbor/staging#password")
JWT = address("server/staging#JWT_SECRET")
SPEC = spec_of(
    key_spec("harbor/staging#password", Prompt()),
    key_spec("harbor/staging#username", Prompt()),
    key_spec("harbor/staging#registry", Literal("harbor.example.com")),
    key_spec("server/staging#JWT_SECRET", Generate(Encoding.HEX, 32)),
    key_spec("server/staging#CACHE_URL", Derived(address("cache/staging#password"), "redis://{}")),
    key_spec("cache/staging#password", FromFile("~/cache-password")),
)
ALL = (
    "there are: harbor/staging#password, harbor/staging#username, harbor/staging#registry, "
    "server/staging#JWT_SECRET, server/staging#CACHE_URL, cache/staging#password"
)


def _given(name: str, value: str = "hunter2", where: str = "secrets.env line 3") -> Given:
    return Given(name, Secret(value), where)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("harbor/staging#password", PASSWORD),
        ("secret/harbor/staging#password", PASSWORD),
        ("HARBOR_STAGING__PASSWORD", PASSWORD),
        ("JWT_SECRET", JWT),
        ("SERVER_STAGING__JWT_SECRET", JWT),
    ],
)
def test_a_key_goes_by_its_path_its_variable_or_alone(name: str, expected: Address) -> None:
    inputs = resolve([_given(name)], SPEC)

    assert list(inputs.given) == [expected]
    found = inputs.get(expected)
    assert found is not None
    assert found.reveal() == "hunter2"
    assert inputs.where(expected) == "secrets.env line 3"


def test_what_was_not_given_is_not_there() -> None:
    inputs = resolve([_given("JWT_SECRET")], SPEC)

    assert inputs.get(PASSWORD) is None
    assert inputs.where(PASSWORD) == ""


def test_a_name_of_several_keys_is_refused_with_all_of_them() -> None:
    assert refusal(lambda: resolve([_given("password")], SPEC)) == (
        "`password` (secrets.env line 3) may mean 2 keys: "
        "cache/staging#password, harbor/staging#password",
        "write cache/staging#password, in files of variables CACHE_STAGING__PASSWORD",
    )


def test_a_variable_of_several_keys_is_refused_with_the_name_that_works() -> None:
    spec = spec_of(key_spec("a-b/c#K", Prompt()), key_spec("a/b-c#K", Prompt()))

    assert refusal(lambda: resolve([_given("A_B_C__K")], spec)) == (
        "`A_B_C__K` (secrets.env line 3) may mean 2 keys: a-b/c#K, a/b-c#K",
        "write a-b/c#K",
    )


def test_a_variable_that_is_also_the_name_of_another_key_is_refused() -> None:
    spec = spec_of(key_spec("a#B", Prompt()), key_spec("x#A__B", Prompt()))

    assert refusal(lambda: resolve([_given("A__B")], spec)) == (
        "`A__B` (secrets.env line 3) may mean 2 keys: a#B, x#A__B",
        "write a#B",
    )


def test_the_mount_tells_two_equal_paths_apart() -> None:
    spec = spec_of(key_spec("a#K", Prompt()), key_spec("a#K", Prompt(), mount="kv"))

    assert list(resolve([_given("kv/a#K")], spec).given) == [address("a#K", "kv")]
    assert refusal(lambda: resolve([_given("a#K")], spec)) == (
        "`a#K` (secrets.env line 3) may mean 2 keys: kv/a#K, secret/a#K",
        "write kv/a#K",
    )


def test_a_name_in_full_wins_over_a_path_that_begins_like_a_mount() -> None:
    spec = spec_of(key_spec("a#K", Prompt()), key_spec("secret/a#K", Prompt(), mount="kv"))

    assert list(resolve([_given("secret/a#K")], spec).given) == [address("a#K")]


def test_an_unknown_name_is_told_by_its_place_with_the_name_that_was_meant() -> None:
    assert refusal(lambda: resolve([_given("HARBOR_STAGING_PASSWORD")], SPEC)) == (
        "secrets.env line 3 names no key of this environment",
        "did you mean HARBOR_STAGING__PASSWORD?",
    )


def test_a_name_like_no_other_is_told_by_its_place_with_the_names_there_are() -> None:
    assert refusal(lambda: resolve([_given("AWS_REGION")], SPEC)) == (
        "secrets.env line 3 names no key of this environment",
        ALL,
    )


def test_all_unknown_names_are_told_at_once() -> None:
    items = [_given("JWT_SECRT", where=f"a.env line {line}") for line in range(1, 9)]

    assert refusal(lambda: resolve([*items, _given("JWT_SECRET")], SPEC)) == (
        "a.env line 1, a.env line 2, a.env line 3, a.env line 4, a.env line 5 and 3 more "
        "name no key of this environment",
        "did you mean JWT_SECRET?",
    )


def test_an_environment_without_keys_says_so() -> None:
    assert refusal(lambda: resolve([_given("JWT_SECRET")], spec_of())) == (
        "secrets.env line 3 names no key of this environment",
        "the secrets spec has no keys for this environment",
    )


def test_many_keys_are_not_all_listed() -> None:
    spec = spec_of(*(key_spec(f"p#{letter * 3}", Prompt()) for letter in "abcdefghijklmn"))

    hint = refusal(lambda: resolve([_given("0")], spec))[1]

    listed = ", ".join(f"p#{letter * 3}" for letter in "abcdefghijkl")
    assert hint == f"there are: {listed} and 2 more"


def test_what_stands_in_the_spec_cannot_be_given() -> None:
    assert refusal(lambda: resolve([_given("registry")], SPEC)) == (
        "secrets.env line 3 gives harbor/staging#registry, whose value stands in the spec",
        "change it in environments/secrets.yaml line 7",
    )


def test_what_is_made_from_another_key_cannot_be_given() -> None:
    assert refusal(lambda: resolve([_given("CACHE_URL")], SPEC)) == (
        "secrets.env line 3 gives server/staging#CACHE_URL, "
        "whose value is made from cache/staging#password",
        "give cache/staging#password instead",
    )


def test_two_values_for_a_key_are_refused_with_both_places() -> None:
    twice = [
        _given("JWT_SECRET", "hunter2", "a.env line 1"),
        _given("server/staging#JWT_SECRET", "hunter3", "b.yaml line 9"),
    ]

    assert refusal(lambda: resolve(twice, SPEC)) == (
        "a.env line 1 and b.yaml line 9 give server/staging#JWT_SECRET different values",
        "keep one of them",
    )


def test_the_same_value_twice_is_no_contradiction() -> None:
    twice = [
        _given("JWT_SECRET", where="a.env line 1"),
        _given("server/staging#JWT_SECRET", where="b.yaml line 9"),
    ]

    assert resolve(twice, SPEC).where(JWT) == "a.env line 1"


def test_names_on_the_command_line_are_the_same_ones_and_count_once() -> None:
    wanted = ["JWT_SECRET", "harbor/staging#*", "HARBOR_STAGING__PASSWORD", "CACHE_URL"]

    assert [str(found) for found in resolve_names(wanted, SPEC)] == [
        "server/staging#JWT_SECRET",
        "harbor/staging#password",
        "harbor/staging#username",
        "harbor/staging#registry",
        "server/staging#CACHE_URL",
    ]


def test_all_keys_of_a_path_may_be_meant_with_the_mount() -> None:
    spec = spec_of(
        key_spec("a#K", Prompt()),
        key_spec("a#L", Prompt()),
        key_spec("a#K", Prompt(), mount="kv"),
        key_spec("b#K", Prompt()),
    )

    assert resolve_names(["secret/a#*"], spec) == [address("a#K"), address("a#L")]
    assert resolve_names(["kv/a#*"], spec) == [address("a#K", "kv")]


def test_an_ambiguous_name_on_the_command_line_is_refused() -> None:
    assert refusal(lambda: resolve_names(["password"], SPEC))[0] == (
        "`password` may mean 2 keys: cache/staging#password, harbor/staging#password"
    )


@pytest.mark.parametrize(
    ("wanted", "message", "hint"),
    [
        (
            ["JWT_SECRT"],
            "a name that was given is no key of this environment",
            "did you mean JWT_SECRET?",
        ),
        (
            ["JWT_SECRT", "JWT_SECRET", "harbour/staging#password"],
            "names that were given are no key of this environment",
            "did you mean JWT_SECRET, harbor/staging#password?",
        ),
        (["*"], "a name that was given is no key of this environment", ALL),
        (["nowhere#*"], "a name that was given is no key of this environment", ALL),
        (["#*"], "a name that was given is no key of this environment", ALL),
        ([""], "a name that was given is no key of this environment", ALL),
    ],
)
def test_an_unknown_name_on_the_command_line_is_refused(
    wanted: list[str], message: str, hint: str
) -> None:
    assert refusal(lambda: resolve_names(wanted, SPEC)) == (message, hint)


CANARY = "Zk9-canary-Q7w"


@pytest.mark.parametrize(
    "items",
    [
        [_given(CANARY, CANARY)],
        [_given("password", CANARY)],
        [_given("registry", CANARY)],
        [_given("CACHE_URL", CANARY)],
        [_given("JWT_SECRET", CANARY), _given("JWT_SECRET", f"{CANARY}2")],
    ],
    ids=["unknown", "ambiguous", "literal", "derived", "contradiction"],
)
def test_no_refusal_tells_a_value_or_a_name_that_may_be_one(items: list[Given]) -> None:
    assert CANARY not in str(refusal(lambda: resolve(items, SPEC)))
    assert CANARY not in repr(items)
    assert CANARY not in str(refusal(lambda: resolve_names([CANARY], SPEC)))


@given(st.text(), st.text())
def test_a_template_is_text_around_the_value_and_nothing_else(before: str, value: str) -> None:
    before = before.replace("{}", "")
    template = f"{before}\n{{}}\n{{0}}%s$x{{{{}}}}"

    derived = derive(template, Secret(value))

    assert derived.reveal() == f"{before}\n{value}\n{{0}}%s$x{{{value}}}"


def test_a_template_without_a_place_for_the_value_stays_as_it_is() -> None:
    assert derive("constant", Secret("hunter2")).reveal() == "constant"


def test_what_comes_from_a_secret_is_one() -> None:
    assert repr(derive("redis://:{}@cache", Secret(CANARY))) == "Secret(hidden)"
