"""What is declared to be made outside the tree: how it is written, and what it covers."""

from __future__ import annotations

import pytest

from plate_llm_cli.errors import ConfigurationError
from plate_llm_cli.graph.external import KINDS, External, declare
from plate_llm_cli.rules.registry import RULES

STAR = "for example Secret/plate-stg/registry-login or ConfigMap/*/kube-root-ca.crt"


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Secret/stg/login", ("Secret", "stg", "login")),
        ("Secret/*/login", ("Secret", "stg", "login")),
        ("Secret/stg/lo*", ("Secret", "stg", "login")),
        ("Secret/st?/*", ("Secret", "stg", "login")),
        ("ConfigMap/*/kube-root-ca.crt", ("ConfigMap", "prod", "kube-root-ca.crt")),
        ("Namespace/team-*", ("Namespace", "", "team-a")),
        # An issuer of the cluster is asked for from some namespace, which does not matter.
        ("ClusterIssuer/corporate", ("ClusterIssuer", "stg", "corporate")),
    ],
)
def test_object_is_declared(written: str, asked: tuple[str, str, str]) -> None:
    assert External([written]).has(*asked)


@pytest.mark.parametrize(
    "asked",
    [
        ("ConfigMap", "stg", "login"),
        ("Secret", "prod", "login"),
        ("Secret", "stg", "login-2"),
        ("Secret", "stg", "Login"),
    ],
)
def test_other_object_is_not_declared(asked: tuple[str, str, str]) -> None:
    assert not External(["Secret/stg/login"]).has(*asked)


def test_what_nobody_asked_for_is_idle() -> None:
    external = External(["Secret/stg/login", "Secret/prod/login", "Secret/stg/login"])
    assert external.has("Secret", "stg", "login")
    assert [item.written for item in external.idle] == ["Secret/prod/login"]


def test_every_declaration_that_covers_the_object_is_needed() -> None:
    external = External(["Secret/stg/login", "Secret/*/login"])
    assert external.has("Secret", "stg", "login")
    assert external.idle == []


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        ("Sercet/stg/login", "has no kind that is looked for", "did you mean Secret?"),
        ("secret/stg/login", "has no kind that is looked for", "did you mean Secret?"),
        ("*/stg/login", "has no kind that is looked for", f"known: {', '.join(sorted(KINDS))}"),
        ("", "has no kind that is looked for", f"known: {', '.join(sorted(KINDS))}"),
        ("Secret", "is not Secret/namespace/name", STAR),
        ("Secret/login", "is not Secret/namespace/name", STAR),
        ("Secret/stg/login/key", "is not Secret/namespace/name", STAR),
        ("Namespace/stg/stg", "is not Namespace/name", STAR),
    ],
)
def test_form_is_wrong(written: str, message: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        External(["Secret/stg/login", written])
    said = f"setting external: {written!r} {message}"
    assert (caught.value.message, caught.value.hint) == (said, hint)


@pytest.mark.parametrize(
    ("written", "name", "part"),
    [
        ("Secret//login", "", "namespace"),
        ("Secret/stg/", "", "name"),
        ("Secret/stg/Login", "Login", "name"),
        ("Secret/stg /login", "stg ", "namespace"),
        ("Secret/stg/login-", "login-", "name"),
        ("Secret/stg/[ab]", "[ab]", "name"),
    ],
)
def test_name_that_no_object_can_have(written: str, name: str, part: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        External([written])
    assert caught.value.message == f"setting external: {written!r}: {name!r} can be no {part}"


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (("Secret", "stg", "login"), 'external = ["Secret/stg/login"]'),
        (("ClusterIssuer", "stg", "corporate"), 'external = ["ClusterIssuer/corporate"]'),
        (("Namespace", "", "stg"), 'external = ["Namespace/stg"]'),
    ],
)
def test_line_to_write_declares_what_is_missed(asked: tuple[str, str, str], line: str) -> None:
    said = declare(*asked)
    assert said == f"made elsewhere? declare it once: {line}"
    assert External([line.split('"')[1]]).has(*asked)


@pytest.mark.parametrize("kind", KINDS)
def test_some_rule_misses_every_kind_that_can_be_declared(kind: str) -> None:
    assert [rule.id for rule in RULES if kind in rule.asks_external] != []
