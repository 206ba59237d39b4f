"""One run of `smoke`, from what is asked for to what came of it. Loads urllib3 and PyJWT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.commands.smoke.opening import open_trial
from plate_llm_cli.commands.smoke.progress import progress
from plate_llm_cli.smoke.runner import Demand, chosen, run, wait_until_ready

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plate_llm_cli import options
    from plate_llm_cli.commands.smoke.opening import Asked
    from plate_llm_cli.report.smoke import Tested
    from plate_llm_cli.smoke.runner import Run


@dataclass(frozen=True, slots=True)
class Checked:
    """Which checks run, and how many seconds they wait for a service that is not ready."""

    only: Sequence[str]
    skip: Sequence[str]
    strict: bool
    wait: float


def whole(
    asked: Asked, checked: Checked, root: Path | None, engine: options.EngineName | None
) -> tuple[Run, Tested]:
    """Open the way, wait, and run the checks.

    Raises:
        PlateError: as `open_trial`; a check of this name does not exist.
    """
    checks = chosen(checked.only, checked.skip)
    demand = Demand(frozenset(checked.only), checked.strict)
    with open_trial(asked, root, engine) as (trial, tested), progress(trial) as shown:
        if checked.wait:
            wait_until_ready(trial, checked.wait, shown.waiting)
        return run(trial, checks, shown.begins, demand), tested
