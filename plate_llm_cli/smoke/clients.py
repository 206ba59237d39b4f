"""The official clients, made to reach a target as everything else here does.

Only the checks that need them load this module: `openai` and LangChain take a second.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import httpx2
import openai

from plate_llm_cli.graph.secret_fields import mapping
from plate_llm_cli.smoke.check import EndedError, failed
from plate_llm_cli.smoke.http import NoAnswerError, Question
from plate_llm_cli.smoke.own_environment import without_settings_of_clients
from plate_llm_cli.smoke.refusals import explained, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain_openai import ChatOpenAI

    from plate_llm_cli.smoke.asking import Model
    from plate_llm_cli.smoke.http import Http
    from plate_llm_cli.smoke.target import Target
    from plate_llm_cli.smoke.trial import Trial

_HEADERS: Final = {"x-plate-cache": "off"}
_NO_TOKEN: Final = "none"  # noqa: S105 - no password
"""What the clients send where no token is asked for: they insist on one."""
_OF_CONNECTION: Final = frozenset({"host", "connection", "content-length", "accept-encoding"})
"""Header fields of requests that are made anew."""
_OF_TRANSFER: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Those of answers that are no longer true of what was read."""
_UNREADABLE: Final = (openai.OpenAIError, AttributeError, LookupError, TypeError, ValueError)
"""What the clients raise for an answer of another form than OpenAI's."""


class _AsTheOthers(httpx2.BaseTransport):
    """Requests go the way of all others here, and their answers are as long and late at most."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request and its whole answer.

        Raises:
            NoAnswerError: there is none.
        """
        sent = {name.title(): value for name, value in request.headers.items()}
        headers = {name: value for name, value in sent.items() if _stays(name, _OF_CONNECTION)}
        path = request.url.raw_path.decode("ascii").removeprefix(self._http.target.prefix)
        answer = self._http.ask(Question(request.method, path, request.read(), headers=headers))
        came = {name: value for name, value in answer.headers.items() if _stays(name, _OF_TRANSFER)}
        return httpx2.Response(answer.status, headers=came, content=answer.body)


def _stays(name: str, others: frozenset[str]) -> bool:
    return name.lower() not in others


@contextmanager
def openai_client(trial: Trial, asked: Model) -> Iterator[openai.OpenAI]:
    """OpenAI's own client, to ask this model.

    Raises:
        EndedError: there is no token for it, or it was refused; see `_told`.
    """
    with without_settings_of_clients(), _http_client(trial.http) as http:
        client = openai.OpenAI(
            base_url=_base_url(trial.target),
            api_key=_key(trial),
            max_retries=0,
            default_headers=_HEADERS,
            http_client=http,
        )
        with _told(trial, asked):
            yield client


@contextmanager
def langchain_model(trial: Trial, asked: Model, tokens: int) -> Iterator[ChatOpenAI]:
    """LangChain's ChatOpenAI, for answers of at most `tokens`. Nothing of it is traced.

    Raises:
        ModuleNotFoundError: langchain-openai is not installed.
        EndedError: as `openai_client`.
    """
    from langchain_openai import ChatOpenAI  # noqa: PLC0415 - heavier than openai, and optional

    with without_settings_of_clients(), _http_client(trial.http) as http:
        chat = ChatOpenAI(
            model=asked.name,
            base_url=_base_url(trial.target),
            api_key=lambda: _key(trial),
            max_retries=0,
            max_completion_tokens=tokens,
            default_headers=_HEADERS,
            http_client=http,
            http_socket_options=(),  # of a client that is not used; it would warn of proxies
            openai_proxy=None,  # else it is the environment's, which LangChain refuses beside ours
        )
        with _untraced(), _told(trial, asked):
            yield chat


@contextmanager
def _untraced() -> Iterator[None]:
    """LangSmith keeps what it has read of the environment once."""
    from langsmith import tracing_context  # noqa: PLC0415 - comes with LangChain

    with tracing_context(enabled=False):
        yield


def _http_client(http: Http) -> httpx2.Client:
    return httpx2.Client(transport=_AsTheOthers(http), trust_env=False, follow_redirects=False)


def _base_url(target: Target) -> str:
    return f"{target.url}/v1"


def _key(trial: Trial) -> str:
    token = trial.tokens.good()
    return token.reveal() if token is not None else _NO_TOKEN


@contextmanager
def _told(trial: Trial, asked: Model) -> Iterator[None]:
    """What the clients raise, as an outcome. Their own texts repeat whole answers."""
    try:
        yield
    except openai.APIStatusError as error:
        server = error.response.headers.get("server", "")
        # The client has unpacked the error already.
        refused = refusal(error.status_code, mapping(error.body), server)
        raise EndedError(explained(trial, refused, asked.provider)) from None
    except openai.APIConnectionError as error:
        if isinstance(error.__cause__, NoAnswerError):
            raise error.__cause__ from None
        raise NoAnswerError("the client cannot read the answer") from None
    except _UNREADABLE as error:
        said = f"the client cannot read the answer ({type(error).__name__})"
        raise EndedError(failed(said, "does another service answer at this address?")) from None
