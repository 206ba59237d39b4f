"""What the name of an environment stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.gitops.releases import Release


CONTRACT_ANNOTATION: Final = "plate-llm.cocdev.co.kr/env-contract"
"""A chart with this annotation is the one that short environment names refer to.

It names a file with the variables that the chart's service reads.
"""


def resolve_environment(name: str, releases: Iterable[Release], primary: str) -> Release | None:
    """The release that `name` means: an Application, or `<primary chart>-NAME`; None if none."""
    named = {release.name: release for release in releases}
    return named.get(name) or named.get(f"{primary}-{name}")
