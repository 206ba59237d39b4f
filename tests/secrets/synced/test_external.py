"""What External Secrets makes of what OpenBao holds, entry by entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.secrets.synced.failures import NotSyncedError

if TYPE_CHECKING:
    from tests.secrets.synced.small_trees import SmallTree


def extract(more: str = "", key: str = "a") -> str:
    """A dataFrom of one path."""
    return f"  dataFrom: [{{extract: {{key: {key}{more}}}}}]"


def remote(more: str = "", name: str = "K") -> str:
    """A data of one key."""
    return f"  data: [{{secretKey: {name}, remoteRef: {{key: a{more}}}}}]"


def test_later_entries_win_and_data_wins_over_all(tree: SmallTree) -> None:
    spec = (
        "  dataFrom: [{extract: {key: a}}, {extract: {key: b}}]\n"
        "  data: [{secretKey: three, remoteRef: {key: a, property: one}}]"
    )

    found = tree.data(spec, a={"one": "a1", "two": "a2"}, b={"two": "b2", "three": "b3"})

    assert found == {"one": "a1", "two": "b2", "three": "a1"}


def test_a_path_is_read_once(tree: SmallTree) -> None:
    spec = (
        "  data:\n"
        "  - {secretKey: one, remoteRef: {key: a, property: one}}\n"
        "  - {secretKey: two, remoteRef: {key: secret/data/a, property: two}}"
    )

    assert tree.data(spec, a={"one": "1", "two": "2"}) == {"one": "1", "two": "2"}
    assert tree.table.read == [("secret/a", None)]


def test_a_version_is_read_as_such(tree: SmallTree) -> None:
    found = tree.data(remote(', property: k, version: "1"'), a=[{"k": "old"}, {"k": "new"}])

    assert found == {"K": "old"}


@pytest.mark.parametrize(
    ("stored", "name", "expected"),
    [
        ({"a.b": "flat", "a": {"b": "deep"}}, "a.b", "flat"),
        ({"a": {"b": "deep"}}, "a.b", "deep"),
        ({"a": {"b.c": "dotted"}}, r"a.b\\.c", "dotted"),
        ({"a": ["x", {"y": "z"}]}, "a.1.y", "z"),
        ({"n": 12345678901234567890}, "n", "12345678901234567890"),
        ({"yes": True}, "yes", "true"),
        ({"none": None}, "none", ""),
        ({"m": {"z": 1, "a": "<&>"}}, "m", r'{"a":"\u003c\u0026\u003e","z":1}'),
        ({"l": ["a", 1]}, "l", '["a",1]'),
    ],
)
def test_a_property_is_a_key_or_a_way_into_its_json(
    tree: SmallTree, stored: dict[str, Any], name: str, expected: str
) -> None:
    assert tree.data(remote(f', property: "{name}"'), a=stored) == {"K": expected}


def test_without_a_property_the_whole_path_is_json(tree: SmallTree) -> None:
    assert tree.data(remote(), a={"b": "ü", "a": 'q"'}) == {"K": '{"a":"q\\"","b":"ü"}'}


def test_extract_takes_numbers_as_go_reads_them(tree: SmallTree) -> None:
    stored = {"big": 12345678901234567890, "half": 0.5, "whole": 7, "in": {"n": 1e21, "s": 1e-7}}

    assert tree.data(extract(), a=stored) == {
        "big": "12345678901234567000",
        "half": "0.5",
        "whole": "7",
        "in": '{"n":1e+21,"s":1e-7}',
    }


@pytest.mark.parametrize("stored", ['{"x": "1", "y": {"z": 2}}', {"x": "1", "y": {"z": 2}}])
def test_extract_of_a_property_takes_the_json_in_it(tree: SmallTree, stored: Any) -> None:
    assert tree.data(extract(", property: k"), a={"k": stored}) == {"x": "1", "y": '{"z":2}'}


@pytest.mark.parametrize(
    ("strategy", "value", "expected"),
    [
        ("None", "YWJj", "YWJj"),
        ("Base64", "YWJj", "abc"),
        ("Base64", "YW\nJj", "abc"),
        ("Base64URL", "-_-_", b"\xfb\xff\xbf".decode(errors="surrogateescape")),
        ("Auto", "YWJj", "abc"),
        ("Auto", "-_-_", b"\xfb\xff\xbf".decode(errors="surrogateescape")),
        ("Auto", "no base64!", "no base64!"),
    ],
)
def test_values_are_decoded_as_the_entry_says(
    tree: SmallTree, strategy: str, value: str, expected: str
) -> None:
    more = f", decodingStrategy: {strategy}"

    assert tree.data(remote(f", property: k{more}"), a={"k": value}) == {"K": expected}
    assert tree.data(extract(more), a={"k": value}) == {"k": expected}


@pytest.mark.parametrize(("strategy", "expected"), [("Default", "a_b"), ("Unicode", "a_U0020_b")])
def test_names_of_keys_are_converted(tree: SmallTree, strategy: str, expected: str) -> None:
    found = tree.data(extract(f", conversionStrategy: {strategy}"), a={"a b": "v"})

    assert found == {expected: "v"}


def test_keys_are_rewritten_by_gos_regular_expressions(tree: SmallTree) -> None:
    spec = (
        "  dataFrom:\n"
        "  - extract: {key: a}\n"
        "    rewrite:\n"
        "    - regexp: {source: '^(?P<first>[a-z]+)-(.*)$', target: '${first}_$2'}\n"
        "    - transform: {template: '{{ .value | upper }}'}"
    )

    assert tree.data(spec, a={"db-user": "u", "plain": "p"}) == {"DB_USER": "u", "PLAIN": "p"}


def test_an_absent_path_keeps_the_secret_from_being_made(tree: SmallTree) -> None:
    with pytest.raises(NotSyncedError) as caught:
        tree.data(extract())

    assert caught.value.message == (
        "ExternalSecret stg/app: SecretSyncedError: error processing spec.dataFrom[0].extract,"
        " err: Secret does not exist (secret/a is absent)"
    )
    assert caught.value.absent


def test_an_absent_property_is_named_with_its_path(tree: SmallTree) -> None:
    with pytest.raises(NotSyncedError) as caught:
        tree.data(remote(", property: gone"), a={"k": "v"})

    assert caught.value.message == (
        "ExternalSecret stg/app: SecretSyncedError: error processing spec.data[0] (key: a),"
        ' err: cannot find secret data for key: "gone" (secret/a#gone)'
    )
    assert caught.value.absent


def test_a_deletion_policy_passes_over_absent_paths(tree: SmallTree) -> None:
    spec = "  dataFrom: [{extract: {key: a}}, {extract: {key: b}}]\n  target: {deletionPolicy: %s}"

    assert tree.data(spec % "Merge", b={"k": "v"}) == {"k": "v"}
    assert tree.data(spec % "Merge") == {}
    assert tree.data(spec % "Delete") is None


@pytest.mark.parametrize(
    ("spec", "stored", "said"),
    [
        (
            "  dataFrom: [{find: {name: {regexp: x}}}]",
            {},
            "spec.dataFrom[0].find: paths are looked for by name, which is not done here",
        ),
        (
            "  dataFrom: [{sourceRef: {generatorRef: {kind: Password, name: p}}}]",
            {},
            "spec.dataFrom[0].sourceRef.generatorRef: a generator makes it, in the cluster",
        ),
        (
            remote(", metadataPolicy: Fetch"),
            {},
            "spec.data[0] (key: a): metadataPolicy Fetch reads metadata, which is not read here",
        ),
        (
            remote(", property: 'k.#(x==1)'"),
            {"k": []},
            "spec.data[0] (key: a): property 'k.#(x==1)' has '#' in a path,"
            " which is not followed here",
        ),
        (
            remote(", property: k"),
            {"k": 0.5},
            "spec.data[0] (key: a): a number with a fraction, whose spelling is lost on the way",
        ),
        (
            extract() + "\n  target: {template: {templateFrom: [{configMap: {name: c}}]}}",
            {"k": "v"},
            "spec.target.template.templateFrom[0] takes templates from the cluster",
        ),
        (
            "  dataFrom: [{extract: {key: a}, sourceRef: {storeRef: {name: other}}}]",
            {},
            "spec.dataFrom[0].extract: SecretStore other is not in the tree",
        ),
    ],
)
def test_what_only_a_cluster_knows_is_no_guess(
    tree: SmallTree, spec: str, stored: dict[str, Any], said: str
) -> None:
    with pytest.raises(NotSyncedError) as caught:
        tree.data(spec, a=stored)

    assert caught.value.message == f"ExternalSecret stg/app: {said}"
    assert caught.value.unknown


@pytest.mark.parametrize(
    ("spec", "stored", "said"),
    [
        (
            extract(", decodingStrategy: Base64"),
            {"k": "no base64!"},
            "error processing spec.dataFrom[0].extract, err: the value is no Base64",
        ),
        (
            extract(", property: k"),
            {"k": "no json"},
            "error processing spec.dataFrom[0].extract, err:"
            " what is at secret/a#k is no object of JSON",
        ),
        (
            extract(),
            {"a b": "1", "a/b": "2"},
            "error processing spec.dataFrom[0].extract, err:"
            " secret name collision during conversion: a_b",
        ),
    ],
)
def test_what_the_operator_refuses_is_said_without_the_value(
    tree: SmallTree, spec: str, stored: dict[str, Any], said: str
) -> None:
    with pytest.raises(NotSyncedError) as caught:
        tree.data(spec, a=stored)

    assert caught.value.message == f"ExternalSecret stg/app: SecretSyncedError: {said}"
    assert not caught.value.unknown
