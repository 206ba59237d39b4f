"""`env promote`: what one environment runs, into the values of the next."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminal import talk

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree

STG = "image:\n  tag: '1.3.0' # tested\ngreeting: ahoy\n"
PROD = 'image:\n  # A release.\n  tag: "1.2.0"\n'
PARAMETERS = "      parameters:\n        - name: greeting\n          value: hello\n"


@pytest.fixture
def images(tree: Tree) -> Tree:
    """Two environments with a value file each, and an image."""
    config = (tree.root / "charts/web/templates/config.yaml").read_text()
    tree.write(
        "charts/web/templates/config.yaml", config + "  image: {{ .Values.image.tag | quote }}\n"
    )
    tree.write(
        "charts/web/values.yaml", "greeting: hi\nimage:\n  tag: ''\n  pullPolicy: IfNotPresent\n"
    )
    tree.write("charts/web/values-stg.yaml", STG)
    tree.write("charts/web/values-prod.yaml", PROD)
    files = "      valueFiles:\n        - values-prod.yaml\n"
    tree.replace("apps/web-prod.yaml", PARAMETERS, files)
    return tree


def _prod(tree: Tree) -> str:
    return (tree.root / "charts/web/values-prod.yaml").read_text()


def test_the_tag_moves_and_comments_stay(images: Tree, call: Call) -> None:
    ended = call("env", "promote", "web-stg", "web-prod", "--yes")
    assert (ended.code, ended.err) == (0, "written: charts/web/values-prod.yaml\n")
    assert ended.out == (
        "now -> promoted\n"
        "  web-prod\n"
        "\n"
        "~ ConfigMap production/web-prod\n"
        "    data.image: 1.2.0 -> 1.3.0\n"
        "\n"
        "1 object changed\n"
        "\n"
        "charts/web/values-prod.yaml\n"
        '    -   tag: "1.2.0"\n'
        '    +   tag: "1.3.0"\n'
    )
    assert _prod(images) == PROD.replace("1.2.0", "1.3.0")


def test_named_values_go_with_it(images: Tree, call: Call) -> None:
    ended = call("env", "promote", "web-stg", "web-prod", "--value", "greeting", "--yes")
    assert ended.code == 0
    assert _prod(images) == PROD.replace("1.2.0", "1.3.0") + "greeting: ahoy\n"


def test_what_is_equal_is_nothing_to_promote(images: Tree, call: Call) -> None:
    ended = call("env", "promote", "web-stg", "web-prod", "--tag", "1.2.0", "--yes")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "nothing to do: web-prod has all of it already\n"
    assert _prod(images) == PROD


def test_a_dry_run_as_json_writes_nothing(images: Tree, call: Call) -> None:
    ended = call("env", "promote", "web-stg", "web-prod", "--dry-run", "--format", "json")
    data = json.loads(ended.out)
    assert (ended.code, ended.err, data["written"], data["findings"]) == (0, "", False, [])
    assert data["values"] == [
        {
            "route": "image.tag",
            "before": "1.2.0",
            "after": "1.3.0",
            "path": "charts/web/values-prod.yaml",
            "layer": "charts/web/values-prod.yaml",
            "backwards": False,
        }
    ]
    assert _prod(images) == PROD


@pytest.mark.usefixtures("images")
def test_backwards_is_said(call: Call) -> None:
    ended = call("env", "promote", "web-stg", "web-prod", "--tag", "1.1.9", "--dry-run")
    assert "image.tag goes back to an older version\n" in ended.out


def test_a_digest_that_would_win_goes(images: Tree, call: Call) -> None:
    images.write("charts/web/values-prod.yaml", PROD + "  digest: sha256:abc\n")
    assert call("env", "promote", "web-stg", "web-prod", "--yes").code == 0
    assert _prod(images).endswith('  tag: "1.3.0"\n  digest: ""\n')


def test_a_parameter_is_changed_where_it_stands(images: Tree, call: Call) -> None:
    with_tag = PARAMETERS.replace("greeting", "image.tag").replace("hello", "1.2.0 # now")
    files = "        - values-prod.yaml\n"
    images.replace("apps/web-prod.yaml", files, files + with_tag)
    ended = call("env", "promote", "web-stg", "web-prod", "--yes")
    assert (ended.code, ended.err) == (0, "written: apps/web-prod.yaml\n")
    assert '          value: "1.3.0" # now\n' in (images.root / "apps/web-prod.yaml").read_text()
    assert _prod(images) == PROD


@pytest.mark.parametrize(
    ("form", "changed"),
    [
        ("      valuesObject: {image: {tag: 1.2.0}}\n", 'valuesObject: {image: {tag: "1.3.0"}}'),
        ("      values: |\n        image:\n          tag: 1.2.0\n", '          tag: "1.3.0"\n'),
    ],
)
def test_values_in_the_application(images: Tree, call: Call, form: str, changed: str) -> None:
    files = "        - values-prod.yaml\n"
    images.replace("apps/web-prod.yaml", files, files + form)
    assert call("env", "promote", "web-stg", "web-prod", "--yes").code == 0
    assert changed in (images.root / "apps/web-prod.yaml").read_text()


def test_several_values_move_within_one_text(images: Tree, call: Call) -> None:
    form = "      values: |\n        greeting: hello\n        image:\n          tag: 1.2.0\n"
    files = "        - values-prod.yaml\n"
    images.replace("apps/web-prod.yaml", files, files + form)
    ended = call("env", "promote", "web-stg", "web-prod", "--value", "greeting", "--yes")
    assert (ended.code, ended.err) == (0, "written: apps/web-prod.yaml\n")
    application = (images.root / "apps/web-prod.yaml").read_text()
    assert form.replace("hello", "ahoy").replace("1.2.0", '"1.3.0"') in application


def test_a_new_finding_stops_it(images: Tree, call: Call) -> None:
    guard = '{{ if eq .Values.image.tag "1.3.0" }}{{ fail "not this one" }}{{ end }}'
    condition = '{{ if eq .Release.Name "web-prod" }}' + guard + "{{ end }}\n"
    images.write("charts/web/templates/guard.yaml", condition)
    ended = call("env", "promote", "web-stg", "web-prod", "--yes")
    assert ended.code == 1
    assert "render-failed" in ended.out
    assert "nothing was written" in ended.err
    assert _prod(images) == PROD


@pytest.mark.parametrize(
    ("stg", "arguments", "said"),
    [
        (STG.replace("1.3.0", "latest"), ("--yes",), "a tag that moves with every build"),
        (
            "image: {tag: stg, pullPolicy: Always}\n",
            ("--yes",),
            "web-prod pins releases: --tag X sets one, or --allow-moving",
        ),
        (STG, ("--value", "no.such", "--yes"), "web-stg has no value no.such"),
        (STG, ("--value", "db.password", "--yes"), "db.password looks like a credential"),
        ("{}\n", ("--yes",), "web-stg sets no image.tag"),
    ],
)
def test_what_does_not_move(
    images: Tree, call: Call, stg: str, arguments: tuple[str, ...], said: str
) -> None:
    images.write("charts/web/values-stg.yaml", stg)
    ended = call("env", "promote", "web-stg", "web-prod", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert _prod(images) == PROD


@pytest.mark.parametrize(
    ("option", "tag"), [(("--allow-moving",), '"latest"'), (("--tag", "1.4.0"), '"1.4.0"')]
)
def test_a_tag_that_moves_on_request(
    images: Tree, call: Call, option: tuple[str, ...], tag: str
) -> None:
    images.write("charts/web/values-stg.yaml", "image: {tag: latest}\n")
    assert call("env", "promote", "web-stg", "web-prod", *option, "--yes").code == 0
    assert f"  tag: {tag}\n" in _prod(images)


def test_a_file_that_others_read_is_not_changed(images: Tree, call: Call) -> None:
    shared = "        - values-prod.yaml\n        - values-stg.yaml\n"
    images.replace("apps/web-prod.yaml", "        - values-prod.yaml\n", shared)
    ended = call("env", "promote", "web-stg", "web-prod", "--tag", "1.4.0", "--yes")
    assert ended.code == 2
    assert "is set in charts/web/values-stg.yaml, which web-stg reads too" in ended.err


@pytest.mark.parametrize(("answer", "written"), [(b"y\n", True), (b"\n", False)])
def test_a_person_is_asked(images: Tree, answer: bytes, written: bool) -> None:
    arguments = [sys.executable, "-m", "plate_llm_cli", "env", "promote", "web-stg", "web-prod"]
    code, _ = talk(arguments, ((b"change web-prod? [y/N]: ", answer),), folder=images.root)
    assert (code, "1.3.0" in _prod(images)) == (0, written)
