"""Sends one request and judges its answer: `python -m service probe`.

For a container without a shell or curl: its health check, and the pods of `helm test`. Only the
standard library is imported, so that it costs a tenth of what starting the service does.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_PORT = "8000"
"""Of the setting PORT, which is read here alone: a probe must not need the other settings."""

CONNECTIONS = {"http": HTTPConnection, "https": HTTPSConnection}
MOST_STATUS = 599


class _ProbeError(Exception):
    """No answer. The message never holds what the other side sent."""


def main(arguments: Sequence[str]) -> int:
    """Probe once; gives 0 for an answer as expected, 1 for another or none, 2 for wrong use."""
    options = _parser().parse_args(arguments)
    shown = _shown(options.url)
    try:
        status = _within(options.timeout, options.url)
    except _ProbeError as failed:
        print(f"probe: {shown}: {failed}", file=sys.stderr)  # noqa: T201 - a command line
        return 1
    if status not in options.expect_status:
        expected = " or ".join(map(str, options.expect_status))
        print(f"probe: {shown}: status {status}, expected {expected}", file=sys.stderr)  # noqa: T201
        return 1
    print(f"probe: {shown}: status {status}")  # noqa: T201
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m service probe",
        description="Send one GET request and judge its answer. Redirects are not followed.",
    )
    port = os.environ.get("PORT") or DEFAULT_PORT
    parser.add_argument(
        "--url",
        type=_url,
        default=f"http://127.0.0.1:{port}/readyz",
        help="what to ask for (default: /readyz of the service on this machine)",
    )
    parser.add_argument(
        "--timeout", type=_seconds, default=5.0, metavar="S", help="seconds for all of it (5)"
    )
    parser.add_argument(
        "--expect-status",
        type=_statuses,
        default=(200,),
        metavar="200[,204]",
        help="statuses that are as expected (200)",
    )
    return parser


def _url(text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        usable = url.scheme in CONNECTIONS and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable:
        # Not repeated: it may hold a password.
        raise argparse.ArgumentTypeError("must be an http:// or https:// URL")
    return url


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError("must be a number of seconds, more than 0")
    return seconds


def _statuses(text: str) -> tuple[int, ...]:
    statuses = tuple(int(part) if part.isdecimal() else 0 for part in text.split(","))
    if not all(100 <= status <= MOST_STATUS for status in statuses):
        raise argparse.ArgumentTypeError("must be statuses, such as 200 or 200,204")
    return statuses


def _shown(url: SplitResult) -> str:
    """The URL without a password, and without a query that may hold a token."""
    return f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path or '/'}"


def _within(seconds: float, url: SplitResult) -> int:
    """The status of the answer. In a thread, as nothing else bounds the look-up of a name."""
    outcome: list[int | _ProbeError] = []

    def ask() -> None:
        try:
            outcome.append(_status(url, seconds))
        except _ProbeError as failed:
            outcome.append(failed)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise _ProbeError(f"no answer within {seconds:g} s")
    if isinstance(outcome[0], _ProbeError):
        raise outcome[0]
    return outcome[0]


def _status(url: SplitResult, seconds: float) -> int:
    connection = CONNECTIONS[url.scheme](url.hostname or "", url.port, timeout=seconds)
    target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
    try:
        connection.request("GET", target, headers={"User-Agent": "plate-llm-probe"})
        status: int = connection.getresponse().status
    except TimeoutError:
        raise _ProbeError(f"no answer within {seconds:g} s") from None
    except socket.gaierror:
        raise _ProbeError("its host has no address") from None
    except OSError as error:
        raise _ProbeError(f"no connection ({error.strerror or type(error).__name__})") from None
    except (HTTPException, ValueError) as error:
        raise _ProbeError(f"no answer of HTTP ({type(error).__name__})") from None
    finally:
        connection.close()
    return status
