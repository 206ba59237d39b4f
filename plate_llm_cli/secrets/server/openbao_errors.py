"""What OpenBao's answers mean, in sentences that say what to do."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import OpenBaoError
from plate_llm_cli.secrets.server.transport import Lost

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.server.transport import Answer

_NOT_MATCHING: Final = "did not match the current version"
_AGAIN: Final = (
    "node not active",  # also: "... but active cluster node not found"
    "raft",
    "leadership",
    "context deadline exceeded",
)
"""Parts of errors that an election of a new leader brings, and ends."""

_NO_ROUTE: Final = "no handler for route"
_NO_NAMESPACE: Final = "namespace not found"
_UPGRADING: Final = "Upgrading from non-versioned to versioned data"
"""What a mount of KV version 2 says in its first moments, with status 400."""
_TEMPORARY: Final = 307
_UNSEALING: Final = 3.0
"""Seconds: a node that unseals itself after a start is ready within one."""

_LOST: Final = {
    Lost.DNS: ("its name is not known", "is the address right, and is a VPN needed?"),
    Lost.REFUSED: ("nothing listens there", "is OpenBao running, and is the port right?"),
    Lost.TIMEOUT: ("no answer in time", "is a firewall in between, or is it overloaded?"),
    Lost.BROKEN: ("the connection broke off", "run the command again"),
    Lost.UNTRUSTED: (
        "its certificate is not trusted",
        "name the CA that signed it: BAO_CACERT=/path/to/ca.pem",
    ),
    Lost.EXPIRED: ("its certificate has expired", "renew it; is the clock here right?"),
    Lost.HOST_NAME: (
        "its certificate is for another host",
        "use a name that the certificate has",
    ),
    Lost.NOT_TLS: ("it does not speak TLS", "is it http:// instead of https://?"),
    Lost.PROXY: ("the proxy does not let us through", "leave out --proxy, or mend the proxy"),
}


class ConflictError(Exception):
    """Another writer was first: the path has a newer version than the one that was read."""


class TryAgainError(Exception):
    """There is no answer now, and may be one later.

    `error` is what to raise once `patience`, in seconds, has run out; `after` is how long to wait.
    """

    def __init__(self, error: OpenBaoError, after: float = 0, patience: float = math.inf) -> None:
        super().__init__()
        self.error = error
        self.after = after
        self.patience = patience


def lost(address: str, why: Lost) -> OpenBaoError:
    """There is no answer."""
    what, hint = _LOST[why]
    return OpenBaoError(f"OpenBao at {address} cannot be reached: {what}", hint)


def used_up(address: str, why: Lost) -> OpenBaoError:
    """There is no answer to what may work once only."""
    what, _ = _LOST[why]
    message = f"OpenBao at {address} may have taken the login, and {what}"
    return OpenBaoError(message, "run the command again; a credential that works once is used up")


def conflicts(answer: Answer) -> bool:
    """Whether a check-and-set failed; the server says it in words only."""
    return answer.status == 400 and _NOT_MATCHING in answer.errors


def says_sealed(answer: Answer) -> bool:
    """Whether it is sealed, or not initialised: of anything but sys/health it says the same."""
    return answer.status == 503 and "sealed" in answer.errors


def is_denial(answer: Answer) -> bool:
    """Whether a policy denies it: the token is known. Of another token it only says no."""
    listed = "1 error occurred" in answer.errors or "preflight capability" in answer.errors
    return answer.status == 403 and listed


def check(answer: Answer, address: str, deed: str) -> None:
    """Refuse what is no answer of OpenBao to the request itself.

    `deed` says what was tried: `read secret/data/server/staging`.

    Raises:
        TryAgainError: it may be carried out later.
        OpenBaoError: it will not be.
    """
    if answer.status == _TEMPORARY:
        raise TryAgainError(_standby(answer, address))
    if 300 <= answer.status < 400:
        message = f"OpenBao at {address} sends us elsewhere{_to(answer)}, which is not followed"
        raise OpenBaoError(message, "name the final address: a token goes to no other host")
    _check_availability(answer, address, deed)
    if answer.status == 413:
        raise OpenBaoError(f"too large for OpenBao: {deed}", "a path takes about 32 MB at most")
    if answer.body is None and answer.status != 204:
        raise foreign(answer, address)


def _standby(answer: Answer, address: str) -> OpenBaoError:
    """A standby that does not reach the active node points at it, also while there is none."""
    message = f"OpenBao at {address} sends us elsewhere{_to(answer)}, which is not followed"
    hint = (
        "if it is a standby, its active node is away or there is no quorum: "
        "`bao operator raft list-peers` shows the nodes; else name the final address"
    )
    return OpenBaoError(message, hint)


def _to(answer: Answer) -> str:
    return f" to {answer.location}" if answer.location else ""


def _check_availability(answer: Answer, address: str, deed: str) -> None:
    status, said = answer.status, answer.errors
    if status == 429:
        error = OpenBaoError(f"OpenBao limits how often it is asked: {deed}", "try again later")
        raise TryAgainError(error, answer.retry_after)
    if status == 501:
        raise OpenBaoError(f"OpenBao at {address} is not initialised", "run `bao operator init`")
    if says_sealed(answer) or (status == 503 and (answer.body or {}).get("sealed") is True):
        error = OpenBaoError(f"OpenBao at {address} is sealed", "run `bao operator unseal`")
        raise TryAgainError(error, patience=_UNSEALING)
    if status in (412, 472, 473) or (status >= 500 and any(part in said for part in _AGAIN)):
        message = f"OpenBao at {address} has no active node: {deed}"
        hint = "is there a quorum? `bao operator raft list-peers` shows the nodes"
        raise TryAgainError(OpenBaoError(message, hint))
    if _UPGRADING in said:
        error = OpenBaoError(f"OpenBao is still setting the mount up: {deed}", "try again later")
        raise TryAgainError(error)
    if status in (502, 503, 504):
        message = f"OpenBao at {address} is not available (HTTP {status}): {deed}"
        raise TryAgainError(OpenBaoError(message, "what stands before it reaches no live node"))


def foreign(answer: Answer, address: str) -> OpenBaoError:
    """Something else answers there."""
    if answer.wants_tls:
        return OpenBaoError(f"OpenBao at {address} speaks TLS", "the address begins with https://")
    message = f"what answers at {address} is not OpenBao (HTTP {answer.status})"
    return OpenBaoError(message, "is the address right, and is no login page in between?")


def refused(answer: Answer, deed: str) -> OpenBaoError:
    """Some other no; what the server says may quote the request, and is not shown."""
    return OpenBaoError(f"OpenBao refuses to {deed} (HTTP {answer.status})", _hint(answer))


def _hint(answer: Answer) -> str:
    said = answer.errors
    return next((hint for part, hint in _HINTS.items() if part in said), _NO_HINT)


_HINTS: Final = {
    "check-and-set parameter required": "the path takes check-and-set writes only",
    "custom_metadata validation failed": (
        "a path takes 64 annotations at most, each of 1 to 512 characters"
    ),
    "high complexity": "it takes 1000 strings at once: a path can have 498 keys",
    "not renewable": "the token is not renewable",
    _NO_NAMESPACE: "there is no such namespace: is BAO_NAMESPACE right?",
    _NO_ROUTE: "nothing is mounted there",
}
"""By a part of what the server says, which itself is not shown."""
_NO_HINT: Final = "OpenBao's own log says why"


@contextmanager
def understood(address: str) -> Iterator[None]:
    """For the reading of an answer: one of another shape than OpenBao's is none of OpenBao's."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError):  # their texts hold what was read
        message = f"what answers at {address} is not OpenBao, or not of a version that is known"
        raise OpenBaoError(message, "is the address right?") from None


