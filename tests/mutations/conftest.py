"""A copy of this repository's deployment, broken for one test at a time."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli import checking
from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.helm.provenance import tracer
from plate_llm_cli.helm.references.analysis import references_of
from plate_llm_cli.rules.registry import RULES
from tests.mutations.breakage import in_words, place, text_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plate_llm_cli.findings import Finding
    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.references.analysis import References
    from tests.mutations.breakage import Breakage, Edit

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The deployment as it stands in the repository; a test leaves it as it was."""
    root = tmp_path_factory.mktemp("deployment")
    for folder in ("charts", "environments"):
        shutil.copytree(ROOT / folder, root / folder)
    (root / "service").mkdir()
    shutil.copy(ROOT / "service/env-contract.json", root / "service")
    settings = 'repo-url = "https://github.com/cocdev/plate-infra.git"\n'
    (root / "plate-llm.toml").write_text(settings, "utf-8")
    return root


@pytest.fixture
def edit(copied: Path) -> Iterator[Callable[[tuple[Edit, ...]], None]]:
    """Edits the copy, and takes it back at the end of the test."""
    before: dict[Path, str | None] = {}

    def write(target: Path, text: str | None) -> None:
        if text is None:
            target.unlink(missing_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")

    def apply(edits: tuple[Edit, ...]) -> None:
        for item in edits:
            target = copied / item.path
            text = target.read_text("utf-8") if target.exists() else None
            before.setdefault(target, text)
            write(target, text_with(item, text))

    yield apply
    for target, text in before.items():
        write(target, text)


def _matters(path: Path) -> bool:
    """Whether templates may depend on a file of a chart: no Helm reads those of environments."""
    return path.is_file() and not path.name.startswith("values-")


@pytest.fixture(scope="session")
def read_once() -> Callable[[Path], References]:
    """What the templates of a chart read, worked out once for all tests that leave it as it is."""
    known: dict[bytes, References] = {}

    def read(chart: Path) -> References:
        digest = sha256(str(chart).encode())
        for file in sorted(path for path in chart.rglob("*") if _matters(path)):
            digest.update(str(file).encode() + b"\0" + file.read_bytes())
        key = digest.digest()
        if key not in known:
            known[key] = references_of(chart)
        return known[key]

    return read


@pytest.fixture
def findings(
    copied: Path,
    engine: EmbeddedEngine,
    read_once: Callable[[Path], References],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], tuple[Finding, ...]]:
    """What `validate` finds in the copy as it is now; the engine is started once for all."""
    monkeypatch.setattr(tracer, "references_of", read_once)

    def check() -> tuple[Finding, ...]:
        workspace = Workspace(copied)
        workspace.engine = engine
        options = RenderOptions(
            kube_version="1.37.0",
            api_versions=workspace.api_versions(None),
            lint=True,
            provenance=True,
            nested=True,
        )
        releases = workspace.environments(())
        return checking.check(workspace, releases, lambda: RULES, options).findings

    return check


@pytest.fixture
def is_found(
    copied: Path,
    edit: Callable[[tuple[Edit, ...]], None],
    findings: Callable[[], tuple[Finding, ...]],
) -> Callable[[Breakage], None]:
    """Asserts that a breakage is found at its line, and nothing else is."""

    def check(breakage: Breakage) -> None:
        edit(breakage.edits)
        found = findings()
        wanted = sorted((place(copied, item), item.says) for item in breakage.expected)
        said = "\n".join(f"{item.rule}: {item.message}" for item in found)
        assert sorted(in_words(found)) == [words for words, _ in wanted], said
        for words, says in wanted:
            told = [item.message for item in found if in_words([item]) == [words]]
            assert any(says in message for message in told), said

    return check
