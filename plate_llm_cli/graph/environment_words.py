"""Which environment a name speaks of: `plate-prod` of production."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.gitops.scaffolding.renaming import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.gitops.releases import Release

_PRODUCTION: Final = "production"
_OTHERS: Final = ("qa", "test", "testing", "uat", "preprod", "preview", "sandbox", "integration")
_LONG: Final = {word: family[-1] for family in FAMILIES for word in family} | {
    word: word for word in _OTHERS
}
_SERIOUS: Final = {word for word, long in _LONG.items() if long == _PRODUCTION} | {"live"}
_TRIAL: Final = (_LONG.keys() - _SERIOUS) | {
    *("tst", "int", "demo", "local", "ci", "pr", "nonprod", "lab", "playground", "acceptance")
}
"""Words that tell that things are tried out, and are too common to name one environment."""
_WORD: Final = re.compile(r"[^-_./]+")
_LETTERS: Final = re.compile(r"[a-z]+")


def environment_of(name: str) -> str:
    """The environment that one word of `name` means, in its long form; '' where none or two do."""
    found = {_LONG[word] for word in _WORD.findall(name.lower()) if word in _LONG}
    return found.pop() if len(found) == 1 else ""


def is_production(release: Release) -> bool:
    """Whether the name or the namespace of a release says that it is production."""
    return _PRODUCTION in map(environment_of, (release.name, release.namespace))


def is_trial(release: Release) -> bool:
    """Whether the release is of an environment in which things are tried out.

    What it is called decides, else where it comes from. Without a word for an environment it is
    taken for production: that is where a mistake costs.
    """
    application = release.application
    called = (release.name, release.namespace, application.text("spec", "destination", "name"))
    files = (file.path for part in release.charts for file in part.value_files)
    made_of = (*(part.path for part in release.manifests), *files)
    verdicts = (_tries_out(called), _tries_out(made_of))
    return next((verdict for verdict in verdicts if verdict is not None), False)


def _tries_out(names: Iterable[str]) -> bool | None:
    words = {word for name in names for word in _LETTERS.findall(name.lower())}
    if words & _SERIOUS:
        return False
    return True if words & _TRIAL else None


def is_other_environment(name: str, other: str) -> bool:
    """Whether two names are the same but for the environment: `plate-stg` and `plate-prod`."""
    here, there = environment_of(name), environment_of(other)
    return bool(here and there) and here != there and name_without(name) == name_without(other)


def name_without(name: str) -> str:
    """What two names have in common that differ by the environment: `plate`."""
    return "-".join(word for word in _WORD.findall(name.lower()) if word not in _LONG)
