from __future__ import annotations

import stat
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from plate_llm_cli.errors import UnreachableError, UsageError
from plate_llm_cli.local.running import find, socket_path
from plate_llm_cli.local.service import Ports
from plate_llm_cli.local.telling import Known, Teller
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.smoke.expectations import Expectations

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = Secret("a-signing-secret-of-the-tests-with-enough-bytes")


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="up-") as folder:  # pytest's own paths are too long
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


def known(key: Secret | None = KEY, **settings: str) -> Known:
    return Known("stg", Ports(8000, 9090), Expectations(settings, known=True), key)


def claims(token: Secret | None) -> dict[str, Any]:
    assert token is not None
    return dict(
        jwt.decode(token.reveal(), KEY.reveal(), algorithms=["HS256"], audience="plate-llm")
    )


def test_nothing_is_found_where_nothing_runs(tmp_path: Path) -> None:
    assert find(tmp_path) is None


def test_what_runs_is_found_by_its_tree(tmp_path: Path) -> None:
    with Teller(tmp_path, known(AUTH_MODE="jwt")):
        found = find(tmp_path)
        assert found is not None
        assert (found.env, found.url) == ("stg", "http://127.0.0.1:8000")
        assert found.metrics_url == "http://127.0.0.1:9090/metrics"
        assert found.settings == {"AUTH_MODE": "jwt"}
        assert find(tmp_path.parent) is None


def test_token_is_good_for_a_quarter_of_an_hour(tmp_path: Path) -> None:
    with Teller(tmp_path, known(AUTH_AUDIENCE="plate-llm", AUTH_SCOPES="chat")):
        found = find(tmp_path)
        assert found is not None
        made = claims(found.token())
    assert made["exp"] - made["iat"] == 900
    assert abs(made["iat"] - time.time()) < 60
    assert (made["sub"], made["scope"]) == ("plate-llm-up", "chat")


def test_service_that_asks_for_no_token_gets_none(tmp_path: Path) -> None:
    with Teller(tmp_path, known(None, AUTH_MODE="none")):
        found = find(tmp_path)
        assert found is not None
        assert found.token() is None
        assert found.key() is None


def test_key_that_is_elsewhere_makes_no_token(tmp_path: Path) -> None:
    with Teller(tmp_path, known(None)):
        found = find(tmp_path)
        assert found is not None
        with pytest.raises(UnreachableError, match="has no AUTH_JWT_SECRET to sign tokens with"):
            found.token()


def test_key_of_another_kind_makes_no_token_and_ends_nothing(tmp_path: Path) -> None:
    public = Secret("-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----")
    with Teller(tmp_path, known(public)):
        found = find(tmp_path)
        assert found is not None
        with pytest.raises(UnreachableError, match="is empty, or a key of another kind"):
            found.token()
        assert found.key() is not None


def test_key_is_told_to_the_owner(tmp_path: Path) -> None:
    with Teller(tmp_path, known()):
        found = find(tmp_path)
        assert found is not None
        value = found.key()
    assert value is not None
    assert value.same_as(KEY)


def test_what_has_ended_is_told(tmp_path: Path) -> None:
    with Teller(tmp_path, known()):
        found = find(tmp_path)
    assert found is not None
    with pytest.raises(UnreachableError, match="has ended"):
        found.token()


def test_only_the_owner_reaches_the_socket_and_nothing_stays(tmp_path: Path, runtime: Path) -> None:
    with Teller(tmp_path, known()):
        path = socket_path(tmp_path, make=False)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(runtime.iterdir()) == []


def test_second_one_is_refused(tmp_path: Path) -> None:
    with Teller(tmp_path, known()), pytest.raises(UsageError) as caught:
        Teller(tmp_path, known())
    assert caught.value.message == "stg of this tree runs already, at http://127.0.0.1:8000"


def test_socket_of_one_that_was_killed_is_taken_over(tmp_path: Path) -> None:
    socket_path(tmp_path, make=True).touch()
    assert find(tmp_path) is None
    with Teller(tmp_path, known()):
        assert find(tmp_path) is not None


def test_folder_that_others_can_reach_into_is_refused(tmp_path: Path, runtime: Path) -> None:
    (runtime / "plate-llm").mkdir()
    (runtime / "plate-llm").chmod(0o770)
    with pytest.raises(UsageError) as caught:
        find(tmp_path)
    assert caught.value.message.endswith("is not a folder of yours alone (mode 0700)")


def test_folder_in_the_temporary_one_where_there_is_no_other(
    tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr("tempfile.tempdir", str(runtime))
    with Teller(tmp_path, known()):
        (folder,) = runtime.glob("plate-llm-*")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_folder_whose_path_no_socket_can_have_is_refused(
    tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = runtime / ("x" * 100)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    with pytest.raises(UsageError) as caught:
        find(tmp_path)
    assert caught.value.message.endswith("has too long a path for a socket in it")
    assert caught.value.hint == "set XDG_RUNTIME_DIR to a folder with a shorter one"


def test_a_link_in_place_of_the_folder_is_told(runtime: Path, tmp_path: Path) -> None:
    (runtime / "plate-llm").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="plate-llm cannot be used: file exists"):
        socket_path(tmp_path, make=True)


def test_a_link_to_a_folder_is_not_followed(runtime: Path, tmp_path: Path) -> None:
    (runtime / "plate-llm").symlink_to(tmp_path)
    with pytest.raises(UsageError, match="is not a folder of yours alone"):
        socket_path(tmp_path, make=True)
