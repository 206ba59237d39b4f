"""Which stage a release is of, as the names of its namespace and of itself tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from plate_llm_cli.gitops.releases import Release

_TRIAL: Final = frozenset(
    {
        *("dev", "develop", "development", "stg", "stage", "staging", "test", "testing", "tst"),
        *("qa", "uat", "int", "integration", "preview", "sandbox", "demo", "local", "ci", "pr"),
        *("preprod", "nonprod", "lab", "playground", "acceptance"),
    }
)
_WORD: Final = re.compile(r"[a-z]+")


def is_trial(release: Release) -> bool:
    """Whether the release is of an environment in which things are tried out.

    Names without a word for an environment mean production: that is where a mistake costs.
    """
    names = (release.name, release.namespace)
    return any(word in _TRIAL for name in names for word in _WORD.findall(name.lower()))
