"""Which environment a name speaks of: `plate-prod` of production."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.gitops.scaffolding.renaming import FAMILIES

if TYPE_CHECKING:
    from plate_llm_cli.gitops.releases import Release

_OTHERS: Final = ("qa", "test", "testing", "uat", "preprod", "preview", "sandbox", "integration")
_LONG: Final = {word: family[-1] for family in FAMILIES for word in family} | {
    word: word for word in _OTHERS
}
_WORD: Final = re.compile(r"[^-_./]+")


def environment_of(name: str) -> str:
    """The environment that one word of `name` means, in its long form; '' where none or two do."""
    found = {_LONG[word] for word in _WORD.findall(name.lower()) if word in _LONG}
    return found.pop() if len(found) == 1 else ""


def is_production(release: Release) -> bool:
    """Whether the name or the namespace of a release says that it is production."""
    return "production" in map(environment_of, (release.name, release.namespace))


def is_other_environment(name: str, other: str) -> bool:
    """Whether two names are the same but for the environment: `plate-stg` and `plate-prod`."""
    here, there = environment_of(name), environment_of(other)
    return bool(here and there) and here != there and name_without(name) == name_without(other)


def name_without(name: str) -> str:
    """What two names have in common that differ by the environment: `plate`."""
    return "-".join(word for word in _WORD.findall(name.lower()) if word not in _LONG)
