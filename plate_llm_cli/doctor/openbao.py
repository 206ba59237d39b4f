"""OpenBao: its address, whether it is up, and what the token is good for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.status.ages import span
from plate_llm_cli.secrets.server.connection import Options, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.doctor.checks import Findings
    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.settings import Settings

_SOON: Final = 3600
"""Seconds: a token that ends earlier may end within a working session."""


def look_at_openbao(
    found: Findings, settings: Settings, environ: Mapping[str, str], places: list[Place]
) -> None:
    """Everything up to whether `places` can be read.

    Raises:
        PlateError: no address, no credentials; OpenBao is away, sealed, or refuses.
    """
    connection = resolve(settings, environ, Options())
    for warning in connection.warnings:
        found.warn("address", warning)
    from plate_llm_cli.secrets.server.openbao import OpenBao  # noqa: PLC0415 - loads hvac: 100 ms

    with OpenBao(connection) as bao:
        bao.preflight(places)
        found.ok("OpenBao", f"{connection.address}, up and not sealed")
        token = bao.token()
        said = f"{token.display_name or token.kind}, policies {', '.join(token.policies)}"
        if token.ttl and token.ttl < _SOON:
            ends = f"ends in {span(timedelta(seconds=token.ttl))}"
            advice = "plate-llm secrets token --renew, or log in again"
            found.warn("token", f"{said}; {ends}", advice)
        else:
            found.ok("token", said)
        if places:
            found.ok("paths", f"{len(places)} of the secrets spec can be read")
