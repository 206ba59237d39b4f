"""The way in: the names of Ingress hosts, and the certificates that answer there."""

from __future__ import annotations

import socket
import ssl
import time
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.doctor.checks import Findings
from plate_llm_cli.graph.secret_fields import mapping, mappings, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.graph.manifests import Manifest

_SECONDS: Final = 5.0
_PORT: Final = 443
_DAY: Final = 86400
_FEW_DAYS: Final = 14
"""cert-manager renews at a third of the lifetime: 30 days before the end of a usual one."""


def look_at_ingresses(manifests: Iterable[Manifest]) -> Findings:
    """Every host of the Ingresses among `manifests`, with TLS where one of them has it."""
    found = Findings("ingress")
    hosts: dict[str, bool] = {}
    for item in manifests:
        if item.kind == "Ingress":
            spec = mapping(item.plain.get("spec"))
            secured = {
                host for _, tls in mappings(spec.get("tls")) for host in texts(tls.get("hosts"))
            }
            for _, rule in mappings(spec.get("rules")):
                if host := text(rule.get("host")):
                    hosts[host] = hosts.get(host, False) or host in secured
    for host, tls in hosts.items():
        look_at_host(found, host, tls=tls)
    if not hosts:
        found.skip("host", "no Ingress with a host is rendered")
    return found


def look_at_host(found: Findings, host: str, *, tls: bool, port: int = _PORT) -> None:
    """Whether `host` resolves and, with `tls`, has a certificate that browsers take."""
    if host.startswith("*"):
        found.skip(host, "a wildcard stands for names that are not known here")
        return
    try:
        known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        advice = "correct it in the values: between its dots are 1 to 63 characters"
        found.fail(host, "no name can be like this", advice)
        return
    except OSError as error:
        advice = "add its DNS record: the Ingress's address, which plate-llm status shows"
        found.fail(host, f"the name is not known ({error.strerror or error})", advice)
        return
    addresses = ", ".join(dict.fromkeys(str(item[4][0]) for item in known))
    if not tls:
        found.ok(host, f"{addresses}, without TLS")
        return
    try:
        certificate = _certificate(host, port)
    except ssl.SSLCertVerificationError as error:
        advice = "plate-llm status shows the certificate and what cert-manager says of it"
        found.fail(host, f"{addresses}: {error.verify_message}", advice)
    except OSError as error:
        said = f"{addresses}: port {port} does not answer ({error.strerror or error})"
        found.fail(host, said, "is the ingress controller up, and the firewall open?")
    else:
        _judge(found, host, addresses, certificate)


def _judge(found: Findings, host: str, addresses: str, certificate: dict[str, Any]) -> None:
    days = int((ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) // _DAY)
    said = f"{addresses}, certificate good for {days} days"
    if days < _FEW_DAYS:
        found.warn(host, said, "it should have been renewed by now: plate-llm status says why not")
    else:
        found.ok(host, said)


def _certificate(host: str, port: int) -> dict[str, Any]:
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        return dict(secured.getpeercert() or {})
