"""Values that nobody has given, made up in the form that the spec wants them to have."""

from __future__ import annotations

import random
import re
import secrets
import string
import time
import warnings
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.errors import InputError, UsageError
from plate_llm_cli.local.openbao_server import EXTRA
from plate_llm_cli.secrets.values.forms import check
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from plate_llm_cli.secrets.addresses import Address
    from plate_llm_cli.secrets.spec import Form, KeySpec

_CHARACTERS: Final = 32
"""Of a value whose form asks for nothing."""
_REPEATS: Final = 100
"""What `+` and `*` make at most, where the form asks for no more."""
_TRIES: Final = 500
_SECONDS: Final = 2.0
"""How long it is tried; `((a{50}){50}){50}` would take a minute."""
_UNMADE: Final = (
    re.error,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
)
"""What reading a pattern of Rust as one of Python's may end in."""


class MadeUp:
    """Gives a value to each key that nobody has one for; `values` are those that it has given."""

    def __init__(self) -> None:
        self.values: dict[Address, Secret] = {}

    def __call__(self, key: KeySpec) -> Secret:
        """A value for `key`, random and of its form.

        Raises:
            InputError: none could be made up.
        """
        value = _by_pattern(key) if key.form.pattern else Secret(_text(key.form))
        if value is None or check(value, key.form, key.address) is not None:
            raise InputError(
                f"{key.address}: no value of its form can be made up here", _way_out(key)
            )
        self.values[key.address] = value
        return value


def _way_out(key: KeySpec) -> str:
    given = f"give one: --from-env-file with {key.address.variable}=..."
    if not key.form.pattern or (key.form.min_length == 1 and not key.form.max_length):
        return given
    return f"{given} (is there any, of this pattern and of this length?)"


def _text(form: Form) -> str:
    length = max(form.min_length, _CHARACTERS)
    length = min(length, form.max_length) if form.max_length else length
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


def _by_pattern(key: KeySpec) -> Secret | None:
    """A value that passes the check of its form; None where Python cannot follow its pattern."""
    maker, end = _maker(key.form), time.monotonic() + _SECONDS
    pattern = key.form.pattern.replace(r"\z", r"\Z")  # the same in Python
    for _ in range(_TRIES):
        try:
            with warnings.catch_warnings():  # of sets that mean something else in Python
                warnings.simplefilter("ignore", FutureWarning)
                value = Secret(maker.xeger(pattern))
        except _UNMADE:
            return None
        if check(value, key.form, key.address) is None:
            return value
        if time.monotonic() > end:
            return None
    return None


def _maker(form: Form) -> Any:
    try:
        from rstr import Rstr  # noqa: PLC0415 - of the extra `local`
    except ImportError:
        message = "values of a pattern cannot be made up: the package rstr is not installed"
        raise UsageError(message, EXTRA) from None
    most = max(_REPEATS, 2 * form.min_length)
    dice = random.SystemRandom()

    class Patient(Rstr):
        """Follows `{128}` and `{40,}` as well: rstr itself ends at a hundred repeats."""

        def _handle_repeat(self, start_range: int, end_range: int, value: Any) -> str:
            times = dice.randint(start_range, max(start_range, min(end_range, most)))
            return "".join(self._handle_state(item) for _ in range(times) for item in value)

    return Patient(dice)
