"""What a check is given, and what comes of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from service.probe.answers import Reply, Streamed, streamed, whole
from service.probe.request import Question, ask

if TYPE_CHECKING:
    from http.client import HTTPResponse
    from urllib.parse import SplitResult

    from service.probe.tokens import Tokens

CHAT = "/v1/chat/completions"


class Outcome(NamedTuple):
    """`pass`, `fail` or `skip`, and what was seen or why nothing was tried."""

    verdict: str
    said: str


class SkippedError(Exception):
    """Ends a check that cannot be tried; its text says why."""


class Trial(NamedTuple):
    """A service, and what is expected of it."""

    base: SplitResult
    seconds: float
    """For each request."""
    auth: str
    """AUTH_MODE, as it should be."""
    version: str
    """The release, as it should be; '' where any will do."""
    tokens: Tokens
    chat: bool
    """Whether the model may be asked, which costs tokens."""

    def get(self, path: str, token: str = "") -> Reply:
        """The answer to a GET request."""
        return self._ask(Question(path, token=token))

    def post(self, path: str, body: bytes, token: str = "") -> Reply:
        """The answer to a POST request."""
        return self._ask(_posted(path, body, token))

    def stream(self, path: str, body: bytes, token: str = "") -> Streamed:
        """As `post`, for an answer in pieces."""
        question = self._placed(_posted(path, body, token))
        begun = time.monotonic()

        def receive(response: HTTPResponse) -> Streamed:
            return streamed(response, begun)

        return ask(self.base, question, self.seconds, receive)

    def need_tokens(self) -> None:
        """Say why no token is of any use.

        Raises:
            SkippedError: the service asks for none.
        """
        if self.auth == "none":
            raise SkippedError("no token is asked for (AUTH_MODE is none)")

    def need_key(self) -> None:
        """Say why no good token can be made.

        Raises:
            SkippedError: the service asks for none, or its key is not known.
        """
        self.need_tokens()
        if not self.tokens.key:
            raise SkippedError("AUTH_JWT_SECRET is not known here")

    def good_token(self) -> str:
        """One that the service takes; '' where it asks for none.

        Raises:
            SkippedError: its key is not known.
        """
        if self.auth == "none":
            return ""
        self.need_key()
        return self.tokens.good()

    def _ask(self, question: Question) -> Reply:
        return ask(self.base, self._placed(question), self.seconds, whole)

    def _placed(self, question: Question) -> Question:
        return question._replace(target=f"{self.base.path}{question.target}")


def _posted(path: str, body: bytes, token: str) -> Question:
    """An answer from the cache would say nothing of a model."""
    return Question(path, "POST", token, body, (("x-plate-cache", "off"),))


def passed(said: str) -> Outcome:
    """All is as it should be."""
    return Outcome("pass", said)


def failed(said: str) -> Outcome:
    """It is not as it should be."""
    return Outcome("fail", said)
