"""One request, a connection each, bounded in time. Redirects and proxies are not followed."""

from __future__ import annotations

import socket
import threading
from http.client import HTTPException
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from service.probe.arguments import CONNECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.client import HTTPResponse
    from urllib.parse import SplitResult

Received = TypeVar("Received")


class NoAnswerError(Exception):
    """No answer, or not all of it. The message never holds what either side sent."""


class Question(NamedTuple):
    """What is sent. `target` is the path with its query; `body` is JSON."""

    target: str
    method: str = "GET"
    token: str = ""
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()


def ask(
    url: SplitResult,
    question: Question,
    seconds: float,
    receive: Callable[[HTTPResponse], Received],
) -> Received:
    """What `receive` makes of the answer. In a thread, as nothing else bounds the look-up of a
    name, or an answer that comes a byte at a time.

    Raises:
        NoAnswerError: there is none within `seconds`.
    """
    outcome: list[Received | NoAnswerError] = []

    def work() -> None:
        try:
            outcome.append(_received(url, question, seconds, receive))
        except NoAnswerError as failed:
            outcome.append(failed)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise NoAnswerError(f"no answer within {seconds:g} s")
    if isinstance(outcome[0], NoAnswerError):
        raise outcome[0]
    return outcome[0]


def _received(
    url: SplitResult,
    question: Question,
    seconds: float,
    receive: Callable[[HTTPResponse], Received],
) -> Received:
    connection = CONNECTIONS[url.scheme](url.hostname or "", url.port, timeout=seconds)
    try:
        connection.request(question.method, question.target, question.body, _headers(question))
        return receive(connection.getresponse())
    except TimeoutError:
        raise NoAnswerError(f"no answer within {seconds:g} s") from None
    except socket.gaierror:
        raise NoAnswerError("its host has no address") from None
    except OSError as error:
        raise NoAnswerError(f"no connection ({error.strerror or type(error).__name__})") from None
    except (HTTPException, ValueError) as error:
        raise NoAnswerError(f"no answer of HTTP ({type(error).__name__})") from None
    finally:
        connection.close()


def _headers(question: Question) -> dict[str, str]:
    headers = {"User-Agent": "plate-llm-probe"}
    if question.body is not None:
        headers["Content-Type"] = "application/json"
    if question.token:
        headers["Authorization"] = f"Bearer {question.token}"
    return headers | dict(question.headers)
