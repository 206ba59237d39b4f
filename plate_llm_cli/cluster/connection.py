"""HTTP to one API server through the official client: requests, second tries, errors of ours."""

from __future__ import annotations

import json
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from kubernetes.client import ApiClient
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic import DynamicClient
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError, ReadTimeoutError

from plate_llm_cli.cluster.answers import error_of
from plate_llm_cli.cluster.bounded import Bounded, until
from plate_llm_cli.cluster.messages import without_login
from plate_llm_cli.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from kubernetes.client import Configuration

    from plate_llm_cli.cluster.objects import Object

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 30.0
"""Seconds without a byte before a request counts as lost."""
_WHOLE_SECONDS: Final = 120.0
"""Seconds until an answer has to be there with its last byte."""
_LARGEST: Final = 128 << 20
"""Bytes of an answer, unpacked; a page of large objects has some ten million."""

_PAUSES: Final = (0.2, 0.5, 1.0, 2.0)
"""Seconds before each further try."""

_VERIFY: Final = re.compile(r"certificate verify failed: ([^(\]]*[^(\]\s])")
_ERRNO: Final = re.compile(r"^\[Errno -?\d+\] ")
_UNAUTHORIZED: Final = 401
_TOO_MANY: Final = 429
_BUSY: Final = (_TOO_MANY, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `doing` says what is asked, for errors, without any value.

    One that must not be carried out `once` more after its outcome is unknown says so.
    """

    method: str
    path: str
    doing: str
    query: tuple[tuple[str, str], ...] = ()
    body: Object | None = None
    content_type: str | None = None
    once: bool = False

    def is_worth_another_try(self, status: int) -> bool:
        """Whether an answer of `status`, 0 for none, may be followed by a second try."""
        if self.once:
            return status == _TOO_MANY  # the only one that says that nothing was done
        return status in _BUSY or status == 0


@dataclass(slots=True, eq=False)
class Connection:
    """One API server, with the credentials of one context. Use it from one thread at a time."""

    configure: Callable[[], Configuration]
    """Address and credentials, read anew; called again when the API server takes them no more."""
    context: str
    clock: datetime | None = None
    """The cluster's time at its last answer; what it notes on objects is of this clock."""
    deadline: float | None = None
    """When, by `time.monotonic`, whoever asks needs to be told, answer or not; None for never."""
    warnings: list[str] = field(default_factory=list)
    """What the API server warned of, such as a deprecated version; each once."""
    _dynamic: Any = field(init=False)

    def __post_init__(self) -> None:
        self._connect(self.configure())

    @property
    def address(self) -> str:
        """The API server's address, without a password that somebody wrote into it."""
        return without_login(str(self.client.configuration.host))

    @property
    def client(self) -> ApiClient:
        """The official client, for what needs its WebSockets."""
        client: ApiClient = self._dynamic.client
        return client

    def close(self) -> None:
        """Close what is open."""
        self.client.rest_client.pool_manager.clear()

    def json(self, request: Request) -> Object:
        """The object that answers.

        Raises:
            ClusterError: the API server refuses, is gone, or is none.
        """
        data = self.data(request)
        try:
            answer = json.loads(data)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise self._no_api_server(request)
        return answer

    def _no_api_server(self, request: Request) -> ClusterError:
        """The error for an answer that no API server gives."""
        what = f"{self.address} does not answer as an API server does"
        return ClusterError(f"cannot {request.doing}: {what}", "is the context's address right?")

    def data(self, request: Request) -> bytes:
        """The bytes that answer. What is sure not to harm is tried again.

        Raises:
            ClusterError: the API server refuses, or is gone.
        """
        renewed, patient_until = False, time.monotonic() + READ_SECONDS
        for pause in _PAUSES:
            try:
                return self._data(request)
            except ClusterError as error:
                if error.status == _UNAUTHORIZED and not renewed and self._renew():
                    renewed = True
                    continue
                if not request.is_worth_another_try(error.status):
                    raise
                if time.monotonic() >= patient_until:  # it hangs: five times as long is no better
                    raise
            if self._left(pause) < pause:
                break
            time.sleep(pause)
        return self._data(request)

    @contextmanager
    def stream(self, request: Request, seconds: float) -> Iterator[Iterator[bytes]]:
        """The bytes of an answer that goes on, for `seconds` at most.

        Raises:
            ClusterError: the API server refuses, or is gone, be it in the middle.
        """
        with self._translated(request):
            response = self._send(request, seconds)
            try:
                yield until(time.monotonic() + self._left(seconds), response)
            finally:
                response.close()
                response.release_conn()

    def _connect(self, configuration: Configuration) -> None:
        # The client's own discovery asks for every group, and keeps the answers in a file in /tmp
        # that everybody can read and foresee.
        self._dynamic = DynamicClient(  # type: ignore[no-untyped-call]
            ApiClient(configuration), discoverer=lambda *_: None
        )
        transport: Any = self.client.rest_client
        transport.pool_manager = Bounded(transport.pool_manager)

    def _renew(self) -> bool:
        """Log in again; whether that gave other credentials. A wait may outlast a token."""
        before, now = self.client.configuration, self.configure()
        if now.api_key == before.api_key and now.cert_file == before.cert_file:
            return False
        self.close()
        self._connect(now)
        return True

    def _data(self, request: Request) -> bytes:
        found, end = bytearray(), self._left(_WHOLE_SECONDS) + time.monotonic()
        with self._translated(request):
            response = self._send(request, READ_SECONDS)
            for chunk in until(end, response):
                found += chunk
                if len(found) > _LARGEST:
                    raise self._no_api_server(request)
            if time.monotonic() > end:
                raise self._unreachable("it does not answer in time")
        return bytes(found)

    def _left(self, seconds: float) -> float:
        """`seconds`, or what is left until the deadline; a little is always left to ask with."""
        if self.deadline is None:
            return seconds
        return min(seconds, max(self.deadline - time.monotonic(), 0.05))

    def _send(self, request: Request, seconds: float) -> Any:
        response = self._dynamic.request(
            request.method,
            request.path,
            body=request.body,
            query_params=list(request.query),
            header_params={},
            content_type=request.content_type,
            serialize=False,
            _request_timeout=(self._left(CONNECT_SECONDS), self._left(seconds)),
        )
        self.clock = _date(response.headers.get("Date") or "") or self.clock
        for warning in response.headers.getlist("Warning"):
            # 299 - "text" (RFC 7234, 5.5)
            said = warning.partition('"')[2].rpartition('"')[0].replace('\\"', '"')
            if said and said not in self.warnings:
                self.warnings.append(said)
        return response

    @contextmanager
    def _translated(self, request: Request) -> Iterator[None]:
        """Errors of the client as ours; nothing of a request or its credentials is in them."""
        try:
            yield
        except ApiException as error:
            if not error.status:  # the client makes one of what TLS has against the server
                raise self._unreachable(_distrust(str(error.reason))) from None
            raise error_of(int(error.status), error.body, request.doing) from None
        except HTTPError as error:
            raise self._unreachable(_why(error)) from None

    def _unreachable(self, why: str) -> ClusterError:
        return ClusterError(
            f"{self.address} (context {self.context}) cannot be reached: {why}",
            "is the VPN up, and the address of the context right?",
        )


def _distrust(reason: str) -> str:
    """What TLS has against a server, of a text of OpenSSL's and Python's."""
    found = _VERIFY.search(reason)
    return f"its certificate is not accepted: {found[1]}" if found else "TLS does not come about"


def _date(written: str) -> datetime | None:
    try:
        return parsedate_to_datetime(written).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _why(error: HTTPError) -> str:
    reason: Any = error.reason if isinstance(error, MaxRetryError) else error
    if isinstance(reason, ReadTimeoutError):
        return "it does not answer in time"
    if isinstance(reason, NewConnectionError):
        return _ERRNO.sub("", str(reason).rpartition(": ")[2])
    return _ERRNO.sub("", str(reason.args[-1] if reason.args else reason))
