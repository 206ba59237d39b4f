"""What a new environment may be called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plate_llm_cli.gitops.releases import Release

LABEL: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?", re.ASCII)
_HOST: Final = re.compile(rf"(?:\*\.)?{LABEL.pattern}(?:\.{LABEL.pattern})+", re.ASCII)
_SERVER: Final = re.compile(r"https?://[A-Za-z0-9.\[\]:_-]+(?:/[A-Za-z0-9._/-]*)?")
_LONGEST: Final = {"Application": 253, "namespace": 63, "host": 253}
_SAFE: Final = re.compile(r"[^a-z0-9]+")


def require_label(text: str, what: str) -> None:
    """Refuse what is no DNS label, as a namespace has to be.

    Raises:
        UsageError: it is none; the hint has what it may have been meant to be.
    """
    if LABEL.fullmatch(text):
        return
    near = _SAFE.sub("-", text.lower()).strip("-")[:63].strip("-")
    rule = "lower-case letters, digits and - inside, at most 63 characters"
    hint = f"did you mean {near}? It takes {rule}" if near else f"it takes {rule}"
    raise UsageError(f"{text!r} is no name for {what}", hint)


def require_host(host: str, taken: Mapping[str, Release]) -> None:
    """Refuse what is no host name, and one that an environment has.

    Raises:
        UsageError: it is one of them.
    """
    if len(host) > _LONGEST["host"] or not _HOST.fullmatch(host):
        hint = "--host takes a name such as llm-qa.example.com, without https:// and path"
        raise UsageError(f"{host!r} is no host name", hint)
    if host in taken:
        message = f"{host} is the host of {taken[host].name}"
        raise UsageError(message, "every environment has a host of its own: --host HOST")


def require_server(server: str) -> None:
    """Refuse what is no address of an API server.

    Raises:
        UsageError: it is none.
    """
    if server and not _SERVER.fullmatch(server):
        hint = "--server takes an address such as https://kubernetes.default.svc"
        raise UsageError(f"{server!r} is no address of a cluster", hint)


def require_free(names: Iterable[str], place: tuple[str, str], releases: list[Release]) -> None:
    """Refuse names of Applications, and a namespace of a cluster, that are taken.

    Raises:
        UsageError: one of them is.
    """
    known = {release.name: release for release in releases}
    for name in names:
        if len(name) > _LONGEST["Application"]:
            raise UsageError(f"{name} is too long for an Application", "choose a shorter name")
        if name in known:
            path = known[name].application.file.path
            raise UsageError(f"the Application {name} exists already, in {path}")
    there = next((release for release in releases if release.place == place), None)
    if there is not None:
        message = f"namespace {place[1]} is that of {there.name}"
        raise UsageError(message, "--namespace NAME gives the new environment one of its own")
