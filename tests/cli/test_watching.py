"""`validate --watch`: again after every change, until Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import UnreachableError
from plate_llm_cli.watching import matters, repeat
from tests.cli.conftest import command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Tree


@pytest.fixture
def watching(tree: Tree) -> Iterator[subprocess.Popen[str]]:
    """A process that watches the tree, its stdout unbuffered."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        command("validate", "--watch"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tree.root,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def _line(process: subprocess.Popen[str], beginning: str) -> str:
    """The next line of stdout that begins so."""
    assert process.stdout is not None
    return next(line for line in process.stdout if line.startswith(beginning))


def test_look_after_every_change(tree: Tree, watching: subprocess.Popen[str]) -> None:
    assert _line(watching, "No findings").startswith("No findings in 2 releases (")
    tree.write("charts/web/values-stg.yaml", "a: [\n")
    assert _line(watching, "charts") == "charts/web/values-stg.yaml:1:5  error  invalid-yaml\n"
    tree.write("charts/web/values-stg.yaml", "greeting: welcome\n")
    assert _line(watching, "No findings")
    watching.send_signal(signal.SIGINT)
    _, err = watching.communicate(timeout=10)
    assert watching.returncode == 130
    assert {line[11:] for line in err.splitlines() if line} == {"charts/web/values-stg.yaml"}


def test_tree_without_applications_is_waited_out(
    tree: Tree, watching: subprocess.Popen[str]
) -> None:
    assert _line(watching, "No findings")
    text = (tree.root / "apps/web-stg.yaml").read_text("utf-8")
    tree.remove("apps/web-prod.yaml")
    tree.remove("apps/web-stg.yaml")
    assert watching.stderr is not None
    said = next(line for line in watching.stderr if line.startswith("error"))
    assert said == f"error: no ArgoCD Application below {tree.root}\n"
    tree.write("apps/web-stg.yaml", text)
    assert _line(watching, "No findings").startswith("No findings in 1 release (")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("values.yaml", True),
        ("a/templates/_helpers.tpl", True),
        ("README.md", False),
        (".git/index.yaml", False),
        ("a/.cache/x.yaml", False),
    ],
)
@pytest.mark.parametrize("root", ["/work", "/home/me/.cache/tree"])
def test_what_matters(root: str, path: str, expected: bool) -> None:
    assert matters(Path(root), f"{root}/{path}") is expected


def test_folder_that_cannot_be_watched(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="nowhere cannot be watched"):
        repeat(lambda: None, tmp_path / "nowhere")
