"""OpenBao as everything else sees it. The only module that loads hvac (100 ms)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import hvac
from hvac.adapters import Adapter

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.server import openbao_errors as refusals
from plate_llm_cli.secrets.server.answers import stored_in
from plate_llm_cli.secrets.server.api import LOOKUP, Api
from plate_llm_cli.secrets.server.openbao_errors import ConflictError
from plate_llm_cli.secrets.server.stored import Stored, StoredState
from plate_llm_cli.secrets.server.tokens import TokenFacts, token_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Self

    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.server.connection import Connection
    from plate_llm_cli.secrets.server.transport import Answer
    from plate_llm_cli.secrets.values.secret import Secret

_MERGE: Final = {"Content-Type": "application/merge-patch+json"}
_AT_ONCE: Final = 500
"""Paths; OpenBao refuses a request with more than 1000 strings."""
_CATCHING_UP: Final = 2.0
"""Seconds in which a standby has what the active node has; 0.1 was the longest that was seen."""


class OpenBao:
    """One OpenBao. Logs in when it is first asked something; `with` closes the connection.

    Every method raises OpenBaoError when the server is away or says no.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._api = Api(connection)
        # A token of '' keeps hvac from looking for one in the environment and the home folder.
        self._hvac = hvac.Client(url=connection.address, token="", adapter=_Adapter)
        self._hvac._adapter.carry = self._api.call  # noqa: SLF001 - hvac has no public way
        self._kv = self._hvac.secrets.kv.v2

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._api.close()

    def read(self, place: Place, version: int | None = None) -> Stored:
        """A version of a path, the newest by default; ABSENT where there is none."""
        answer: Answer = self._kv.read_secret_version(
            place.path, version, place.mount, raise_on_deleted_version=True
        )
        if "metadata" not in answer.data:
            refusals.refuse_nowhere(answer, place, f"read {place}")
            return Stored()
        with refusals.understood(self.connection.address):
            return stored_in(answer.data)

    def write(self, place: Place, data: Mapping[str, Secret], cas: int) -> int:
        """A new version of a path, if `cas` is still its newest (0: never written); its number.

        Raises:
            ConflictError: another writer was first; what it wrote can be read now.
        """
        body = {name: value.raw for name, value in data.items()}
        answer: Answer = self._kv.create_or_update_secret(place.path, body, cas, place.mount)
        if refusals.conflicts(answer):
            newer = self._newer(place, cas)
            if answer.repeated and newer and self._holds(place, cas + 1, data):
                return cas + 1  # it was us, at the try that was not answered
            raise ConflictError
        refusals.refuse_nowhere(answer, place, f"write {place}")
        if "version" not in answer.data:
            raise refusals.version_1(place.mount)
        return int(answer.data["version"])

    def _newer(self, place: Place, cas: int) -> bool:
        """Wait until a read shows another version than `cas`: standbys lag behind."""
        deadline = time.monotonic() + _CATCHING_UP
        while self.read(place).version == cas:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def _holds(self, place: Place, version: int, data: Mapping[str, Secret]) -> bool:
        stored = self.read(place, version)
        alike = stored.state is StoredState.LIVE and stored.data.keys() == data.keys()
        return alike and all(value.same_as(stored.data[name]) for name, value in data.items())

    def annotate(self, place: Place, annotations: Mapping[str, str | None]) -> None:
        """Merge `annotations` into the path's `custom_metadata`; None removes one."""
        # hvac's own update would replace all of them.
        body = {"custom_metadata": dict(annotations)}
        answer = self.call("PATCH", f"{place.mount}/metadata/{place.path}", body, _MERGE)
        if answer.status == 404:
            refusals.refuse_nowhere(answer, place, f"write {place}")
            raise refusals.nothing_stored(place)

    def get(self, path: str) -> Answer:
        """Read anything of the API; 404 is an answer."""
        return self.call("GET", path)

    def put(self, path: str, body: object) -> Answer:
        """Write anything of the API but paths of secrets."""
        return self.call("POST", path, body)

    def call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """An answer that is success, absence (404) or a failed check-and-set.

        `path` is as people write it, behind /v1/; it may be sent more than once.

        Raises:
            UsageError: a part of the path is empty or made of dots, and would name another path.
        """
        if any(part.strip(".") == "" for part in path.split("/")):
            raise UsageError(f"{path!r} is no path of OpenBao's API")
        return self._api.call(method, quote(path), body, headers)

    def token(self) -> TokenFacts:
        """What OpenBao knows about the token."""
        answer = self.get(LOOKUP)
        with refusals.understood(self.connection.address):
            facts = token_facts(answer.data)
        self._api.note_lifetime(facts.ttl)
        return facts

    def renew(self) -> TokenFacts:
        """Let the token live longer, as far as it may; what is known about it then."""
        self.put("auth/token/renew-self", {})
        return self.token()

    def capabilities(self, paths: Iterable[str]) -> dict[str, frozenset[str]]:
        """What the token may do at paths of the API, such as `secret/data/server/staging`."""
        return self._capabilities(paths, lambda _: False)

    def _capabilities(
        self, paths: Iterable[str], passes_over: Callable[[Answer], bool]
    ) -> dict[str, frozenset[str]]:
        wanted = list(dict.fromkeys(paths))
        found: dict[str, frozenset[str]] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            answer = self._api.ask("POST", "sys/capabilities-self", {"paths": part})
            if passes_over(answer):
                return {}
            self._api.refuse(answer, "ask for capabilities")
            with refusals.understood(self.connection.address):
                found |= {path: frozenset(answer.data.get(path, ())) for path in part}
        return found

    def require(self, needs: Mapping[str, Iterable[str]]) -> None:
        """Refuse to go on unless the token may do all of `needs`, by path of the API.

        A token without the policy `default` may not ask: then each request will tell.

        Raises:
            OpenBaoError: naming what it may not.
        """
        may = self._capabilities(needs, refusals.is_denial)
        denied = [
            f"{' or '.join(sorted(lacking))} {path}"
            for path, capabilities in may.items()
            if "root" not in capabilities and (lacking := set(needs[path]) - capabilities)
        ]
        if denied:
            raise refusals.denied(denied)

    def preflight(self, places: Iterable[Place]) -> None:
        """Refuse to go on unless OpenBao is up, and `places` are in KV v2 mounts and readable.

        A handful of requests, however many places there are.
        """
        known = list(places)
        self._api.check_health()
        self._check_token()
        self.require({f"{place.mount}/data/{place.path}": ("read",) for place in known})
        for mount in dict.fromkeys(place.mount for place in known):
            self._require_version_2(mount)

    def _check_token(self) -> None:
        """Learn when the token ends. One without the policy `default` may not ask that."""
        answer = self._api.ask("GET", LOOKUP)
        if answer.status == 404:
            raise refusals.refused(answer, f"read {LOOKUP}")
        if answer.status == 403 and not refusals.is_denial(answer):
            raise refusals.bad_token(self.connection.login.method, expired=False)
        if answer.status == 200:
            with refusals.understood(self.connection.address):
                self._api.note_lifetime(token_facts(answer.data).ttl)

    def _require_version_2(self, mount: str) -> None:
        """The token may read a path of the mount; were it there, it would see it."""
        answer = self._api.ask("GET", f"sys/internal/ui/mounts/{quote(mount)}")
        if answer.data.get("path") != f"{mount}/" or answer.data.get("type") != "kv":
            raise refusals.no_mount(mount)
        if (answer.data.get("options") or {}).get("version") != "2":
            raise refusals.version_1(mount)


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
