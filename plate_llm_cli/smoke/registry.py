"""Every check, in the order in which they run."""

from __future__ import annotations

from typing import Final

from plate_llm_cli.smoke.check import Check
from plate_llm_cli.smoke.checks import cors, edge, health, reach, tls

CHECKS: Final = (
    Check("dns", "reach", "the host has an address", reach.dns),
    Check("tcp", "reach", "connections are taken there", reach.tcp, ("dns",)),
    Check(
        "certificate",
        "reach",
        "it is for this host, clients trust it, and it is renewed in time",
        tls.certificate,
        ("tcp",),
    ),
    Check(
        "https-redirect",
        "edge",
        "plain HTTP is sent to HTTPS, or served, as the Ingress says",
        edge.https_redirect,
        ("tcp",),
    ),
    Check(
        "other-host",
        "edge",
        "other hosts do not lead to the service",
        edge.other_host,
        ("certificate",),
    ),
    Check("livez", "health", "the process answers", health.livez, ("certificate",)),
    Check("readyz", "health", "it can answer requests", health.readyz, ("livez",)),
    Check("version", "health", "what runs is what is deployed", health.version, ("livez",)),
    Check(
        "metrics-private",
        "edge",
        "metrics are not shown to the outside",
        edge.metrics_private,
        ("livez",),
    ),
    Check("cors", "edge", "plate-web's pages may call it, others not", cors.cors, ("livez",)),
)

READY: Final = frozenset({"dns", "tcp", "certificate", "livez", "readyz", "version"})
"""What `--wait` waits for."""
