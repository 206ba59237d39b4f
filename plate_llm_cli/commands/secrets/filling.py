"""What `plan` and `seed` share: values from where they come from, held against what is stored."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plate_llm_cli.commands.secrets.asking import Asking
from plate_llm_cli.commands.secrets.consent import require_consent
from plate_llm_cli.commands.secrets.given_files import given_in
from plate_llm_cli.commands.secrets.writing import Writing, read_all
from plate_llm_cli.commands.terminal import has_terminal
from plate_llm_cli.secrets.gathering import Gatherer, refuse_deleted, require_values
from plate_llm_cli.secrets.lifecycle.staleness import stale_keys
from plate_llm_cli.secrets.plan import Action, Planner, Wishes
from plate_llm_cli.secrets.values.inputs import Inputs, resolve, resolve_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plate_llm_cli.commands.secrets.session import Session
    from plate_llm_cli.secrets.plan import Plan
    from plate_llm_cli.secrets.spec import PathSpec


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for beyond filling what is missing."""

    overwrite: Sequence[str] = ()
    prune: bool = False
    partial: bool = False


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
        return cls(session, resolve(given_in(env_files, files), session.spec), quiet)

    def plan(self, ask: Asked) -> Plan:
        """What would change. Nobody is asked, and nothing is made that would be thrown away."""
        root = self.session.workspace.root
        gatherer = Gatherer(self.inputs, os.environ, root, partial=ask.partial)
        planner = self._planner(ask)
        return replace(planner, candidates=gatherer.gather(planner.plan())).plan()

    def carry_out(self, ask: Asked, *, yes: bool) -> Plan:
        """Ask for what is missing, check all of it, then write; what was planned.

        Raises:
            InputError: a value is missing or cannot be used, or a path was deleted.
            OpenBaoError: the server refuses, or is gone.
        """
        asking = Asking() if has_terminal() else None
        root = self.session.workspace.root
        gatherer = Gatherer(self.inputs, os.environ, root, asking, make=True, partial=ask.partial)
        planner = self._planner(ask)
        needs = planner.plan()
        refuse_deleted(needs, planner.wishes)
        require_consent(self.session, _changed_for_all(needs), yes=yes)
        planner = replace(planner, candidates=gatherer.gather(needs))
        plan = planner.plan()
        require_values(plan)
        Writing(self.session, planner, self.quiet).carry_out(plan, yes=yes)
        return plan

    def _planner(self, ask: Asked) -> Planner:
        """Of what is stored now; it has no new values yet, so its plan says what is needed."""
        spec = self.session.spec
        stored = read_all(self.session, quiet=self.quiet)
        overwrite = frozenset(resolve_names(ask.overwrite, spec))
        wishes = Wishes(overwrite, ask.prune, stale_keys(spec, stored, self.session.bao))
        return Planner(spec, stored, wishes)


def _changed_for_all(plan: Plan) -> list[PathSpec]:
    """The paths of several environments that lose a value which was there."""
    taken = (Action.CHANGE, Action.REMOVE)
    shared = (path for path in plan.paths if len(path.spec.environments) > 1)
    return [path.spec for path in shared if any(key.action in taken for key in path.keys)]
