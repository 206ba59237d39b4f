"""The official clients, made to reach a target as everything else here does.

Only the checks that need them load this module: `openai` and LangChain take a second.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import httpx2
import openai

from plate_llm_cli.graph.secret_fields import mapping
from plate_llm_cli.smoke.check import EndedError, failed
from plate_llm_cli.smoke.http import ANSWER_SECONDS, CONNECT_SECONDS, NoAnswerError, tls_context
from plate_llm_cli.smoke.refusals import explained, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain_openai import ChatOpenAI

    from plate_llm_cli.smoke.asking import Model
    from plate_llm_cli.smoke.target import Target
    from plate_llm_cli.smoke.trial import Trial

_HEADERS: Final = {"x-plate-cache": "off"}
_NO_TOKEN: Final = "none"  # noqa: S105 - no password
"""What the clients send where no token is asked for: they insist on one."""
_OLD_TRACING: Final = ("LANGCHAIN_TRACING", "LANGCHAIN_HANDLER")
"""Without the newer kind of traces, LangChain answers nothing where these are set."""
_UNREADABLE: Final = (openai.OpenAIError, AttributeError, LookupError, TypeError, ValueError)
"""What the clients raise for an answer of another form than OpenAI's."""


class _AtAddress(httpx2.BaseTransport):
    """Connects to the target's address; TLS and `Host` keep the URL's name."""

    def __init__(self, target: Target, transport: httpx2.BaseTransport) -> None:
        self._target = target
        self._transport = transport

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request; `Host` was set when it was made."""
        host, port = self._target.end
        request.url = request.url.copy_with(host=host, port=port)
        request.extensions = {**request.extensions, "sni_hostname": self._target.host}
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


@contextmanager
def openai_client(trial: Trial, asked: Model) -> Iterator[openai.OpenAI]:
    """OpenAI's own client, to ask this model.

    Raises:
        EndedError: there is no token for it, or it was refused; see `_told`.
    """
    with _http_client(trial.target) as http:
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

    with _http_client(trial.target) as http:
        chat = ChatOpenAI(
            model=asked.name,
            base_url=_base_url(trial.target),
            api_key=lambda: _key(trial),
            max_retries=0,
            timeout=ANSWER_SECONDS,  # else there is none, whatever the HTTP client has
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
    """The operator's environment may ask for traces: they would send elsewhere what is asked."""
    from langsmith import tracing_context  # noqa: PLC0415 - comes with LangChain

    kept = {name: os.environ.pop(name) for name in _OLD_TRACING if name in os.environ}
    try:
        with tracing_context(enabled=False):
            yield
    finally:
        os.environ.update(kept)


def _http_client(target: Target) -> httpx2.Client:
    transport: httpx2.BaseTransport = httpx2.HTTPTransport(verify=tls_context(target))
    if target.address is not None:
        transport = _AtAddress(target, transport)
    timeout = httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    return httpx2.Client(
        transport=transport, timeout=timeout, trust_env=False, follow_redirects=False
    )


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
    except openai.APITimeoutError:
        raise NoAnswerError("no answer in time") from None
    except openai.APIConnectionError:
        raise NoAnswerError("the connection was lost before the end of the answer") from None
    except _UNREADABLE as error:
        said = f"the client cannot read the answer ({type(error).__name__})"
        raise EndedError(failed(said, "does another service answer at this address?")) from None
