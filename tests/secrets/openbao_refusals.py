"""Clients that do not wait for long, and what a person is told when one ends badly."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import OpenBaoError
from plate_llm_cli.secrets.addresses import Place
from plate_llm_cli.secrets.server.connection import Options, Timing, resolve
from plate_llm_cli.secrets.server.openbao import OpenBao
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable


VALUE, TOKEN = "swordfish7f3aValue", "s.swordfish7f3aToken"
QUICK = Timing(connect=0.5, answer=0.3, patience=0.3, first=0.1)
PLACE = Place("secret", "server/staging")


def client(address: str, token: str = TOKEN, **environ: str) -> OpenBao:
    """A client that does not wait for long."""
    base = {"BAO_ADDR": address, "BAO_TOKEN": token}
    return OpenBao(replace(resolve(Settings(), base | environ, Options()), timing=QUICK))


@dataclass(frozen=True)
class Refusal:
    """What a person is told."""

    message: str
    hint: str
    details: tuple[str, ...] = ()


def refusal(act: Callable[[], object]) -> Refusal:
    """How `act` ends; neither value nor token may be in anything that could be shown."""
    with pytest.raises(OpenBaoError) as caught:
        act()
    error = caught.value
    shown = f"{error!r} {error} {error.hint} {error.details}"
    shown += "".join(traceback.format_exception(error))
    assert VALUE not in shown
    assert TOKEN not in shown
    return Refusal(error.message, error.hint, error.details)


def of_write(opened: OpenBao) -> Refusal:
    """How the write of the value ends."""
    with opened:
        return refusal(lambda: opened.write(PLACE, {"KEY": Secret(VALUE)}, 0))


def of_read(opened: OpenBao) -> Refusal:
    with opened:
        return refusal(lambda: opened.read(PLACE))


def of_preflight(opened: OpenBao, place: Place = PLACE) -> Refusal:
    with opened:
        return refusal(lambda: opened.preflight([place]))
