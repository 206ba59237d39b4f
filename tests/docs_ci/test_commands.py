"""The commands in the CI files, as their scripts call them, on a copy of this tree."""

from __future__ import annotations

import json
import re
import socket
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

import plate_llm_cli
from tests.docs_ci.conftest import JOB_TOKEN, KUBECONFIG
from tests.docs_ci.pipelines import (
    COMMIT,
    Called,
    Runner,
    Script,
    github_jobs,
    gitlab_jobs,
    jenkins_scripts,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call, Tree

FILES = ("github-actions.yml", "gitlab-ci.yml", "Jenkinsfile")
LIVE = (("secrets", "check", "stg", "--live"), ("argocd", "wait"), ("smoke",))
"""How commands begin that ask a server."""


def commands(calls: tuple[Called, ...], file: str = "") -> set[tuple[str, ...]]:
    """What is called of plate-llm."""
    return {
        call.arguments
        for call in calls
        if call.program == "plate-llm" and call.job.startswith(file)
    }


def bare(arguments: tuple[str, ...]) -> str:
    """A command without where its report goes and how it is printed."""
    return re.sub(r" --(format|output) \S+", "", " ".join(arguments))


def is_live(arguments: tuple[str, ...]) -> bool:
    return any(arguments[: len(start)] == start for start in LIVE)


@pytest.mark.parametrize("file", FILES)
def test_every_system_runs_the_same_checks(file: str, calls: tuple[Called, ...]) -> None:
    found = {bare(arguments) for arguments in commands(calls, file)}
    assert found - {"validate --fail-on never"} == {  # that is for code scanning
        "validate",
        "argocd generate --all --check",
        "secrets check stg",
        "secrets check prod",
        "secrets check stg --live --no-cluster",
        f"argocd wait stg --revision {COMMIT} --timeout 10m",
        "smoke stg --strict --wait 5m",
    }


@pytest.mark.parametrize("file", FILES)
def test_this_version_is_installed(file: str, calls: tuple[Called, ...]) -> None:
    installed = {
        call.arguments[-1] for call in calls if call.program == "pip" and call.job.startswith(file)
    }
    version = plate_llm_cli.__version__
    plain = {re.sub(r"\[(smoke)?\]", "", wanted) for wanted in installed}
    assert plain == {f"plate-llm=={version}"}
    assert f"plate-llm[smoke]=={version}" in installed


def test_every_option_is_known(calls: tuple[Called, ...], ours: Tree, call: Call) -> None:
    del ours
    for arguments in sorted(commands(calls)):
        # What is unknown is told before the help is.
        ended = call(*arguments, "--help")
        assert (ended.code, ended.err) == (0, ""), arguments


def test_what_needs_no_server_passes_on_this_tree(
    calls: tuple[Called, ...], ours: Tree, call: Call
) -> None:
    (ours.root / "reports").mkdir()
    for arguments in sorted(filter(lambda one: not is_live(one), commands(calls))):
        ended = call(*arguments)
        assert ended.code == 0, (arguments, ended.out, ended.err)
    reports = {path.name for path in (ours.root / "reports").iterdir()}
    assert reports == {"validate.xml", "secrets-stg.xml", "secrets-prod.xml"}
    for name in reports:
        assert ET.parse(ours.root / "reports" / name).getroot().tag == "testsuites"  # noqa: S314
    sarif = json.loads((ours.root / "findings.sarif").read_text("utf-8"))
    assert sarif["version"] == "2.1.0"


def test_smoke_says_that_nothing_answers(
    calls: tuple[Called, ...], ours: Tree, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", "none")
    (ours.root / "reports").mkdir()
    with socket.socket() as closed:  # bound, and nobody listens
        closed.bind(("127.0.0.1", 0))
        nowhere = ("--connect-to", f"127.0.0.1:{closed.getsockname()[1]}", "--wait", "100ms")
        found = sorted(one for one in commands(calls) if one[0] == "smoke")
        for arguments in found:
            assert call(*arguments, *nowhere).code == 3
    assert {path.name for path in (ours.root / "reports").iterdir()} == {
        "smoke-stg.xml",
        "smoke-stg.md",
    }


def checks() -> list[tuple[str, Script, dict[str, str]]]:
    """Every script that calls plate-llm, with the variables of its job."""
    jobs = [
        *github_jobs({"secrets.PLATE_STG_KUBECONFIG": ""}),
        *gitlab_jobs(),
        ("Jenkinsfile", jenkins_scripts(), {"PLATE_LLM_VERSION": "0.1.0"}),
    ]
    return [
        (f"{job}: {script.name}", script, env)
        for job, scripts, env in jobs
        for script in scripts
        if re.search(r"^plate-llm ", script.text, re.MULTILINE) and "--fail-on" not in script.text
    ]


@pytest.mark.parametrize(
    ("script", "env"),
    [pytest.param(script, env, id=name) for name, script, env in checks()],
)
def test_a_failed_command_fails_its_step(
    script: Script, env: dict[str, str], tmp_path: Path
) -> None:
    runner = Runner(tmp_path, "job", **env, ENDS_WITH="3")
    (runner.folder / "reports").mkdir()
    assert runner.attempt(script).returncode == 3


def test_credentials_of_a_job_are_gone_at_its_end(github: dict[str, Runner]) -> None:
    staging = github["staging"]
    assert {path.name for path in staging.temporary.iterdir()} == {"plate-llm"}
    assert staging.env["BAO_JWT_FILE"] == str(staging.temporary / "openbao.jwt")
    assert staging.env["KUBECONFIG"] == str(staging.temporary / "kubeconfig")
    written = [path.read_text("utf-8") for path in staging.folder.rglob("*") if path.is_file()]
    assert [text for text in written if JOB_TOKEN in text or KUBECONFIG in text] == []


def test_the_result_of_smoke_is_the_summary(github: dict[str, Runner]) -> None:
    summary = (github["staging"].folder.parent / "GITHUB_STEP_SUMMARY").read_text("utf-8")
    assert summary == "report\n"
