from __future__ import annotations

import pytest

from plate_llm_cli.gitops.substitution import clean_parameter, substitute


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("values-$ARGOCD_APP_NAME.yaml", "values-web.yaml"),
        ("values-${ARGOCD_APP_NAME}.yaml", "values-web.yaml"),
        ("$UNKNOWN/x", "/x"),
        ("costs $$5", "costs $5"),
        ("plain", "plain"),
    ],
)
def test_build_environment_is_put_in_as_argocd_does(text: str, expected: str) -> None:
    assert substitute(text, {"ARGOCD_APP_NAME": "web"}) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("val", "val"),
        ("a, b", r"a\, b"),
        (r"a\,b,c", r"a\,b\,c"),
        ("{a,b}", "{a,b}"),
    ],
)
def test_commas_are_escaped_save_in_a_list(value: str, expected: str) -> None:
    assert clean_parameter(value) == expected
