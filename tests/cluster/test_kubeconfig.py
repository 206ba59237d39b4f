"""The kubeconfig: what is read of it, and what is said of one that is broken."""

from __future__ import annotations

import base64
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.cluster.kubeconfig import IN_CLUSTER, read_kubeconfig
from plate_llm_cli.errors import KubeconfigError

if TYPE_CHECKING:
    from plate_llm_cli.cluster.kubeconfig import Kubeconfig

TOKEN = "canary-3f9a1c"  # noqa: S105 - looked for in messages
SOUND = f"""\
apiVersion: v1
kind: Config
current-context: dev
contexts:
  - name: dev
    context: {{cluster: one, user: me, namespace: plate-stg}}
clusters:
  - name: one
    cluster: {{server: 'https://one.example.com:6443/'}}
users:
  - name: me
    user: {{token: {TOKEN}}}
"""

BROKEN = {
    "no YAML": ("users: [{token: " + TOKEN + "\n", "line 2 is no YAML"),
    "empty": ("", "Invalid kube-config. PATH file is empty"),
    "a list": (f"- {TOKEN}\n", "it is not built as one"),
    "a text": (f"{TOKEN}\n", "it is not built as one"),
    "contexts are no list": (f"contexts: {TOKEN}\n", "Invalid kube-config file. Expected key name"),
    "users are no list": (f"users: {{a: {TOKEN}}}\n", "its users are not all named"),
    "a user without a name": (
        SOUND.replace("name: me", "nmae: me"),
        "its users are not all named",
    ),
}


def read(folder: Path, text: str, name: str = "config") -> Kubeconfig:
    path = folder / name
    path.write_text(text, "utf-8")
    return read_kubeconfig({"KUBECONFIG": str(path)})


def test_contexts_without_credentials(tmp_path: Path) -> None:
    found = read(tmp_path, SOUND)
    assert found.current == "dev"
    assert found.contexts["dev"].server == "https://one.example.com:6443"
    assert TOKEN not in repr(found)


def test_the_credentials_of_a_context(tmp_path: Path) -> None:
    configuration = read(tmp_path, SOUND).configuration("dev")
    assert configuration.host == "https://one.example.com:6443"
    # Older clients keep it under two names.
    assert set(configuration.api_key.values()) == {f"Bearer {TOKEN}"}


def test_several_files_are_one(tmp_path: Path) -> None:
    read(tmp_path, SOUND)
    read(tmp_path, SOUND.replace("dev", "prod").replace("one", "two"), "other")
    found = read_kubeconfig({"KUBECONFIG": f"{tmp_path}/config:{tmp_path}/absent:{tmp_path}/other"})
    assert list(found.contexts) == ["dev", "prod"]
    assert found.contexts["prod"].server == "https://two.example.com:6443"


@pytest.mark.parametrize(("text", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_one_is_named_and_not_shown(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(KubeconfigError) as caught:
        read(tmp_path, text)
    assert caught.value.message == f"{tmp_path}/config is no kubeconfig: {reason}".replace(
        "PATH", f"{tmp_path}/config"
    )
    assert TOKEN not in caught.value.message + caught.value.hint


def test_one_that_breaks_before_it_is_read_anew(tmp_path: Path) -> None:
    found = read(tmp_path, SOUND)
    (tmp_path / "config").write_text(BROKEN["no YAML"][0], "utf-8")
    with pytest.raises(KubeconfigError, match=r"'dev' cannot be used: line 2 is no YAML"):
        found.configuration("dev")


def test_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError) as caught:
        read_kubeconfig({"KUBECONFIG": f"{tmp_path}/absent"})
    assert caught.value.message == f"there is no kubeconfig (KUBECONFIG={tmp_path}/absent)"


def test_a_pod_has_one_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    found = read_kubeconfig({"KUBERNETES_SERVICE_HOST": "10.0.0.1"})
    assert (found.current, list(found.contexts)) == (IN_CLUSTER, [IN_CLUSTER])


def test_a_user_that_is_not_there_gives_an_error(tmp_path: Path) -> None:
    text = SOUND.replace("name: one\n", "name: other\n")
    with pytest.raises(KubeconfigError, match="the context 'dev' cannot be used: "):
        read(tmp_path, text).configuration("dev")


def plugin(folder: Path, script: str) -> str:
    """A kubeconfig whose user logs in with a program."""
    path = folder / "login"
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    version = "client.authentication.k8s.io/v1"
    login = f"{{exec: {{apiVersion: {version}, command: {path}, interactiveMode: Never}}}}"
    return SOUND.replace(f"{{token: {TOKEN}}}", login)


def test_a_program_gives_the_token(tmp_path: Path) -> None:
    answer = (
        '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",'
        f' "status": {{"token": "{TOKEN}"}}}}'
    )
    configuration = read(tmp_path, plugin(tmp_path, f"echo '{answer}'")).configuration("dev")
    # Older clients keep it under two names.
    assert set(configuration.api_key.values()) == {f"Bearer {TOKEN}"}


def test_a_program_that_fails_is_an_error_and_not_a_request_without_a_token(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found = read(tmp_path, plugin(tmp_path, "echo 'please log in' >&2; exit 3"))
    with pytest.raises(KubeconfigError) as caught:
        found.configuration("dev")
    assert caught.value.message == (
        "the context 'dev' gives no credentials: exec: process returned 3. please log in"
    )
    assert capfd.readouterr() == ("", "")


def test_a_secret_that_a_program_prints_is_hidden(tmp_path: Path) -> None:
    found = read(tmp_path, plugin(tmp_path, "echo 'bad token=canary-19' >&2; exit 3"))
    with pytest.raises(KubeconfigError, match=r"returned 3\. bad token=\[hidden\]$"):
        found.configuration("dev")


@pytest.mark.parametrize("token", ["canary\\nX: y", "canary-\u20ac", "canary\\0"])
def test_a_token_that_cannot_be_sent(tmp_path: Path, token: str) -> None:
    text = SOUND.replace(TOKEN, f'"{token}"')
    with pytest.raises(KubeconfigError) as caught:
        read(tmp_path, text).configuration("dev")
    assert caught.value.message == (
        "the context 'dev' has a token that is none: not all of it is ASCII text"
    )


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    text = plugin(tmp_path, "").replace("/login", "/absent")
    with pytest.raises(KubeconfigError, match=r"gives no credentials: .*No such file"):
        read(tmp_path, text).configuration("dev")


def test_the_key_of_a_client_is_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    data = base64.b64encode(TOKEN.encode()).decode()
    user = f"{{client-certificate-data: {data}, client-key-data: {data}}}"
    found = read(tmp_path, SOUND.replace(f"{{token: {TOKEN}}}", user))
    key = found.configuration("dev").key_file or ""
    assert Path(key).read_text("utf-8") == TOKEN
    assert key.startswith("/proc/self/fd/")
    assert [path.name for path in tmp_path.iterdir()] == ["config"]
    found.close()
    assert not Path(key).exists()
