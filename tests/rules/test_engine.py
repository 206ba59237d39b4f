"""Rules run each on its own; what they find is located, merged and silenced in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest

from plate_llm_cli.context import Workspace
from plate_llm_cli.findings import Finding, Severity
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.graph.locate import Locator
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.rules.engine import Outcome, RuleEngine
from plate_llm_cli.source.nodes import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from plate_llm_cli.graph.deployment import Deployment

    Run = Callable[..., Outcome]

TREE = {
    "apps.yaml": "".join(
        "---\napiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata: {{name: {name}}}\nspec:\n"
        "  source: {repoURL: https://h/a/b, path: web}\n"
        "  destination: {name: in-cluster}\n"
        for name in ("one", "two")
    ),
    "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "web/values.yaml": "a: 1\nb: 2\n",
    "web/templates/it.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n"
    ),
}


class EveryRelease(Rule):
    """Says the same of every release."""

    id = "every-release"
    severity = Severity.WARNING
    summary = "..."

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        file = deployment.tree.read("web/values.yaml")
        for release in deployment.releases:
            yield Defect(FilePlace(file, Span(1, 1, 1, 2)), "said", releases=(release.name,))


class Crashing(Rule):
    """Fails after its first defect."""

    id = "crashing"
    severity = Severity.WARNING
    summary = "..."
    words: ClassVar[list[str]] = []

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        yield Defect(FilePlace(deployment.tree.read("apps.yaml"), Span(1, 1, 1, 2)), "first")
        raise LookupError("nothing there")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def check(rules: list[Rule], files: dict[str, str] | None = None, **how: bool) -> Outcome:
        for path, text in {**TREE, **(files or {})}.items():
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        with Workspace(tmp_path) as workspace:
            deployment = workspace.build(workspace.environments(()), RenderOptions("1.37.0"))
            engine = RuleEngine(rules, **how)
            return engine.run(deployment, Locator(deployment), workspace.lines)

    return check


def names(findings: list[Finding]) -> list[str]:
    return [finding.rule for finding in findings]


def test_the_same_defect_of_several_releases_is_one_finding(run: Run) -> None:
    (finding,) = run([EveryRelease()]).findings
    assert finding.environments == ("one", "two")


def test_a_rule_that_crashes_is_a_finding_and_the_others_go_on(run: Run) -> None:
    outcome = run([Crashing(), EveryRelease()])
    assert names(outcome.findings) == ["internal-error", "every-release"]
    assert outcome.findings[0].message == "rule crashing failed: LookupError"


def test_a_strict_engine_lets_a_rule_crash(run: Run) -> None:
    with pytest.raises(LookupError):
        run([Crashing()], strict=True)


def test_findings_go_by_place(run: Run) -> None:
    class Above(EveryRelease):
        id = "above"

        def check(self, deployment: Deployment) -> Iterator[Defect]:
            yield Defect(FilePlace(deployment.tree.read("apps.yaml"), Span(2, 1, 2, 2)), "x")

    assert names(run([EveryRelease(), Above()]).findings) == ["above", "every-release"]


def test_what_a_comment_silences_is_counted(run: Run) -> None:
    outcome = run(
        [EveryRelease()], {"web/values.yaml": "a: 1  # plate-llm: ignore[every-release]\n"}
    )
    assert (outcome.findings, outcome.suppressed) == ([], 1)


def test_a_comment_in_a_template_that_silences_nothing_is_reported(run: Run) -> None:
    template = "{{/* plate-llm: ignore[every-release] */}}\n" + TREE["web/templates/it.yaml"]
    outcome = run([EveryRelease()], {"web/templates/it.yaml": template})
    found = [(item.rule, item.location.path, item.location.line) for item in outcome.findings]
    assert found[0] == ("unused-ignore", "web/templates/it.yaml", 1)


def test_a_comment_for_a_rule_that_did_not_run_is_left_alone(run: Run) -> None:
    outcome = run(
        [EveryRelease()], {"web/values.yaml": "b: 1\na: 1 # plate-llm: ignore[dead-value]\n"}
    )
    assert names(outcome.findings) == ["every-release"]


def test_a_comment_for_a_rule_that_does_not_exist_is_reported(run: Run) -> None:
    outcome = run(
        [EveryRelease()], {"web/values.yaml": "b: 1\na: 1 # plate-llm: ignore[dead-valeu]\n"}
    )
    unknown = outcome.findings[-1]
    assert (unknown.rule, unknown.message) == ("unused-ignore", "there is no rule 'dead-valeu'")
    assert unknown.help == "did you mean dead-value?"
