"""What the ingress controller lets through, and what it has to keep out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from plate_llm_cli.smoke.asking import MODELS
from plate_llm_cli.smoke.check import Outcome, failed, passed, skipped, warned
from plate_llm_cli.smoke.http import NoAnswerError, Question

if TYPE_CHECKING:
    from plate_llm_cli.smoke.http import Answer
    from plate_llm_cli.smoke.target import Target
    from plate_llm_cli.smoke.trial import Trial

_FOREIGN: Final = "not-ours.invalid"
_FOREIGN_SECONDS: Final = 10.0
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD: Final = frozenset({301, 308})
_ANNOTATION: Final = "nginx.ingress.kubernetes.io/ssl-redirect"


def https_redirect(trial: Trial) -> Outcome:
    """Plain HTTP is sent to HTTPS, or served, as the Ingress says; else what it does is told."""
    target = trial.target
    if not target.secure:
        return skipped("plain HTTP is the way that is tested")
    plain = target.plain
    if plain is None:
        return skipped(f"HTTPS has port {target.end[1]}, and the one of plain HTTP is not known")
    try:
        answer = trial.http.at(plain).get(MODELS)  # a token goes there; none is sent
    except NoAnswerError as error:
        outcome = _unanswered(trial, plain.end[1], error.reason)
    else:
        judge = _redirected if answer.status in _REDIRECTS else _served
        outcome = judge(trial, answer)
    return passed(outcome.said) if trial.expected.redirects is None else outcome


def _redirected(trial: Trial, answer: Answer) -> Outcome:
    location = answer.headers.get("location", "")
    if not _is_same(location, trial.target):
        return failed(
            f"plain HTTP is sent to {location[:200] or 'nowhere'}, not to HTTPS of the same host "
            f"and path ({answer.status})",
            "look for app-root, permanent-redirect and temporal-redirect among the annotations of "
            "the Ingress, and for another Ingress with this host: kubectl get ingress -A",
        )
    said = f"plain HTTP is sent to HTTPS ({answer.status})"
    if trial.expected.redirects is False:
        return failed(
            f"{said}: clients that follow no redirect fail",
            f'{_ANNOTATION} is "false" in Git; force-ssl-redirect or a load balancer in front '
            f"may redirect as well; {_live(trial)}",
        )
    if answer.status not in _FOR_GOOD:
        return warned(
            f"{said}, but only for now: clients come in clear text again and again",
            'http-redirect-code in the ConfigMap of ingress-nginx has to be "308"',
        )
    return passed(said)


def _served(trial: Trial, answer: Answer) -> Outcome:
    if not answer.from_service:
        return failed(
            f"plain HTTP gave status {answer.status} of {answer.source}",
            "look for another server at this port, and for another Ingress with this host: "
            "kubectl get ingress -A",
        )
    said = f"plain HTTP is served as well (status {answer.status})"
    if trial.expected.redirects is False:
        return passed(f"{said}, as Git says")
    return failed(
        f"{said}: tokens may travel in clear text",
        f'Git redirects ({_ANNOTATION} is not "false"): {_live(trial)}; where TLS ends at a load '
        'balancer in front, set force-ssl-redirect: "true" as well',
    )


def _unanswered(trial: Trial, port: int, reason: str) -> Outcome:
    said = f"plain HTTP is not answered ({reason})"
    if trial.expected.redirects is False:
        return failed(
            said,
            f'open port {port} at the load balancer and the firewall, as {_ANNOTATION}: "false" '
            "stands for clients that come over plain HTTP",
        )
    return warned(
        said,
        f"open port {port} at the load balancer and the firewall: Let's Encrypt asks there before "
        "it renews a certificate (HTTP01), and http:// links lead nowhere",
    )


def other_host(trial: Trial) -> Outcome:
    """A host that is not ours does not lead here."""
    if not trial.target.from_outside:
        return skipped("the ingress controller is not on this way")
    question = Question("GET", "/version", headers={"Host": _FOREIGN}, seconds=_FOREIGN_SECONDS)
    try:
        answer = trial.http.ask(question)
    except NoAnswerError as error:
        if not error.connected:
            raise
        return passed(f"not answered for {_FOREIGN} ({error.reason})")
    if not answer.from_service:
        return passed(f"status {answer.status} of {answer.source} for {_FOREIGN}")
    rule = (
        "give each rule of each Ingress for this Service a host (ingress.hosts[].host), and the "
        "controller another default backend; kubectl get ingress -A shows them"
    )
    if answer.status == 421:
        said = f"requests for {_FOREIGN} reach the service, which refuses them (status 421)"
        return warned(said, rule)
    return failed(
        f"the service answers for {_FOREIGN} (status {answer.status})",
        f"{rule}; with http.allowedHosts (HTTP_ALLOWED_HOSTS) the service refuses them itself",
    )


def metrics_private(trial: Trial) -> Outcome:
    """Metrics are for the cluster only."""
    seen = []
    for path in ("/metrics", "/metrics/"):
        answer = trial.http.get(path)
        if _has_metrics(answer):
            port = trial.expected.text("METRICS_PORT") or "9090"
            return failed(
                f"{path} shows the metrics: models, routes and load, to everyone",
                f"an Ingress leads to port {port} (METRICS_PORT), which is for Prometheus inside "
                f"the cluster: take that rule out of it; {_live(trial)}",
            )
        seen.append(f"{path} gave status {answer.status}")
    return passed(", ".join(seen))


def _has_metrics(answer: Answer) -> bool:
    """Prometheus' text format, or its successor OpenMetrics."""
    kind = answer.headers.get("content-type", "")
    lines = answer.body.splitlines()
    named = any(line.startswith((b"# TYPE ", b"# HELP ")) for line in lines)
    return answer.status == 200 and (named or "openmetrics" in kind)


def _is_same(location: str, target: Target) -> bool:
    try:
        parts = urlsplit(location)
        port = parts.port or 443
    except ValueError:
        return False
    wanted = ("https", target.host, target.port, f"{target.prefix}{MODELS}")
    return (parts.scheme, parts.hostname, port, parts.path) == wanted


def _live(trial: Trial) -> str:
    return trial.advice.live("kubectl get ingress -A -o yaml")
