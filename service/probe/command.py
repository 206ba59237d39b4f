"""The command line: one request and its judgement, or, as `probe smoke`, many.

One request is what the health check of the image is: it loads nothing that it does not need.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from service.probe.arguments import seconds, shown, statuses, url
from service.probe.request import NoAnswerError, Question, ask

if TYPE_CHECKING:
    from collections.abc import Sequence
    from http.client import HTTPResponse
    from urllib.parse import SplitResult

DEFAULT_PORT = "8000"
"""Of the setting PORT, which is read here alone: a probe must not need the other settings."""


def main(arguments: Sequence[str]) -> int:
    """Probe; gives 0 where all is as expected, 1 where it is not, 2 for wrong use."""
    if arguments[:1] == ["smoke"]:
        from service.probe import smoke  # noqa: PLC0415 - a health check needs none of it

        return smoke.main(arguments[1:])
    options = _parser().parse_args(arguments)
    name = shown(options.url)
    try:
        status = ask(options.url, Question(_target(options.url)), options.timeout, _status)
    except NoAnswerError as failed:
        print(f"probe: {name}: {failed}", file=sys.stderr)  # noqa: T201 - a command line
        return 1
    if status not in options.expect_status:
        expected = " or ".join(map(str, options.expect_status))
        print(f"probe: {name}: status {status}, expected {expected}", file=sys.stderr)  # noqa: T201
        return 1
    print(f"probe: {name}: status {status}")  # noqa: T201
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m service probe",
        description="Send one GET request and judge its answer. Redirects are not followed.",
        epilog="`python -m service probe smoke URL` tries a whole service: see its --help.",
    )
    port = os.environ.get("PORT") or DEFAULT_PORT
    parser.add_argument(
        "--url",
        type=url,
        default=f"http://127.0.0.1:{port}/readyz",
        help="what to ask for (default: /readyz of the service on this machine)",
    )
    parser.add_argument(
        "--timeout", type=seconds, default=5.0, metavar="S", help="seconds for all of it (5)"
    )
    parser.add_argument(
        "--expect-status",
        type=statuses,
        default=(200,),
        metavar="200[,204]",
        help="statuses that are as expected (200)",
    )
    return parser


def _target(parts: SplitResult) -> str:
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _status(response: HTTPResponse) -> int:
    return response.status
