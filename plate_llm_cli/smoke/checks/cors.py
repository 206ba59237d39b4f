"""Which web pages may call the API: those of plate-web, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.smoke.asking import CHAT, MODELS
from plate_llm_cli.smoke.check import EndedError, Outcome, failed, passed
from plate_llm_cli.smoke.http import Question

if TYPE_CHECKING:
    from plate_llm_cli.smoke.http import Answer
    from plate_llm_cli.smoke.trial import Trial

_HEADERS: Final = ("authorization", "content-type")
_FOREIGN: Final = "https://not-ours.invalid"
_SETTING: Final = "http.corsOrigins in the values (HTTP_CORS_ORIGINS)"
_ALLOW: Final = "access-control-allow-"


def cors(trial: Trial) -> Outcome:
    """A browser lets the pages that should call the API do so, and no others."""
    _refuse_foreign(trial)
    origins = trial.expected.origins
    for origin in origins:
        _expect_allowed(trial, origin)
    if origins:
        return passed(f"pages of {', '.join(origins)} may call the API, others may not")
    if not trial.expected.known:
        return passed(f"pages of {_FOREIGN} may not call the API; who may is not known")
    return passed("no page of another origin may call the API")


def _refuse_foreign(trial: Trial) -> None:
    """The service allows the origins that it is told, never any: a proxy does that.

    Raises:
        EndedError: a browser would let any page call the API.
    """
    answer = _preflight(trial, _FOREIGN)
    allowed = answer.headers.get(f"{_ALLOW}origin", "")
    if "*" in allowed or _FOREIGN in allowed:
        said = f"pages of any origin may call the API ({_ALLOW}origin: {allowed})"
        raise EndedError(failed(said, _of_proxy(answer)))


def _expect_allowed(trial: Trial, origin: str) -> None:
    """A preflight, and then an answer that the page may read.

    Raises:
        EndedError: a browser would not let the page call the API.
    """
    answer = _preflight(trial, origin)
    wrong = _refusal(answer, origin)
    if wrong:
        said = f"pages of {origin} may not call the API: {wrong}"
        raise EndedError(failed(said, _advice(trial, answer, origin)))
    answer = trial.http.get(MODELS, Origin=origin)
    allowed = answer.headers.get(f"{_ALLOW}origin", "")
    if allowed != origin:
        said = f"pages of {origin} may send requests, but not read the answers"
        reason = f"{_ALLOW}origin is {allowed}" if allowed else f"there is no {_ALLOW}origin"
        raise EndedError(failed(f"{said}: {reason}", _of_proxy(answer)))


def _preflight(trial: Trial, origin: str) -> Answer:
    """What a browser asks before a page's request with a token."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ",".join(_HEADERS),
    }
    return trial.http.ask(Question("OPTIONS", CHAT, headers=headers))


def _refusal(answer: Answer, origin: str) -> str:
    """Why a browser takes the answer to a preflight as a no; '' where it does not."""
    if not 200 <= answer.status < 300:
        return f"the preflight gave status {answer.status}"
    allowed = answer.headers.get(f"{_ALLOW}origin", "")
    if allowed != origin:
        return f"{_ALLOW}origin is {allowed}" if allowed else f"there is no {_ALLOW}origin"
    # POST needs no permission of its own, and `*` does not mean `authorization` (Fetch, 4.8).
    named = {name.strip().lower() for name in _listed(answer)}
    lacking = [name for name in _HEADERS if name not in named]
    if lacking == ["content-type"] and "*" in named:
        return ""
    return f"{_ALLOW}headers lacks {', '.join(lacking)}" if lacking else ""


def _listed(answer: Answer) -> list[str]:
    return answer.headers.get(f"{_ALLOW}headers", "").split(",")


def _advice(trial: Trial, answer: Answer, origin: str) -> str:
    added = origin in answer.headers.get(f"{_ALLOW}origin", "")
    if answer.from_service and not added:
        live = trial.advice.live("kubectl get deployment -o yaml")
        return f"{_SETTING} has it in Git, but not in the running pods: {live}"
    return _of_proxy(answer)


def _of_proxy(answer: Answer) -> str:
    return (
        f"{'a proxy in front' if answer.from_service else answer.source} decides that, not the "
        "service: take nginx.ingress.kubernetes.io/enable-cors and cors-* out of "
        f"ingress.annotations, and set {_SETTING} to plate-web's origin"
    )
