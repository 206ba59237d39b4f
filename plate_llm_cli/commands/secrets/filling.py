"""What `plan` and `seed` share: values from where they come from, held against what is stored."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.commands.secrets.asking import Asking
from plate_llm_cli.commands.secrets.session import has_terminal
from plate_llm_cli.commands.secrets.writing import Writing, read_all
from plate_llm_cli.output import say
from plate_llm_cli.secrets.gathering import Gatherer, require_values
from plate_llm_cli.secrets.input_files import InputFiles
from plate_llm_cli.secrets.inputs import Inputs, resolve, resolve_names
from plate_llm_cli.secrets.plan import Planner, Wishes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plate_llm_cli.commands.secrets.session import Session
    from plate_llm_cli.secrets.plan import Plan


@dataclass(frozen=True, slots=True, eq=False)
class Filling:
    """One run over the environment of `session` with what was given."""

    session: Session
    inputs: Inputs
    quiet: bool = False

    @classmethod
    def begin(
        cls,
        session: Session,
        env_files: Sequence[Path],
        files: Sequence[Path],
        *,
        quiet: bool = False,
    ) -> Filling:
        """Read the input files.

        Raises:
            UsageError: one of them cannot be used.
        """
        reader = InputFiles(sys.stdin.buffer)
        given = [item for path in env_files for item in reader.read_env_file(str(path))]
        given += [item for path in files for item in reader.read_file(str(path))]
        for warning in reader.warnings:
            say(f"warning: {warning}")
        return cls(session, resolve(given, session.spec), quiet)

    def plan(self, overwrite: Sequence[str], *, prune: bool, partial: bool = False) -> Plan:
        """What would change. Nobody is asked, and nothing is made that would be thrown away."""
        gatherer = Gatherer(self.inputs, os.environ, self.session.workspace.root, partial=partial)
        _, plan = self._plan(self._wishes(overwrite, prune=prune), gatherer)
        return plan

    def carry_out(self, overwrite: Sequence[str], *, prune: bool, partial: bool, yes: bool) -> None:
        """Ask for what is missing, check all of it, then write.

        Raises:
            InputError: a value is missing or cannot be used.
            OpenBaoError: the server refuses, or is gone.
        """
        asking = Asking() if has_terminal() else None
        root = self.session.workspace.root
        gatherer = Gatherer(self.inputs, os.environ, root, asking, make=True, partial=partial)
        planner, plan = self._plan(self._wishes(overwrite, prune=prune), gatherer)
        require_values(plan)
        Writing(self.session, planner, self.quiet).carry_out(plan, yes=yes)

    def _wishes(self, overwrite: Sequence[str], *, prune: bool) -> Wishes:
        return Wishes(frozenset(resolve_names(overwrite, self.session.spec)), prune)

    def _plan(self, wishes: Wishes, gatherer: Gatherer) -> tuple[Planner, Plan]:
        stored = read_all(self.session, quiet=self.quiet)
        needs = Planner(self.session.spec, stored, wishes).plan()
        planner = Planner(self.session.spec, stored, wishes, gatherer.gather(needs))
        return planner, planner.plan()
