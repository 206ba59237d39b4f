"""What would change, key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.secrets.addresses import Address, Place
from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.secrets.plan import Action, Candidate, KeyPlan, Planner, Wishes
from plate_llm_cli.secrets.server.stored import Stored, StoredState
from plate_llm_cli.secrets.spec import DEFAULT_PATH, Spec
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

APP, DB = Place("secret", "app"), Place("secret", "db")
SPEC = """\
version: 1
paths:
  app:
    environments: [stg]
    keys:
      host: {value: harbor.example.com}
      url: {from: {secret: "db#password", template: "postgres://app:{}@db/app"}}
      again: {from: "app#url"}
      token: {prompt: true, minLength: 8}
      extra: {prompt: true, required: false}
  db:
    environments: [stg]
    keys:
      password: {generate: {as: alphanumeric, length: 32}}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    file = tmp_path / DEFAULT_PATH
    file.parent.mkdir()
    file.write_text(SPEC, "utf-8")
    return load_spec(Tree(tmp_path)).required()


def live(version: int = 1, **data: str) -> Stored:
    secrets = {name: Secret(value) for name, value in data.items()}
    return Stored(StoredState.LIVE, version, secrets)


FULL = {
    APP: live(
        host="harbor.example.com",
        url="postgres://app:hunter2hunter2@db/app",
        again="postgres://app:hunter2hunter2@db/app",
        token="long enough",
        extra="something",
    ),
    DB: live(password="hunter2hunter2"),
}


def key(name: str, spec: Spec, stored: dict[Place, Stored], **more: object) -> KeyPlan:
    plan = Planner(spec, stored, **more).plan()  # type: ignore[arg-type]
    (found,) = (item for item in plan.keys if str(item.address) == name)
    return found


def test_nothing_to_do(spec: Spec) -> None:
    plan = Planner(spec, FULL).plan()
    assert not plan.changes
    assert [item.note for item in plan.keys] == [""] * 6


def test_everything_is_missing(spec: Spec) -> None:
    plan = Planner(spec, {APP: Stored(), DB: Stored()}).plan()
    assert {item.action for item in plan.keys} == {Action.ADD}
    assert plan.count(Action.ADD) == 6


def test_value_that_is_there_stays_whatever_the_spec_says(spec: Spec) -> None:
    stored = FULL | {APP: live(host="other.example.com")}
    found = key("app#host", spec, stored)
    assert found.action is Action.KEEP
    assert (
        found.note == "the spec has another value, this one stays: --overwrite app#host replaces it"
    )


@pytest.mark.parametrize(
    ("value", "note"),
    [
        ("CHANGE_ME", "is a placeholder, not a value"),
        ("", "is empty"),
        ("short", "is shorter than 8 characters"),
    ],
)
def test_bad_value_stays_and_is_named(value: str, note: str, spec: Spec) -> None:
    found = key("app#token", spec, FULL | {APP: live(token=value)})
    assert found.action is Action.KEEP
    assert found.note == f"{note}: --overwrite app#token replaces it"


def test_overwrite_replaces(spec: Spec) -> None:
    token = Address(APP, "token")
    new = {token: Candidate(Secret("another one"), "x.env line 1")}
    found = key("app#token", spec, FULL, wishes=Wishes(frozenset({token})), candidates=new)
    assert (found.action, found.source) == (Action.CHANGE, "x.env line 1")


def test_overwrite_by_the_same_value_changes_nothing(spec: Spec) -> None:
    token = Address(APP, "token")
    new = {token: Candidate(Secret("long enough"))}
    found = key("app#token", spec, FULL, wishes=Wishes(frozenset({token})), candidates=new)
    assert (found.action, found.note) == (Action.KEEP, "it has this value already")


def test_given_value_does_not_replace_by_itself(spec: Spec) -> None:
    new = {Address(APP, "token"): Candidate(Secret("another one"))}
    found = key("app#token", spec, FULL, candidates=new)
    assert found.action is Action.KEEP
    assert found.value is not None
    assert found.value.reveal() == "long enough"
    assert found.note.startswith("another value is given")


