"""Applications that ApplicationSets make: where they come from, and what cannot be done to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.gitops.releases import Release


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
    """Put beside what is wrong with such an Application the element that it was made for."""
    if origins := release.application.origins:
        release.problems[:] = [
            replace(problem, related=(*problem.related, *origins)) for problem in release.problems
        ]
