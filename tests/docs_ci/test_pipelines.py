"""What keeps the CI files safe: who gets secrets, what may be written, what is pinned."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.docs_ci.jenkinsfile import shell_steps
from tests.docs_ci.pipelines import ACTION, FOLDER, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORKFLOW = FOLDER / "github-actions.yml"
GITHUB = pytest.mark.parametrize("file", [WORKFLOW, ACTION], ids=["workflow", "action"])


@pytest.fixture(scope="module")
def jobs() -> dict[str, Any]:
    found: dict[str, Any] = load(WORKFLOW)["jobs"]
    return found


@pytest.fixture(scope="module")
def jenkinsfile() -> str:
    return (FOLDER / "Jenkinsfile").read_text("utf-8")


def steps(file: Path) -> Iterator[dict[str, Any]]:
    data = load(file)
    lists = (
        [data["runs"]["steps"]] if "runs" in data else [j["steps"] for j in data["jobs"].values()]
    )
    for found in lists:
        yield from found


@GITHUB
def test_actions_are_pinned_by_commit_with_their_version(file: Path) -> None:
    used = re.findall(r"uses: +(\S+)(.*)", re.sub(r"(?m)^#.*", "", file.read_text("utf-8")))
    assert used
    for action, comment in used:
        assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


@GITHUB
def test_no_expression_stands_in_a_script(file: Path) -> None:
    assert [step["name"] for step in steps(file) if "${{" in step.get("run", "")] == []


def test_one_action_has_one_commit_everywhere() -> None:
    text = WORKFLOW.read_text("utf-8") + ACTION.read_text("utf-8")
    pinned = set(re.findall(r"uses: ([\w-]+/[\w/-]+)@([0-9a-f]{40})", text))
    assert len(pinned) == len({action for action, _ in pinned})


def test_no_job_may_more_than_it_needs(jobs: dict[str, Any]) -> None:
    assert load(WORKFLOW)["permissions"] == {}
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "check": {"contents": "read"},
        "code-scanning": {"contents": "read", "security-events": "write", "actions": "read"},
        "staging": {"contents": "read", "id-token": "write"},
    }


def test_no_checkout_leaves_a_token_behind() -> None:
    checkouts = [one for one in steps(WORKFLOW) if "actions/checkout" in one.get("uses", "")]
    assert len(checkouts) == len(load(WORKFLOW)["jobs"])
    assert [one["with"] for one in checkouts] == [{"persist-credentials": False}] * len(checkouts)


def test_every_job_ends_in_time(jobs: dict[str, Any]) -> None:
    assert [name for name, job in jobs.items() if not 0 < job["timeout-minutes"] <= 30] == []


def test_strangers_start_what_has_no_secrets(jobs: dict[str, Any]) -> None:
    started = load(WORKFLOW)[True]  # `on`, as YAML 1.1 reads it
    assert started == {"pull_request": None, "push": {"branches": ["main"]}}
    with_secrets = [
        name for name, job in jobs.items() if "secrets." in str(job) or "environment" in job
    ]
    assert with_secrets == ["staging"]
    assert jobs["staging"]["if"] == "github.event_name == 'push' && github.ref == 'refs/heads/main'"


def test_gitlab_gives_credentials_to_one_job_on_the_default_branch() -> None:
    pipeline = load(FOLDER / "gitlab-ci.yml")
    (name,) = (one for one, job in pipeline.items() if "id_tokens" in job)
    assert name == "staging"
    assert pipeline[name]["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    assert "cache" not in pipeline[name]
    assert "cache" not in pipeline[pipeline[name]["extends"]]


def test_jenkins_binds_credentials_around_three_steps_on_main(jenkinsfile: str) -> None:
    bound = [step for step in shell_steps(jenkinsfile) if "withCredentials" in step.blocks]
    assert {step.blocks[:3] for step in bound} == {("pipeline", "stages", "stage Staging")}
    assert [step.script.split()[1] for step in bound] == ["secrets", "argocd", "smoke"]
    assert "credentials(" not in jenkinsfile
    assert re.search(
        r"stage\('Staging'\) \{\s+when \{\s+beforeOptions true\s+branch 'main'", jenkinsfile
    )


def test_jenkins_keeps_groovy_out_of_the_scripts(jenkinsfile: str) -> None:
    # In double quotes Groovy would put the secret into the script, and Jenkins into its log.
    assert not re.search(r"\bsh\b[^'\n]*\"", jenkinsfile)


def test_jenkins_keeps_the_reports_whatever_happens(jenkinsfile: str) -> None:
    kept = jenkinsfile[jenkinsfile.index("post {") :]
    assert re.search(r"always \{\s+junit testResults: 'reports/\*\.xml'", kept)
    assert "archiveArtifacts artifacts: 'reports/*'" in kept


@pytest.mark.parametrize("broken", ["stage('a') {", "stage('a') }", "sh(']' }"])
def test_a_bracket_that_is_not_closed_is_seen(broken: str) -> None:
    with pytest.raises(AssertionError):
        shell_steps(broken)


def test_every_name_on_the_page_is_there() -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", page):
        assert (FOLDER / link).exists(), link
    for name in ("plate-stg-kubeconfig", "plate-stg-openbao"):
        assert name in page
        assert name in (FOLDER / "Jenkinsfile").read_text("utf-8")
    assert "PLATE_STG_KUBECONFIG" in page
