"""Which context is used, and which is refused."""

from __future__ import annotations

import pytest

from plate_llm_cli.cluster.choosing import Wish, choose
from plate_llm_cli.cluster.kubeconfig import Context, Kubeconfig
from plate_llm_cli.errors import KubeconfigError

CONTEXTS = {
    name: Context(name, f"https://{name}.example.com")
    for name in ("dev", "plate-stg", "plate-prod")
}
KUBECONFIG = Kubeconfig(CONTEXTS, "dev")


def chosen(wish: Wish, *, changes: bool = True) -> str:
    return choose(wish, KUBECONFIG, changes=changes)


def test_what_the_tree_says_wins_over_the_current_context() -> None:
    assert chosen(Wish("prod", declared="plate-prod")) == "plate-prod"


def test_the_address_of_the_cluster_says_it_too() -> None:
    assert chosen(Wish("prod", server="https://plate-prod.example.com")) == "plate-prod"


def test_an_address_that_two_contexts_share_says_nothing() -> None:
    twins = {name: Context(name, "https://one.example.com") for name in ("a", "b")}
    with pytest.raises(KubeconfigError, match="nothing says that prod is in the context 'a'"):
        choose(Wish("prod", server="https://one.example.com"), Kubeconfig(twins, "a"), changes=True)


def test_reading_may_use_the_current_context() -> None:
    assert chosen(Wish("stg"), changes=False) == "dev"


def test_changes_never_guess() -> None:
    with pytest.raises(KubeconfigError) as caught:
        chosen(Wish("stg"))
    assert caught.value.message == "nothing says that stg is in the context 'dev'"
    assert caught.value.hint == (
        "say it once, in [tool.plate-llm.contexts]: stg = 'dev'; or, for this time, --yes-really"
    )


def test_naming_a_context_is_not_saying_that_it_is_the_right_one() -> None:
    with pytest.raises(KubeconfigError, match="nothing says that stg"):
        chosen(Wish("stg", given="plate-prod"))
    assert chosen(Wish("stg", given="plate-prod"), changes=False) == "plate-prod"


@pytest.mark.parametrize("changes", [True, False])
def test_another_context_than_the_environment_s_is_refused(changes: bool) -> None:
    with pytest.raises(KubeconfigError) as caught:
        chosen(Wish("stg", declared="plate-stg", given="plate-prod"), changes=changes)
    assert caught.value.message == "stg is in the context 'plate-stg', not in 'plate-prod'"


def test_yes_really() -> None:
    wish = Wish("stg", declared="plate-stg", given="plate-prod", yes_really=True)
    assert chosen(wish) == "plate-prod"
    assert chosen(Wish("stg", yes_really=True)) == "dev"


@pytest.mark.parametrize("yes_really", [True, False])
def test_a_context_that_is_not_there(yes_really: bool) -> None:
    with pytest.raises(KubeconfigError) as caught:
        chosen(Wish("stg", declared="plate-sgt", yes_really=yes_really))
    assert caught.value.message == "the kubeconfig has no context 'plate-sgt'"
    assert caught.value.hint == "its contexts: dev, plate-stg, plate-prod"


def test_no_current_context() -> None:
    with pytest.raises(KubeconfigError, match="no context for stg"):
        choose(Wish("stg"), Kubeconfig(CONTEXTS), changes=False)
