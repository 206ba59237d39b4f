"""`secrets rotate` against a real OpenBao."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import command
from tests.cli.terminal import Answers, talk
from tests.secrets.deployments import SPEC, SecretsTree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call
    from tests.secrets.fixtures import Bao

OLD = "the-value-that-was-there-before"
SECOND, THIRD = "the-second-of-them", "the-third-of-them"
TEXT = """\
version: 1
mount: MOUNT
paths:
  server/cluster:
    environments: [web-stg, web-prod]
    shared: true
    keys:
      OPENAI_API_KEY: {prompt: true}
      EXTRA: {prompt: true, required: false}
  server/staging:
    environments: [web-stg]
    keys:
      JWT_SECRET: {generate: {as: base64, bytes: 48}, rotation: 90d}
      URL: {from: {secret: server/staging#JWT_SECRET, template: "https://x:{}@host"}}
  server/production:
    environments: [web-prod]
    keys:
      JWT_SECRET: {generate: {as: base64, bytes: 48}}
      KEY_URL: {from: {secret: server/cluster#OPENAI_API_KEY, template: "{}?a"}}
  harbor/staging:
    environments: [web-stg]
    keys:
      registry: {value: harbor.example.com}
      username: {prompt: true}
      password: {prompt: true}
"""


@pytest.fixture
def tree(bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SecretsTree:
    """Both environments seeded, and an External Secret for each path."""
    monkeypatch.setenv("COLUMNS", "100")
    made = SecretsTree(tmp_path / "tree")
    made.write(SPEC, TEXT.replace("MOUNT", bao.mount))
    for path in ("cluster/shared", "stg/store", "prod/store"):
        made.replace(f"secrets/{path}.yaml", "path: secret\n", f"path: {bao.mount}\n")
    monkeypatch.chdir(made.root)
    bao.put("server/cluster", OPENAI_API_KEY=OLD)
    bao.put("server/staging", JWT_SECRET=OLD, URL=f"https://x:{OLD}@host", other="kept", number=5)
    bao.put("server/production", JWT_SECRET=OLD, KEY_URL=f"{OLD}?a")
    bao.put("harbor/staging", registry="harbor.example.com", username="robot", password=OLD)
    return made


@pytest.fixture
def env_file(tree: SecretsTree) -> str:
    file = tree.root.parent / "new.env"
    file.write_text("OPENAI_API_KEY=the-new-value-of-it\nHARBOR_STAGING__PASSWORD=pw-9\n", "utf-8")
    file.chmod(0o600)
    return str(file)


@pytest.mark.usefixtures("tree")
def test_generated_key_gets_a_new_value_and_what_is_made_from_it_follows(
    bao: Bao, call: Call
) -> None:
    ended = call("secrets", "rotate", "web-stg", "JWT_SECRET")
    assert (ended.code, ended.err) == (
        0,
        "the values before are kept: "
        "plate-llm secrets rotate web-stg 'server/staging#JWT_SECRET' --rollback\n",
    )
    assert ended.out == (
        f"{bao.mount}/server/staging version 2: JWT_SECRET, URL\n"
        "2 keys written in 1 path\n"
        "\n"
        "# stg: External Secrets reads the new values\n"
        "kubectl -n stg annotate externalsecret app force-sync=$(date +%s) --overwrite\n"
        "# stg: the pods start anew, once .status.refreshTime of each is new\n"
        "kubectl -n stg rollout restart deployment/web-stg\n"
    )
    data = bao.data("server/staging")
    assert len(data["JWT_SECRET"]) == 64
    assert data["URL"] == f"https://x:{data['JWT_SECRET']}@host"
    assert (data["other"], data["number"]) == ("kept", 5)
    assert bao.data("server/staging", 1)["JWT_SECRET"] == OLD


@pytest.mark.usefixtures("tree")
def test_rollback_brings_the_value_before_back_and_leaves_other_keys_as_they_are(
    bao: Bao, call: Call
) -> None:
    bao.put("server/staging", JWT_SECRET=SECOND, URL=f"https://x:{SECOND}@host")
    bao.put("server/staging", JWT_SECRET=SECOND, URL=f"https://x:{SECOND}@host", other="new")
    ended = call("secrets", "rotate", "web-stg", "server/staging#JWT_SECRET", "--rollback")
    assert ended.code == 0
    assert ended.out.startswith(f"{bao.mount}/server/staging version 4: JWT_SECRET, URL\n")
    assert bao.data("server/staging") == {
        "JWT_SECRET": OLD,
        "URL": f"https://x:{OLD}@host",
        "other": "new",
    }


@pytest.mark.usefixtures("tree")
def test_rollback_passes_over_versions_that_cannot_be_read(bao: Bao, call: Call) -> None:
    bao.put("server/staging", JWT_SECRET=SECOND)
    bao.put("server/staging", JWT_SECRET=THIRD)
    bao.server.done("POST", f"{bao.mount}/delete/server/staging", {"versions": [2]})
    assert call("secrets", "rotate", "web-stg", "JWT_SECRET", "--rollback").code == 0
    assert bao.data("server/staging")["JWT_SECRET"] == OLD


@pytest.mark.usefixtures("tree")
def test_rollback_without_another_value_before(bao: Bao, call: Call) -> None:
    bao.put("server/staging", JWT_SECRET=OLD)
    ended = call("secrets", "rotate", "web-stg", "JWT_SECRET", "--rollback")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "error: OpenBao has no earlier version with another value, nothing was rotated\n"
        "  server/staging#JWT_SECRET\n"
        "hint: what was deleted comes back with bao kv undelete, what was destroyed never does\n"
    )
    assert bao.version("server/staging") == 2


def test_shared_path_needs_yes_where_nobody_can_be_asked(
    bao: Bao, call: Call, env_file: str
) -> None:
    given = ("OPENAI_API_KEY", "--from-env-file", env_file)
    ended = call("secrets", "rotate", "web-stg", *given)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"error: this also changes web-prod ({bao.mount}/server/cluster), nothing was written\n"
        "hint: --yes agrees to that\n"
    )
    assert bao.version("server/cluster") == 1


def test_shared_path_names_the_objects_of_all_environments_and_their_keys_follow(
    bao: Bao, call: Call, env_file: str
) -> None:
    given = ("OPENAI_API_KEY", "--from-env-file", env_file, "--yes")
    ended = call("secrets", "rotate", "web-stg", *given)
    assert ended.code == 0
    assert ended.out == (
        f"{bao.mount}/server/cluster version 2: OPENAI_API_KEY\n"
        f"{bao.mount}/server/production version 2: KEY_URL\n"
        "2 keys written in 2 paths\n"
        "\n"
        "# prod: External Secrets reads the new values\n"
        "kubectl -n prod annotate externalsecret shared force-sync=$(date +%s) --overwrite\n"
        "kubectl -n prod annotate externalsecret app force-sync=$(date +%s) --overwrite\n"
        "# prod: the pods start anew, once .status.refreshTime of each is new\n"
        "kubectl -n prod rollout restart deployment/web-prod\n"
        "\n"
        "# stg: External Secrets reads the new values\n"
        "kubectl -n stg annotate externalsecret shared force-sync=$(date +%s) --overwrite\n"
        "# stg: the pods start anew, once .status.refreshTime of each is new\n"
        "kubectl -n stg rollout restart deployment/web-stg\n"
    )
    assert bao.data("server/production")["KEY_URL"] == "the-new-value-of-it?a"
    assert bao.version("server/staging") == 1


def test_what_is_only_used_to_pull_images_restarts_nothing(
    bao: Bao, call: Call, env_file: str
) -> None:
    given = ("password", "--from-env-file", env_file)
    ended = call("secrets", "rotate", "web-stg", *given)
    assert ended.out == (
        f"{bao.mount}/harbor/staging version 2: password\n"
        "1 key written in 1 path\n"
        "\n"
        "# stg: External Secrets reads the new values\n"
        "kubectl -n stg annotate externalsecret harbor force-sync=$(date +%s) --overwrite\n"
        "# stg: no pod has to be restarted\n"
    )
    assert bao.data("harbor/staging")["username"] == "robot"


def test_external_secret_that_is_made_once_needs_its_secret_deleted(
    call: Call, tree: SecretsTree
) -> None:
    tree.replace("secrets/stg/app.yaml", "spec:\n", "spec:\n  refreshInterval: 0h0m0s\n")
    ended = call("secrets", "rotate", "web-stg", "JWT_SECRET")
    assert (
        "# ExternalSecret/app has refreshInterval 0h0m0s: "
        "it reads again only when its Secret is gone\n"
        "kubectl -n stg delete secret app\n"
        "kubectl -n stg annotate externalsecret app force-sync=$(date +%s) --overwrite\n"
    ) in ended.out


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        (
            "registry",
            "harbor/staging#registry cannot be rotated: its value stands in "
            "environments/secrets.yaml line 23",
            "change it there, then seed with --overwrite harbor/staging#registry",
        ),
        (
            "URL",
            "server/staging#URL cannot be rotated: it is made from server/staging#JWT_SECRET",
            "rotate server/staging#JWT_SECRET, and it follows",
        ),
        (
            "EXTRA",
            "server/cluster#EXTRA is not in OpenBao yet, nothing was rotated",
            "plate-llm secrets seed web-stg fills it in",
        ),
        (
            "JWT_SECRT",
            "a name that was given is no key of this environment",
            "did you mean JWT_SECRET?",
        ),
    ],
)
@pytest.mark.usefixtures("tree")
def test_key_that_cannot_be_rotated(name: str, message: str, hint: str, call: Call) -> None:
    ended = call("secrets", "rotate", "web-stg", name)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"error: {message}\nhint: {hint}\n"


@pytest.mark.usefixtures("tree")
def test_whole_path_is_what_is_there_and_can_be_rotated(
    bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVER_CLUSTER__OPENAI_API_KEY", "from-the-environment")
    assert call("secrets", "rotate", "web-stg", "server/cluster#*", "-y").code == 0
    assert bao.data("server/cluster") == {"OPENAI_API_KEY": "from-the-environment"}


def test_same_value_again_is_no_rotation(bao: Bao, call: Call, tree: SecretsTree) -> None:
    (tree.root / "old.env").write_text(f"HARBOR_STAGING__PASSWORD={OLD}\n", "utf-8")
    ended = call("secrets", "rotate", "web-stg", "password", "--from-env-file", "old.env")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.endswith(
        "error: a new value is the one that is there already, nothing was rotated\n"
        "  harbor/staging#password\n"
        "hint: give another\n"
    )
    assert OLD not in ended.err
    assert bao.version("harbor/staging") == 1


@pytest.mark.usefixtures("tree")
def test_value_that_nobody_gives(bao: Bao, call: Call) -> None:
    ended = call("secrets", "rotate", "web-stg", "password", "server/staging#JWT_SECRET")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "error: a value is missing, nothing was written\n"
        "  harbor/staging#password: set HARBOR_STAGING__PASSWORD, pass --from-env-file, "
        "or run on a terminal\n"
    )
    assert bao.version("server/staging") == 1


@pytest.mark.usefixtures("tree")
def test_dry_run_shows_the_keys_and_the_commands(bao: Bao, call: Call) -> None:
    ended = call("secrets", "rotate", "web-stg", "OPENAI_API_KEY", "--dry-run")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(
        f"{bao.mount}/server/cluster  (shared by web-stg, web-prod)\n"
        "  ~ OPENAI_API_KEY  asked for\n"
        "\n"
        f"{bao.mount}/server/production\n"
        "  ~ KEY_URL  made from server/cluster#OPENAI_API_KEY; "
        "server/cluster#OPENAI_API_KEY has changed\n"
    )
    assert "kubectl -n prod rollout restart deployment/web-prod\n" in ended.out
    assert bao.version("server/cluster") == 1


@pytest.mark.usefixtures("tree")
def test_path_that_keeps_one_version_loses_the_value_before(bao: Bao, call: Call) -> None:
    bao.server.done("POST", f"{bao.mount}/metadata/server/staging", {"max_versions": 1})
    ended = call("secrets", "rotate", "web-stg", "JWT_SECRET")
    assert ended.code == 0
    assert ended.err == (
        f"warning: {bao.mount}/server/staging keeps one version: there is no way back\n"
    )


def test_release_that_cannot_be_rendered_is_named_and_the_key_rotated(
    bao: Bao, call: Call, tree: SecretsTree
) -> None:
    tree.replace("charts/web/values-stg.yaml", "imagePullSecrets:", "imagePullSecrets: {{")
    tree.write("charts/web/templates/broken.yaml", '{{ fail "no" }}\n')
    ended = call("secrets", "rotate", "web-stg", "JWT_SECRET")
    assert ended.code == 0
    assert ended.out.endswith(
        "# not rendered whole, so that what they read is not known: web-prod, web-stg\n"
    )
    assert bao.version("server/staging") == 2


def test_rollback_takes_no_files(call: Call, env_file: str) -> None:
    ended = call("secrets", "rotate", "web-stg", "password", "--rollback", "--from-file", env_file)
    assert ended.code == 2
    assert ended.err.startswith("error: --rollback takes values from OpenBao, not from files\n")


def on_terminal(arguments: tuple[str, ...], answers: Answers) -> str:
    _, shown = talk(command("secrets", *arguments), answers)
    return shown


@pytest.mark.usefixtures("tree")
def test_person_is_asked_unseen_and_told_who_is_concerned(
    bao: Bao, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    shown = on_terminal(
        ("rotate", "web-stg", "OPENAI_API_KEY"),
        ((b"value: ", b"typed-new-value\n"), (b"[y/N]: ", b"n\n")),
    )
    assert shown == (
        f"warning: this also changes web-prod ({bao.mount}/server/cluster)\n"
        f"warning: this also changes web-prod ({bao.mount}/server/production)\n"
        "Values are asked for and not shown; Enter alone leaves one out.\n"
        "server/cluster#OPENAI_API_KEY\n"
        "  value: \n"
        "read by Deployment/web-prod in prod, Deployment/web-stg in stg\n"
        f"{bao.mount}/server/cluster  (shared by web-stg, web-prod)\n"
        "  ~ OPENAI_API_KEY  asked for\n"
        "\n"
        f"{bao.mount}/server/production\n"
        "  ~ KEY_URL  made from server/cluster#OPENAI_API_KEY; "
        "server/cluster#OPENAI_API_KEY has changed\n"
        "\n"
        "2 to change, 1 as they are\n"
        f"Write this to {bao.address}? [y/N]: n\n"
        "nothing was written\n"
    )
    assert bao.version("server/cluster") == 1


@pytest.mark.usefixtures("tree")
def test_person_who_agrees_rotates_all_of_it(bao: Bao, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    on_terminal(
        ("rotate", "web-stg", "OPENAI_API_KEY"),
        ((b"value: ", b"typed-new-value\n"), (b"[y/N]: ", b"y\n")),
    )
    assert bao.data("server/cluster") == {"OPENAI_API_KEY": "typed-new-value"}
    assert bao.data("server/production")["KEY_URL"] == "typed-new-value?a"
