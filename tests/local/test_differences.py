from __future__ import annotations

import pytest

from plate_llm_cli.local.differences import Difference, Surroundings, localised
from plate_llm_cli.local.provider import Models
from plate_llm_cli.secrets.values.secret import Secret

ECHO = Models("builtin:echo", keep_others=False)
ALWAYS = {
    "PORT": "0",
    "METRICS_PORT": "0",
    "LLM_MODEL_NAME": "builtin:echo",
    "SHUTDOWN_DELAY_SECONDS": "0",
    "SHUTDOWN_GRACE_SECONDS": "3",
}


def plain(around: Surroundings, /, **given: str) -> dict[str, str]:
    return localised(given, {}, around).plain


def test_what_no_machine_of_a_person_has_is_changed() -> None:
    assert plain(Surroundings(ECHO)) == ALWAYS


def test_all_else_stays_as_it_is() -> None:
    local = localised({"LOG_LEVEL": "debug"}, {"AUTH_JWT_SECRET": Secret("x")}, Surroundings(ECHO))
    assert local.plain == ALWAYS | {"LOG_LEVEL": "debug"}
    assert list(local.secret) == ["AUTH_JWT_SECRET"]


@pytest.mark.parametrize(
    "name",
    ["PATH", "PYTHONPATH", "PYTHONHOME", "LD_PRELOAD", "ld_preload", "OPENSSL_CONF", "GCONV_PATH"],
)
def test_no_values_file_chooses_what_runs_on_this_machine(name: str) -> None:
    local = localised({name: "/tree/evil"}, {}, Surroundings(ECHO))
    assert name not in local.plain
    why = "it is about the image, which is not here"
    assert Difference(name, "/tree/evil", "", why) in local.differences
    assert name not in localised({}, {name: Secret("/tree/evil")}, Surroundings(ECHO)).secret


def test_each_change_is_noted_with_what_was_there() -> None:
    local = localised({"PORT": "8000"}, {}, Surroundings(ECHO, port=8080))
    assert local.differences[0] == Difference("PORT", "8000", "8080", "as --port says")


def test_what_is_the_same_here_is_no_difference() -> None:
    around = Surroundings(Models("openai:gpt-5", keep_others=True))
    local = localised({"LLM_MODEL_NAME": "openai:gpt-5", "LLM_MODELS": "[]"}, {}, around)
    assert "LLM_MODEL_NAME" not in [item.variable for item in local.differences]
    assert local.plain["LLM_MODELS"] == "[]"


def test_further_models_go_where_nothing_answers_for_them() -> None:
    given = {"LLM_MODELS": '["openai:gpt-5"]', "LLM_FALLBACK_MODELS": '["gpt-5"]'}
    assert plain(Surroundings(ECHO), **given) == ALWAYS


def test_cache_is_the_one_of_this_machine() -> None:
    around = Surroundings(ECHO, cache_url="redis://127.0.0.1:5/0", cache_name="redis-server")
    assert plain(around, CACHE_URL="redis://plate-cache:6379/0")["CACHE_URL"] == around.cache_url


def test_cache_is_in_the_process_where_this_machine_has_none() -> None:
    assert plain(Surroundings(ECHO), CACHE_URL="redis://plate-cache:6379/0") == ALWAYS


def test_cache_with_a_password_is_replaced_and_not_shown() -> None:
    around = Surroundings(ECHO, cache_url="redis://127.0.0.1:5/0", cache_name="redis-server")
    local = localised({}, {"CACHE_URL": Secret("redis://:word@plate-cache")}, around)
    assert local.secret == {}
    assert [item.there for item in local.differences if item.variable == "CACHE_URL"] == [
        "(secret)"
    ]


def test_deployment_without_a_cache_gets_none() -> None:
    around = Surroundings(ECHO, cache_url="redis://127.0.0.1:5/0", cache_name="redis-server")
    assert plain(around) == ALWAYS


def test_nothing_is_traced_with_a_made_up_key() -> None:
    around = Surroundings(ECHO, made_up=frozenset({"LANGCHAIN_API_KEY"}))
    assert plain(around, LANGCHAIN_TRACING_V2="true")["LANGCHAIN_TRACING_V2"] == "false"


def test_a_real_key_traces() -> None:
    assert plain(Surroundings(ECHO), LANGCHAIN_TRACING_V2="true")["LANGCHAIN_TRACING_V2"] == "true"


def test_hosts_of_this_machine_are_allowed_beside_the_others() -> None:
    found = plain(Surroundings(ECHO), HTTP_ALLOWED_HOSTS='["llm.example.org", "localhost"]')
    assert found["HTTP_ALLOWED_HOSTS"] == '["llm.example.org", "localhost", "127.0.0.1"]'


def test_any_host_stays_any_host() -> None:
    assert plain(Surroundings(ECHO), HTTP_ALLOWED_HOSTS="[]")["HTTP_ALLOWED_HOSTS"] == "[]"
