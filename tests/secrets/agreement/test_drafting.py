"""A drafted spec has what the charts read, loads again, and leaves no gap."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.secrets.agreement.drafted_text import as_yaml
from plate_llm_cli.secrets.agreement.drafting import DraftKey, DraftPath, draft
from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.secrets.spec_model import SpecModel
from plate_llm_cli.source.reader import parse_text
from plate_llm_cli.source.tree import Tree
from tests.secrets.deployments import SPEC, SecretsTree

if TYPE_CHECKING:
    from plate_llm_cli.secrets.spec import Spec

ROOT = Path(__file__).parents[3]


@pytest.fixture
def tree(tmp_path: Path) -> SecretsTree:
    made = SecretsTree(tmp_path)
    (made.root / SPEC).unlink()
    return made


def drafted(tree: SecretsTree) -> Spec:
    tree.write(SPEC, draft(tree.build()))
    return load_spec(Tree(tree.root)).required()


def test_a_draft_leaves_no_gap(tree: SecretsTree) -> None:
    drafted(tree)
    assert tree.said() == []


def test_a_draft_is_always_the_same(tree: SecretsTree) -> None:
    assert draft(tree.build()) == draft(tree.build())


def test_a_path_that_several_environments_read_is_shared(tree: SecretsTree) -> None:
    found = {
        path.place.path: (path.environments, path.shared, path.role) for path in drafted(tree).paths
    }
    assert found == {
        "harbor/production": (("web-prod",), False, "harbor"),
        "harbor/staging": (("web-stg",), False, "harbor"),
        "server/cluster": (("web-prod", "web-stg"), True, ""),
        "server/production": (("web-prod",), False, "app"),
        "server/staging": (("web-stg",), False, "app"),
    }


def test_a_path_of_which_no_key_is_known_is_left_to_a_person(tree: SecretsTree) -> None:
    tree.write(
        "secrets/stg/more.yaml",
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: more}\n"
        "spec: {secretStoreRef: {name: openbao}, dataFrom: [{extract: {key: more/stg}}]}\n",
    )
    drafted(tree)
    assert (
        "  # secret/more/stg: read as a whole for Secret more, no key of it is known: add those\n"
    ) in (tree.root / SPEC).read_text("utf-8")


def test_a_tree_without_secrets_gives_an_empty_spec(tree: SecretsTree) -> None:
    deployment = tree.build("web-stg")
    assert draft(deployment).endswith("mount: secret\npaths: {}\n")


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("DB_PASSWORD", "generate: {as: alphanumeric, length: 32}"),
        ("JWT_SECRET", "generate: {as: base64, bytes: 48}"),
        ("SECRET_KEY", "generate: {as: base64, bytes: 48}"),
        ("ENCRYPTION_KEY", "generate: {as: base64, bytes: 32}"),
        ("OPENAI_API_KEY", "prompt: true"),
        ("GITHUB_CLIENT_SECRET", "prompt: true"),
        ("SLACK_TOKEN", "prompt: true"),
        ("username", "prompt: true"),
        ("tls.key", "prompt: true"),
    ],
)
def test_the_origin_is_guessed_from_the_name(name: str, origin: str) -> None:
    assert DraftKey(name).origin[0] == origin


def test_the_password_of_a_registry_is_not_ours_to_make() -> None:
    assert DraftKey("password", pulls=True).origin[0] == "prompt: true"


def test_our_own_charts_give_descriptions_and_short_names() -> None:
    with Workspace(ROOT) as workspace:
        options = RenderOptions("1.37.0", workspace.api_versions(None))
        text = draft(workspace.build(workspace.releases, options))
    assert text.endswith("""\
  server/staging:
    description: Secret app-env-secrets
    environments: [stg]
    role: app-env-secrets
    keys:
      JWT_SECRET:
        description: Signing secret shared with plate-api (HS256), of at least 32 bytes.
        # check: random and new; `prompt: true` where somebody else knows it already
        generate: {as: base64, bytes: 48}
""")


NAMES = st.text(st.characters(codec="utf-8"), max_size=12)


@given(mount=NAMES, path=NAMES, environment=NAMES, secret=NAMES, key=NAMES, about=NAMES)
def test_whatever_the_names_are_the_draft_is_yaml(  # noqa: PLR0917 - one for each name
    mount: str, path: str, environment: str, secret: str, key: str, about: str
) -> None:
    made = DraftPath(
        mount, path, {environment: None}, {secret: None}, {key: DraftKey(key, description=about)}
    )
    file = parse_text(as_yaml("secret", [made]), SPEC)
    assert file.problems == []
    assert len(file.documents) == 1


@pytest.mark.parametrize(
    ("path", "key"), [("a/+/b", "k"), ("+", "k"), ("p" * 401, "k"), ("a", "k" * 254), ("a", "é")]
)
def test_what_the_spec_cannot_have_is_left_out(path: str, key: str) -> None:
    made = DraftPath("secret", path, {"stg": None}, {"app": None}, {key: DraftKey(key)})
    assert "\npaths: {}\n  # " in as_yaml("secret", [made])


@pytest.mark.parametrize("path", ["+a/b+", "a" * 400, "@:=~-"])
def test_what_the_spec_can_have_is_written(path: str) -> None:
    made = DraftPath("secret", path, {"stg": None}, {"app": None}, {"k" * 253: DraftKey("k" * 253)})
    model = YAML(typ="safe", pure=True).load(as_yaml("secret", [made]))
    assert SpecModel.model_validate(model).paths.keys() == {path}
