"""OpenBao as everything else sees it. The only module that loads hvac (100 ms)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import hvac
from hvac.adapters import Adapter

from plate_llm_cli.secrets import openbao_errors as refusals
from plate_llm_cli.secrets.login import log_in
from plate_llm_cli.secrets.openbao_errors import ConflictError, TryAgainError
from plate_llm_cli.secrets.secret import Secret
from plate_llm_cli.secrets.stored import PathHistory, Stored, StoredState, VersionFacts
from plate_llm_cli.secrets.transport import Answer, NoAnswerError, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Self

    from plate_llm_cli.errors import OpenBaoError
    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.connection import Connection

_WRITES: Final = 3
"""Times that a write is sent of which nobody knows what became."""
_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 1.0
_READING: Final = ("GET", "LIST", "HEAD")
_MERGE: Final = {"Content-Type": "application/merge-patch+json"}


class OpenBao:
    """One OpenBao. Logs in when it is first asked something; `with` closes the connection.

    Every method raises OpenBaoError when the server is away or says no.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._http = Transport(connection)
        self._token: Secret | None = None
        # A token of '' keeps hvac from looking for one in the environment and the home folder.
        self._hvac = hvac.Client(url=connection.address, token="", adapter=_Adapter)
        self._hvac._adapter.carry = self.call  # noqa: SLF001 - hvac has no public way

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def read(self, place: Place, version: int | None = None) -> Stored:
        """A version of a path, the newest by default; ABSENT where there is none."""
        answer: Answer = self._hvac.secrets.kv.v2.read_secret_version(
            place.path, version, place.mount, raise_on_deleted_version=True
        )
        if answer.status == 404 and not answer.data:
            _refuse_no_mount(answer, place)
            return Stored()
        return _stored(answer.data)

    def write(self, place: Place, data: Mapping[str, Secret], cas: int) -> int:
        """A new version of a path, if `cas` is still its newest (0: never written); its number.

        When the connection breaks off, the path is read again to see what became of the request.

        Raises:
            ConflictError: another writer was first.
        """
        body = {name: value.raw for name, value in data.items()}
        for _ in range(_WRITES):
            try:
                answer: Answer = self._hvac.secrets.kv.v2.create_or_update_secret(
                    place.path, body, cas, place.mount
                )
            except _UnknownOutcomeError as unknown:
                error = unknown.error
            else:
                if refusals.conflicts(answer):
                    raise ConflictError
                return int(answer.data["version"])
            now = self.read(place)
            if now.version == cas + 1 and _same(now.data, data):
                return now.version
            if now.version != cas:
                raise ConflictError
            # Sending it again is safe: if the first one still arrives, one of them conflicts.
        raise error

    def history(self, place: Place) -> PathHistory | None:
        """The versions of a path; None where there never was one."""
        answer: Answer = self._hvac.secrets.kv.v2.read_secret_metadata(place.path, place.mount)
        if answer.status == 404:
            _refuse_no_mount(answer, place)
            return None
        return _history(answer.data)

    def annotate(self, place: Place, annotations: Mapping[str, str | None]) -> None:
        """Merge `annotations` into the path's `custom_metadata`; None removes one."""
        # hvac's own update would replace all of them.
        self.call("PATCH", f"{place.mount}/metadata/{place.path}",
                  {"custom_metadata": dict(annotations)}, _MERGE)  # fmt: skip

    def get(self, path: str) -> Answer:
        """Read anything of the API; 404 is an answer."""
        return self.call("GET", path)

    def put(self, path: str, body: object) -> Answer:
        """Write anything of the API but paths of secrets."""
        return self.call("POST", path, body)

    def capabilities(self, paths: Iterable[str]) -> dict[str, frozenset[str]]:
        """What the token may do at paths of the API, such as `secret/data/server/staging`."""
        wanted = list(paths)
        if not wanted:
            return {}
        answer = self.call("POST", "sys/capabilities-self", {"paths": wanted})
        return {path: frozenset(answer.data.get(path, ())) for path in wanted}

    def require(self, needs: Mapping[str, Iterable[str]]) -> None:
        """Refuse to go on unless the token may do all of `needs`, by path of the API.

        Raises:
            OpenBaoError: naming what it may not.
        """
        may = self.capabilities(needs)
        denied = [
            f"{', '.join(sorted(lacking))} on {path}"
            for path, wanted in needs.items()
            if "root" not in may[path] and (lacking := set(wanted) - may[path])
        ]
        if denied:
            raise refusals.denied(denied)

    def preflight(self, places: Iterable[Place]) -> None:
        """Refuse to go on unless OpenBao is up, and `places` are in KV v2 mounts and readable."""
        known = list(places)
        self._log_in()
        for mount in dict.fromkeys(place.mount for place in known):
            self._require_version_2(mount)
        self.require({f"{place.mount}/data/{place.path}": ("read",) for place in known})

    def _require_version_2(self, mount: str) -> None:
        answer = self._ask("GET", f"sys/internal/ui/mounts/{mount}")
        if answer.status == 403:
            self._refuse_denial(answer, f"see the mount {mount}/")
        data = answer.data
        if data.get("path") != f"{mount}/" or data.get("type") != "kv":
            raise refusals.no_mount(mount)
        if (data.get("options") or {}).get("version") != "2":
            raise refusals.version_1(mount)

    def call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """An answer that is success, absence (404) or a failed check-and-set."""
        self._log_in()
        answer = self._ask(method, path, body, headers)
        if answer.status == 403:
            self._refuse_denial(answer, _deed(method, path))
        if answer.status >= 300 and answer.status != 404 and not refusals.conflicts(answer):
            raise refusals.refused(answer, _deed(method, path))
        return answer

    def _log_in(self) -> None:
        if self._token is None:
            self._token = log_in(self.connection.login, self._ask)

    def _ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request, again while the server says that it cannot answer now."""
        send = dict(headers or {})
        if self._token is not None:
            send.setdefault("X-Vault-Token", self._token.reveal())
        if self.connection.namespace:
            send["X-Vault-Namespace"] = self.connection.namespace
        return self._patiently(lambda: self._once(method, path, body, send))

    def _once(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> Answer:
        address, deed = self.connection.address, _deed(method, path)
        try:
            answer = self._http.send(method, path, body, headers)
        except NoAnswerError as lost:
            error = refusals.lost(address, lost.why)
            if lost.sent and method not in _READING:
                raise _UnknownOutcomeError(error) from None
            raise (TryAgainError(error) if lost.passes else error) from None
        refusals.check(answer, address, deed)
        return answer

    def _patiently(self, once: Callable[[], Answer]) -> Answer:
        started, pause = time.monotonic(), _FIRST_PAUSE
        while True:
            try:
                return once()
            except TryAgainError as again:
                wait = max(pause, again.after)
                if time.monotonic() + wait > started + again.patience:
                    raise again.error from None
            time.sleep(wait)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _refuse_denial(self, answer: Answer, deed: str) -> None:
        """Tell a token that may not from one that is none."""
        if "1 error occurred" in answer.errors or "preflight" in answer.errors:
            raise refusals.denied([deed])
        raise refusals.bad_token(self.connection.login.method)


class _UnknownOutcomeError(Exception):
    """A write was sent, and nobody knows what became of it."""

    def __init__(self, error: OpenBaoError) -> None:
        super().__init__()
        self.error = error


class _Adapter(Adapter):  # type: ignore[misc]  # hvac has no types
    """Lets hvac put requests together, and sends them our way: see `transport`."""

    carry: Callable[[str, str, object], Answer]

    def get_login_token(self, response: Answer) -> str:
        """Logging in is not hvac's business here."""
        raise NotImplementedError

    def request(
        self,
        method: str,
        url: str,
        headers: Any = None,
        raise_exception: bool = True,
        **options: Any,
    ) -> Answer:
        """Send what hvac has put together."""
        del headers, raise_exception
        path = url.removeprefix("/v1/")
        query = "&".join(f"{name}={value}" for name, value in (options.get("params") or {}).items())
        return self.carry(method.upper(), f"{path}?{query}" if query else path, options.get("json"))


