"""`secrets token`: what a token is, without showing it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.stores import KUBERNETES, make_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call
    from tests.secrets.fixtures import Bao


@pytest.fixture(autouse=True)
def tree(bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_tree(bao, tmp_path / "tree", KUBERNETES)
    monkeypatch.chdir(root)
    return root


def made(bao: Bao, **options: object) -> str:
    answer = bao.server.done("POST", "auth/token/create", options)
    token: str = answer["auth"]["client_token"]
    return token


def test_root_token_is_warned_of_and_not_shown(bao: Bao, call: Call) -> None:
    ended = call("secrets", "token")
    assert (ended.code, ended.err) == (0, "")
    assert f"server     {bao.address} (BAO_ADDR)\n" in ended.out
    assert "expires    never\n" in ended.out
    assert "warning: a root token may do everything" in ended.out
    assert bao.token not in ended.out


def test_token_that_expires_soon(bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAO_TOKEN", bao.token_with('path "x" {}', ttl="30m"))
    facts = json.loads(call("secrets", "token", "--format", "json").out)
    assert facts["renewable"] is True
    assert 1790 < facts["ttl"] <= 1800
    assert [text.partition(" in ")[0] for text in facts["warnings"]] == ["it expires"]


def test_token_that_openbao_does_not_know(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAO_TOKEN", "s.unknown")
    ended = call("secrets", "token")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("error: OpenBao does not know the token")


def test_token_is_renewed(bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAO_TOKEN", made(bao, policies=["default"], period="2h", ttl="2h"))
    ended = call("secrets", "token", "--renew")
    assert (ended.code, ended.err) == (0, "")
    assert "renewable  yes, by 2 h each time\n" in ended.out
    assert "warning: it has no policy of its own" in ended.out


def test_token_that_cannot_be_renewed(
    bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAO_TOKEN", made(bao, policies=["x"], renewable=False, ttl="48h"))
    assert json.loads(call("secrets", "token", "--format", "json").out)["warnings"] == [
        "it cannot be renewed"
    ]
    ended = call("secrets", "token", "--renew")
    assert (ended.code, ended.out) == (3, "")
    assert "hint: the token is not renewable\n" in ended.err


def test_uses_that_are_left_are_counted(
    bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAO_TOKEN", made(bao, policies=["x"], num_uses=9, ttl="48h"))
    facts = json.loads(call("secrets", "token", "--format", "json").out)
    assert facts["uses_left"] == 8
    assert facts["warnings"] == ["it can be used 8 more times: seeding takes several a path"]


def test_token_that_may_not_even_ask_about_itself(
    bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAO_TOKEN", made(bao, policies=["x"], no_default_policy=True))
    ended = call("secrets", "token")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err == (
        "error: the token may not read auth/token/lookup-self\n"
        "hint: OpenBao's own policy `default` allows that: the token was made without it\n"
    )
