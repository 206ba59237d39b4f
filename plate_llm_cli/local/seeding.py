"""Fills an OpenBao of our own with what the spec says of an environment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from plate_llm_cli.local.made_up import MadeUp
from plate_llm_cli.secrets.apply import MARK_FORMAT, Applier
from plate_llm_cli.secrets.gathering import Gatherer, require_values
from plate_llm_cli.secrets.plan import Planner

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from plate_llm_cli.secrets.addresses import Address
    from plate_llm_cli.secrets.server.openbao import OpenBao
    from plate_llm_cli.secrets.spec import Spec
    from plate_llm_cli.secrets.values.inputs import Inputs
    from plate_llm_cli.secrets.values.secret import Secret

_HINT: Final = "give them with --from-env-file"


@dataclass(frozen=True, slots=True, eq=False)
class Seeded:
    """What OpenBao has now."""

    paths: int
    keys: int
    made_up: Mapping[Address, Secret]
    """The keys that people are asked for elsewhere and that are random here."""

    def is_made_up(self, value: Secret) -> bool:
        """Whether `value` is one of those, which work nowhere else."""
        return any(value.same_as(made) for made in self.made_up.values())


def seed(
    bao: OpenBao, spec: Spec, inputs: Inputs, environ: Mapping[str, str], root: Path
) -> Seeded:
    """Write every key of `spec`: given, generated, or made up where people would be asked.

    Raises:
        InputError: a value that was given cannot be used, or none can be made up.
        UsageError: a file that the spec names cannot be used.
        OpenBaoError: OpenBao refuses, or is gone.
    """
    made_up = MadeUp()
    planner = Planner(spec, {path.place: bao.read(path.place) for path in spec.paths})
    gatherer = Gatherer(inputs, environ, root, made_up, make=True)
    planner = replace(planner, candidates=gatherer.gather(planner.plan()))
    plan = planner.plan()
    require_values(plan, _HINT)
    written = Applier(planner, bao, _now).apply(plan)
    keys = sum(len(item.keys) for item in written)
    return Seeded(len(written), keys, made_up.values)


def _now() -> str:
    return datetime.now(UTC).strftime(MARK_FORMAT)
