"""`.helmignore` is read as Helm reads it: the real engine says which files a chart has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plate_llm_cli.helm.charts import load_chart
from plate_llm_cli.helm.engine import Rendering
from plate_llm_cli.helm.helmignore import HelmIgnore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import RenderRequest

LISTING = (
    'files:\n{{- range $path, $_ := .Files.Glob "**" }}\n  {{ $path | quote }}: x\n{{- end }}\n'
)
PATHS = ["a.txt", "b.md", "docs/a.txt", "docs/deep/b.md", "x/a.txt", ".hidden", "[odd].txt"]


def left(rules: list[str]) -> set[str]:
    """The files of PATHS that are left by `rules`, folders that are ignored not entered."""
    ignore = HelmIgnore(rules)

    def taken(path: str) -> bool:
        parts = path.split("/")
        folders = ["/".join(parts[:end]) for end in range(1, len(parts))]
        above = any(ignore.ignores(folder, folder=True) for folder in folders)
        return not above and not ignore.ignores(path, folder=False)

    return {path for path in PATHS if taken(path)}


@pytest.mark.parametrize(
    ("rules", "ignored"),
    [
        ([], set()),
        (["# *.md", "", "  "], set()),
        (["*.md"], {"b.md", "docs/deep/b.md"}),
        (["/a.txt"], {"a.txt"}),
        (["docs/"], {"docs/a.txt", "docs/deep/b.md"}),
        (["docs/a.txt"], {"docs/a.txt"}),
        (["*/a.txt"], {"docs/a.txt", "x/a.txt"}),
        (["?.txt"], {"a.txt", "docs/a.txt", "x/a.txt"}),
        (["[ab].*"], {"a.txt", "b.md", "docs/a.txt", "docs/deep/b.md", "x/a.txt"}),
        (["\\[odd].txt"], {"[odd].txt"}),
        ([".*"], {".hidden"}),
    ],
)
def test_rules_ignore_what_they_name(rules: list[str], ignored: set[str]) -> None:
    assert left(rules) == set(PATHS) - ignored


RULES = st.lists(
    st.lists(
        st.sampled_from(["*", "?", "a", "b", ".txt", ".md", "/", "docs", "!", "x"]), max_size=4
    )
    .map("".join)
    .filter(lambda rule: "**" not in rule),
    max_size=3,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=RULES)
def test_the_files_left_are_those_that_helm_has(
    rules: list[str],
    engine: EmbeddedEngine,
    make_chart: Callable[..., Path],
    request_for: Callable[..., RenderRequest],
) -> None:
    protected = {"Chart.yaml", "templates", "templates/list.yaml"}
    ignore = HelmIgnore(rules)
    if any(ignore.ignores(path, folder=path == "templates") for path in protected):
        return
    texts = {"templates/list.yaml": LISTING, ".helmignore": "\n".join(rules)}
    chart = make_chart({**dict.fromkeys(PATHS, "x"), **texts})
    (answer,) = engine.render_many([request_for(chart)])
    assert isinstance(answer, Rendering)
    listed = [line.split('"')[1] for line in answer.documents[0].text.splitlines() if '"' in line]
    assert set(listed) - {".helmignore"} == left(rules)


def test_hidden_files_among_the_templates_are_ignored(make_chart: Callable[..., Path]) -> None:
    chart = make_chart({"templates/.a.yaml": "", "templates/b.yaml": "", "templates/.d/c.yaml": ""})
    found = load_chart(chart.parent, chart.name)
    assert found is not None
    assert found.templates == ("chart/templates/b.yaml",)


def test_a_file_that_cannot_be_read_has_no_rules(tmp_path: Path) -> None:
    tmp_path.joinpath(".helmignore").write_bytes(b"\xff\xfe")
    assert not HelmIgnore.of(tmp_path).ignores("a", folder=False)
