"""How long answers take, against a budget."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from plate_llm_cli.smoke import asking
from plate_llm_cli.smoke.check import Outcome, failed, passed, skipped

if TYPE_CHECKING:
    from plate_llm_cli.smoke.trial import Trial

_TOKENS: Final = 4
_ADVICE: Final = (
    "see where the time goes: the streaming check's first token is the model's, livez the "
    "network's and the proxy's; autoscaling and limits.concurrency help where pods are full"
)


def latency(trial: Trial) -> Outcome:
    """Short answers, one after the other, none from a cache."""
    wanted, of = trial.latency.p95, trial.latency.requests
    if wanted is None:
        return skipped("no budget given (plate-llm smoke --p95)")
    asked = asking.model(trial)
    trial.budget.require(of * asking.cost(_question(asked)))
    seconds: list[float] = []
    for done in range(of):
        trial.progress(done, of)
        answer = asking.ask(trial, _question(asked))
        asking.good(trial, answer, asked)
        seconds.append(answer.seconds)
    trial.progress(of, of)
    p95 = percentile(seconds, 95)
    said = (
        f"p50 {_took(percentile(seconds, 50))}, p95 {_took(p95)}, at most {_took(max(seconds))} "
        f"of {of} answers"
    )
    if p95 > wanted:
        return failed(f"{said}: p95 is over {wanted:g} s", _ADVICE)
    return passed(said)


def percentile(values: list[float], percent: int) -> float:
    """The nearest-rank percentile of `values`, of which there is one at least."""
    return sorted(values)[max(0, ceil(len(values) * percent / 100) - 1)]


def _took(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _question(asked: asking.Model) -> asking.Body:
    return asking.body(asked, f"Say: {uuid4().hex[:8]}", _TOKENS)
