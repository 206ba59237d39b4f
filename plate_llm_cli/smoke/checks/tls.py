"""The certificate: that browsers and clients take it, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from plate_llm_cli.smoke.certificates import shown_by
from plate_llm_cli.smoke.check import Outcome, failed, passed, skipped, warned
from plate_llm_cli.smoke.http import NoAnswerError

if TYPE_CHECKING:
    from plate_llm_cli.smoke.certificates import Certificate, Distrust, Handshake
    from plate_llm_cli.smoke.trial import Trial

_SOON: Final = timedelta(days=14)
"""cert-manager renews at a third of the life: 30 days before the end of a usual one."""
_SOON_PART: Final = 4
"""Of a short life, the part before whose beginning it should have been renewed."""
_FAKE: Final = "Kubernetes Ingress Controller Fake Certificate"
"""What ingress-nginx shows where it has none for a host."""
_TEMPORARY: Final = "cert-manager.local"
"""Who signs what cert-manager puts into a Secret until it has the real one
(cert-manager, pkg/util/pki/temporarycertificate.go)."""
_STAGING: Final = "(STAGING)"
"""In the names of Let's Encrypt's authorities for trials."""

_NOT_YET, _EXPIRED, _SELF_SIGNED = 9, 10, 18
_NO_ISSUER: Final = frozenset({2, 19, 20, 21})
_WRONG_NAME: Final = frozenset({62, 64})
"""OpenSSL's X509_V_ERR_*."""


def certificate(trial: Trial) -> Outcome:
    """It verifies, is for this host, and is renewed in time."""
    target = trial.target
    if not target.secure:
        return skipped("plain HTTP has none")
    try:
        seen = shown_by(target)
    except NoAnswerError as error:
        advice = (
            f"port {target.end[1]} has to speak TLS: a load balancer in front passes it on to the "
            "ingress controller, or has the certificate itself; without TLS the URL is http://"
        )
        return failed(f"no TLS handshake: {error.reason}", advice)
    if seen.distrust is not None:
        return failed(*_refused(trial, seen, seen.distrust))
    own = seen.chain[0]
    left = own.ends - datetime.now(UTC)
    if left < min(_SOON, (own.ends - own.begins) / _SOON_PART):
        said = f"ends in {_span(left)}: {_facts(own)}"
        return warned(said, f"it should have been renewed by now: {_why(trial)}")
    return passed(f"good for {_span(left)}: {_facts(own)}, {seen.protocol}")


def _refused(trial: Trial, seen: Handshake, distrust: Distrust) -> tuple[str, str]:
    """What is wrong with it, and what to do."""
    own, code = seen.chain[0], distrust.code
    if own.subject.startswith(_FAKE) or own.issuer.startswith(_TEMPORARY):
        return _stand_in(trial, own)
    if code in _WRONG_NAME:
        return _another_name(trial, own)
    if code in (_EXPIRED, _NOT_YET):
        return _untimely(trial, seen)
    if code == _SELF_SIGNED:
        advice = (
            "cert-manager.io/cluster-issuer in ingress.annotations has to name an issuer that "
            "clients trust; a CA of your own: --ca-file FILE"
        )
        return f"self-signed, so nobody vouches for it: {_facts(own)}", advice
    if code in _NO_ISSUER:
        return _unknown_issuer(seen)
    return (
        f"{distrust.message}: {_facts(own)}",
        "have it issued anew without that; it is in the Secret of ingress.tls[].secretName",
    )


def _stand_in(trial: Trial, own: Certificate) -> tuple[str, str]:
    host = trial.target.host
    if own.issuer.startswith(_TEMPORARY):
        advice = f"Let's Encrypt asks http://{host}/.well-known/ on port 80, from outside"
        return "cert-manager's temporary one: the real one has not been issued", (
            f"{advice}; kubectl describe challenges -A says what it got; {_why(trial)}"
        )
    return f"the ingress controller has none for {host} and shows its own ({_FAKE})", (
        "the Secret of ingress.tls[].secretName is missing, as cert-manager has not issued it, or "
        f"ingress.tls[].hosts does not name {host}: {_why(trial)}"
    )


def _another_name(trial: Trial, own: Certificate) -> tuple[str, str]:
    host = trial.target.host
    return f"not for {host}: {_facts(own)}", (
        f"ingress.tls[].hosts has to name {host}, and its Secret to hold a certificate for it: "
        f"{_why(trial)}; or DNS leads to another server"
    )


def _untimely(trial: Trial, seen: Handshake) -> tuple[str, str]:
    now = datetime.now(UTC)
    own = seen.chain[0]
    late = next((item for item in seen.chain if item.ends < now), None)
    if late is own:
        return f"expired {_span(now - own.ends)} ago: {_facts(own)}", (
            f"it should have been renewed: {_why(trial)}; where its Secret is new already, have it "
            "read: kubectl rollout restart deployment -n ingress-nginx"
        )
    if late is not None:
        return f"{late.subject}, of its chain, expired {_span(now - late.ends)} ago", (
            "tls.crt of the Secret (ingress.tls[].secretName) holds an old intermediate: "
            "cert-manager issues both anew once that Secret is deleted"
        )
    begins = f"{own.begins:%Y-%m-%d %H:%M} UTC"
    return f"not valid before {begins}: {_facts(own)}", (
        f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC: if that is right, the clock of the "
        "issuer was not"
    )


def _unknown_issuer(seen: Handshake) -> tuple[str, str]:
    own, *others = seen.chain
    missing = _end(seen)
    if any(_STAGING in item.issuer for item in seen.chain):
        return f"issued for trials by Let's Encrypt's staging: {_facts(own)}", (
            "cert-manager.io/cluster-issuer in ingress.annotations names a staging issuer: name "
            "the one for production, such as letsencrypt-prod"
        )
    trust = f"if {missing} is a CA of your own: --ca-file FILE"
    if all(item.subject != own.issuer for item in others):
        return f"its issuer's certificate was not sent along: {_facts(own)}", (
            "append the intermediate certificate to tls.crt of the Secret (browsers may find it "
            f"themselves, clients of the API do not); {trust}"
        )
    return f"its CA {missing} is not known here: {_facts(own)}", (
        f"clients do not know it either, unless they were told; {trust}; else "
        "cert-manager.io/cluster-issuer in ingress.annotations has to name a public one"
    )


def _end(seen: Handshake) -> str:
    """Who is asked for in vain: the issuer at the end of what was sent."""
    issuers = {item.subject: item.issuer for item in seen.chain[1:]}
    name = seen.chain[0].issuer
    while name in issuers:
        above = issuers.pop(name)
        name = above if above != name else name
    return name


def _facts(own: Certificate) -> str:
    """Whom it is for, by whom, and until when."""
    names = list(own.names[:3]) or [f"{own.subject} (a common name only)"]
    more = len(own.names) - 3
    listed = ", ".join(names) + (f" and {more} more" if more > 0 else "")
    return f"for {listed}, by {own.issuer}, until {own.ends:%Y-%m-%d}"


def _span(time: timedelta) -> str:
    """Whole days, or hours where it is less than two."""
    hours = int(time.total_seconds() // 3600)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} hours"


def _why(trial: Trial) -> str:
    """Where cert-manager says what keeps it."""
    return (
        trial.advice.command("status {env}", "kubectl describe certificates -A")
        + " says what is in the way"
    )
