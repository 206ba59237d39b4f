from __future__ import annotations

import pytest

from plate_llm_cli.gitops.generation.draft import Draft
from plate_llm_cli.gitops.generation.multi_source import split_source

HEAD = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: a\nspec:\n"
TAIL = "  destination:\n    namespace: b\n"
REF = (
    "    # Where the value files come from; a branch of its own may be named here.\n"
    "    - repoURL: https://git.example.org/a.git\n"
    "      targetRevision: main\n"
    "      ref: values\n"
)


def _split(text: str) -> str:
    draft = Draft(text)
    split_source(draft)
    return draft.text


def test_the_source_moves_as_it_is_written() -> None:
    source = """\
  source:
    # Ours.
    repoURL: https://git.example.org/a.git  # behind
    targetRevision: main
    path: charts/web
    helm:
      valueFiles:
        - values-stg.yaml
        - ../shared.yaml
        - /environments/stg.yaml
        - https://example.org/far.yaml
      values: |
        text: |
          kept

          # not a comment
"""
    after = """\
  sources:
    # Ours.
    - repoURL: https://git.example.org/a.git  # behind
      targetRevision: main
      path: charts/web
      helm:
        valueFiles:
          - "$values/charts/web/values-stg.yaml"
          - "$values/charts/shared.yaml"
          - "$values/environments/stg.yaml"
          - https://example.org/far.yaml
        values: |
          text: |
            kept

            # not a comment
"""
    assert _split(HEAD + source + TAIL) == HEAD + after + REF + TAIL


@pytest.mark.parametrize(
    "source",
    [
        "  source:\n    repoURL: https://git.example.org/a.git\n    path: charts/web\n",
        "  source:\n    repoURL: r\n    chart: web\n    helm: {valueFiles: [a.yaml]}\n",
        "  sources:\n    - repoURL: r\n      path: p\n      helm:\n        valueFiles: [a.yaml]\n",
        "  # plate-llm: keep old ArgoCD\n  source: {path: p, helm: {valueFiles: [a.yaml]}}\n",
    ],
)
def test_what_has_no_use_for_it_stays(source: str) -> None:
    text = HEAD + source + TAIL
    assert _split(text) == text


def test_a_source_between_braces_is_written_anew() -> None:
    source = (
        "  source: {repoURL: https://git.example.org/a.git, targetRevision: main,"
        " path: c, helm: {valueFiles: [v.yaml]}}\n"
    )
    draft = Draft(HEAD + source + TAIL)
    split_source(draft)
    assert not draft.has(("spec", "source"))
    assert draft.value(("spec", "sources", 0, "helm", "valueFiles")) == ["$values/c/v.yaml"]
    assert draft.value(("spec", "sources", 1, "ref")) == "values"


def test_a_second_time_changes_nothing() -> None:
    text = (
        HEAD + "  source:\n    repoURL: r\n    path: p\n    helm:\n      valueFiles:\n        - v\n"
    )
    once = _split(text)
    assert once != text
    assert _split(once) == once
