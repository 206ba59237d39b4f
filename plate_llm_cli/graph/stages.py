"""Which stage a release is of, as its name and the names around it tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.gitops.releases import Release

_TRIAL: Final = frozenset(
    {
        *("dev", "develop", "development", "stg", "stage", "staging", "test", "testing", "tst"),
        *("qa", "uat", "int", "integration", "preview", "sandbox", "demo", "local", "ci", "pr"),
        *("preprod", "nonprod", "lab", "playground", "acceptance"),
    }
)
_SERIOUS: Final = frozenset({"prod", "prd", "production", "live"})
_WORD: Final = re.compile(r"[a-z]+")


def is_trial(release: Release) -> bool:
    """Whether the release is of an environment in which things are tried out.

    What it is called decides, else where it comes from. Without a word for an environment it is
    taken for production: that is where a mistake costs.
    """
    application = release.application
    called = (release.name, release.namespace, application.text("spec", "destination", "name"))
    files = (file.path for part in release.charts for file in part.value_files)
    made_of = (*(part.path for part in release.manifests), *files)
    verdicts = (_verdict(called), _verdict(made_of))
    return next((verdict for verdict in verdicts if verdict is not None), False)


def _verdict(names: Iterable[str]) -> bool | None:
    words = {word for name in names for word in _WORD.findall(name.lower())}
    if words & _SERIOUS:
        return False
    return True if words & _TRIAL else None
