"""Where OpenBao is and how to log in, from the command line, the environment and the settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.secrets.server.connection import Connection, Options, credential, resolve
from plate_llm_cli.settings import Settings
from tests.secrets.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.secrets.values.secret import Secret

ADDRESS = "https://openbao.example.com:8200"
CANARY = "swordfish7f3a"
FORM = "it has the form https://host[:port]"


def connect(settings: Settings | None = None, /, **environ: str) -> Connection:
    """The connection of an environment with address and token, unless it says otherwise."""
    base = {"BAO_ADDR": ADDRESS, "BAO_TOKEN": "s.token"}
    return resolve(settings or Settings(), base | environ, Options())


def shown(secret: Secret | None) -> str:
    return secret.reveal() if secret else ""


def test_address_from_the_option_before_all_else() -> None:
    settings = Settings(openbao_address="https://file")
    environ = {"BAO_ADDR": "https://bao", "VAULT_ADDR": "https://vault", "BAO_TOKEN": "t"}
    found = []
    for left_out in ("", "option", "BAO_ADDR", "VAULT_ADDR"):
        environ.pop(left_out, None)
        address = "" if left_out else "https://option"
        connection = resolve(settings, environ, Options(address=address))
        found.append((connection.address, connection.origin))
    assert found == [
        ("https://option", "--address"),
        ("https://bao", "BAO_ADDR"),
        ("https://vault", "VAULT_ADDR"),
        ("https://file", "the setting openbao-address"),
    ]


def test_no_address_is_refused_instead_of_guessed() -> None:
    message, hint = refusal(lambda: resolve(Settings(), {"BAO_TOKEN": "t"}, Options()))
    assert message == "no address of OpenBao"
    assert hint == (
        "set BAO_ADDR, or the setting openbao-address, such as https://openbao.example.com"
    )


@pytest.mark.parametrize(
    "address",
    [
        "openbao.example.com",
        "ftp://openbao.example.com",
        "https://",
        "https://host:70000",
        "https://host:0",
        "https://[::1",
        "https://ho st",
        "https://host\x7f",
        "https://höst",
        CANARY,
    ],
)
def test_what_is_no_address_is_refused_unrepeated(address: str) -> None:
    assert refusal(lambda: connect(BAO_ADDR=address)) == ("BAO_ADDR is no address of OpenBao", FORM)


@pytest.mark.parametrize(
    "address",
    [
        f"https://user:{CANARY}@host",
        f"https://{CANARY}@host",
        f"https://host/?token={CANARY}",
        f"https://host#{CANARY}",
        f"https://host/user:{CANARY}@other",
    ],
)
def test_address_with_a_credential_is_refused_unrepeated(address: str) -> None:
    message = "BAO_ADDR holds more than an address: a user, a query or a fragment"
    assert refusal(lambda: connect(BAO_ADDR=address)) == (message, FORM)


def test_slashes_at_the_end_of_an_address_do_not_count() -> None:
    assert connect(BAO_ADDR=f" {ADDRESS}// ").address == ADDRESS


def test_scheme_in_capitals_is_tls_with_the_ca_that_was_named() -> None:
    assert connect(BAO_ADDR="HTTPS://openbao.example.com").address == "https://openbao.example.com"


def test_plain_http_over_a_network_is_warned_of() -> None:
    (warning,) = connect(BAO_ADDR="http://openbao.example.com").warnings
    assert warning == (
        "http://openbao.example.com is not encrypted: secrets can be read on the way"
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8200", "[::1]:8200", "bao.localhost"])
def test_plain_http_within_the_machine_is_fine(host: str) -> None:
    assert connect(BAO_ADDR=f"http://{host}").warnings == ()


@pytest.mark.parametrize("name", ["BAO_SKIP_VERIFY", "VAULT_SKIP_VERIFY"])
def test_certificates_are_checked_whatever_the_environment_says(name: str) -> None:
    assert connect(**{name: "true"}).warnings == (
        f"{name} is not honoured: name the CA with BAO_CACERT instead",
    )


def test_namespace_and_ca_from_the_environment_before_the_settings(tmp_path: Path) -> None:
    (tmp_path / "one.pem").touch()
    (tmp_path / "two.pem").touch()
    settings = Settings(openbao_namespace="file", openbao_ca_cert=str(tmp_path / "one.pem"))
    from_file = connect(settings)
    from_environ = connect(settings, VAULT_NAMESPACE="a/b", BAO_CACERT=str(tmp_path / "two.pem"))
    assert (from_file.namespace, from_file.ca_cert) == ("file", tmp_path / "one.pem")
    assert (from_environ.namespace, from_environ.ca_cert) == ("a/b", tmp_path / "two.pem")


def test_namespace_that_no_header_can_carry_is_refused() -> None:
    message, _ = refusal(lambda: connect(BAO_NAMESPACE=f"a\r\nX-Vault-Token: {CANARY}"))
    assert message == "BAO_NAMESPACE is no namespace"


def test_ca_that_is_not_there_is_named() -> None:
    message, _ = refusal(lambda: connect(BAO_CACERT="/nowhere/ca.pem"))
    assert message == "the CA certificate /nowhere/ca.pem is not there"


def test_a_proxy_counts_only_when_it_is_asked_for() -> None:
    environ = {"BAO_ADDR": ADDRESS, "BAO_TOKEN": "t", "https_proxy": f"http://u:{CANARY}@proxy:1"}
    assert resolve(Settings(), environ, Options()).proxy is None
    connection = resolve(Settings(), environ, Options(proxy=True))
    assert shown(connection.proxy) == f"http://u:{CANARY}@proxy:1"
    assert CANARY not in repr(connection)


def test_a_proxy_that_nothing_names_is_refused() -> None:
    environ = {"BAO_ADDR": ADDRESS, "BAO_TOKEN": "t", "HTTP_PROXY": "http://proxy:1"}
    message, hint = refusal(lambda: resolve(Settings(), environ, Options(proxy=True)))
    assert (message, hint) == ("--proxy: the environment names no proxy", "set HTTPS_PROXY")


def test_bao_token_before_vault_token_without_the_line_break_of_an_editor() -> None:
    assert shown(connect(BAO_TOKEN="one\n", VAULT_TOKEN="two").login.token) == "one"
    assert shown(connect(BAO_TOKEN="", VAULT_TOKEN="two").login.token) == "two"


@given(st.text().filter(lambda text: not text.strip().isascii() or len(text.split()) != 1))
def test_credential_that_no_header_can_carry_is_refused_unrepeated(text: str) -> None:
    message, hint = refusal(lambda: credential(text, "BAO_TOKEN"))
    assert message.removeprefix("BAO_TOKEN ") in (
        "is empty",
        "holds white space or characters of no token",
    )
    assert hint == "set it to the credential alone, on one line"


@pytest.fixture
def home(tmp_path: Path) -> Callable[[str, int], dict[str, str]]:
    """Puts a token file into a home folder; the environment of that home."""

    def make(text: str, mode: int) -> dict[str, str]:
        file = tmp_path / ".vault-token"
        file.write_text(text)
        file.chmod(mode)
        return {"HOME": str(tmp_path), "BAO_ADDR": ADDRESS}

    return make


def test_token_that_a_login_has_left(home: Callable[[str, int], dict[str, str]]) -> None:
    connection = resolve(Settings(), home("s.left\n", 0o600), Options())
    assert shown(connection.login.token) == "s.left"


def test_token_file_elsewhere(home: Callable[[str, int], dict[str, str]], tmp_path: Path) -> None:
    environ = home("s.left", 0o600)
    (tmp_path / ".vault-token").rename(tmp_path / "other")
    environ["BAO_TOKEN_PATH"] = str(tmp_path / "other")
    assert shown(resolve(Settings(), environ, Options()).login.token) == "s.left"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_token_file_that_others_can_use_is_refused(
    mode: int, home: Callable[[str, int], dict[str, str]], tmp_path: Path
) -> None:
    environ = home(CANARY, mode)
    message, hint = refusal(lambda: resolve(Settings(), environ, Options()))
    file = tmp_path / ".vault-token"
    assert message == f"{file} can be used by others (mode {mode:04o})"
    assert hint == f"chmod 600 {file}"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_token_file_of_somebody_else_is_refused(
    home: Callable[[str, int], dict[str, str]], tmp_path: Path
) -> None:
    environ = home(CANARY, 0o600)
    os.chown(tmp_path / ".vault-token", 12345, 12345)
    message, _ = refusal(lambda: resolve(Settings(), environ, Options()))
    assert message == f"{tmp_path / '.vault-token'} belongs to somebody else"


def test_token_file_that_is_a_named_pipe_does_not_hold_us(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".vault-token", 0o600)
    environ = {"HOME": str(tmp_path), "BAO_ADDR": ADDRESS}
    message, _ = refusal(lambda: resolve(Settings(), environ, Options()))
    assert message == f"{tmp_path / '.vault-token'} is no regular file"


def test_no_token_anywhere(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "BAO_ADDR": ADDRESS}
    message, hint = refusal(lambda: resolve(Settings(), environ, Options()))
    assert message == "no token for OpenBao"
    assert hint == "set BAO_TOKEN, run `bao login`, or log in another way (BAO_AUTH_METHOD)"


def test_method_from_option_then_environment_then_settings() -> None:
    settings = Settings(openbao_auth="jwt", openbao_role="ci")
    environ = {"BAO_ADDR": ADDRESS, "BAO_JWT": "e.y.j", "BAO_ROLE_ID": "r", "BAO_SECRET_ID": "s"}
    assert resolve(settings, environ, Options()).login.method == "jwt"
    environ["BAO_AUTH_METHOD"] = "approle"
    assert resolve(settings, environ, Options()).login.method == "approle"
    assert resolve(settings, environ, Options(method="kubernetes")).login.method == "kubernetes"


def test_unknown_method_is_refused() -> None:
    message, _ = refusal(lambda: connect(BAO_AUTH_METHOD="ldap"))
    assert message == "BAO_AUTH_METHOD must be one of token, approle, kubernetes, jwt"


@pytest.mark.parametrize(
    ("environ", "message", "hint"),
    [
        (
            {"BAO_ROLE_ID": "r"},
            "approle needs a secret id",
            "set BAO_SECRET_ID, or BAO_SECRET_ID_FILE to a file that holds it",
        ),
        (
            {"BAO_SECRET_ID": "s"},
            "approle needs a role id",
            "set BAO_ROLE_ID, or BAO_ROLE_ID_FILE to a file that holds it",
        ),
    ],
)
def test_approle_lacks_a_half(environ: dict[str, str], message: str, hint: str) -> None:
    assert refusal(lambda: connect(BAO_AUTH_METHOD="approle", **environ)) == (message, hint)


@pytest.mark.parametrize("method", ["kubernetes", "jwt"])
def test_login_without_a_role(method: str) -> None:
    message, hint = refusal(lambda: connect(BAO_AUTH_METHOD=method, BAO_JWT="e.y.j"))
    assert message == f"{method} needs a role"
    assert hint == "set BAO_ROLE, or openbao-role in the settings"


def test_credential_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "jwt").write_text("e.y.j\n")
    login = connect(
        BAO_AUTH_METHOD="jwt",
        BAO_ROLE="ci",
        BAO_AUTH_MOUNT="gitlab",
        BAO_JWT_FILE=str(tmp_path / "jwt"),
    ).login
    assert (shown(login.jwt), login.role, login.mount) == ("e.y.j", "ci", "gitlab")


def test_credential_where_the_name_of_its_file_belongs_is_not_repeated() -> None:
    message, _ = refusal(lambda: connect(BAO_TOKEN="", BAO_TOKEN_FILE=CANARY))
    assert message == "the file that BAO_TOKEN_FILE names cannot be read: No such file or directory"


def test_kubernetes_outside_of_a_pod_says_what_is_missing() -> None:
    message, _ = refusal(lambda: connect(BAO_AUTH_METHOD="kubernetes", BAO_ROLE="r"))
    assert message == (
        "the token of the pod, /var/run/secrets/kubernetes.io/serviceaccount/token, "
        "cannot be read: No such file or directory"
    )


def test_nothing_of_a_login_is_in_its_repr() -> None:
    connection = connect(
        BAO_AUTH_METHOD="approle", BAO_ROLE_ID=f"{CANARY}1", BAO_SECRET_ID=f"{CANARY}2"
    )
    assert CANARY not in repr(connection)
