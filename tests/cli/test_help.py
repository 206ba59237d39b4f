"""The help of every command: complete, true, and readable on a narrow terminal."""

from __future__ import annotations

import io
import shlex
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from plate_llm_cli.cli import COMMANDS, load
from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.source.tree import Tree as SourceTree
from tests.cli.deployments import SETTINGS, ours
from tests.cluster.double import argocd_scripts as scripts
from tests.cluster.double.argocd import ArgoCD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Call, Outcome, Tree
    from tests.cluster.double.cluster import Cluster
    from tests.secrets.fixtures import Bao

__all__ = ["ours"]

IDENTITY = ("-c", "user.name=test", "-c", "user.email=test@example.com")
HERE = Path(__file__).parents[2]


def _pages() -> Iterator[tuple[str, Any]]:
    """Every command by what is typed to call it."""
    for name in COMMANDS:
        command = load(name)
        below = getattr(command, "commands", None)
        if below is None:
            yield name, command
        else:
            yield from ((f"{name} {inner}", below[inner]) for inner in below)


PAGES = dict(_pages())
GROUPS = sorted({name.split()[0] for name in PAGES if " " in name})
EXAMPLES = [
    line for command in PAGES.values() for line in command.epilog.splitlines() if line.strip()
]


@pytest.mark.parametrize("columns", [80, 50])
@pytest.mark.parametrize("name", ["", *GROUPS, *PAGES])
def test_page_fits_the_terminal(
    name: str, columns: int, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    ended = call(*name.split(), "--help")
    assert (ended.code, ended.err) == (0, "")
    page, _, examples = ended.out.partition("\nExample")
    assert [line for line in page.splitlines() if len(line) > columns] == []
    assert examples.count("plate-llm") >= (0 if name in GROUPS else 1)


@pytest.mark.parametrize("name", PAGES)
def test_every_parameter_is_described(name: str) -> None:
    parameters = PAGES[name].params
    assert [item.name for item in parameters if not (item.help or "").endswith(".")] == []


@pytest.fixture
def openbao(bao: Bao, tmp_path: Path) -> None:
    """OpenBao with everything that this repository's spec asks for, and an input file."""
    values = {
        "OPENAI_API_KEY": f"sk-{'a1' * 30}",
        "ANTHROPIC_API_KEY": f"sk-ant-{'a1' * 30}",
        "LANGCHAIN_API_KEY": f"lsv2_{'a1' * 20}",
        "HARBOR_STAGING__USERNAME": "robot$plate",
        "HARBOR_STAGING__PASSWORD": "a1" * 12,
    }
    file = tmp_path / "stg.env"
    file.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()), "utf-8")
    recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
    (tmp_path.parent / "team.txt").write_text(f"{recipient}\n", "utf-8")
    file.chmod(0o600)
    for method in ("approle", "kubernetes"):  # an example before may have left them
        bao.server.ask("POST", f"sys/auth/{method}", {"type": method})
    for path in load_spec(SourceTree(HERE)).required().paths:
        before = {"data": dict.fromkeys(path.keys, f"robot${'c3' * 24}")}
        bao.server.done("POST", f"secret/data/{path.place.path}", before)
        data = {name: values.get(name, f"robot${'b2' * 24}") for name in path.keys}
        bao.server.done("POST", f"secret/data/{path.place.path}", {"data": data})


def _is_apart(example: str) -> bool:
    """Whether it needs more than the repository, or would write into it."""
    return (
        "plate-llm secrets" in example
        or example.startswith("plate-llm up")  # test_up.py runs them
        or _needs_a_copy(example)
        or _reaches_out(example)
    )


def _reaches_out(example: str) -> bool:
    """Whether it tests a service, which nobody runs here; test_smoke.py does."""
    return example.startswith("plate-llm smoke")


def _needs_a_copy(example: str) -> bool:
    words = ("argocd", "status", "diff", "doctor", "env new", "env remove", "env promote")
    live = example.startswith("plate-llm validate") and "--live" in example
    return live or example.startswith(tuple(f"plate-llm {word}" for word in words))


def _run(
    example: str,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    root: Path = HERE,
) -> Outcome:
    program, *arguments = shlex.split(example.partition(" > ")[0].rpartition(" | ")[2])
    assert program == "plate-llm"
    monkeypatch.setenv("PLATE_LLM_ROOT", str(root))
    monkeypatch.chdir(folder)
    return call(*arguments)


