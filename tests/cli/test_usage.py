"""What the command says when it is called the wrong way, and where it says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree

MISTAKES = {
    "unknown command": (
        ["validat"],
        "error: no command 'validat'\nhint: did you mean validate?\n",
    ),
    "unknown command like no other": (
        ["frobnicate"],
        "error: no command 'frobnicate'\n"
        "hint: there are: validate, render, diff, graph, secrets, argocd, status, smoke, up, env, "
        "doctor, schema, rules, explain\n",
    ),
    "unknown command of a group": (
        ["env", "lst"],
        "error: no command 'lst'\nhint: did you mean list?\n",
    ),
    "unknown option": (
        ["validate", "--formt", "json"],
        "error: no such option: --formt\nhint: did you mean --format?\n",
    ),
    "unknown option like no other": (
        ["validate", "--xyz"],
        "error: no such option: --xyz\nhint: plate-llm validate --help says how it is used\n",
    ),
    "unknown format": (
        ["validate", "--format", "jsn"],
        "error: invalid value for '--format': 'jsn' is not one of "
        "'text', 'json', 'sarif', 'junit', 'github', 'html'\nhint: did you mean json?\n",
    ),
    "option without its value": (
        ["render", "--set"],
        "error: option '--set' requires an argument\nhint: plate-llm --help says how it is used\n",
    ),
    "too many arguments": (
        ["render", "web-stg", "web-prod"],
        "error: got unexpected extra argument(s) (web-prod)\n"
        "hint: plate-llm render --help says how it is used\n",
    ),
    "missing argument": (
        ["explain"],
        "error: missing argument 'RULE'\nhint: plate-llm explain --help says how it is used\n",
    ),
    "render without ENV": (
        ["render"],
        "error: render takes one ENV, or --all\nhint: plate-llm env list shows them\n",
    ),
    "render of ENV and of all": (
        ["render", "web-stg", "--all"],
        "error: render takes one ENV, or --all\nhint: plate-llm env list shows them\n",
    ),
    "options that exclude each other": (
        ["render", "web-stg", "--out", "x", "--format", "json"],
        "error: --out and --format json do not go together\nhint: leave one of them out\n",
    ),
    "unknown ENV": (
        ["render", "web-sgt"],
        "error: no environment 'web-sgt'\nhint: did you mean web-stg?\n",
    ),
    "unknown ENV like no other": (
        ["env", "show", "elsewhere"],
        "error: no environment 'elsewhere'\nhint: there are: web-prod, web-stg\n",
    ),
    "one unknown ENV of several": (
        ["validate", "web-stg", "web-prd"],
        "error: no environment 'web-prd'\nhint: did you mean web-prod?\n",
    ),
    "unknown rule to explain": (
        ["explain", "invalid-yml"],
        "error: no rule 'invalid-yml'\nhint: did you mean invalid-yaml?\n",
    ),
    "unknown rule to select": (
        ["validate", "--select", "xyz"],
        "error: no rule 'xyz'\nhint: plate-llm rules lists them\n",
    ),
    "unknown rule to ignore": (
        ["validate", "--ignore", "render-faild"],
        "error: no rule 'render-faild'\nhint: did you mean render-failed?\n",
    ),
    "unknown Kubernetes version": (
        ["validate", "--kubernetes-version", "1.1"],
        "error: there are no schemas for Kubernetes 1.1\nhint: Choose one from 1.25 to 1.37.\n",
    ),
    "root that is not there": (
        ["validate", "-C", "nowhere"],
        "error: nowhere is not a folder\nhint: -C takes the folder of a repository\n",
    ),
    "root that is a file": (
        ["validate", "-C", "charts/web/Chart.yaml"],
        "error: charts/web/Chart.yaml is not a folder\nhint: -C takes the folder of a repository\n",
    ),
    "schemas that are no folder": (
        ["validate", "--crds", "nowhere"],
        "error: --crds nowhere is no folder\n",
    ),
}


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_is_said_on_stderr(name: str, call: Call) -> None:
    arguments, said = MISTAKES[name]
    ended = call(*arguments)
    assert (ended.code, ended.out, ended.err) == (2, "", said)


def test_nothing_but_the_name_prints_the_help_as_an_error(call: Call) -> None:
    ended = call()
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == call("--help").out


def test_group_without_command_prints_its_help_as_an_error(call: Call) -> None:
    ended = call("env")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == call("env", "--help").out


def test_version(call: Call) -> None:
    ended = call("--version")
    assert (ended.code, ended.out, ended.err) == (0, "plate-llm 0.1.0\n", "")


def test_many_names_are_not_all_listed(tree: Tree, call: Call) -> None:
    text = (tree.root / "apps/web-stg.yaml").read_text("utf-8")
    for number in range(12):
        tree.write(f"apps/{number}.yaml", text.replace("web-stg", f"web-{number:02}"))
    assert call("render", "elsewhere").err == (
        "error: no environment 'elsewhere'\n"
        "hint: there are: web-00, web-01, web-02, web-03, web-04, web-05, web-06, web-07"
        " and 6 more\n"
    )