def denied(what: Sequence[str]) -> OpenBaoError:
    """The policies of the token do not allow it."""
    hint = _who_may(what)
    if len(what) == 1:
        return OpenBaoError(f"the token may not {what[0]}", hint)
    return OpenBaoError("the token may not do all that is needed", hint, what)


def _who_may(what: Sequence[str]) -> str:
    if all(item.endswith("-self") for item in what):
        return "OpenBao's own policy `default` allows that: the token was made without it"
    if all(" sys/" in item or " auth/" in item for item in what):
        return "no policy of ours allows that: it takes a token of who administers OpenBao"
    return "`plate-llm secrets policy ENV` prints the policies that are needed"


def bad_token(method: str, *, expired: bool) -> OpenBaoError:
    """OpenBao does not know the token: it says the same of one that is wrong, revoked, expired."""
    if method == "token":
        hint = "set BAO_TOKEN to a valid one, or run `bao login`"
    else:
        hint = f"run the command again: it logs in by {method} once more"
    if expired:
        return OpenBaoError("the token for OpenBao has expired", hint)
    message = "OpenBao does not know the token: it is wrong, expired, revoked or used up"
    return OpenBaoError(message, hint)


def no_mount(mount: str) -> OpenBaoError:
    """Nothing is mounted there."""
    hint = f"`bao secrets enable -path={mount} -version=2 kv` makes it"
    return OpenBaoError(f"OpenBao has no KV mount {mount}/", hint)


def refuse_nowhere(answer: Answer, place: Place, deed: str) -> None:
    """Refuse a 404 that is not about the path itself.

    Raises:
        OpenBaoError: the mount or the namespace is not there.
    """
    if _NO_ROUTE in answer.errors:
        raise no_mount(place.mount)
    if _NO_NAMESPACE in answer.errors:
        raise refused(answer, deed)


def version_1(mount: str) -> OpenBaoError:
    """A write would seem to succeed there, in a shape that nothing reads."""
    hint = f"`bao kv enable-versioning {mount}` makes it version 2"
    return OpenBaoError(f"the mount {mount}/ is KV version 1, version 2 is needed", hint)


def nothing_stored(place: Place) -> OpenBaoError:
    """A path that was never written has no annotations."""
    return OpenBaoError(f"{place}: nothing is stored there", "run `plate-llm secrets seed ENV`")