@pytest.mark.parametrize("example", [it for it in EXAMPLES if not _is_apart(it)])
def test_example_works_as_it_stands(
    example: str, call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if "schema values" in example and "--check" not in example:
        example += " --check"  # it would write into the repository
    ended = _run(example, call, monkeypatch, tmp_path)
    assert (ended.code, ended.err.startswith("error")) == (0, False), ended.err


@pytest.fixture
def deployed(ours: Tree, kube: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This repository's deployment in Git and in a cluster, with an ArgoCD that does its work."""
    contexts = '[contexts]\nstg = "plate"\nprod = "plate"\n'
    ours.write("plate-llm.toml", SETTINGS + contexts)
    for command in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "."),
        (*IDENTITY, "commit", "--quiet", "--message", "first"),
        ("tag", "v1.4.0"),
    ):
        subprocess.run(["git", *command], cwd=ours.root, check=True)  # noqa: S603, S607
    monkeypatch.setenv("KUBECONFIG", str(kube.kubeconfig(tmp_path / "config", context="plate")))
    kube.namespace("argocd", "plate-stg", "plate-prod")
    ArgoCD(kube, resources=[scripts.Resource("Deployment", "plate-llm-stg", "apps")])
    for path in ("plate-llm-stg.yaml", "plate-llm-prod.yaml"):
        text = (ours.root / "environments/argocd/apps" / path).read_text("utf-8")
        app = yaml.safe_load(text)
        del app["spec"]["syncPolicy"]["automated"]  # no sync runs, and a rollback may
        source = app["spec"]["source"]
        past = [{"id": n, "revision": f"{n}" * 40, "source": source} for n in (3, 4, 5)]
        name = app["metadata"]["name"]
        there = [{"group": "apps", "version": "v1", "kind": "Deployment", "name": name}]
        kube.create(app | {"status": {"history": past, "resources": there}})
    return ours.root


@pytest.mark.parametrize("example", [it for it in EXAMPLES if _needs_a_copy(it)])
def test_example_with_a_cluster_works_as_it_stands(
    example: str, deployed: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "env remove" in example:
        call("env", "new", "qa", "--from", "stg", "--host", "llm-qa.example.com")
    ended = _run(example.replace('"$GIT_COMMIT"', "1" * 40), call, monkeypatch, deployed, deployed)
    if "--watch" in example:  # there is no terminal
        assert ended.code == 2
        assert "terminal" in ended.err
    else:
        assert ended.code in (0, 1), ended.err
        assert not ended.err.startswith("error"), ended.err


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("example", [it for it in EXAMPLES if _reaches_out(it)])
def test_example_finds_no_service_and_says_so(
    example: str, ours: Tree, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_TOKEN", "a.b.c")
    _forget_names(monkeypatch)
    quick = example.replace("--wait 5m", "--wait 1ms")
    ended = _run(quick, call, monkeypatch, ours.root, ours.root)
    assert ended.code == 3
    if "port-forward" in example:
        assert "there is no Service plate-stg/plate-llm-stg" in ended.err
    else:
        assert ended.err == ""


def _forget_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS knows nothing, whatever the machine's says."""
    known = socket.getaddrinfo

    def look_up(host: Any, *arguments: Any, **named: Any) -> Any:
        if host not in ("127.0.0.1", "localhost"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.usefixtures("openbao")
@pytest.mark.parametrize("example", [it for it in EXAMPLES if "plate-llm secrets" in it])
def test_example_with_openbao_works_as_it_stands(
    example: str,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))
    in_cluster = "--restart" in example or "--sync" in example
    root = request.getfixturevalue("deployed") if in_cluster else HERE
    ended = _run(example, call, monkeypatch, tmp_path, root)
    assert ended.code in (0, 1), ended.err
    assert not ended.err.startswith("error")


def test_first_line_of_a_command_is_that_of_the_list() -> None:
    for name, text in COMMANDS.items():
        assert load(name).help.partition("\n")[0] == text


def test_page_is_plain_text_without_a_terminal(call: Call) -> None:
    assert "\x1b" not in call("render", "--help").out


def test_options_stand_under_their_subject(call: Call) -> None:
    page = call("render", "-h").out
    headings = [line for line in page.splitlines() if line.endswith(":") and line[0] != " "]
    assert headings == [
        "Arguments:",
        "Options:",
        "Values on top of the Application's:",
        "Helm:",
        "The tree:",
        "Examples:",
    ]
