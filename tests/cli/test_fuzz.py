"""Trees of every kind of damage: nothing but our own errors, and no rule that crashes."""

from __future__ import annotations

import io
import json
import os
import shutil
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from plate_llm_cli import checking
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UsageError
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.report import manifests
from plate_llm_cli.report.refusals import remarks, without_refused
from plate_llm_cli.report.registry import REPORTERS
from plate_llm_cli.report.traces import trace_text
from plate_llm_cli.rules import engine as rules
from plate_llm_cli.rules.engine import RuleEngine
from plate_llm_cli.rules.registry import RULES
from plate_llm_cli.source.plain import to_plain
from plate_llm_cli.source.reader import parse_text
from tests.cli.conftest import FILES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.helm.embedded import EmbeddedEngine

HERE = Path(__file__).parents[2]
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "1"))
"""Multiplies the number of examples, for a long hunt."""

TOKENS = [
    "a", "b: ", "- ", "  ", "\n", ": ", "{", "}", "[", "]", ", ", '"', "'", "|", "|+\n", ">-\n",
    "#", "# plate-llm: ignore[", "&a ", "*a", "<<: *a", "!!binary ", "!x ", "%YAML 1.1\n", "---\n",
    "...\n", "? ", "null", "~", "yes", "012", "0x1", "1e3", ".nan", ".inf", "-1", "1_000", "1:30",
    "9223372036854775808", "2020-01-01", "\t", "\r\n", "\ufeff", "\0", "\x1b[31m", "\u2028",
    "한국어", "😀", "\x85", "{{ .Values }}", "{{ toYaml . }}", "{{", "}}", "{{ end }}",
    '{{ include "x" . }}', '{{ fail "x" }}', "apiVersion: ", "kind: ", "metadata: ", "name: ",
    "spec: ", "source: ", "sources: ", "path: ", "helm: ", "values: ", "valuesObject: ",
    "valueFiles: ", "parameters: ", "fileParameters: ", "repoURL: ", "chart: ", "ref: ", "$x/",
    "../", "/etc/passwd", "**/*.yaml", "namespace: ", "items: ", "List", "Application",
    "AppProject", "ApplicationSet", "Deployment", "apps/v1", "v1", "argoproj.io/v1alpha1",
    "dependencies: ", "condition: ", "tags: ", "alias: ", "import-values: ", "enabled: true",
    "x" * 300, "a.b[0].c=1", "CustomResourceDefinition", "apiextensions.k8s.io/v1",
]  # fmt: skip
TREES = HERE / "tests" / "trees"
OWN = ("charts", "environments")


@dataclass
class Ground:
    """A tree in which files are damaged and mended again."""

    root: Path
    engine: EmbeddedEngine
    originals: dict[str, bytes] = field(default_factory=dict)

    def suffer(self, changed: dict[str, bytes]) -> None:
        """Judge the tree with `changed` written over what it has."""
        try:
            for path, content in changed.items():
                (self.root / path).write_bytes(content)
            self.judge()
        finally:
            for path in changed:
                if path in self.originals:
                    (self.root / path).write_bytes(self.originals[path])
                else:
                    (self.root / path).unlink()

    def judge(self) -> None:
        """Everything that a command could do with the tree; only our own errors may come of it."""
        workspace = Workspace(self.root)
        workspace.__dict__["engine"] = self.engine
        try:
            self._judge(workspace)
        except UsageError as error:
            assert error.message  # noqa: PT017 - that it is one of ours is the point
        finally:
            del workspace.__dict__["engine"]  # it serves the next example as well
            workspace.close()

    def _judge(self, workspace: Workspace) -> None:
        options = RenderOptions(
            kube_version="1.37.0",
            api_versions=workspace.api_versions(None),
            lint=True,
            provenance=True,
        )
        report = checking.check(workspace, workspace.environments(()), lambda: RULES, options)
        assert [item for item in report.findings if item.rule == "internal-error"] == []
        for reporter in REPORTERS.values():
            reporter.write(report, io.StringIO())
        rendered = workspace.build(workspace.environments(()), options)
        for remark in remarks(rendered):
            assert str(remark)
        deployment = without_refused(rendered, remarks(rendered))
        manifests.yaml_stream(deployment)
        manifests.as_json(deployment)
        manifests.write_folder(deployment, self.root.parent / "rendered")
        for manifest in deployment.manifests[:3]:
            trace = f"{manifest.kind}/{manifest.name}:metadata.name"
            trace_text(deployment, workspace.locator(deployment), trace)


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a rule that crashes fail the test with its own error."""
    monkeypatch.setattr(rules, "RuleEngine", partial(RuleEngine, strict=True))


def _ground(root: Path, engine: EmbeddedEngine) -> Ground:
    ground = Ground(root, engine)
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix in (".yaml", ".yml", ".tpl", ".json", ".txt", ""):
            ground.originals[path.relative_to(root).as_posix()] = path.read_bytes()
    return ground


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, engine: EmbeddedEngine) -> Ground:
    """The small tree of the other tests here."""
    root = tmp_path_factory.mktemp("small") / "tree"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return _ground(root, engine)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, engine: EmbeddedEngine) -> Ground:
    """This repository's charts and Applications."""
    root = tmp_path_factory.mktemp("own") / "tree"
    for folder in OWN:
        shutil.copytree(HERE / folder, root / folder)
    return _ground(root, engine)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory, engine: EmbeddedEngine) -> list[Ground]:
    """The trees of other teams."""
    root = tmp_path_factory.mktemp("others")
    shutil.copytree(TREES, root / "trees", symlinks=True)
    return [_ground(path, engine) for path in sorted((root / "trees").iterdir())]


