"""Turns what a person or a pod has into a token of OpenBao."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from plate_llm_cli.errors import OpenBaoError
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.secrets.server.connection import Login
    from plate_llm_cli.secrets.server.transport import Answer

    Ask = Callable[[str, str, object, dict[str, str]], Answer]
    """Sends method, path, body and headers without a token of ours."""


UNWRAP: Final = "sys/wrapping/unwrap"


def log_in(login: Login, ask: Ask) -> tuple[Secret, float]:
    """A token, as `login` says, and the seconds that it lives; 0 where that is not known.

    Raises:
        OpenBaoError: OpenBao does not accept the credentials.
    """
    if login.token is not None:
        return login.token, 0
    if login.method == "approle":
        return _log_in(login, ask, _approle(login, ask))
    jwt = login.jwt.reveal() if login.jwt else ""
    return _log_in(login, ask, {"role": login.role, "jwt": jwt})


def _approle(login: Login, ask: Ask) -> dict[str, str]:
    secret_id = login.secret_id
    if login.wrapped_secret_id is not None:
        secret_id = _unwrap(login.wrapped_secret_id, ask)
    return {
        "role_id": login.role_id.reveal() if login.role_id else "",
        "secret_id": secret_id.reveal() if secret_id else "",
    }


def _unwrap(wrapped: Secret, ask: Ask) -> Secret:
    headers = {"X-Vault-Token": wrapped.reveal()}
    answer = ask("POST", UNWRAP, None, headers)
    found = answer.data.get("secret_id")
    if answer.status >= 300 or not isinstance(found, str):
        message = "the wrapping token holds no secret_id any more"
        hint = "it works once: if nobody of yours has used it, somebody else has the secret_id"
        raise OpenBaoError(message, hint)
    return Secret(found)


def _log_in(login: Login, ask: Ask, body: dict[str, str]) -> tuple[Secret, float]:
    answer = ask("POST", f"auth/{quote(login.mount)}/login", body, {})
    auth = (answer.body or {}).get("auth")
    if answer.status >= 300 or not isinstance(auth, dict):
        role = f" for the role {login.role}" if login.role else ""
        message = f"OpenBao does not accept the {login.method} login{role}"
        raise OpenBaoError(message, _hint(login, answer))
    token, lifetime = auth.get("client_token"), auth.get("lease_duration")
    if not isinstance(token, str) or not isinstance(lifetime, int | float | None):
        raise OpenBaoError("the answer to the login is not one of OpenBao", "is the address right?")
    return Secret(token), float(lifetime or 0)


def _hint(login: Login, answer: Answer) -> str:
    if "namespace not found" in answer.errors:
        return "there is no such namespace: is BAO_NAMESPACE right?"
    hint = _HINTS[login.method]
    # Without a token, OpenBao says no more when nothing is mounted, or after five failed logins.
    asked = f"is {login.mount}/ an auth method, and not locked by logins that failed?"
    return f"{asked} {hint}" if answer.status == 403 else hint


_HINTS = {
    "approle": "is the role_id right, and is the secret_id unused, unexpired and of this role?",
    "kubernetes": "is the role bound to this service account, namespace and audience?",
    "jwt": "is the role bound to the token's subject and audience, and is it still valid?",
}
