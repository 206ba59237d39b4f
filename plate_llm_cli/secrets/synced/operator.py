"""What does the work of External Secrets here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plate_llm_cli.helm.engine import HelmEngine
    from plate_llm_cli.secrets.synced.reading import PathReader


@dataclass(frozen=True, slots=True)
class Operator:
    """`read` reads a path of OpenBao (`OpenBao.read`), `engine` fills in templates.

    The helm binary does not fill in as the operator does: where there are templates, it is refused.
    """

    read: PathReader
    engine: HelmEngine
