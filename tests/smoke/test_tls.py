"""Certificates that clients take, and those that they do not, shown by a real nginx."""

from __future__ import annotations

import re
import socket
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from plate_llm_cli.smoke.checks import tls
from plate_llm_cli.smoke.target import Target, Way
from tests.smoke.ca import DAY
from tests.smoke.nginx import HOST, ingress
from tests.smoke.trials import told, trial_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.smoke.ca import Authority, Issued

WHY = "plate-llm status stg says what is in the way"
HOUR = timedelta(hours=1)


def look(issued: Issued, ca: Path | None, *, env: str = "stg") -> tuple[str, str, str]:
    """What is told of it, with dates as DATE."""
    with ingress(None, certificate=issued, ca=ca) as way_in:
        verdict, said, advice = told(tls.certificate(trial_of(way_in.target, env=env)))
    return verdict, re.sub(r"\d{4}-\d\d-\d\d", "DATE", said), advice


def test_a_good_one(authority: Authority) -> None:
    assert look(authority.issue(HOST), authority.root) == (
        "pass",
        "good for 60 days: for llm.test, by T1 (Test Trust), until DATE, TLS 1.3",
        "",
    )


def test_many_names_are_not_all_shown(authority: Authority) -> None:
    issued = authority.issue("a.test", "b.test", "*.c.test", HOST, "d.test")
    assert look(issued, authority.root)[1] == (
        "good for 60 days: for a.test, b.test, *.c.test and 2 more, by T1 (Test Trust), until "
        "DATE, TLS 1.3"
    )


@pytest.mark.parametrize(
    ("left", "life", "span"),
    [
        (5 * DAY + HOUR, 90 * DAY, "5 days"),
        (30 * HOUR + HOUR / 2, 90 * DAY, "30 hours"),
        (HOUR * 24 + HOUR / 2, 6 * DAY, "24 hours"),
    ],
)
def test_one_that_should_have_been_renewed(
    authority: Authority, left: timedelta, life: timedelta, span: str
) -> None:
    issued = authority.issue(HOST, left=left, life=life)
    assert look(issued, authority.root) == (
        "warn",
        f"ends in {span}: for llm.test, by T1 (Test Trust), until DATE",
        f"it should have been renewed by now: {WHY}",
    )


def test_a_short_life_is_no_concern(authority: Authority) -> None:
    issued = authority.issue(HOST, left=3 * DAY + HOUR, life=6 * DAY)
    assert look(issued, authority.root)[:2] == (
        "pass",
        "good for 3 days: for llm.test, by T1 (Test Trust), until DATE, TLS 1.3",
    )


def test_an_expired_one(authority: Authority) -> None:
    assert look(authority.issue(HOST, left=-6 * DAY - HOUR), authority.root) == (
        "fail",
        "expired 6 days ago: for llm.test, by T1 (Test Trust), until DATE",
        f"it should have been renewed: {WHY}; where its Secret is new already, have it read: "
        "kubectl rollout restart deployment -n ingress-nginx",
    )


def test_an_expired_one_of_the_chain(authority: Authority) -> None:
    assert look(authority.below("Old", HOST, expired=True), authority.root) == (
        "fail",
        "Old, of its chain, expired 24 hours ago",
        "tls.crt of the Secret (ingress.tls[].secretName) holds an old intermediate: cert-manager "
        "issues both anew once that Secret is deleted",
    )


def test_one_for_tomorrow(authority: Authority) -> None:
    issued = authority.issue(HOST, left=91 * DAY)
    verdict, said, advice = look(issued, authority.root)
    assert (verdict, re.sub(r"\d\d:\d\d", "TIME", said)) == (
        "fail",
        "not valid before DATE TIME UTC: for llm.test, by T1 (Test Trust), until DATE",
    )
    assert re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "TIME", advice) == (
        "this machine's clock says TIME UTC: if that is right, the clock of the issuer was not"
    )


def test_one_for_another_name(authority: Authority) -> None:
    assert look(authority.issue("other.test"), authority.root) == (
        "fail",
        "not for llm.test: for other.test, by T1 (Test Trust), until DATE",
        "ingress.tls[].hosts has to name llm.test, and its Secret to hold a certificate for it: "
        f"{WHY}; or DNS leads to another server",
    )


def test_a_self_signed_one(authority: Authority) -> None:
    assert look(authority.alone("plate", HOST), authority.root) == (
        "fail",
        "self-signed, so nobody vouches for it: for llm.test, by plate, until DATE",
        "cert-manager.io/cluster-issuer in ingress.annotations has to name an issuer that clients "
        "trust; a CA of your own: --ca-file FILE",
    )


def test_the_intermediate_is_missing(authority: Authority) -> None:
    assert look(authority.issue(HOST, sends="alone"), authority.root) == (
        "fail",
        "its issuer's certificate was not sent along: for llm.test, by T1 (Test Trust), until DATE",
        "append the intermediate certificate to tls.crt of the Secret (browsers may find it "
        "themselves, clients of the API do not); if T1 (Test Trust) is a CA of your own: --ca-file "
        "FILE",
    )


@pytest.mark.parametrize("sends", ["chain", "root"])
def test_a_ca_that_is_not_known(authority: Authority, sends: str) -> None:
    assert look(authority.issue(HOST, sends=sends), None) == (
        "fail",
        "its CA Test Root is not known here: for llm.test, by T1 (Test Trust), until DATE",
        "clients do not know it either, unless they were told; if Test Root is a CA of your own: "
        "--ca-file FILE; else cert-manager.io/cluster-issuer in ingress.annotations has to name a "
        "public one",
    )


def test_the_staging_of_lets_encrypt(authority: Authority) -> None:
    assert look(authority.below("(STAGING) Tenuous Tomato R13", HOST), authority.root) == (
        "fail",
        "issued for trials by Let's Encrypt's staging: for llm.test, by (STAGING) Tenuous Tomato "
        "R13, until DATE",
        "cert-manager.io/cluster-issuer in ingress.annotations names a staging issuer: name the "
        "one for production, such as letsencrypt-prod",
    )


def test_the_ingress_controller_has_none(authority: Authority) -> None:
    fake = "Kubernetes Ingress Controller Fake Certificate"
    issued = authority.alone(fake, "ingress.local", organisation="Acme Co")
    assert look(issued, authority.root) == (
        "fail",
        f"the ingress controller has none for llm.test and shows its own ({fake})",
        "the Secret of ingress.tls[].secretName is missing, as cert-manager has not issued it, or "
        f"ingress.tls[].hosts does not name llm.test: {WHY}",
    )


def test_cert_manager_waits_for_the_real_one(authority: Authority) -> None:
    assert look(authority.below("cert-manager.local", HOST), authority.root) == (
        "fail",
        "cert-manager's temporary one: the real one has not been issued",
        "Let's Encrypt asks http://llm.test/.well-known/ on port 80, from outside; kubectl "
        f"describe challenges -A says what it got; {WHY}",
    )


def test_one_that_is_for_clients(authority: Authority) -> None:
    issued = authority.issue(HOST, use=ExtendedKeyUsageOID.CLIENT_AUTH)
    verdict, said, advice = look(issued, authority.root)
    assert (verdict, said.replace("unsupported", "unsuitable"), advice) == (
        "fail",
        "unsuitable certificate purpose: for llm.test, by T1 (Test Trust), until DATE",
        "have it issued anew without that; it is in the Secret of ingress.tls[].secretName",
    )


def test_without_an_environment_kubectl_is_named(authority: Authority) -> None:
    issued = authority.issue(HOST, left=5 * DAY + HOUR)
    assert look(issued, authority.root, env="")[2] == (
        "it should have been renewed by now: kubectl describe certificates -A says what is in the "
        "way"
    )


def test_a_port_without_tls(authority: Authority) -> None:
    with ingress(None, certificate=authority.issue(HOST)) as way_in:
        target = Target(f"https://{HOST}", Way.URL, ("127.0.0.1", way_in.plain_port))
        assert told(tls.certificate(trial_of(target))) == (
            "fail",
            "no TLS handshake: wrong version number",
            f"port {way_in.plain_port} has to speak TLS: a load balancer in front passes it on to "
            "the ingress controller, or has the certificate itself; without TLS the URL is http://",
        )


def test_a_port_that_hangs_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        target = Target(f"https://{HOST}", Way.URL, ("127.0.0.1", listening.getsockname()[1]))

        def hang_up() -> None:
            listening.accept()[0].close()

        hanging_up = threading.Thread(target=hang_up)
        hanging_up.start()
        outcome = told(tls.certificate(trial_of(target)))
        hanging_up.join()
    assert outcome[:2] in (
        ("fail", "no TLS handshake: connection reset by peer"),
        ("fail", "no TLS handshake: unexpected eof while reading"),
    )


def test_a_port_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plate_llm_cli.smoke.certificates.CONNECT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        target = Target(f"https://{HOST}", Way.URL, ("127.0.0.1", listening.getsockname()[1]))
        assert told(tls.certificate(trial_of(target)))[:2] == (
            "fail",
            "no TLS handshake: nothing came within 0.1 s",
        )


def test_plain_http_has_none() -> None:
    assert told(tls.certificate(trial_of(Target("http://llm.test", Way.URL)))) == (
        "skip",
        "plain HTTP has none",
        "",
    )
