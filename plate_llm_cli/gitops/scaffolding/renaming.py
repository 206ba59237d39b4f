"""Words that name an environment, replaced in texts by those of another one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FAMILIES: Final = (
    ("stg", "stage", "staging"),
    ("prod", "prd", "production"),
    ("dev", "develop", "development"),
)
"""Words that mean one environment; the last one is the long form."""


@dataclass(frozen=True)
class Renaming:
    """What stands for what; nothing that stands inside a longer word or host is replaced."""

    words: Mapping[str, str]
    """`stg` by `qa`; a word of lower case stands for its other spellings, too."""
    hosts: Mapping[str, str] = field(default_factory=dict)
    """Public hosts; `llm.example.com` stands for `llm-example-com` as well."""
    namespaces: Mapping[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    """Values that are not this environment's alone, and stay as they are."""

    def __call__(self, text: str) -> str:
        """`text` with every name of the old environment replaced."""
        return self._pattern.sub(self._replaced, text) if self._exact else text

    def value(self, text: str) -> str:
        """As a call, for the whole of a value: one that others have, too, stays."""
        return text if text in self.kept else self(text)

    @cached_property
    def _exact(self) -> dict[str, str]:
        dashed = {_dashed(old): _dashed(new) for old, new in self.hosts.items()}
        spelt = {
            spelling(old): spelling(new)
            for spelling in (str.upper, _capitalised, str)
            for old, new in self.words.items()
        }
        return {**spelt, **dashed, **self.namespaces, **self.hosts}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest = sorted(self._exact, key=len, reverse=True)
        hosts = "|".join(re.escape(name) for name in longest if name in self.hosts)
        others = "|".join(re.escape(name) for name in longest if name not in self.hosts)
        # A host stands for itself, not for one that ends like it; a word ends where letters do.
        parts = [rf"(?<![\w.-])(?:{hosts})(?![\w-]|\.\w)"] if hosts else []
        parts += [rf"(?<![^\W_])(?:{others})(?![^\W_])"] if others else []
        return re.compile("|".join(parts))

    def _replaced(self, match: re.Match[str]) -> str:
        return self._exact[match[0]]


def _capitalised(word: str) -> str:
    return word[:1].upper() + word[1:]


def _dashed(host: str) -> str:
    return host.replace(".", "-")


def renamed_words(old: str, new: str, given: Mapping[str, str]) -> dict[str, str]:
    """By every word for the environment `old` the one for `new`; `given` wins."""
    family = next((words for words in FAMILIES if old in words), (old,))
    target = next((words for words in FAMILIES if new in words), (new,))
    words = dict.fromkeys(family, new)
    if len(family) > 1:
        words[family[-1]] = target[-1]
    return {**words, old: new, **given}


def word_of(name: str, environment: str, beside: Iterable[str], charts: Iterable[str]) -> str:
    """The word that tells the environment in the Application's `name`; '' where none does.

    `environment` is what it was called on the command line, `beside` are the Applications of the
    same environment, `charts` the names of the charts that they are made of.
    """
    if environment and environment != name and name.endswith(environment):
        return environment
    for chart in charts:
        rest = name.removeprefix(f"{chart}-")
        if rest not in ("", name):
            return rest
    parts = [set(other.split("-")) for other in beside]
    shared = set.intersection(*parts) if len(parts) > 1 else set()
    if len(shared) == 1:
        return shared.pop()
    known = [part for part in name.split("-") if any(part in family for family in FAMILIES)]
    return known[0] if len(known) == 1 else ""
