"""OpenBao's API with a token of ours: logged in, patient, every refusal an error."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from plate_llm_cli.secrets.server import openbao_errors as refusals
from plate_llm_cli.secrets.server.login import UNWRAP, log_in
from plate_llm_cli.secrets.server.openbao_errors import TryAgainError
from plate_llm_cli.secrets.server.transport import Answer, NoAnswerError, Transport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.secrets.server.connection import Connection
    from plate_llm_cli.secrets.values.secret import Secret

LOOKUP: Final = "auth/token/lookup-self"
_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 1.0


class Api:
    """Sends requests to one OpenBao. Logs in when it is first asked something.

    Every method raises OpenBaoError when the server is away or says no. A request is sent again
    while there is no answer: each that is sent here does the same when it is done twice, but
    logins, which are not, and writes of paths. Those are check-and-set, and their `repeated`
    answer says that they may have been done.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._http = Transport(connection)
        self._token: Secret | None = None
        self._ends = math.inf
        self._met = False

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """An answer that is success, absence (404) or a failed check-and-set.

        `path` is behind /v1/, quoted as URLs want it.
        """
        answer = self.ask(method, path, body, headers)
        self.refuse(answer, _deed(method, path))
        return answer

    def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """As `call`, but any answer that OpenBao gives to the request itself."""
        self.log_in()
        answer = self._send(method, path, body, headers)
        if answer.status == 403 and self._is_over() and self._can_log_in_again():
            self._token = None
            self.log_in()
            answer = self._send(method, path, body, headers)
        return answer

    def refuse(self, answer: Answer, deed: str) -> None:
        """Refuse an answer that is none of success, absence and a failed check-and-set."""
        if answer.status == 403:
            self._refuse_denial(answer, deed)
        if answer.status >= 300 and answer.status != 404 and not refusals.conflicts(answer):
            raise refusals.refused(answer, deed)

    def check_health(self) -> None:
        """Refuse a server that is sealed, not initialised, or no OpenBao."""
        root = {"X-Vault-Namespace": ""}  # there is no health of a namespace
        answer = self._send("GET", "sys/health?standbyok=true&perfstandbyok=true", None, root)
        if "initialized" not in (answer.body or {}):
            raise refusals.foreign(answer, self.connection.address)

    def log_in(self) -> None:
        """Get a token, unless there is one."""
        if self._token is None:
            self._token, lifetime = log_in(self.connection.login, self._send)
            self.note_lifetime(lifetime)

    def note_lifetime(self, seconds: float) -> None:
        """The token ends in so many seconds; 0 is never."""
        self._ends = time.monotonic() + seconds if seconds else math.inf

    def _is_over(self) -> bool:
        return time.monotonic() >= self._ends

    def _can_log_in_again(self) -> bool:
        """A person who is asked for values may take longer than a token lives."""
        login = self.connection.login
        return login.token is None and login.wrapped_secret_id is None

    def _send(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request, again while the server does not answer or says that it cannot now."""
        send = dict(headers or {})
        if self._token is not None:
            send.setdefault("X-Vault-Token", self._token.reveal())
        if self.connection.namespace:
            send.setdefault("X-Vault-Namespace", self.connection.namespace)
        started, pause, repeated = time.monotonic(), _FIRST_PAUSE, False
        while True:
            try:
                answer = self._once(method, path, body, send)
                return replace(answer, repeated=True) if repeated else answer
            except TryAgainError as again:
                wait = max(pause, again.after)
                patience = min(again.patience, self.connection.timing.patience)
                if time.monotonic() + wait > started + patience:
                    raise again.error from None
            repeated = True
            time.sleep(wait)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _once(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> Answer:
        address, timing = self.connection.address, self.connection.timing
        try:
            answer = self._http.send(method, path, body, headers)
            if refusals.says_sealed(answer):  # or is it not initialised? Only sys/health tells
                answer = self._http.send("GET", "sys/health")
        except NoAnswerError as lost:
            error = refusals.lost(address, lost.why)
            if lost.may_be_done and _works_once(path):
                raise refusals.used_up(address, lost.why) from None
            if not lost.passes:
                raise error from None
            # An address where nothing ever was is a mistake; a node that was there comes back.
            patience = timing.patience if self._met else timing.first
            raise TryAgainError(error, patience=patience) from None
        self._met = True
        refusals.check(answer, address, _deed(method, path))
        return answer

    def _refuse_denial(self, answer: Answer, deed: str) -> None:
        """Tell a token that may not from one that is none."""
        if refusals.is_denial(answer) or self._is_known():
            raise refusals.denied([deed])
        raise refusals.bad_token(self.connection.login.method, expired=self._is_over())

    def _is_known(self) -> bool:
        answer = self._send("GET", LOOKUP)
        return answer.status != 403 or refusals.is_denial(answer)


def _works_once(path: str) -> bool:
    """Whether a second time may be refused because of the first one."""
    return path == UNWRAP or (path.startswith("auth/") and path.endswith("/login"))


def _deed(method: str, path: str) -> str:
    verbs = {"GET": "read", "LIST": "list", "DELETE": "delete"}
    return f"{verbs.get(method, 'write')} {unquote(path.partition('?')[0])}"
