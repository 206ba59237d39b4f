"""`secrets check` and `secrets spec`: chains down to path and key, offline and live."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from tests.cli.conftest import Call
    from tests.secrets.fixtures import Bao

HERE = Path(__file__).parents[2]
SPEC = """\
  server/stg:
    environments: [stg]
    keys:
      API_KEY: {prompt: true, minLength: 8}
      NOTE: {prompt: true, required: false}
"""
SECRETS = """\
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: openbao}
spec:
  provider:
    vault:
      server: https://openbao.example.com
      path: MOUNT
      version: v2
      auth: {kubernetes: {mountPath: kubernetes, role: reader-stg, serviceAccountRef: {name: r}}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: app}
spec:
  secretStoreRef: {kind: SecretStore, name: openbao}
  target: {name: app}
  dataFrom:
    - extract: {key: server/stg}
---
apiVersion: v1
kind: Pod
metadata: {name: app}
spec:
  containers:
    - name: app
      image: app:1
      env:
        - name: KEY
          valueFrom: {secretKeyRef: {name: app, key: API_KEY}}
        - name: NOTE
          valueFrom: {secretKeyRef: {name: app, key: NOTE, optional: true}}
"""


@pytest.fixture
def tree(bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = bao.tree(tmp_path / "tree", SPEC)
    (root / "manifests/secrets.yaml").write_text(SECRETS.replace("MOUNT", bao.mount), "utf-8")
    monkeypatch.chdir(root)
    return root


@pytest.mark.usefixtures("tree")
def test_chain_from_variable_to_key(bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BAO_ADDR")  # nobody is asked
    ended = call("secrets", "check", "stg")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(
        "Pod/app in stg (app-stg)\n"
        "READS            SECRET       OPENBAO\n"
        f"KEY              app#API_KEY  {bao.mount}/server/stg#API_KEY\n"
        f"NOTE (optional)  app#NOTE     {bao.mount}/server/stg#NOTE\n"
        "\n"
        "No findings in 1 release ("
    )


def test_without_a_spec_it_says_that_nothing_is_checked(call: Call, tree: Path) -> None:
    (tree / "environments/secrets.yaml").unlink()
    ended = call("secrets", "check", "stg")
    assert ended.code == 0
    assert ended.err == (
        "warning: there is no environments/secrets.yaml: "
        "what is read is shown, and nothing is checked\n"
        "  plate-llm secrets spec --write makes a first one from the charts\n"
    )


def findings(call: Call, *more: str) -> list[tuple[str, str, int, str]]:
    ended = call("secrets", "check", "stg", "--format", "json", *more)
    listed = json.loads(ended.out)["findings"]
    severe = any(item["severity"] == "error" for item in listed)
    assert ended.code == int(severe)
    return [
        (item["rule"], item["location"]["path"], item["location"]["line"], item["message"])
        for item in listed
    ]


def test_key_that_the_spec_does_not_have_is_reported_at_both_ends(call: Call, tree: Path) -> None:
    spec = tree / "environments/secrets.yaml"
    spec.write_text(spec.read_text("utf-8").replace("API_KEY", "APIKEY"), "utf-8")
    found = findings(call)
    assert [(rule, path, line) for rule, path, line, _ in found] == [
        ("unspecified-secret", "environments/secrets.yaml", 7),
        ("unspecified-secret", "manifests/secrets.yaml", 30),
    ]


@pytest.mark.usefixtures("tree")
def test_empty_openbao(bao: Bao, call: Call) -> None:
    assert findings(call, "--live") == [
        (
            "absent-secret",
            "environments/secrets.yaml",
            4,
            f"there is nothing at {bao.mount}/server/stg",
        )
    ]


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("CHANGE_ME", "is a placeholder, not a value"),
        ("", "is empty"),
        ("short", "is shorter than 8 characters"),
    ],
)
def test_value_that_cannot_be_right_is_named_and_not_shown(
    value: str, fault: str, bao: Bao, call: Call
) -> None:
    bao.put("server/stg", API_KEY=value)
    assert findings(call, "--live") == [
        (
            "unusable-secret",
            "environments/secrets.yaml",
            7,
            f"{bao.mount}/server/stg#API_KEY {fault}",
        )
    ]


@pytest.mark.usefixtures("tree")
def test_absent_key_and_key_that_nobody_knows(bao: Bao, call: Call) -> None:
    bao.put("server/stg", OTHER="x")
    assert [(rule, line) for rule, _, line, _ in findings(call, "--live")] == [
        ("unknown-secret", 4),
        ("absent-secret", 7),
    ]


@pytest.mark.usefixtures("tree")
def test_everything_is_there(bao: Bao, call: Call) -> None:
    bao.put("server/stg", API_KEY="long enough")
    assert findings(call, "--live") == []


def test_release_that_cannot_be_read_does_not_pass(call: Call, tree: Path) -> None:
    with (tree / "manifests/secrets.yaml").open("a", encoding="utf-8") as file:
        file.write("---\nkind: [\n")
    assert [rule for rule, *_ in findings(call)] == ["invalid-yaml"]


def test_first_spec_from_this_repository_s_charts(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = call("secrets", "spec", "--from-charts", "-C", str(HERE))
    assert (ended.code, ended.err) == (0, "")
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/secrets.yaml").write_text(ended.out, "utf-8")
    drafted = load_spec(Tree(tmp_path)).required()
    own = load_spec(Tree(HERE)).required()
    assert {key.address for key in drafted.keys} == {key.address for key in own.keys}


def test_first_spec_is_written_once(call: Call, tree: Path) -> None:
    spec = tree / "environments/secrets.yaml"
    refused = call("secrets", "spec", "--write")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("error: environments/secrets.yaml is there already\n")
    spec.unlink()
    assert call("secrets", "spec", "--write").code == 0
    assert [path.place.path for path in load_spec(Tree(tree)).required().paths] == ["server/stg"]


@pytest.mark.usefixtures("tree")
def test_spec_as_a_list(bao: Bao, call: Call) -> None:
    assert call("secrets", "spec").out == (
        f"{bao.mount}/server/stg (stg)\n"
        "KEY      MADE       ROTATED  NOTES\n"
        "API_KEY  asked for\n"
        "NOTE     asked for           optional\n"
    )
