"""One rotation: new values or those before, who is concerned, and the write."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plate_llm_cli.commands.deployed import deployed
from plate_llm_cli.commands.secrets.asking import Asking
from plate_llm_cli.commands.secrets.consent import require_consent
from plate_llm_cli.commands.secrets.writing import Writing, read_all, show
from plate_llm_cli.commands.terminal import has_terminal
from plate_llm_cli.errors import EngineError
from plate_llm_cli.output import say, write_out
from plate_llm_cli.report.secrets_rotate import afterwards_text, readers_text
from plate_llm_cli.secrets.gathering import Gatherer, require_values
from plate_llm_cli.secrets.lifecycle import rotation
from plate_llm_cli.secrets.lifecycle.affected import Affected, affected
from plate_llm_cli.secrets.plan import Planner, Wishes
from plate_llm_cli.secrets.server.stored import StoredState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.commands.secrets.propagation import Following, Propagation
    from plate_llm_cli.commands.secrets.session import Session
    from plate_llm_cli.secrets.addresses import Address, Place
    from plate_llm_cli.secrets.apply import Written
    from plate_llm_cli.secrets.plan import Candidate, Plan
    from plate_llm_cli.secrets.server.stored import Stored
    from plate_llm_cli.secrets.values.inputs import Inputs


@dataclass(frozen=True, slots=True, eq=False)
class Notice:
    """Who has to take notice, in the cluster or by hand; `unknown` as of `afterwards_text`."""

    concerned: Affected
    unknown: list[str]
    following: Following | None

    @classmethod
    def of(cls, concerned: Affected, unknown: list[str], propagation: Propagation | None) -> Notice:
        """With what `propagation` does of it."""
        following = propagation.of(concerned) if propagation and concerned.places else None
        return cls(concerned, unknown, following)

    def planned(self) -> str:
        """What would be done, and what is left to do."""
        if self.following:
            return self.following.planned(self.unknown)
        return afterwards_text(self.concerned, self.unknown)

    def give(self) -> bool:
        """Do it and say what is left; whether all went well."""
        if self.following:
            return self.following.carry_out(self.unknown)
        write_out(afterwards_text(self.concerned, self.unknown))
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Rotating:
    """One rotation: the spec of `session` has nothing but the keys and what follows them."""

    session: Session
    rotated: tuple[Address, ...]
    stored: dict[Place, Stored]
    quiet: bool

    @classmethod
    def begin(cls, opened: Session, names: list[str], *, quiet: bool) -> Rotating:
        """Read what is there now.

        Raises:
            UsageError: one of `names` cannot be rotated.
            OpenBaoError: the server refuses, or is gone.
        """
        asked = rotation.wanted(names, opened.spec)
        stored = read_all(_narrowed(opened, asked), quiet=quiet)
        rotated = rotation.present(asked, stored, opened.env)
        return cls(_narrowed(opened, rotated), rotated, stored, quiet)

    def require_consent(self, *, yes: bool) -> None:
        """Refuse to change other environments unless somebody agrees to it, or can be asked.

        Raises:
            UsageError: there is no terminal, and no `--yes`.
        """
        require_consent(self.session, self.session.spec.paths, yes=yes)

    def before(self) -> dict[Address, Candidate]:
        """The values that the keys had before."""
        return rotation.values_before(self.session.bao, self.stored, self.rotated)

    def gather(self, inputs: Inputs, *, make: bool) -> dict[Address, Candidate]:
        """New values; without `make` only those that are given already."""
        asking = Asking() if make and has_terminal() else None
        gatherer = Gatherer(inputs, os.environ, self.session.workspace.root, asking, make=make)
        return gatherer.gather(self._planner({}).plan())

    def run(
        self,
        candidates: dict[Address, Candidate],
        propagation: Propagation | None,
        *,
        dry_run: bool,
        yes: bool,
    ) -> bool:
        """Check everything, say who is concerned, write, and do or say what is to be done then.

        False where something could not be done.

        Raises:
            ForbiddenError: `propagation` may not do its part, and nothing was written.
        """
        planner = self._planner(candidates)
        plan = planner.plan()
        rotation.refuse_unchanged(plan, self.rotated)
        if dry_run:
            show(plan, brief=True)
        else:
            require_values(plan, hint="")
        notice = Notice.of(*self._concerned(plan), propagation)
        if dry_run:
            write_out(notice.planned())
            return True
        self._warn_of_lone_versions(plan)
        if not yes and has_terminal():
            say(readers_text(notice.concerned))
        # Rotating once more would make another value; what follows a key is seeding's work, too.
        resume = f"plate-llm secrets seed {self.session.env} finishes what is made from them"
        written = Writing(self.session, planner, self.quiet, resume).carry_out(plan, yes=yes)
        if written:
            self._say_what_is_kept(written)
        return notice.give() if written else True

    def _planner(self, candidates: dict[Address, Candidate]) -> Planner:
        wishes = Wishes(overwrite=frozenset(self.rotated))
        return Planner(self.session.spec, self.stored, wishes, candidates)

    def _concerned(self, plan: Plan) -> tuple[Affected, list[str]]:
        """Who reads what changes, and the releases of which nobody knows what they read."""
        changed = [key.address for key in plan.keys if key.changes]
        try:
            deployment = deployed(self.session.workspace)
        except EngineError as error:  # a key that leaked is rotated all the same
            say(f"warning: {error.message}: it is not known who reads the keys")
            return Affected((), ()), [item.name for item in self.session.workspace.releases]
        unknown = dict.fromkeys(release.name for release in deployment.half_known)
        return affected(deployment.secrets, changed, self.session.whole), list(unknown)

    def _say_what_is_kept(self, written: list[Written]) -> None:
        kept = [
            item.place
            for item in written
            if item.version > 1 and self._is_readable(item.place, item.version - 1)
        ]
        back = [str(address) for address in self.rotated if address.place in kept]
        if back:
            shared = any(len(path.environments) > 1 for path in self.session.spec.paths)
            names = " ".join(shlex.quote(name) for name in back)
            command = f"plate-llm secrets rotate {self.session.env} {names} --rollback"
            say(f"the values before are kept: {command}{' --yes' if shared else ''}")

    def _warn_of_lone_versions(self, plan: Plan) -> None:
        """Say so before the value that is there gets lost."""
        for path in plan.paths:
            if path.changes and path.stored.version and self._keeps_one(path.place, path.stored):
                say(f"warning: {path.place} keeps one version: there is no way back")

    def _keeps_one(self, place: Place, stored: Stored) -> bool:
        """Whether only the newest version is kept; a token that may not know that is not told."""
        if stored.version > 1:
            return not self._is_readable(place, stored.version - 1)
        bao = self.session.bao
        paths = (f"{place.mount}/metadata/{place.path}", f"{place.mount}/config")
        may = bao.capabilities(paths)
        if not all(may[path] & {"read", "root"} for path in paths):
            return False
        # The larger of the two numbers counts; 0 and 0 keeps ten.
        return max(int(bao.get(path).data.get("max_versions") or 0) for path in paths) == 1

    def _is_readable(self, place: Place, version: int) -> bool:
        return self.session.bao.read(place, version).state is not StoredState.ABSENT


def _narrowed(opened: Session, rotated: Iterable[Address]) -> Session:
    return replace(opened, spec=rotation.narrowed(opened.whole, rotated))
