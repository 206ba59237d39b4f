"""The patterns of the git generator, as regular expressions.

Folders are matched as Go's `path.Match` does. For files ArgoCD has two ways: its default hands the
pattern to `git ls-files`, where `*` spans folders; with `enable.new.git.file.globbing`, doublestar
matches it. https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Git-File-Globbing/
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from plate_llm_cli.gitops.braces import alternatives

_WILD: Final = re.compile(r"[*?\[{\\]")
_CLASS: Final = re.compile(r"\[([!^]?)((?:\\.|[^\]\\])+)\]")
_STARS: Final = re.compile(r"\*{2,}")


def fixed_part(pattern: str) -> str:
    """The folder in which `pattern` begins to vary; all of it where it does not."""
    match = _WILD.search(pattern)
    if match is None:
        return pattern.strip("/")
    return pattern[: match.start()].rpartition("/")[0].strip("/")


@cache
def folder_pattern(pattern: str) -> re.Pattern[str] | None:
    """As `path.Match`; None where the pattern is malformed, which matches nothing."""
    return _compiled(_STARS.sub("*", pattern), "[^/]*", "[^/]")


@cache
def git_pattern(pattern: str) -> re.Pattern[str] | None:
    """As `git ls-files`: a plain path stands for what is below it as well."""
    if not re.search(r"[*?\[\\]", pattern):
        return re.compile(rf"{re.escape(pattern.strip('/'))}(?:/.*)?", re.DOTALL)
    return _compiled(_STARS.sub("*", pattern), ".*", ".")


@cache
def doublestar_pattern(pattern: str) -> re.Pattern[str] | None:
    """As doublestar: `**` between slashes spans any number of folders."""
    found = [_doublestar(item) for item in alternatives(pattern)]
    if any(item is None for item in found):
        return None
    return re.compile("|".join(f"(?:{item})" for item in found), re.DOTALL)


def _doublestar(pattern: str) -> str | None:
    text = ""
    parts = pattern.split("/")
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if part == "**":
            text += ".*" if last else "(?:[^/]+/)*"
            continue
        translated = _translated(_STARS.sub("*", part), "[^/]*", "[^/]")
        if translated is None:
            return None
        text += translated if last else f"{translated}/"
    return text


def _compiled(pattern: str, star: str, one: str) -> re.Pattern[str] | None:
    text = _translated(pattern, star, one)
    return None if text is None else re.compile(text, re.DOTALL)


def _translated(pattern: str, star: str, one: str) -> str | None:
    text, index = "", 0
    while index < len(pattern):
        char = pattern[index]
        if char == "[":
            match = _CLASS.match(pattern, index)
            if match is None:
                return None
            text += f"[{'^' if match[1] else ''}{_class_body(match[2])}]"
            index = match.end()
            continue
        if char == "\\":
            index += 1
            if index == len(pattern):
                return None
            text += re.escape(pattern[index])
        else:
            text += {"*": star, "?": one}.get(char) or re.escape(char)
        index += 1
    return text


def _class_body(body: str) -> str:
    """Ranges stay; one that runs backwards would be an error to Python and matches nothing."""
    safe = re.sub(r"[\[\]^&~|]", lambda match: f"\\{match[0]}", body)
    try:
        re.compile(f"[{safe}]")
    except re.error:
        return re.escape(body)
    return safe
