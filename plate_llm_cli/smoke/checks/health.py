"""The service is up, says that it can answer, and is the release that was deployed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.secret_fields import mapping, texts
from plate_llm_cli.smoke.check import Outcome, failed, passed, warned

if TYPE_CHECKING:
    from plate_llm_cli.smoke.http import Answer
    from plate_llm_cli.smoke.trial import Trial

_FIXED_TAG: Final = re.compile(r"v?(\d+\.\d+\.\d+\S*)")
"""A tag that names a release; others move, and say nothing of what is behind them."""

_LOGIN: Final = (
    "something in front of the service wants a login of its own: take "
    "nginx.ingress.kubernetes.io/auth-* and whitelist-source-range out of ingress.annotations, or "
    "does another service answer at this address?"
)


def livez(trial: Trial) -> Outcome:
    """The process answers."""
    answer = trial.http.get("/livez")
    if answer.status == 200 and isinstance(answer.json, dict):
        return passed(f"in {answer.seconds * 1000:.0f} ms")
    return failed(*_wrong(trial, "/livez", answer))


def readyz(trial: Trial) -> Outcome:
    """It can answer requests; else it says why not."""
    answer = trial.http.get("/readyz")
    document = mapping(answer.json)
    if answer.status == 200 and document.get("status") == "ready":
        concerns = texts(document.get("concerns"))
        if concerns:
            return warned(f"ready, but {'; '.join(concerns)}", "see docs/service.md, Settings")
        return passed("ready")
    reasons = texts(document.get("reasons"))
    if reasons:
        advice = trial.advice.command(
            "status {env}", "see the service's log, and its settings in docs/service.md"
        )
        return failed(f"not ready: {'; '.join(reasons)}", advice)
    return failed(*_wrong(trial, "/readyz", answer))


def version(trial: Trial) -> Outcome:
    """What runs is what the image's tag says."""
    answer = trial.http.get("/version")
    running = mapping(answer.json).get("version")
    if answer.status != 200 or not isinstance(running, str):
        return failed(*_wrong(trial, "/version", answer))
    if not trial.expected.tag:
        return passed(f"{running}; which tag is deployed is not known")
    named = _FIXED_TAG.fullmatch(trial.expected.tag)
    if named is None:
        return passed(f"{running}; the tag {trial.expected.tag} moves and names no release")
    if running == named[1]:
        return passed(running)
    advice = trial.advice.command(
        "argocd wait {env}", "is the roll-out at its end, and the image built from that release?"
    )
    return failed(f"{running} runs, and {trial.expected.tag} is what Git deploys", advice)


def _wrong(trial: Trial, path: str, answer: Answer) -> tuple[str, str]:
    """What was seen instead of the service's own answer, and what that means."""
    said = f"{path} gave status {answer.status}"
    if answer.status in (502, 503, 504):
        status = trial.advice.command("status {env}", "look at its pods")
        return f"{said} of {answer.server or 'a proxy'}", f"no pod is ready behind it: {status}"
    if answer.status == 404:
        return f"{said}: not the service", "does the Ingress route this host and path to it?"
    if 300 <= answer.status < 400 and answer.headers.get("location"):
        to = answer.headers["location"]
        return f"{said}, to {to}", "redirects are not followed: name the address it leads to"
    if answer.status in (401, 403) and not answer.from_service:
        return f"{said} of {answer.source}", _LOGIN
    return f"{said}, not the service's own answer", "does another service answer at this address?"