def _deed(method: str, path: str) -> str:
    verbs = {"GET": "read", "LIST": "list", "DELETE": "delete"}
    return f"{verbs.get(method, 'write')} {path.partition('?')[0]}"


def _refuse_no_mount(answer: Answer, place: Place) -> None:
    if "no handler for route" in answer.errors:
        raise refusals.no_mount(place.mount)


def _same(one: Mapping[str, Secret], other: Mapping[str, Secret]) -> bool:
    alike = one.keys() == other.keys()
    return alike and all(value.same_as(other[name]) for name, value in one.items())


def _stored(data: Mapping[str, Any]) -> Stored:
    facts = data["metadata"]
    content = data.get("data") or {}
    return Stored(
        _state(facts, here=data.get("data") is not None),
        int(facts["version"]),
        {name: Secret(value) for name, value in content.items()},
        _time(facts["created_time"]),
        dict(facts.get("custom_metadata") or {}),
    )


def _state(facts: Mapping[str, Any], *, here: bool = True) -> StoredState:
    if facts.get("destroyed"):
        return StoredState.DESTROYED
    deletion = facts.get("deletion_time")
    if deletion and not here and _time(deletion) <= datetime.now(UTC):  # it may be yet to come
        return StoredState.DELETED
    return StoredState.LIVE


def _history(data: Mapping[str, Any]) -> PathHistory:
    versions = sorted((int(number), facts) for number, facts in data["versions"].items())
    return PathHistory(
        int(data["current_version"]),
        _time(data["created_time"]),
        tuple(
            VersionFacts(number, _time(facts["created_time"]), _state(facts, here=False))
            for number, facts in versions
        ),
        dict(data.get("custom_metadata") or {}),
    )


def _time(text: str) -> datetime:
    """RFC 3339 with nanoseconds, of which Python keeps microseconds."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{(fraction or '0')[:6]:0<6}+00:00")
