"""Runs the rules over a deployment: locates, merges and silences what they find."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Finding, Location, Related, Severity
from plate_llm_cli.graph.places import FilePlace, ManifestPlace
from plate_llm_cli.rules.declarations import unused_declarations
from plate_llm_cli.rules.gathering import gathered, key_of
from plate_llm_cli.rules.registry import RULES
from plate_llm_cli.rules.suppression import suppress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.locate import Locator
    from plate_llm_cli.rules.base import Defect, Place, Rule
    from plate_llm_cli.rules.gathering import FindingKey
    from plate_llm_cli.rules.suppression import Ignore

INTERNAL = "internal-error"
UNUSED = "unused-ignore"
_NEARER = {
    "invalid-manifest": ("invalid-value",),
    "contradictory-fields": ("invalid-value", "values-schema"),
    "invalid-value": ("plaintext-credential",),
    "misread-scalar": ("invalid-manifest", "invalid-value"),
    "invalid-secrets-spec": ("invalid-yaml", "duplicate-key"),
    "refused-object": ("invalid-manifest", "invalid-value", "values-schema"),
    "server-warning": ("deprecated-api",),
    "missing-kind": ("unavailable-api",),
    "foreign-namespace": ("uncreated-namespace",),
    "shared-object": ("mixed-environment",),
    "uncreated-namespace": ("forbidden-by-project",),
    "placeholder-value": ("invalid-acme-issuer",),
    "missing-resources": ("unmeasured-autoscaler",),
}
"""By rule: the rules that, on the same line, say the same and what to do."""


@dataclass(slots=True)
class Outcome:
    """What the rules found, and how much of it comments silenced."""

    findings: list[Finding] = field(default_factory=list)
    suppressed: int = 0


class RuleEngine:
    """Runs `rules`, each on its own: one that crashes becomes a finding, the others go on."""

    def __init__(self, rules: Sequence[Rule], *, strict: bool = False) -> None:
        self._rules = rules
        self._strict = strict
        self._alike: dict[FindingKey, str] = {}

    def run(
        self, deployment: Deployment, locator: Locator, lines: Callable[[str], Sequence[str]]
    ) -> Outcome:
        """Every finding in `deployment`, sorted. `strict` lets a crashing rule raise: for tests."""
        found = [
            finding for rule in self._rules for finding in self._check(rule, deployment, locator)
        ]
        found += unused_declarations(deployment, self._rules)
        templates = {manifest.file.path for manifest in deployment.manifests}
        paths = {*deployment.tree.files, *templates}
        sorted_out = suppress(drop_consequences(merge_environments(found)), paths, lines)
        findings = gathered(sorted_out.kept, self._alike)
        findings += self._unused(sorted_out.unused, deployment)
        return Outcome(
            sorted(findings, key=lambda finding: finding.sort_key), len(sorted_out.silenced)
        )

    def _check(self, rule: Rule, deployment: Deployment, locator: Locator) -> Iterable[Finding]:
        try:
            return [
                self._finding(rule, defect, deployment, locator)
                for defect in rule.check(deployment)
            ]
        except Exception as error:
            if self._strict:
                raise
            return [_internal(rule, error, deployment)]

    def _finding(
        self, rule: Rule, defect: Defect, deployment: Deployment, locator: Locator
    ) -> Finding:
        finding = _finding(rule, defect, deployment, locator)
        if defect.alike:
            self._alike[key_of(finding)] = defect.alike
        return finding

    def _unused(
        self, unused: Iterable[tuple[Ignore, tuple[str, ...]]], deployment: Deployment
    ) -> list[Finding]:
        traced = deployment.provenance is not None
        ran = {
            rule.id
            for rule in self._rules
            if not rule.needs_server and (traced or not rule.needs_provenance)
        }
        known = {rule.id for rule in (*self._rules, *RULES)}
        findings = []
        for ignore, idle in unused:
            if deployment.is_half_known(ignore.path):
                continue
            idle_here = [name for name in idle if name in ran]
            unknown = [name for name in idle if name not in known]
            findings += [_unknown_rule(ignore, name, known, deployment) for name in unknown]
            if idle_here or not ignore.rules:
                findings.append(_unused_ignore(ignore, idle_here, deployment))
        return findings


def _finding(rule: Rule, defect: Defect, deployment: Deployment, locator: Locator) -> Finding:
    located = locator.locate(defect.place)
    related = [*located.related]
    related += [
        Related(locator.locate(place).location, message) for place, message in defect.related
    ]
    related = [item for item in dict.fromkeys(related) if item.location != located.location]
    return Finding(
        rule=rule.id,
        severity=defect.severity or rule.severity,
        message=defect.message,
        help=defect.help,
        location=located.location,
        environments=defect.releases or _releases_of(defect.place, deployment),
        related=tuple(related),
        value=located.value,
        resource=located.resource,
        fix=defect.fix,
    )


def _releases_of(place: Place, deployment: Deployment) -> tuple[str, ...]:
    if isinstance(place, FilePlace):
        return deployment.releases_using(place.file)
    if isinstance(place, ManifestPlace):
        return (place.manifest.release.name,)
    return (place.chart.release.name,)


def merge_environments(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each cause: the same defect at the same place names all its releases."""
    merged: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        key = (finding.rule, finding.location, finding.message, finding.severity)
        before = merged.get(key)
        if before is None:
            merged[key] = finding
            continue
        names = sorted({*before.environments, *finding.environments})
        related = dict.fromkeys((*before.related, *finding.related))
        merged[key] = replace(before, environments=tuple(names), related=tuple(related))
    return list(merged.values())


