"""Requests to the service, one connection each, never redirected, never tried again."""

from __future__ import annotations

import json
import socket
import ssl
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    SSLError,
)
from urllib3.exceptions import TimeoutError as ReadTimeoutError

from plate_llm_cli import __version__
from plate_llm_cli.graph.secret_fields import at, mapping
from plate_llm_cli.smoke.deadline import Deadline, PlainPool, SecurePool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from plate_llm_cli.secrets.values.secret import Secret
    from plate_llm_cli.smoke.target import Target

USER_AGENT: Final = f"plate-llm-smoke/{__version__}"
CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 60.0
_POST_FACTOR: Final = 3
"""Of the seconds between two pieces, those until the end of what a model says."""
_MOST_BYTES: Final = 4 * 1024 * 1024
"""Of an answer that are read: none of those that are asked for here is longer."""
_MOST_EVENT: Final = 256 * 1024
"""Bytes of a line of a stream."""


class NoAnswerError(Exception):
    """There was no answer, or not all of it; the text says why and holds nothing that was sent.

    `connected` tells whether anything listens there.
    """

    def __init__(self, reason: str, *, connected: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.connected = connected


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. Names of header fields are in lower case; `seconds` until its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        """What the body says; None where it is no JSON."""
        return from_json(self.body)

    @property
    def error(self) -> Mapping[str, Any]:
        """The error in OpenAI's form; {} where the body has none."""
        return mapping(at(self.json, "error"))

    @property
    def server(self) -> str:
        """What calls itself the server; '' where nothing does. nginx's own errors say nginx."""
        return self.headers.get("server", "")

    @property
    def from_service(self) -> bool:
        """Whether the service gave it: unlike a proxy's own, each of its answers has these."""
        return "x-request-id" in self.headers and "referrer-policy" in self.headers

    @property
    def source(self) -> str:
        """Who gave it: `the service`, what calls itself the server, or `a proxy`."""
        return "the service" if self.from_service else self.server or "a proxy"


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent. `data` becomes JSON unless it is bytes already.

    `seconds` are those without a single byte of the answer; 0 leaves them to who sends it.
    """

    method: str = "GET"
    path: str = "/"
    data: Any = None
    token: Secret | None = None
    headers: Mapping[str, str] | None = None
    seconds: float = 0


class Streamed:
    """An answer that comes in pieces. `status` and `headers` are there at once."""

    def __init__(
        self, response: urllib3.BaseHTTPResponse, begun: float, deadline: Deadline
    ) -> None:
        self._response = response
        self._begun = begun
        self._deadline = deadline
        self.status: int = response.status
        # What came twice has both values, with a comma between.
        merged = response.headers.itermerged()
        self.headers = {name.lower(): value for name, value in merged}

    def events(self) -> Iterator[tuple[float, str]]:
        """The data of each event, with the seconds from the request to its arrival.

        Raises:
            NoAnswerError: the connection is lost before its end, or it has none.
        """
        pending, size = b"", 0
        with _told(self._deadline):
            while piece := self._response.read1(65536):
                seconds = time.monotonic() - self._begun
                *lines, pending = (pending + piece).split(b"\n")
                size += len(piece)
                if size > _MOST_BYTES or len(pending) > _MOST_EVENT:
                    raise NoAnswerError("the stream is longer than any that was asked for")
                for line in lines:
                    if line.startswith(b"data:"):
                        yield seconds, line[5:].strip().decode("utf-8", "replace")
        _require_in_time(self._deadline)

    def answer(self) -> Answer:
        """All that is left of it, as for a whole one."""
        with _told(self._deadline):
            body = _limited(self._response)
        _require_in_time(self._deadline)
        return Answer(self.status, self.headers, body, time.monotonic() - self._begun)


class Http:
    """Requests to one target. Proxies of the environment are not used."""

    def __init__(self, target: Target, why_lost: Callable[[], str] = str) -> None:
        """`why_lost` says why a connection was lost, where more is known than here; else ''."""
        self.target = target
        self._why_lost = why_lost
        self.answered = False
        """Whether anything has been answered so far."""
        self.seconds = ANSWER_SECONDS
        """Without a byte of an answer, where a question names none."""
        self._tls: ssl.SSLContext | None = None

    def ask(self, question: Question) -> Answer:
        """One request and its whole answer.

        Raises:
            NoAnswerError: there is none.
        """
        with self.stream(question) as streamed:
            return streamed.answer()

    def get(self, path: str, token: Secret | None = None, **headers: str) -> Answer:
        """A GET request; `_` in the name of a header field stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask(Question("GET", path, token=token, headers=named))

    def post(self, path: str, data: Any, token: Secret | None = None, **headers: str) -> Answer:
        """A POST request, as `get`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask(Question("POST", path, data, token, named))

    @contextmanager
    def stream(self, question: Question) -> Iterator[Streamed]:
        """One request whose answer is read as it comes.

        Raises:
            NoAnswerError: there is none.
        """
        seconds = question.seconds or self.seconds
        deadline = Deadline(seconds * (_POST_FACTOR if question.method == "POST" else 1))
        pool = self._pool(seconds, deadline)
        body = question.data
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        begun = time.monotonic()
        try:
            with deadline:
                with self._explained(), _told(deadline):
                    response = pool.urlopen(
                        question.method,
                        f"{self.target.prefix}{question.path}",
                        body,
                        self._headers(question),
                        redirect=False,
                        retries=False,
                        preload_content=False,
                    )
                self.answered = True
                with _closing(response):
                    _require_in_time(deadline)
                    yield Streamed(response, begun, deadline)
        finally:
            pool.close()

    def at(self, target: Target) -> Http:
        """The same for another target."""
        other = Http(target, self._why_lost)
        other.answered, other.seconds = self.answered, self.seconds
        return other

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except NoAnswerError as error:
            reason = self._why_lost()
            if reason:
                raise NoAnswerError(reason, connected=error.connected) from None
            raise

    def _headers(self, question: Question) -> dict[str, str]:
        headers = {
            "Host": self.target.authority,
            "User-Agent": USER_AGENT,
            "Accept-Encoding": "identity",
        }
        if question.data is not None:
            headers["Content-Type"] = "application/json"
        if question.token is not None:
            headers["Authorization"] = f"Bearer {question.token.reveal()}"
        return headers | dict(question.headers or {})

    def _pool(self, seconds: float, deadline: Deadline) -> urllib3.HTTPConnectionPool:
        host, port = self.target.end
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=seconds)
        if not self.target.secure:
            return PlainPool(host, port, timeout=timeout, deadline=deadline)
        return SecurePool(
            host,
            port,
            timeout=timeout,
            deadline=deadline,
            ssl_context=self._trust(),
            server_hostname=self.target.host,
            assert_hostname=self.target.host,
        )

    def _trust(self) -> ssl.SSLContext:
        """Made once: to read the system's certificates takes 40 ms."""
        if self._tls is None:
            self._tls = tls_context(self.target)
        return self._tls


def tls_context(target: Target) -> ssl.SSLContext:
    """Trusts what the system trusts, and the target's own CA."""
    context = ssl.create_default_context()
    if target.ca is not None:
        context.load_verify_locations(cafile=str(target.ca))
    return context


def from_json(text: str | bytes) -> Any:
    """What `text` says; None where it is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


@contextmanager
def _closing(response: urllib3.BaseHTTPResponse) -> Iterator[None]:
    try:
        yield
    finally:
        response.close()


def _limited(response: urllib3.BaseHTTPResponse) -> bytes:
    body = bytearray()
    while len(body) < _MOST_BYTES and (piece := response.read1(65536)):
        body += piece
    return bytes(body)


@contextmanager
def _told(deadline: Deadline) -> Iterator[None]:
    """As `_in_our_words`, where it is not for the deadline."""
    try:
        with _in_our_words():
            yield
    except NoAnswerError:
        _require_in_time(deadline)
        raise


def _require_in_time(deadline: Deadline) -> None:
    """What was cut at the deadline may look like a good end."""
    if deadline.passed:
        raise NoAnswerError(deadline.reason) from None


@contextmanager
def _in_our_words() -> Iterator[None]:
    """What urllib3 raises, in our words: its own repeat addresses and headers."""
    try:
        yield
    except NewConnectionError as error:
        raise NoAnswerError(_cause(error), connected=False) from None
    except ConnectTimeoutError:
        reason = f"no connection within {CONNECT_SECONDS:g} s"
        raise NoAnswerError(reason, connected=False) from None
    except SSLError as error:
        raise NoAnswerError(f"TLS: {reason_of(error)}") from None
    except ReadTimeoutError:
        raise NoAnswerError("no answer in time") from None
    except ProtocolError:
        raise NoAnswerError("the connection was closed before the end of the answer") from None
    except HTTPError as error:
        raise NoAnswerError(f"no answer of HTTP ({type(error).__name__})") from None


def _cause(error: NewConnectionError) -> str:
    cause = error.__cause__
    if isinstance(cause, socket.gaierror):
        return "the name is not known"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror.lower()
    return "no connection"


def reason_of(error: BaseException) -> str:
    """Why TLS failed, as OpenSSL says it."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return seen.verify_message
        if isinstance(seen, ssl.SSLError) and seen.reason:
            return seen.reason.replace("_", " ").lower()
        args = [item for item in seen.args if isinstance(item, BaseException)]
        seen = args[0] if args else seen.__cause__
    return "the handshake failed"
