"""A credential that everybody with the repository has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.credential_names import is_referred, kind_of, looks_chosen, looks_easy
from plate_llm_cli.graph.credentials import leaks_in
from plate_llm_cli.graph.given_texts import given_texts, is_login
from plate_llm_cli.graph.settings_files import settings_in
from plate_llm_cli.graph.written_texts import set_texts, written_files
from plate_llm_cli.rules.base import Defect, FilePlace, ManifestPlace, Rule
from plate_llm_cli.secrets.values.placeholders import is_placeholder
from plate_llm_cli.source.nodes import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.credentials import Leak
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.given_texts import GivenText
    from plate_llm_cli.rules.base import Place
    from plate_llm_cli.source.nodes import SourceFile

_HELP = (
    "make it invalid where it was issued, for Git forgets nothing; then let External Secrets or "
    "SealedSecrets bring a new one"
)


class PlaintextCredential(Rule):
    """A credential stands in the repository.

    ## What it does
    Searches value files, manifests, Applications and templates for what has the form of a
    credential: tokens of GitHub, GitLab, Slack, AWS, OpenAI, Anthropic, Google, Stripe and others,
    private keys, JWTs, addresses with a password, logins to registries in a Secret. Where the name
    ends in `PASSWORD`, `SECRET`, `TOKEN` or `API_KEY`, a text that somebody made up is a warning,
    and a password that is a mere word an info. Placeholders, references, hashes and what is
    encrypted are right. No report shows the value or its line.

    ## Why is this bad?
    Whoever has ever cloned the repository has it, and so has every tool that reads it; deleting
    the line takes it away from nobody.

    ## Example
    ```yaml
    env:
      - name: DB_PASSWORD
        value: ...      # the password itself
    ```

    ## Use instead
    ```yaml
    env:
      - name: DB_PASSWORD
        valueFrom:
          secretKeyRef: {name: app-env-secrets, key: DB_PASSWORD}
    ```
    """

    id = "plaintext-credential"
    severity = Severity.ERROR
    summary = "A credential stands in the repository"
    sensitive = True

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """What has the form of a credential, and what its name gives away."""
        texts = []
        for file, releases in written_files(deployment):
            texts.append(file.text)
            for leak in leaks_in(file.text):
                yield _defect(FilePlace(file, _span(file, leak)), leak.what, releases=releases)
        for given in given_texts(deployment.manifests, deployment.wiring.workloads):
            yield from _given(given, texts)
            yield from _settings(given)
        for item in set_texts(deployment):
            place = FilePlace(item.file, item.span)
            for defect in _by_name(place, item.name, item.text):
                yield replace(defect, releases=(item.release.name,))


def _span(file: SourceFile, leak: Leak) -> Span:
    before = file.text[: leak.start]
    line, column = before.count("\n") + 1, leak.start - (before.rfind("\n") + 1) + 1
    first = file.text[leak.start : leak.end].partition("\n")[0]
    return Span(line, column, line, column + len(first))


def _given(given: GivenText, texts: list[str]) -> Iterator[Defect]:
    """What an object gives to pods, where it stands in a file: a chart may make it up at random."""
    place = ManifestPlace(given.manifest, given.route)
    written = any(given.written in text for text in texts)
    # What stands there as it is was found in the file already.
    found = list(leaks_in(given.text)) if written and given.written != given.text else []
    if written and is_login(given):
        yield _defect(place, "a login to a registry")
    elif found:
        yield _defect(place, found[0].what)
    elif written or any(given.text and given.text in text for text in texts):
        yield from _by_name(place, given.name, given.text)


def _settings(given: GivenText) -> Iterator[Defect]:
    """What a file within a ConfigMap or a Secret sets, in whatever format."""
    for setting in settings_in(given):
        place: Place = ManifestPlace(given.manifest, given.route)
        if setting.span is not None:
            place = FilePlace(given.manifest.file, setting.span)
        for defect in _by_name(place, setting.name, setting.text):
            # A mere word in a file of settings may be anything.
            if defect.severity is Severity.WARNING:
                yield replace(defect, releases=(given.manifest.release.name,))


def _by_name(place: Place, name: str, text: str) -> Iterator[Defect]:
    kind, text = kind_of(name), text.strip()
    if not kind or is_placeholder(text) or is_referred(text) or any(leaks_in(text)):
        return
    if looks_chosen(kind, text):
        yield _defect(place, f"what looks like {kind}", Severity.WARNING)
    elif looks_easy(kind, text):
        yield _defect(place, f"{kind} that is a mere word", Severity.INFO)


def _defect(
    place: Place,
    what: str,
    severity: Severity | None = None,
    releases: tuple[str, ...] = (),
) -> Defect:
    return Defect(
        place, f"{what} stands here in plain text", _HELP, releases=releases, severity=severity
    )