def test_key_that_the_spec_does_not_know(spec: Spec) -> None:
    stored = FULL | {DB: live(password="hunter2hunter2", old="x")}
    assert key("db#old", spec, stored).action is Action.KEEP
    assert key("db#old", spec, stored).note == "not in the spec: --prune removes it"
    assert key("db#old", spec, stored, wishes=Wishes(prune=True)).action is Action.REMOVE


def test_derived_key_of_another_hand_stays(spec: Spec) -> None:
    stored = FULL | {DB: live(password="of another hand")}
    found = key("app#url", spec, stored)
    assert found.action is Action.KEEP
    assert found.note == ("another value than db#password makes: --overwrite app#url replaces it")
    assert key("app#again", spec, stored).action is Action.KEEP


def test_derived_key_that_an_interrupted_run_left_behind_follows(spec: Spec) -> None:
    stored = FULL | {DB: live(password="rotated")}
    wishes = Wishes(stale=frozenset({Address(APP, "url")}))
    for name in ("app#url", "app#again"):
        found = key(name, spec, stored, wishes=wishes)
        assert found.action is Action.CHANGE
        assert found.value is not None
        assert found.value.reveal() == "postgres://app:rotated@db/app"


def test_derived_key_follows_a_parent_that_was_written_before_it(spec: Spec) -> None:
    stored = FULL | {DB: live(version=2, password="rotated")}
    changed = {Address(DB, "password")}
    assert key("app#url", spec, stored, changed=changed).action is Action.CHANGE


def test_derived_key_is_overwritten_by_name(spec: Spec) -> None:
    stored = FULL | {DB: live(password="of another hand")}
    wishes = Wishes(frozenset({Address(APP, "url")}))
    assert key("app#url", spec, stored, wishes=wishes).action is Action.CHANGE


def test_fault_of_a_value_that_would_be_written(spec: Spec) -> None:
    token = Address(APP, "token")
    stored = FULL | {APP: live(extra="x")}
    found = key("app#token", spec, stored, candidates={token: Candidate(Secret("CHANGE_ME"))})
    assert found.action is Action.ADD
    assert found.note == "cannot be used: it is a placeholder, not a value"


def test_required_keys_that_stay_missing_or_bad_are_wanting(spec: Spec) -> None:
    stored = FULL | {APP: live(token="CHANGE_ME", url="x", again="x")}
    left = {Address(APP, "host"): Candidate(left=True)}
    plan = Planner(spec, stored, candidates=left).plan()
    assert [item.address.key for item in plan.wanting] == ["host", "token"]


def test_derived_key_changes_with_a_parent_whose_new_value_is_not_known_yet(spec: Spec) -> None:
    wishes = Wishes(frozenset({Address(DB, "password")}))
    found = key("app#url", spec, FULL, wishes=wishes)
    assert (found.action, found.value) == (Action.CHANGE, None)
    assert found.note == "db#password has changed"


def test_optional_key_without_a_value_stays_missing(spec: Spec) -> None:
    stored = FULL | {APP: live(token="long enough")}
    new = {Address(APP, "extra"): Candidate(lack="set X", left=True)}
    found = key("app#extra", spec, stored, candidates=new)
    assert (found.action, found.note) == (Action.KEEP, "not there; optional")
    assert found.lack == "set X"


def test_what_is_made_from_a_key_that_stays_missing_stays_missing(spec: Spec) -> None:
    new = {Address(DB, "password"): Candidate(left=True)}
    plan = Planner(spec, {APP: Stored(), DB: Stored()}, candidates=new).plan()
    actions = {str(item.address): item.action for item in plan.keys}
    assert actions["db#password"] is Action.KEEP
    assert actions["app#url"] is Action.KEEP
    assert actions["app#again"] is Action.KEEP


def test_value_that_is_no_text_is_kept_as_it_is(spec: Spec) -> None:
    stored = FULL | {DB: Stored(StoredState.LIVE, 1, {"password": Secret(5)})}
    assert key("db#password", spec, stored).note.startswith("is no text")
