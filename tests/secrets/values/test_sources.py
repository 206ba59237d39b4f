from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.spec import (
    Derived,
    Encoding,
    FromEnvironment,
    FromFile,
    Generate,
    KeySpec,
    Literal,
    Prompt,
)
from plate_llm_cli.secrets.values.given import Given
from plate_llm_cli.secrets.values.inputs import resolve
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.secrets.values.sources import Missing, source_of, values_for
from tests.secrets.refusals import refusal
from tests.secrets.specs import address, key_spec, spec_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from plate_llm_cli.secrets.spec import Origin

    Ask = Callable[[KeySpec], Secret | None]

NAME = "server/cluster#OPENAI_API_KEY"
OWN = "SERVER_CLUSTER__OPENAI_API_KEY"
BARE = "OPENAI_API_KEY"


def _key(origin: Origin, *, required: bool = True) -> KeySpec:
    return key_spec(NAME, origin, required=required)


def _value(
    key: KeySpec,
    root: Path,
    *,
    given: str = "",
    environ: Mapping[str, str] | None = None,
    ask: Ask | None = None,
) -> str:
    """The value, or after `missing:` the reason why there is none."""
    items = [Given(NAME, Secret(given), "secrets.env line 3")] if given else []
    found = values_for(key, resolve(items, spec_of(key)), environ or {}, root, ask)
    return f"missing: {found.reason}" if isinstance(found, Missing) else found.reveal()


def _never(_key: KeySpec) -> Secret | None:
    raise AssertionError("nobody was to be asked")


def test_an_input_file_wins_over_everything(tmp_path: Path) -> None:
    key = _key(FromEnvironment("CI_KEY"))

    assert _value(key, tmp_path, given="file", environ={"CI_KEY": "ci", OWN: "own"}) == "file"


def test_the_variable_that_the_spec_names_wins_over_the_key_s_own(tmp_path: Path) -> None:
    key = _key(FromEnvironment("CI_KEY"))

    assert _value(key, tmp_path, environ={"CI_KEY": "ci", OWN: "own"}) == "ci"
    assert _value(key, tmp_path, environ={"CI_KEY": "", OWN: "own"}) == "own"


@pytest.mark.parametrize("origin", [Prompt(), Generate(Encoding.HEX, 8), FromFile("key")])
def test_the_key_s_own_variable_wins_over_its_origin(tmp_path: Path, origin: Origin) -> None:
    (tmp_path / "key").write_text("file")

    assert _value(_key(origin), tmp_path, environ={OWN: "own"}, ask=_never) == "own"


def test_a_variable_of_the_person_s_own_is_not_seeded_by_accident(tmp_path: Path) -> None:
    expected = f"missing: set {OWN}, pass --from-env-file, or run on a terminal"

    assert _value(_key(Prompt()), tmp_path, environ={BARE: "mine"}) == expected
    assert _value(_key(FromEnvironment(BARE)), tmp_path, environ={BARE: "mine"}) == "mine"


def test_a_variable_that_may_mean_another_key_is_not_taken(tmp_path: Path) -> None:
    key, other = key_spec("a-b/c#K", Prompt()), key_spec("a/b-c#K", Prompt())
    inputs = resolve([], spec_of(key, other))

    found = values_for(key, inputs, {"A_B_C__K": "hunter2"}, tmp_path, None)

    assert isinstance(found, Missing)
    assert found.key is key
    assert found.reason == "pass --from-env-file or run on a terminal"


def test_what_stands_in_the_spec_is_taken_from_there(tmp_path: Path) -> None:
    key = _key(Literal("harbor.example.com"))

    assert _value(key, tmp_path, environ={OWN: "own"}, ask=_never) == "harbor.example.com"


@pytest.mark.parametrize("required", [True, False])
def test_what_is_generated_needs_nobody(tmp_path: Path, *, required: bool) -> None:
    key = _key(Generate(Encoding.HEX, 8), required=required)

    assert len(bytes.fromhex(_value(key, tmp_path, ask=_never))) == 8


