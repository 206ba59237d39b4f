"""This machine: Python, the helm binary, and the state of the Git checkout."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from plate_llm_cli.cluster.messages import without_login
from plate_llm_cli.doctor.checks import Findings
from plate_llm_cli.errors import UsageError
from plate_llm_cli.gitops.git import git
from plate_llm_cli.gitops.repository import normalise_url, remote_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from plate_llm_cli.gitops.applications import ApplicationSource

_LEAST, _BELOW = (3, 11), (3, 14)
_BROKEN_CLIENT = "36.0.0"
"""The release of the Kubernetes client that loses credentials."""


def look_at_machine() -> Findings:
    """Python, the packages that matter, and Helm."""
    found = Findings("machine")
    running = platform.python_version()
    if _LEAST <= sys.version_info[:2] < _BELOW:
        found.ok("Python", running)
    else:
        found.fail("Python", f"{running} is not supported", "use 3.11, 3.12 or 3.13")
    _look_at_client(found)
    _look_at_helm(found)
    return found


def _look_at_client(found: Findings) -> None:
    try:
        client = version("kubernetes")
    except PackageNotFoundError:
        found.fail("kubernetes client", "it is not installed", "install plate-llm anew")
        return
    if client == _BROKEN_CLIENT:
        found.fail("kubernetes client", f"{client} loses credentials", "install another release")
    else:
        found.ok("kubernetes client", client)


def _look_at_helm(found: Findings) -> None:
    embedded = find_spec("helm_python") is not None
    if embedded:
        found.ok("Helm", "built in")
    binary = shutil.which("helm")
    if binary is None:
        if embedded:
            found.skip("helm binary", "not on PATH, and not needed")
        else:
            found.fail("helm binary", "not on PATH", "install it: no Helm is built in here")
        return
    if said := _version_said(binary):
        found.ok("helm binary", f"{said} ({binary})")
    else:
        found.warn("helm binary", f"{binary} does not start", "--engine helm would not work")


def _version_said(binary: str) -> str:
    """What `binary` says when it is asked for its version; '' where it does not start."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments
            [binary, "version", "--short"], capture_output=True, check=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode(errors="replace").strip()


def look_at_git(root: Path, sources: Iterable[ApplicationSource], repo_url: str) -> Findings:
    """Whether ArgoCD sees what is here: committed, pushed, and in the repository it reads."""
    found = Findings("Git")
    try:
        top = git(root, "rev-parse", "--show-toplevel")
    except UsageError as error:
        found.fail("git", error.message, error.hint)
        return found
    if top.returncode:
        found.skip("checkout", f"{root} is in no Git repository")
        return found
    _look_at_remote(found, root, sources, repo_url)
    _look_at_changes(found, root)
    return found


def _look_at_remote(
    found: Findings, root: Path, sources: Iterable[ApplicationSource], repo_url: str
) -> None:
    origin = remote_url(root)
    read = {normalise_url(item.repo_url): item.repo_url for item in sources if not item.chart}
    wanted = {normalise_url(repo_url): repo_url} if repo_url else read
    if not origin:
        found.warn("origin", "it has none", "git remote add origin names the one ArgoCD reads")
    elif not wanted or normalise_url(origin) in wanted:
        found.ok("origin", without_login(origin))
    else:
        others = ", ".join(without_login(url) for url in wanted.values())
        found.warn("origin", f"it is not what the Applications read: {others}")


def _look_at_changes(found: Findings, root: Path) -> None:
    status = git(root, "status", "--porcelain=v2", "--branch", "--untracked-files=normal")
    lines = status.stdout.decode(errors="replace").splitlines()
    facts = dict(
        line[2:].split(" ", 1) for line in lines if line.startswith("# ") and " " in line[2:]
    )
    changed = sum(1 for line in lines if not line.startswith("# "))
    branch = facts.get("branch.head", "?")
    if changed:
        said = f"{branch}, with {changed} changed {'file' if changed == 1 else 'files'}"
        found.warn("working tree", said, "ArgoCD sees what is committed and pushed")
    else:
        found.ok("working tree", f"{branch}, nothing changed")
    _look_at_upstream(found, branch, facts)


def _look_at_upstream(found: Findings, branch: str, facts: Mapping[str, str]) -> None:
    """`facts` are the headers of `git status`; `branch.ab` is there when both ends have commits."""
    upstream = facts.get("branch.upstream", "")
    ahead, _, behind = facts.get("branch.ab", "").partition(" ")
    if not ahead:
        follows = f"{upstream}, which is not here" if upstream else "no branch"
        advice = "git push -u origin shows it to ArgoCD"
        found.warn("upstream", f"{branch} follows {follows}", advice)
    elif ahead != "+0":
        found.warn("upstream", f"{ahead[1:]} not pushed to {upstream}", "git push")
    elif behind != "-0":
        said = f"{behind[1:]} behind {upstream}, as of the last fetch"
        found.warn("upstream", said, "git pull")
    else:
        found.ok("upstream", f"as {upstream}, as of the last fetch")
