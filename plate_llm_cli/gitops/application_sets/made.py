"""Applications that ApplicationSets make: where they come from, and what cannot be done to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.gitops.applications import Application
    from plate_llm_cli.gitops.releases import Release, ReleaseProblem


def require_written(releases: Iterable[Release]) -> None:
    """Go on only where each Application has a file of its own.

    Raises:
        UsageError: an ApplicationSet makes one of them.
    """
    for release in releases:
        application = release.application
        if application.is_made:
            path = application.file.path
            message = f"{release.name} has no file of its own: an ApplicationSet in {path} makes it"
            raise UsageError(message, f"change {path} by hand: its elements or its template")


def name_origins(release: Release) -> None:
    """Name what such an Application was made for beside what is wrong with it.

    What an element gives as it is, is wrong in the element, and not in the template.
    """
    application = release.application
    if application.is_made:
        release.problems[:] = [_placed(problem, application) for problem in release.problems]


def _placed(problem: ReleaseProblem, application: Application) -> ReleaseProblem:
    given = application.given.get(problem.span) if problem.file is application.file else None
    if given is None:
        return replace(problem, related=(*problem.related, *application.origins))
    used = (problem.file, problem.span, "used here")
    return replace(problem, file=given[0], span=given[1], related=(used, *problem.related))
