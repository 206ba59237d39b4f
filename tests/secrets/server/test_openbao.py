"""Reading and writing a real OpenBao: nothing is changed on the way, nobody is overwritten."""

from __future__ import annotations

import json
import string
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plate_llm_cli.errors import OpenBaoError, UsageError
from plate_llm_cli.secrets.addresses import Place
from plate_llm_cli.secrets.server.connection import Options, resolve
from plate_llm_cli.secrets.server.openbao import OpenBao
from plate_llm_cli.secrets.server.openbao_errors import ConflictError
from plate_llm_cli.secrets.server.stored import StoredState
from plate_llm_cli.secrets.server.tokens import token_facts
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.settings import Settings

if TYPE_CHECKING:
    from plate_llm_cli.secrets.server.stored import Stored
    from tests.secrets.fixtures import Bao

# As the model of the spec has them.
_START = f"{string.ascii_letters}{string.digits}_@:+=~-"
SEGMENTS = st.builds(
    str.__add__,
    st.sampled_from(_START),
    st.text(f"{_START}.", max_size=6),
)
PATHS = st.lists(SEGMENTS, min_size=1, max_size=3).map("/".join)
KEYS = st.text(f"{string.ascii_letters}{string.digits}-._", min_size=1, max_size=12)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)

OF_OTHERS: dict[str, Any] = {
    "large": 2**60,
    "larger": 10**30,
    "fraction": 0.1,
    "tiny": 5e-324,
    "negative": -7,
    "yes": True,
    "none": None,
    "empty": "",
    "text": 'a "quoted" \\ line\n\t\u0000 \u2028 \u00e9 \U0001f511',
    "nested": {"list": [1, [2.5, {}], "x"], "deeper": {"@:+=~": None}},
}


def texts(stored: Stored) -> dict[str, str]:
    return {name: value.reveal() for name, value in stored.data.items()}