texts = st.lists(st.sampled_from(TOKENS), max_size=25).map("".join)
contents = texts.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=60)


@st.composite
def mutated(draw: st.DrawFn, original: bytes) -> bytes:
    """`original` with a few lines lost, doubled, moved, indented, or full of something else."""
    lines = original.split(b"\n")
    for _ in range(draw(st.integers(1, 4))):
        number = draw(st.integers(0, max(len(lines) - 1, 0)))
        line = lines[number] if lines else b""
        token = draw(st.sampled_from(TOKENS)).encode()
        key = line.partition(b":")[0]
        change = draw(
            st.sampled_from(
                [[], [line, line], [b"  " + line], [line.lstrip()], [line[2:]], [key + b":"],
                 [key + b": " + token], [line + token], [token + line], [line, token],
                 [line[: len(line) // 2] + token + line[len(line) // 2 :]]]
            )
        )  # fmt: skip
        lines[number : number + 1] = change
    if draw(st.integers(0, 9)) == 0:
        lines = lines[: draw(st.integers(0, len(lines)))]
    return b"\n".join(lines)


KEYS = sorted(
    {token[:-2] for token in TOKENS if token.endswith(": ") and token[:-2].isalpha()}
    | {"annotations", "labels", "ignoreMissingValueFiles", "releaseName", "forceString", "value",
       "directory", "include", "exclude", "recurse", "kustomize", "plugin", "kubeVersion",
       "apiVersions", "skipCrds", "destination", "server", "syncPolicy", "retry", "version",
       "repository", "greeting", "global", "targetRevision", "containers", "ports", "data"}
)  # fmt: skip
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([token for token in TOKENS if token.isprintable()])
    | st.text(max_size=5)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=6,
)


changes = st.lists(st.tuples(st.integers(0, 10**6), st.booleans(), values), min_size=1, max_size=3)


def retyped(original: bytes, changed: list[tuple[int, bool, Any]]) -> bytes:
    """The data of `original` with a few values of another type, or keys from elsewhere."""
    holder: Any = {"root": to_plain(parse_text(original.decode(), "").root)}
    for number, extends, value in changed:
        places = list(_places(holder))
        node, key = places[number % len(places)]
        if extends and isinstance(node[key], dict):
            node, key = node[key], KEYS[number % len(KEYS)]
        node[key] = value
    text = json.dumps(holder["root"], ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every holder and key in `node`, from the outside in."""
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, key
        if isinstance(node[key], dict | list):
            yield from _places(node[key])


def fuzz(examples: int) -> settings:
    """Settings of a test that writes files and renders: slow, and not to be measured."""
    return settings(
        max_examples=examples * EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@fuzz(30)
@given(st.dictionaries(st.sampled_from([*FILES, "apps/x.yaml", "x.yaml"]), contents, min_size=1))
@example({"apps/x.yaml": b""})
def test_files_of_anything(small: Ground, changed: dict[str, bytes]) -> None:
    small.suffer(changed)


@fuzz(30)
@given(st.data())
def test_damaged_small_tree(small: Ground, data: st.DataObject) -> None:
    _damage_and_judge(small, data)


@fuzz(30)
@given(st.data())
def test_values_of_other_types(small: Ground, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([path for path in FILES if "templates" not in path]))
    small.suffer({path: retyped(small.originals[path], data.draw(changes, label=path))})


@fuzz(15)
@given(st.data())
def test_plain_manifests_of_other_types(others: list[Ground], data: st.DataObject) -> None:
    ground = data.draw(st.sampled_from(others))
    paths = [
        path for path in ground.originals if path.endswith(".yaml") and "templates" not in path
    ]
    path = data.draw(st.sampled_from(paths))
    ground.suffer({path: retyped(ground.originals[path], data.draw(changes, label=path))})


@fuzz(5)
@given(st.data())
def test_damaged_charts_of_ours(own: Ground, data: st.DataObject) -> None:
    _damage_and_judge(own, data)


@fuzz(20)
@given(st.data())
def test_damaged_trees_of_other_teams(others: list[Ground], data: st.DataObject) -> None:
    _damage_and_judge(data.draw(st.sampled_from(others)), data)


def _damage_and_judge(ground: Ground, data: st.DataObject) -> None:
    paths = data.draw(
        st.lists(st.sampled_from(list(ground.originals)), min_size=1, max_size=2, unique=True)
    )
    ground.suffer({path: data.draw(mutated(ground.originals[path]), label=path) for path in paths})
