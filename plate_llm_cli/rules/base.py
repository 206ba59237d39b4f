"""What a rule is made of: it names objects and routes; lines are found in one place elsewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from plate_llm_cli.graph.places import (
    FilePlace,
    ManifestPlace,
    Place,
    RenderedPlace,
    TemplatePlace,
    ValuePlace,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plate_llm_cli.findings import Fix, Severity
    from plate_llm_cli.gitops.releases import ProblemKind, ReleaseProblem
    from plate_llm_cli.graph.deployment import Deployment

__all__ = [
    "Defect",
    "FilePlace",
    "ManifestPlace",
    "Place",
    "RenderedPlace",
    "Rule",
    "TemplatePlace",
    "ValuePlace",
]


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong. `releases` names those concerned; empty means all of the place's.

    `severity` and `help` replace the rule's own where a single defect differs. Defects with the
    same `alike`, a text of the rule's own, are told together where they are many.
    """

    place: Place
    message: str
    help: str = ""
    releases: tuple[str, ...] = ()
    related: tuple[tuple[Place, str], ...] = ()
    severity: Severity | None = None
    fix: Fix | None = None
    alike: str = ""


class Rule(ABC):
    """One check. The class docstring is its documentation, in Markdown.

    It has the headings `## What it does`, `## Why is this bad?`, `## Example`, `## Use instead`.
    """

    id: ClassVar[str]
    severity: ClassVar[Severity]
    summary: ClassVar[str]
    needs_provenance: ClassVar[bool] = False
    """True when the rule finds nothing unless the values behind fields were looked for."""
    asks_external: ClassVar[tuple[str, ...]] = ()
    """The kinds of objects that it says are missing, unless `external` declares them."""
    needs_server: ClassVar[bool] = False
    """True when the rule is about what a server holds, which a look at the tree does not ask."""
    sensitive: ClassVar[bool] = False
    """True when the lines that it points at may hold a secret: no report shows them."""

    @abstractmethod
    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every defect of this kind in `deployment`."""


class ReleaseProblemRule(Rule):
    """A rule for what discovery already noticed: it only has to be documented."""

    kinds: ClassVar[tuple[ProblemKind, ...]]
    severities: ClassVar[Mapping[ProblemKind, Severity]] = {}
    """Kinds that are not as bad as the others."""

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every problem of these kinds in every release and every ApplicationSet."""
        for release in deployment.releases:
            for problem in release.problems:
                if problem.kind in self.kinds:
                    yield self._defect(problem, (release.name,))
        for problem in deployment.set_problems:
            if problem.kind in self.kinds:
                yield self._defect(problem, ())

    def _defect(self, problem: ReleaseProblem, releases: tuple[str, ...]) -> Defect:
        return Defect(
            FilePlace(problem.file, problem.span),
            problem.message,
            problem.help,
            releases=releases,
            related=tuple((FilePlace(file, span), text) for file, span, text in problem.related),
            severity=self.severities.get(problem.kind),
        )


class ReportedElsewhere(Rule):
    """A rule whose findings the rule engine itself makes: it has documentation, and no check."""

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Nothing."""
        del deployment
        return iter(())


class ReportedLive(ReportedElsewhere):
    """A rule whose findings come from a server: it has documentation, and no check."""

    needs_server = True