@given(path=PATHS, data=st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_names_and_values_reach_openbao_as_they_are(
    bao: Bao, path: str, data: dict[str, str]
) -> None:
    place, version = bao.place(path), bao.version(path)
    with bao.client() as client:
        secrets = {name: Secret(value) for name, value in data.items()}
        assert client.write(place, secrets, version) == version + 1
        assert bao.data(path) == data
        assert texts(client.read(place)) == data


def test_data_of_other_writers_survives_a_read_and_a_write(bao: Bao) -> None:
    bao.put("app", **OF_OTHERS)
    before = bao.data("app")
    with bao.client() as client:
        stored = client.read(bao.place("app"))
        client.write(bao.place("app"), stored.data | {"ours": Secret("x")}, stored.version)
    # As text: to Python, 1 and 1.0 and True are the same.
    assert json.dumps(bao.data("app")) == json.dumps(dict(sorted((before | {"ours": "x"}).items())))


def test_path_that_was_never_written(bao: Bao) -> None:
    with bao.client() as client:
        stored = client.read(bao.place("app"))
    assert (stored.state, stored.version, stored.data) == (StoredState.ABSENT, 0, {})


@pytest.mark.parametrize(
    ("deed", "state"), [("delete", StoredState.DELETED), ("destroy", StoredState.DESTROYED)]
)
def test_path_whose_newest_version_is_gone_goes_on_from_its_number(
    bao: Bao, deed: str, state: StoredState
) -> None:
    bao.put("app", KEY="one")
    bao.put("app", KEY="two")
    bao.server.done("POST", f"{bao.mount}/{deed}/app", {"versions": [2]})
    with bao.client() as client:
        stored = client.read(bao.place("app"))
        assert (stored.state, stored.version, stored.data) == (state, 2, {})
        assert client.write(bao.place("app"), {"KEY": Secret("three")}, 2) == 3


def test_version_that_will_be_deleted_later_is_live_until_then(bao: Bao) -> None:
    later = {"delete_version_after": "1h"}
    bao.server.done("POST", f"{bao.mount}/metadata/app", later)
    bao.put("app", KEY="one")
    with bao.client() as client:
        stored = client.read(bao.place("app"))
    assert (stored.state, texts(stored)) == (StoredState.LIVE, {"KEY": "one"})


def test_older_version(bao: Bao) -> None:
    bao.put("app", KEY="one")
    bao.put("app", KEY="two")
    with bao.client() as client:
        stored = client.read(bao.place("app"), 1)
    assert (stored.version, texts(stored)) == (1, {"KEY": "one"})


@pytest.mark.parametrize("seen", [0, 1])
def test_writer_that_was_first_is_not_overwritten(bao: Bao, seen: int) -> None:
    bao.put("app", KEY="one")
    bao.put("app", KEY="theirs")
    with bao.client() as client, pytest.raises(ConflictError):
        client.write(bao.place("app"), {"KEY": Secret("ours")}, seen)
    assert bao.data("app") == {"KEY": "theirs"}


def test_same_value_of_another_writer_is_a_conflict_all_the_same(bao: Bao) -> None:
    bao.put("app", KEY="same")
    with bao.client() as client, pytest.raises(ConflictError):
        client.write(bao.place("app"), {"KEY": Secret("same")}, 0)


def test_annotations_of_others_stay(bao: Bao) -> None:
    bao.put("app", KEY="one")
    theirs = {"custom_metadata": {"team": "payments", "ticket": "7"}}
    bao.server.done("POST", f"{bao.mount}/metadata/app", theirs)
    with bao.client() as client:
        client.annotate(bao.place("app"), {"ours": "caf\u00e9", "ticket": None})
        stored = client.read(bao.place("app"))
    assert bao.annotations("app") == {"team": "payments", "ours": "caf\u00e9"}
    assert stored.annotations == {"team": "payments", "ours": "caf\u00e9"}


def test_token_that_may_only_read_is_enough_to_go_ahead(bao: Bao) -> None:
    bao.put("app", KEY="one")
    token = bao.token_with('path "MOUNT/data/app" { capabilities = ["read"] }')
    with bao.client(token) as client:
        client.preflight([bao.place("app")])
        assert texts(client.read(bao.place("app"))) == {"KEY": "one"}


def test_token_that_may_not_look_itself_up_is_enough_to_go_ahead(bao: Bao) -> None:
    bare = {"policies": [], "no_default_policy": True}
    rules = (
        f'path "{bao.mount}/data/app" {{ capabilities = ["read"] }}\n'
        'path "sys/capabilities-self" { capabilities = ["update"] }\n'
        'path "sys/internal/ui/mounts/*" { capabilities = ["read"] }\n'
    )
    policy = f"bare-{bao.mount}"
    bao.server.done("POST", f"sys/policies/acl/{policy}", {"policy": rules})
    answer = bao.server.done("POST", "auth/token/create", bare | {"policies": [policy]})
    bao.put("app", KEY="one")
    with bao.client(answer["auth"]["client_token"]) as client:
        client.preflight([bao.place("app")])
        assert texts(client.read(bao.place("app"))) == {"KEY": "one"}


def test_token_that_may_ask_nothing_is_told_by_the_request_itself(bao: Bao) -> None:
    rules = f'path "{bao.mount}/data/app" {{ capabilities = ["read"] }}'
    policy = f"mute-{bao.mount}"
    bao.server.done("POST", f"sys/policies/acl/{policy}", {"policy": rules})
    body = {"policies": [policy], "no_default_policy": True}
    made = bao.server.done("POST", "auth/token/create", body)
    with bao.client(made["auth"]["client_token"]) as client:
        client.require({f"{bao.mount}/data/other": ("read",)})
        with pytest.raises(OpenBaoError) as caught:
            client.read(bao.place("other"))
    assert caught.value.message == f"the token may not read {bao.mount}/data/other"


def test_more_paths_than_openbao_takes_in_one_question(bao: Bao) -> None:
    token = bao.token_with('path "MOUNT/data/*" { capabilities = ["read"] }')
    paths = [f"{bao.mount}/data/{number}" for number in range(1200)]
    with bao.client(token) as client:
        may = client.capabilities(paths)
        with pytest.raises(OpenBaoError) as caught:
            client.require(dict.fromkeys([*paths, "secret/data/last"], ("read",)))
    assert may == dict.fromkeys(paths, frozenset({"read"}))
    assert caught.value.message == "the token may not read secret/data/last"


def test_capabilities_by_path(bao: Bao) -> None:
    token = bao.token_with('path "MOUNT/data/app" { capabilities = ["read", "patch"] }')
    mine, other = f"{bao.mount}/data/app", f"{bao.mount}/data/other"
    with bao.client(token) as client:
        assert client.capabilities([mine, other, mine]) == {
            mine: {"read", "patch"},
            other: {"deny"},
        }
        assert client.capabilities([]) == {}


def test_what_openbao_knows_about_a_token(bao: Bao) -> None:
    body = {"policies": ["default"], "ttl": "90s", "display_name": "ci", "num_uses": 5}
    made = bao.server.done("POST", "auth/token/create", body)
    with bao.client(made["auth"]["client_token"]) as client:
        facts = client.token()
    assert (facts.kind, facts.policies) == ("service", ("default",))
    assert (facts.display_name, facts.uses_left, facts.renewable) == ("token-ci", 4, True)
    assert facts.ttl in (89, 90)
    assert facts.expires is not None
    assert not facts.orphan


def test_token_that_never_ends(bao: Bao) -> None:
    with bao.client() as client:
        facts = client.token()
    assert (facts.ttl, facts.expires, facts.policies) == (0, None, ("root",))


def test_token_in_its_last_second_is_none_that_never_ends() -> None:
    ending = {"ttl": 0, "expire_time": "2026-01-02T03:04:05.678901234Z"}
    assert token_facts(ending).ttl == 1
    assert token_facts({"ttl": 0, "expire_time": None}).ttl == 0


def test_periodic_token_gets_its_whole_period_again(bao: Bao) -> None:
    made = bao.server.done("POST", "auth/token/create", {"period": "1h", "policies": ["default"]})
    with bao.client(made["auth"]["client_token"]) as client:
        facts = client.renew()
    assert (facts.period, facts.ttl in (3599, 3600)) == (3600, True)


def test_token_that_cannot_be_renewed(bao: Bao) -> None:
    body = {"renewable": False, "ttl": "1h", "policies": ["default"]}
    made = bao.server.done("POST", "auth/token/create", body)
    with bao.client(made["auth"]["client_token"]) as client, pytest.raises(OpenBaoError) as caught:
        client.renew()
    assert (caught.value.message, caught.value.hint) == (
        "OpenBao refuses to write auth/token/renew-self (HTTP 400)",
        "the token is not renewable",
    )


def test_all_of_it_within_a_namespace(bao: Bao) -> None:
    team, place = f"team-{bao.mount}", Place("kv", "app")
    within = {"X-Vault-Namespace": team}
    bao.server.done("POST", f"sys/namespaces/{team}", {})
    kind = {"type": "kv", "options": {"version": "2"}}
    bao.server.done("POST", "sys/mounts/kv", kind, **within)
    environ = {"BAO_ADDR": bao.address, "BAO_TOKEN": bao.token, "BAO_NAMESPACE": team}
    with OpenBao(resolve(Settings(), environ, Options())) as client:
        client.preflight([place])
        client.write(place, {"KEY": Secret("one")}, 0)
        client.annotate(place, {"owner": "team"})
        assert texts(client.read(place)) == {"KEY": "one"}
    found = bao.server.done("GET", "kv/data/app", **within)["data"]
    assert (found["data"], found["metadata"]["custom_metadata"]) == (
        {"KEY": "one"},
        {"owner": "team"},
    )
    assert bao.server.ask("GET", "kv/data/app")[0] == 404


@pytest.mark.parametrize("path", ["", "/sys", "sys//auth", "kv/data/../app", "kv/./app", "kv/app/"])
def test_path_that_would_name_another_one_is_refused(bao: Bao, path: str) -> None:
    with bao.client() as client, pytest.raises(UsageError) as caught:
        client.call("DELETE", path)
    assert caught.value.message == f"{path!r} is no path of OpenBao's API"


def test_path_that_is_denied_is_shown_as_people_write_it(bao: Bao) -> None:
    token = bao.token_with('path "MOUNT/data/other" { capabilities = ["read"] }')
    with bao.client(token) as client, pytest.raises(OpenBaoError) as caught:
        client.read(bao.place("a@b:c+d=e~f"))
    assert caught.value.message == f"the token may not read {bao.mount}/data/a@b:c+d=e~f"


def test_nothing_that_holds_values_shows_them(bao: Bao) -> None:
    bao.put("app", KEY="swordfish7f3aValue")
    with bao.client() as client:
        shown = repr(client.read(bao.place("app"))) + repr(client.get(f"{bao.mount}/data/app"))
        shown += repr(client) + repr(client.connection)
    assert "swordfish" not in shown
    assert bao.token not in shown
