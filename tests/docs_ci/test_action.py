"""The composite action's scripts, as GitHub's runner gives them their inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import plate_llm_cli
from tests.docs_ci.pipelines import ACTION, Runner, Script, load, step_scripts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Call, Tree

INPUTS = {f"inputs.{name}": str(one["default"]) for name, one in load(ACTION)["inputs"].items()}


@pytest.fixture
def act(tmp_path: Path) -> Callable[..., Runner]:
    """Run the action's scripts with some inputs."""

    def run(**inputs: str) -> Runner:
        runner = Runner(tmp_path, "action", RUNNER_TEMP=str(tmp_path / "temp"))
        for script in scripts(**inputs):
            runner.run(script)
        return runner

    return run


def scripts(**inputs: str) -> list[Script]:
    given = {f"inputs.{name.replace('_', '-')}": value for name, value in inputs.items()}
    return step_scripts(load(ACTION)["runs"]["steps"], INPUTS | given)


def calls(runner: Runner) -> list[str]:
    return [str(call) for call in runner.calls]


def test_by_default_all_is_validated_with_this_version(act: Callable[..., Runner]) -> None:
    assert calls(act()) == [
        f"pip install --quiet plate-llm=={plate_llm_cli.__version__}",
        "plate-llm validate --fail-on never --",
        "plate-llm validate --fail-on error --format github --",
    ]


def test_what_is_called_passes_on_this_tree(
    act: Callable[..., Runner], ours: Tree, call: Call
) -> None:
    (_, *validated) = act(environments="stg prod").calls
    for called in validated:
        assert call(*called.arguments).code == 0, ours.root


def test_a_lock_is_installed_by_its_hashes(act: Callable[..., Runner]) -> None:
    assert calls(act(requirements="ci/plate-llm.txt"))[0] == (
        "pip install --quiet --require-hashes --requirement ci/plate-llm.txt"
    )


def test_inputs_become_arguments(act: Callable[..., Runner]) -> None:
    runner = act(environments="stg  prod", fail_on="warning", args="--ignore=a\n\n--select=b c\n")
    assert runner.calls[-1].arguments == (
        "validate", "--fail-on", "warning", "--format", "github", "--ignore=a", "--select=b c",
        "--", "stg", "prod",
    )  # fmt: skip


def test_sarif_lies_where_the_upload_takes_it(act: Callable[..., Runner]) -> None:
    runner = act(sarif="true")
    assert (runner.temporary / "plate-llm.sarif").exists()
    upload = load(ACTION)["runs"]["steps"][-1]
    assert upload["with"]["sarif_file"] == "${{ runner.temp }}/plate-llm.sarif"
    assert upload["if"] == "${{ !cancelled() && inputs.sarif == 'true' }}"


def test_findings_fail_the_step_after_the_upload_is_written(tmp_path: Path) -> None:
    runner = Runner(tmp_path, "action", RUNNER_TEMP=str(tmp_path / "temp"), ENDS_WITH="1")
    install, findings = scripts(sarif="true")
    runner.run(install)
    assert runner.attempt(findings).returncode == 1
    assert (runner.temporary / "plate-llm.sarif").exists()


@pytest.mark.parametrize(
    "name", ["environments", "fail_on", "args", "version", "requirements", "sarif"]
)
def test_an_input_is_never_run(name: str, act: Callable[..., Runner]) -> None:
    runner = act(**{name: "$(touch pwned) `touch pwned`; touch pwned\n'; touch pwned; '"})
    assert list(runner.folder.iterdir()) == []


def test_an_environment_is_never_an_option(act: Callable[..., Runner]) -> None:
    assert calls(act(environments="--output=/etc/passwd"))[-1].endswith("-- --output=/etc/passwd")
