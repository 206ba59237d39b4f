"""The secrets spec: every fault at the place to change."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema_rs
import pytest

from plate_llm_cli.errors import SpecError
from plate_llm_cli.secrets.addresses import Address, Place
from plate_llm_cli.secrets.loading import LoadedSpec, load_spec
from plate_llm_cli.secrets.spec import (
    DEFAULT_PATH,
    Derived,
    Encoding,
    Form,
    FromEnvironment,
    FromFile,
    Generate,
    Literal,
    Prompt,
)
from plate_llm_cli.secrets.spec_model import json_schema
from plate_llm_cli.source.plain import to_plain
from plate_llm_cli.source.reader import parse_text
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from plate_llm_cli.secrets.spec import Origin

HEAD = "version: 1\npaths:\n  app/stg:\n    environments: [stg]\n    keys:\n"


def load(root: Path, text: str) -> LoadedSpec:
    file = root / DEFAULT_PATH
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return load_spec(Tree(root))


def complaints(root: Path, text: str) -> list[tuple[int, int, str]]:
    loaded = load(root, text)
    assert loaded.spec is None
    return [(item.span.line, item.span.column, item.message) for item in loaded.problems]


PARENT = Address(Place("secret", "app/stg"), "A")
ORIGINS: dict[str, Origin] = {
    "generate: {as: base64}": Generate(Encoding.BASE64, 32),
    "generate: {as: hex, bytes: 16}": Generate(Encoding.HEX, 16),
    "generate: {as: alphanumeric, length: 20}": Generate(Encoding.ALPHANUMERIC, 20),
    "generate: {as: rsa}": Generate(Encoding.RSA, 3072),
    "generate: {as: ec}": Generate(Encoding.EC, 0, "P-256"),
    "generate: {as: ec, curve: P-384}": Generate(Encoding.EC, 0, "P-384"),
    "generate: {as: ed25519}": Generate(Encoding.ED25519),
    "generate: {as: uuid}": Generate(Encoding.UUID),
    "prompt: true": Prompt(),
    "prompt: Ask the vendor": Prompt("Ask the vendor"),
    "env: APP_TOKEN": FromEnvironment("APP_TOKEN"),
    "file: ~/app.pem": FromFile("~/app.pem"),
    "value: harbor.example.com": Literal("harbor.example.com"),
    "from: app/stg#A": Derived(PARENT),
    "from: secret/app/stg#A": Derived(PARENT),
    "from: {secret: app/stg#A, template: 'x{}y'}": Derived(PARENT, "x{}y"),
}


@pytest.mark.parametrize("text", ORIGINS)
def test_every_way_to_make_a_value(text: str, tmp_path: Path) -> None:
    spec = load(tmp_path, f"{HEAD}      A: {{prompt: true}}\n      B: {{{text}}}\n").required()
    assert [key.origin for key in spec.keys] == [Prompt(), ORIGINS[text]]


def test_everything_else_that_a_key_may_say(tmp_path: Path) -> None:
    body = "prompt: true, pattern: 'a+', minLength: 2, maxLength: 9, rotation: 12w"
    more = "required: false, environmentBound: true, description: What for"
    (key,) = load(tmp_path, f"{HEAD}      A: {{{body}, {more}}}\n").required().keys
    assert key.form == Form("a+", 2, 9)
    assert key.rotation == timedelta(weeks=12)
    assert (key.required, key.bound, key.description) == (False, True, "What for")
    assert (key.span.line, key.span.column) == (6, 7)


def test_a_path_may_lie_in_another_mount(tmp_path: Path) -> None:
    text = HEAD.replace("paths:", "mount: kv\npaths:") + "      A: {prompt: true}\n"
    text += "  b: {mount: other/kv, environments: [stg], keys: {B: {from: 'app/stg#A'}}}\n"
    spec = load(tmp_path, text).required()
    assert [str(path.place) for path in spec.paths] == ["kv/app/stg", "other/kv/b"]
    assert [key.address.in_full for key in spec.keys] == ["kv/app/stg#A", "other/kv/b#B"]


FAULTS = {
    "A: {}": (7, "one of generate, prompt, env, file, value, from must say where"),
    "A:": (7, "`A` has nothing behind it"),
    "on:": (7, "`on` has nothing behind it"),
    "A: {prompt: true, value: x}": (25, "`prompt` already says where the value comes from"),
    "A: {promt: true}": (11, "there is no field `promt` under `paths.app/stg.keys.A`"),
    "A: {value: 5}": (11, "`value` must be text, not a number"),
    "A: {prompt: no}": (11, "`prompt` must be true, or a text that says where to get"),
    "A: {generate: {as: uuid, bytes: 16}}": (32, "`bytes` is no size of uuid"),
    "A: {generate: {as: hex, bytes: 8}}": (31, "`bytes` must be at least 16"),
    "A: {prompt: true, pattern: '['}": (25, "`pattern` cannot be used: unclosed character class"),
    "A: {prompt: true, rotation: 3 months}": (25, "`rotation` must be a number of hours, days or"),
    "A: {prompt: true, minLength: 5, maxLength: 3}": (39, "`maxLength` is less than `minLength`"),
    "A: {from: 'app/stg#B'}": (7, "`from` names app/stg#B, which is not here"),
    "A: {from: 'app/stg#A'}": (7, "made in a circle: app/stg#A from app/stg#A"),
    "A: {from: app/stg}": (11, "`from` must be path#key"),
    "A: {from: {secret: 'app/stg#A', template: x}}": (39, "`template` has no {} where"),
    "A: {value: CHANGE_ME}": (7, "the value here is a placeholder"),
    "A: {generate: {as: hex, bytes: 16}, minLength: 64}": (7, "what is generated is shorter than"),
    "A: {env: BAO_TOKEN}": (11, "`env` names a variable of the connection to OpenBao"),
    "A b: {prompt: true}": (7, "the key `A b` must be a key of a Secret"),
}


@pytest.mark.parametrize("body", FAULTS)
def test_fault_of_a_key_stands_at_its_line(body: str, tmp_path: Path) -> None:
    column, message = FAULTS[body]
    ((line, found, text),) = complaints(tmp_path, f"{HEAD}      {body}\n")
    assert (line, found) == (6, column)
    assert text.startswith(message)


def test_circle_of_several_keys(tmp_path: Path) -> None:
    body = "      A: {from: 'app/stg#B'}\n      B: {from: 'app/stg#A'}\n"
    ((_, _, message),) = complaints(tmp_path, HEAD + body)
    assert message in {
        "made in a circle: app/stg#A from app/stg#B from app/stg#A",
        "made in a circle: app/stg#B from app/stg#A from app/stg#B",
    }


def test_parent_must_serve_the_same_environments(tmp_path: Path) -> None:
    text = HEAD + "      A: {prompt: true}\n"
    text += "  b: {environments: [stg, prod], shared: true, keys: {B: {from: 'app/stg#A'}}}\n"
    assert complaints(tmp_path, text) == [(7, 55, "app/stg#A does not serve prod")]


def test_two_keys_with_the_name_of_one_variable(tmp_path: Path) -> None:
    text = HEAD + "      a-b: {prompt: true}\n      A_B: {prompt: true}\n"
    text += (
        "  app-stg: {environments: [prod], keys: {A_B: {prompt: true}}}\n"  # elsewhere: no matter
    )
    message = "APP_STG__A_B would mean app/stg#a-b and app/stg#A_B"
    assert complaints(tmp_path, text) == [(7, 7, message)]


def test_path_of_two_environments_must_say_that_it_is_shared(tmp_path: Path) -> None:
    text = HEAD.replace("[stg]", "[stg, prod]") + "      A: {prompt: true}\n"
    assert complaints(tmp_path, text) == [(4, 5, "stg and prod would read the same secrets")]


def test_path_must_be_as_the_server_reads_it(tmp_path: Path) -> None:
    for path in ("a/+/b", "/app", "app/", "a//b", "a/../b", "a/.", '"a b"'):
        text = HEAD.replace("app/stg", path) + "      A: {prompt: true}\n"
        ((line, _, message),) = complaints(tmp_path, text)
        assert (line, message.endswith("must be a path in the mount")) == (3, True)


def test_faults_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = f"{HEAD}      A: {{}}\n  b: {{environments: [], keys: {{}}}}\n"
    assert [line for line, _, _ in complaints(tmp_path, text)] == [6, 7, 7]


@pytest.mark.parametrize("text", ["", "- a\n", "a: [\n", "version: 1\n---\nversion: 1\n"])
def test_file_that_is_no_spec_at_all(text: str, tmp_path: Path) -> None:
    assert complaints(tmp_path, text)


def test_error_names_file_line_and_column(tmp_path: Path) -> None:
    loaded = load(tmp_path, f"{HEAD}      A: {{}}\n      B: {{}}\n")
    with pytest.raises(
        SpecError, match=r"^environments/secrets\.yaml:6:7: one of .* \(and 1 more\)"
    ):
        loaded.required()


def test_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"^there is no environments/secrets\.yaml$") as caught:
        load_spec(Tree(tmp_path)).required()
    assert caught.value.hint == "plate-llm secrets spec --write makes a first one from the charts"


def test_editors_schema_takes_what_the_model_takes() -> None:
    validator = jsonschema_rs.validator_for(json_schema())
    own = Tree(Path(__file__).parents[2]).read(DEFAULT_PATH)
    assert validator.is_valid(to_plain(own.root))
    for text in ORIGINS:
        file = parse_text(f"{HEAD}      A: {{prompt: true}}\n      B: {{{text}}}\n", "")
        assert validator.is_valid(to_plain(file.root)), text


@pytest.mark.parametrize(
    "body", ["A: {promt: true}", "A: {value: 5}", "A: {from: app/stg}", "A: {rotation: 3 months}"]
)
def test_editors_schema_refuses_what_is_wrong_in_itself(body: str) -> None:
    validator = jsonschema_rs.validator_for(json_schema())
    file = parse_text(f"{HEAD}      {body}\n", "")
    assert not validator.is_valid(to_plain(file.root))
