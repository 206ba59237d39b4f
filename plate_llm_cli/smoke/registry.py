"""Every check, in the order in which they run."""

from __future__ import annotations

from typing import Final

from plate_llm_cli.smoke.check import Check
from plate_llm_cli.smoke.checks import health

CHECKS: Final = (
    Check("livez", "health", "the process answers", health.livez),
    Check("readyz", "health", "it can answer requests", health.readyz, ("livez",)),
    Check("version", "health", "what runs is what is deployed", health.version, ("livez",)),
)

READY: Final = frozenset({"dns", "tcp", "certificate", "livez", "readyz", "version"})
"""What `--wait` waits for."""
