"""The type that carries values gives none of them away."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

VALUE = "swordfish-7f3a"


@dataclass(frozen=True)
class Holder:
    """Something that a careless line might print."""

    secret: Secret


SHOWN: dict[str, Callable[[Secret], str]] = {
    "repr": repr,
    "str": str,
    "an f-string": lambda secret: f"{secret} {secret!r:>30}",
    "the old way": lambda secret: "%s %r" % (secret, secret),  # noqa: UP031 - the way is the test
    "a dataclass": lambda secret: repr(Holder(secret)),
    "a list": lambda secret: str([secret, {"a": secret}]),
    "an exception": lambda secret: repr(ValueError(secret)) + str(KeyError(secret)),
}


@pytest.mark.parametrize("way", SHOWN)
def test_it_is_not_shown(way: str) -> None:
    assert VALUE not in SHOWN[way](Secret(VALUE))


@pytest.mark.parametrize(
    "deed",
    [
        pickle.dumps,
        json.dumps,
        len,
        sorted,
        lambda secret: secret + "",
        lambda secret: secret < Secret("a"),
    ],
)
def test_what_would_give_it_away_is_refused(deed: object) -> None:
    with pytest.raises(TypeError) as caught:
        deed([Secret(VALUE), Secret("a")] if deed is sorted else Secret(VALUE))  # type: ignore[operator]
    assert VALUE not in "".join(traceback.format_exception(caught.value))


def test_log_and_traceback(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(VALUE)
    with caplog.at_level(logging.DEBUG):
        nothing: dict[Secret, str] = {}
        try:
            nothing[secret]
        except KeyError:
            logging.getLogger("any").exception("no key %s", secret)
    assert "no key Secret(hidden)" in caplog.text
    assert VALUE not in caplog.text


def test_equal_values_are_not_equal_secrets_but_can_be_compared() -> None:
    assert Secret(VALUE) != Secret(VALUE)
    assert Secret(VALUE).same_as(Secret(VALUE))
    assert not Secret("5").same_as(Secret(5))
    assert Secret({"b": 1, "a": 2}).same_as(Secret({"a": 2, "b": 1}))


def test_copies_are_the_same_object() -> None:
    secret = Secret(VALUE)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret
