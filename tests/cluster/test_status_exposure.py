"""Addresses and certificates on the page."""

from __future__ import annotations

import base64
import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import example, given
from hypothesis import strategies as st

from plate_llm_cli.cluster.status.certificate_dates import not_after
from plate_llm_cli.cluster.status.item import Level
from tests.cluster.living import CANARY
from tests.cluster.looking import living

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.double.cluster import Cluster
    from tests.cluster.looking import Look


@pytest.fixture
def look(kube: Cluster, tmp_path: Path) -> Look:
    return living(kube, tmp_path)


def certificate(ends: datetime) -> str:
    """A certificate that is valid until then."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop.example.com")])
    built = x509.CertificateBuilder(name, name, key.public_key(), 1 << 70)
    built = built.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(ends)
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def bring_own(look: Look, pem: str) -> None:
    """Take cert-manager's Certificate away, and put one into the Secret."""
    look.kube.delete("Certificate", "shop-tls", "shop")
    data = {"tls.crt": pem, "tls.key": CANARY}
    encoded = {name: base64.b64encode(value.encode()).decode() for name, value in data.items()}
    about = {"name": "shop-tls", "namespace": "shop"}
    look.kube.create({"apiVersion": "v1", "kind": "Secret", "metadata": about, "data": encoded})


def test_an_ingress_without_an_address_yet(look: Look) -> None:
    look.living.change("Ingress", "web", {"loadBalancer": None})
    item = look.item("Ingress")
    (problem,) = item.problems
    assert (item.level, item.summary) == (Level.WAITING, "shop.example.com, without an address")
    assert problem.advice == "is the controller of the ingress class nginx up?"


def test_an_ingress_without_rules_is_for_every_host(look: Look) -> None:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    look.kube.patch("Ingress", "web", {"spec": {"rules": None, "defaultBackend": backend}}, "shop")
    assert look.item("Ingress").summary.startswith("* at ")


def test_an_ingress_that_never_got_one(look: Look, kube: Cluster) -> None:
    look.living.change("Ingress", "web", {"loadBalancer": None})
    made = {"metadata": {"creationTimestamp": look.living.ago(minutes=30)}}
    stored = kube.api.store.find(("networking.k8s.io", "ingresses"), ("shop", "web"))
    assert stored is not None
    stored["metadata"] |= made["metadata"]
    assert look.said("Ingress")[0] is Level.FAILING


def test_a_certificate_that_is_being_issued(look: Look) -> None:
    conditions = [
        {"type": "Ready", "status": "False", "reason": "DoesNotExist", "message": "no Secret yet"},
        {"type": "Issuing", "status": "True", "lastTransitionTime": look.living.ago(minutes=1)},
    ]
    look.living.change("Certificate", "shop-tls", {"conditions": conditions, "notAfter": None})
    assert look.said("Certificate") == (
        Level.WAITING,
        ["not ready: DoesNotExist: no Secret yet"],
    )
    conditions[1]["lastTransitionTime"] = look.living.ago(minutes=20)
    look.living.change("Certificate", "shop-tls", {"conditions": conditions})
    assert look.said("Certificate")[0] is Level.FAILING


@pytest.mark.parametrize(
    ("days", "level", "problems"),
    [
        (31, Level.OK, []),
        (13, Level.NOTE, ["its renewal is late"]),
        (-1, Level.FAILING, ["expired on {day}"]),
    ],
)
def test_days_that_are_left(look: Look, days: int, level: Level, problems: list[str]) -> None:
    ends = look.living.ago(days=-days)
    look.living.change("Certificate", "shop-tls", {"notAfter": ends})
    expected = [text.replace("{day}", ends[:10]) for text in problems]
    assert look.said("Certificate") == (level, expected)


def test_a_certificate_that_nobody_issues_is_read_itself(look: Look) -> None:
    ends = look.kube.api.clock.now().replace(year=2049, month=6, day=1)
    bring_own(look, certificate(ends))
    item = look.item("Secret", "shop-tls")
    assert item.level is Level.OK
    assert item.summary.startswith("certificate valid until 2049-06-01, ")
    assert CANARY not in repr((item.summary, item.problems, item.facts))


def test_a_secret_without_a_certificate(look: Look) -> None:
    bring_own(look, "no PEM at all")
    assert look.said("Secret", "shop-tls") == (Level.FAILING, ["tls.crt is no certificate"])


def test_no_certificate_at_all(look: Look) -> None:
    look.kube.delete("Certificate", "shop-tls", "shop")
    assert look.said("Secret", "shop-tls") == (Level.FAILING, ["is not there"])


def test_cert_manager_is_not_installed(look: Look) -> None:
    look.kube.delete("CustomResourceDefinition", "certificates.cert-manager.io")
    item = look.item("Certificate")
    assert (item.level, item.summary) == (
        Level.FAILING,
        "the cluster knows no Certificate of cert-manager.io/v1",
    )


@pytest.mark.parametrize("year", [2049, 2050])
def test_both_ways_to_write_a_time_are_read(year: int) -> None:
    # RFC 5280, 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on.
    ends = datetime(year, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert not_after(certificate(ends)) == ends


def test_what_stands_before_a_certificate_is_passed_over() -> None:
    # `openssl s_client` and `openssl x509 -text` write so, and so do controllers read it.
    ends = datetime(2049, 3, 4, tzinfo=UTC)
    assert not_after(f"subject=CN = shop.example.com\n{certificate(ends)}") == ends


_VALID = ssl.PEM_cert_to_DER_cert(certificate(datetime(2049, 3, 4, tzinfo=UTC)))


@given(at=st.integers(0, len(_VALID) - 1), junk=st.binary(max_size=8), cut=st.booleans())
@example(at=0, junk=b"0\0", cut=True)  # a sequence of nothing
def test_what_is_damaged_is_no_certificate_or_another_date(
    at: int, junk: bytes, *, cut: bool
) -> None:
    rest = b"" if cut else _VALID[at + len(junk) :]
    found = not_after(ssl.DER_cert_to_PEM_cert(_VALID[:at] + junk + rest))
    assert found is None or found.tzinfo is UTC


def test_an_autoscaler_that_sees_no_load(look: Look) -> None:
    blind = {"type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric"}
    said = blind | {"message": "unable to get metrics for resource cpu"}
    look.living.change("HorizontalPodAutoscaler", "web", {"conditions": [said]})
    assert look.said("HorizontalPodAutoscaler") == (
        Level.FAILING,
        ["cannot scale: FailedGetResourceMetric: unable to get metrics for resource cpu"],
    )


def test_an_autoscaler_at_its_maximum(look: Look) -> None:
    look.living.change("HorizontalPodAutoscaler", "web", {"desiredReplicas": 5})
    assert look.said("HorizontalPodAutoscaler") == (Level.NOTE, ["at its maximum"])


def test_a_budget_that_lets_no_pod_go(look: Look) -> None:
    look.living.change("PodDisruptionBudget", "web", {"disruptionsAllowed": 0})
    assert look.said("PodDisruptionBudget") == (Level.NOTE, ["no pod may be taken away"])
