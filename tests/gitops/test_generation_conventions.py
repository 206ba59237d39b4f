from __future__ import annotations

from typing import Any

import pytest

from plate_llm_cli.errors import ConfigurationError
from plate_llm_cli.gitops.generation.conventions import Conventions, conventions_from


def test_what_is_left_out_is_as_by_default() -> None:
    found = conventions_from({"retry": {"limit": 2}, "selfHeal": False})
    assert (found.retry.limit, found.retry.duration, found.self_heal) == (2, "10s", False)
    assert conventions_from({}) == Conventions()


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        (
            {"selfheal": True},
            ": there is no field `selfheal` at the top level",
            "Did you mean `selfHeal`?",
        ),
        (
            {"retry": {"limits": 1}},
            ".retry: there is no field `limits` under `retry`",
            "Did you mean `limit`?",
        ),
        ({"prune": "yes"}, ": `prune` must be true or false, not text", "Write it without quotes."),
        (
            {"syncOptions": ["PruneLats=true"]},
            ".syncOptions: `syncOptions[0]` holds PruneLats, which ArgoCD does not know",
            "Did you mean `PruneLast=true`?",
        ),
        ({"retry": {"duration": "5 s"}}, ".retry: `duration` must be a duration", ""),
        ({"revisionHistoryLimit": -1}, ": `revisionHistoryLimit` must be at least 0", ""),
    ],
)
def test_a_wrong_setting_is_named(table: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        conventions_from(table)
    assert caught.value.message.startswith(f"setting argocd{message}")
    assert hint in caught.value.hint