def drop_consequences(findings: list[Finding]) -> list[Finding]:
    """Without what another rule says of the same line, nearer to the cause."""
    lines: dict[str, set[tuple[str, int]]] = {}
    for finding in findings:
        place = (finding.location.path, finding.location.line)
        lines.setdefault(finding.rule, set()).add(place)
    return [
        finding
        for finding in findings
        if not any(
            (finding.location.path, finding.location.line) in lines.get(nearer, ())
            for nearer in _NEARER.get(finding.rule, ())
        )
    ]


def _internal(rule: Rule, error: Exception, deployment: Deployment) -> Finding:
    path = deployment.releases[0].application.file.path if deployment.releases else "."
    return Finding(
        rule=INTERNAL,
        severity=Severity.ERROR,
        message=f"rule {rule.id} failed: {type(error).__name__}",
        help="a defect of plate-llm: please report it with the tree that shows it",
        location=Location(path, 1, 1, 1, 1),
        environments=deployment.names,
    )


def _unused_ignore(ignore: Ignore, names: list[str], deployment: Deployment) -> Finding:
    if not ignore.rules:
        help_text = "name it in brackets: `ignore[rule-id] reason`"
        return _about_comment(ignore, "this comment names no rule", help_text, deployment)
    message = f"this comment ignores {', '.join(names)}, which is not reported here"
    help_text = "remove the comment, or move it to the line of the finding or alone above it"
    return _about_comment(ignore, message, help_text, deployment)


def _unknown_rule(
    ignore: Ignore, name: str, known: Iterable[str], deployment: Deployment
) -> Finding:
    near = get_close_matches(name, sorted(known), 1)
    help_text = f"did you mean {near[0]}?" if near else "`plate-llm rules` lists them"
    return _about_comment(ignore, f"there is no rule {name!r}", help_text, deployment)


def _about_comment(ignore: Ignore, message: str, help_text: str, deployment: Deployment) -> Finding:
    file = deployment.tree.files.get(ignore.path)
    using = deployment.releases_using(file) if file else ()
    rendered = (item for item in deployment.manifests if item.file.path == ignore.path)
    return Finding(
        rule=UNUSED,
        severity=Severity.WARNING,
        message=message,
        help=help_text,
        location=Location(ignore.path, ignore.line, ignore.column, ignore.line, ignore.end_column),
        environments=using or tuple(sorted({item.release.name for item in rendered})),
    )