def test_a_file_is_read_from_the_root_or_from_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, root = tmp_path / "home", tmp_path / "root"
    for folder, value in ((home, "at home"), (root, "in the root")):
        folder.mkdir()
        (folder / "key").write_text(f"{value}\n")
    monkeypatch.setenv("HOME", str(home))

    assert _value(_key(FromFile("key")), root) == "in the root"
    assert _value(_key(FromFile("~/key")), root) == "at home"
    assert _value(_key(FromFile(str(home / "key"))), root) == "at home"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"hunter2\xff", "key.pem line 1 is no UTF-8"),
        (b"hunter2" * 200_000, "key.pem is larger than 1 MiB"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_even_for_an_optional_key(
    tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "key.pem").write_bytes(content)
    key = _key(FromFile("key.pem"), required=False)

    assert refusal(lambda: _value(key, tmp_path))[0] == message


@pytest.mark.parametrize("origin", [Prompt(), FromEnvironment("CI_KEY"), FromFile("absent")])
def test_a_person_is_asked_for_what_nothing_else_gives(tmp_path: Path, origin: Origin) -> None:
    asked: list[KeySpec] = []

    def ask(key: KeySpec) -> Secret:
        asked.append(key)
        return Secret("typed")

    key = _key(origin)

    assert _value(key, tmp_path, ask=ask) == "typed"
    assert asked == [key]


def test_a_person_is_not_asked_for_an_optional_key(tmp_path: Path) -> None:
    key = _key(Prompt(), required=False)

    expected = f"missing: set {OWN} or pass --from-env-file"
    assert _value(key, tmp_path, ask=_never) == expected
    assert _value(key, tmp_path) == expected


@pytest.mark.parametrize(
    ("origin", "reason"),
    [
        (Prompt(), f"set {OWN}, pass --from-env-file, or run on a terminal"),
        (
            FromEnvironment("CI_KEY"),
            f"set CI_KEY, set {OWN}, pass --from-env-file, or run on a terminal",
        ),
        (
            FromEnvironment(OWN),
            f"set {OWN}, pass --from-env-file, or run on a terminal",
        ),
        (
            FromFile("~/absent.pem"),
            f"create ~/absent.pem, set {OWN}, pass --from-env-file, or run on a terminal",
        ),
        (
            Derived(address("cache/staging#password")),
            "it is made from cache/staging#password, which has no value",
        ),
    ],
)
def test_what_is_missing_says_what_would_give_it(
    tmp_path: Path, origin: Origin, reason: str
) -> None:
    assert _value(_key(origin), tmp_path) == f"missing: {reason}"


def test_no_answer_is_said_to_be_none(tmp_path: Path) -> None:
    assert _value(_key(Prompt()), tmp_path, ask=lambda _: None) == (
        f"missing: nothing was entered: set {OWN} or pass --from-env-file"
    )


@pytest.mark.parametrize(
    ("given", "environ", "expected"),
    [
        ("file", {"CI_KEY": "x", OWN: "y"}, "secrets.env line 3"),
        ("", {"CI_KEY": "x", OWN: "y"}, "environment variable CI_KEY"),
        ("", {"CI_KEY": "", OWN: "y"}, f"environment variable {OWN}"),
        ("", {BARE: "z"}, ""),
    ],
)
def test_the_source_of_a_value_is_named_as_it_is_chosen(
    given: str, environ: dict[str, str], expected: str
) -> None:
    key = _key(FromEnvironment("CI_KEY"))
    items = [Given(NAME, Secret(given), "secrets.env line 3")] if given else []

    assert source_of(key, resolve(items, spec_of(key)), environ) == expected


CANARY = "Zk9-canary-Q7w"


def test_no_refusal_of_a_file_tells_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(CANARY.encode() + b"\xff")
    key = _key(FromFile("key"))

    with pytest.raises(UsageError) as caught:
        values_for(key, resolve([], spec_of(key)), {OWN: ""}, tmp_path, None)

    told = "".join(traceback.format_exception(caught.value)) + caught.value.hint
    assert CANARY not in told
    # The error of decoding holds the bytes: not even a debugger's view of ours leads to it.
    assert caught.value.__context__ is None
