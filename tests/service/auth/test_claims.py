"""What a verified token must say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.auth.claims import LONGEST_NAME, ClaimRules
from service.auth.identity import Identity
from service.errors import Forbidden, Unauthorized
from tests.service.auth.issuer import CLAIMS, NOW


def identity(rules: Any = None, now: Any = NOW, **claims: Any) -> Identity:
    """With these claims; the ones that are None are not in the token."""
    whole = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    return ClaimRules.identity(rules or ClaimRules(), whole, now)


def reason(rules: Any = None, now: Any = NOW, **claims: Any) -> str:
    try:
        identity(rules, now, **claims)
    except (Unauthorized, Forbidden) as error:
        return error.reason
    return ""


def test_a_caller_is_the_subject_and_its_own_tenant() -> None:
    assert identity() == Identity("ann", "ann", float(NOW + 600))


def test_a_token_has_expired_when_the_leeway_is_over() -> None:
    assert identity(ClaimRules(leeway=30), NOW + 629.9).subject == "ann"
    assert reason(ClaimRules(leeway=30), NOW + 630) == "expired"


def test_a_token_expires_at_once_without_leeway() -> None:
    assert reason(ClaimRules(leeway=0), NOW + 600) == "expired"


def test_what_a_client_is_told_of_an_expired_token() -> None:
    with pytest.raises(Unauthorized) as caught:
        identity(now=NOW + 3600)
    assert caught.value.message == "The token has expired."
    assert caught.value.headers == ((b"www-authenticate", b'Bearer error="invalid_token"'),)


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_a_token_from_the_future_is_refused_beyond_the_leeway(claim: str) -> None:
    assert identity(**{claim: NOW + 30}).subject == "ann"
    assert reason(**{claim: NOW + 30.5}) == "not_yet_valid"


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", ["1800000600", True, [], {}, float("nan"), float("inf")])
def test_a_time_that_is_no_number_is_refused(claim: str, value: object) -> None:
    assert reason(**{claim: value}) == "claims"


def test_a_token_without_end_is_refused() -> None:
    assert reason(exp=None) == "claims"


@pytest.mark.parametrize(
    "subject", [None, "", 7, ["ann"], "ann\n", "ann\x00", "a\u202en", "a" * (LONGEST_NAME + 1)]
)
def test_a_subject_that_is_no_printable_name_is_refused(subject: object) -> None:
    assert reason(sub=subject) == "claims"


@pytest.mark.parametrize("subject", ["a", "앤", "auth0|5f7c", "ann smith", "a" * LONGEST_NAME])
def test_a_printable_name_is_a_subject(subject: str) -> None:
    assert identity(sub=subject).subject == subject


def test_an_issuer_is_not_looked_at_where_none_is_asked_for() -> None:
    assert identity(iss="https://anyone").subject == "ann"


@pytest.mark.parametrize(
    "issuer", [None, "", "https://b", "https://a/", "HTTPS://A", ["https://a"]]
)
def test_another_issuer_is_refused(issuer: Any) -> None:
    rules = ClaimRules(issuers=frozenset({"https://a"}))
    assert identity(rules, iss="https://a").subject == "ann"
    assert reason(rules, iss=issuer) == "issuer"


def test_an_audience_is_not_looked_at_where_none_is_asked_for() -> None:
    assert identity(aud="plate-web").subject == "ann"


@pytest.mark.parametrize("audience", ["plate-llm", ["plate-llm"], ["plate-web", "plate-llm"]])
def test_the_audience_may_be_one_of_several(audience: Any) -> None:
    assert identity(ClaimRules(audience="plate-llm"), aud=audience).subject == "ann"


@pytest.mark.parametrize(
    "audience",
    [None, "", [], "plate", "plate-llm-2", ["plate-web"], {"plate-llm": 1}, [["plate-llm"]]],
)
def test_another_audience_is_refused(audience: Any) -> None:
    assert reason(ClaimRules(audience="plate-llm"), aud=audience) == "audience"


@pytest.mark.parametrize(
    "claims",
    [
        {"scope": "chat embed"},
        {"scope": "embed  other chat"},
        {"scope": ["chat", "embed"]},
        {"scp": ["chat", "embed"]},
        {"scp": "chat embed"},
    ],
)
def test_all_scopes_are_there(claims: dict[str, Any]) -> None:
    rules = ClaimRules(scopes=frozenset({"chat", "embed"}))
    assert identity(rules, **claims).subject == "ann"


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"scope": ""},
        {"scope": "chat"},
        {"scope": "chat,embed"},
        {"scope": "chat EMBED"},
        {"scp": ["chat"]},
        {"scope": 7},
        {"scope": "chat", "scp": ["embed"]},
    ],
)
def test_a_missing_scope_is_forbidden(claims: dict[str, Any]) -> None:
    rules = ClaimRules(scopes=frozenset({"chat", "embed"}))
    with pytest.raises(Forbidden) as caught:
        identity(rules, **claims)
    assert (caught.value.status, caught.value.reason) == (403, "scope")
    assert caught.value.headers == ((b"www-authenticate", b'Bearer error="insufficient_scope"'),)
    assert "embed" not in caught.value.message


def test_an_expired_token_without_the_scope_is_unauthorized() -> None:
    assert reason(ClaimRules(scopes=frozenset({"chat"})), NOW + 3600) == "expired"


def test_the_tenant_is_the_claim_that_is_set() -> None:
    rules = ClaimRules(tenant_claim="https://plate/tenant")
    found = identity(rules, **{"https://plate/tenant": "acme"})
    assert (found.subject, found.tenant) == ("ann", "acme")


@pytest.mark.parametrize("tenant", [None, "", 7, "a\nb", ["acme"]])
def test_a_token_without_its_tenant_is_refused(tenant: object) -> None:
    assert reason(ClaimRules(tenant_claim="org"), org=tenant) == "claims"


def test_no_message_holds_what_a_token_says() -> None:
    rules = ClaimRules(frozenset({"https://a"}), "plate-llm", frozenset({"chat"}), 0, "org")
    for name in ("iss", "aud", "sub", "org", "exp", "nbf", "iat", "scope"):
        claims = {"iss": "https://a", "aud": "plate-llm", "scope": "chat", "org": "acme"}
        with pytest.raises((Unauthorized, Forbidden)) as caught:
            identity(rules, **{**claims, name: "needle\n"})
        assert "needle" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
NAMES = st.sampled_from(["sub", "exp", "nbf", "iat", "iss", "aud", "scope", "scp", "org"])


@given(st.dictionaries(NAMES, JSON))
def test_any_claims_are_an_identity_or_refused(claims: dict[str, Any]) -> None:
    rules = ClaimRules(frozenset({"a"}), "b", frozenset({"c"}), 30, "org")
    for each in (rules, ClaimRules()):
        for whole in (claims, {**CLAIMS, **claims}):
            try:
                found = each.identity(whole, NOW)
            except (Unauthorized, Forbidden):
                continue
            assert found.subject
            assert found.expires > NOW - each.leeway
