from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from pathlib import Path

LOCKS = ("base", "build", "dev", "local", "minimums", "service")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pins(root: Path, lock: str) -> dict[str, Requirement]:
    """The requirements of one lock by name, hashes left out."""
    text = (root / "locks" / f"{lock}.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    pinned = [Requirement(line.removesuffix("\\")) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in pinned}


def version(pin: Requirement) -> str:
    """The one version that a pin allows."""
    (specifier,) = pin.specifier
    assert specifier.operator == "=="
    return specifier.version


def wanted(project: dict[str, Any], lock: str) -> list[str]:
    """What pyproject.toml asks of one lock."""
    base = project["project"]["dependencies"]
    extras = project["project"]["optional-dependencies"]
    local = [*base, *extras["service"], *extras["smoke"], *extras["local"]]
    everything = [text for text in [*local, *extras["dev"]] if not text.startswith("plate-llm[")]
    by_lock: dict[str, list[str]] = {
        "base": base,
        "build": project["build-system"]["requires"],
        "dev": everything,
        "local": [text for text in local if not text.startswith("plate-llm[")],
        "minimums": everything,
        "service": extras["service"],
    }
    return by_lock[lock]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_has_a_hash(lock: str, root: Path) -> None:
    text = (root / "locks" / f"{lock}.txt").read_text("utf-8")
    entries = [entry for entry in re.split(r"\n(?=[A-Za-z0-9])", text) if not entry.startswith("#")]
    assert entries
    assert [entry.split()[0] for entry in entries if not HASH.search(entry)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_what_pyproject_asks_for(lock: str, root: Path, project: dict[str, Any]) -> None:
    pinned = pins(root, lock)
    stale = []
    for text in wanted(project, lock):
        requirement = Requirement(text)
        pin = pinned.get(canonicalize_name(requirement.name))
        if pin is None or not requirement.specifier.contains(version(pin)):
            stale.append(f"{text}, locked: {pin}")
    assert stale == [], "run `nox -s lock`"


@pytest.mark.parametrize("lock", ["base", "build", "local", "service"])
def test_locks_that_share_an_environment_agree(lock: str, root: Path) -> None:
    dev = pins(root, "dev")
    differ = [
        name
        for name, pin in pins(root, lock).items()
        if name in dev and version(pin) != version(dev[name])
    ]
    assert differ == []


def test_the_minimums_are_the_lower_bounds(root: Path, project: dict[str, Any]) -> None:
    minimums = pins(root, "minimums")
    above = []
    for text in project["project"]["dependencies"]:
        requirement = Requirement(text)
        (bound,) = (s.version for s in requirement.specifier if s.operator == ">=")
        pin = version(minimums[canonicalize_name(requirement.name)])
        if not Requirement(f"x=={bound}.*").specifier.contains(pin):
            above.append(f"{requirement.name} {pin}, not {bound}")
    assert above == []
