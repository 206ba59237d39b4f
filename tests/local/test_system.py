from __future__ import annotations

import errno
import os
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from plate_llm_cli.errors import OpenBaoError
from plate_llm_cli.local.system import System
from plate_llm_cli.secrets.addresses import Place
from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.secrets.privileges.readers import Reader
from plate_llm_cli.secrets.server.stored import StoredState
from plate_llm_cli.secrets.values.inputs import resolve
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.secrets.spec import Spec

SPEC = """
version: 1
paths:
  server/stg:
    environments: [stg]
    keys:
      SIGNING: {generate: {as: hex, bytes: 32}}
      API_KEY: {prompt: the console, pattern: "sk-[a-z0-9]{40}"}
      MAYBE: {prompt: the console, required: false}
      HOST: {value: db.example.org}
  shared/keys:
    mount: team
    environments: [stg]
    keys:
      TOKEN: {env: A_VARIABLE_THAT_NOBODY_SETS}
"""
OURS, TEAMS = Place("secret", "server/stg"), Place("team", "shared/keys")


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    with System(tmp_path, os.environ) as made:
        yield made


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/secrets.yaml").write_text(SPEC, "utf-8")
    return load_spec(Tree(tmp_path)).required()


def test_openbao_gets_all_that_the_spec_asks_for(system: System, spec: Spec) -> None:
    bao = system.start_openbao(spec)
    seeded = system.seed(bao, spec, resolve([], spec))
    stored = bao.read(OURS)
    assert sorted(stored.data) == ["API_KEY", "HOST", "SIGNING"]
    assert stored.data["HOST"].reveal() == "db.example.org"
    assert list(bao.read(TEAMS).data) == ["TOKEN"]
    assert sorted(map(str, seeded.made_up)) == ["server/stg#API_KEY", "shared/keys#TOKEN"]
    assert (seeded.paths, seeded.keys) == (2, 4)
    assert seeded.is_made_up(stored.data["API_KEY"])
    assert not seeded.is_made_up(stored.data["SIGNING"])


def test_reader_reads_what_its_policy_names_and_nothing_else(system: System, spec: Spec) -> None:
    bao = system.start_openbao(spec)
    system.seed(bao, spec, resolve([], spec))
    reader = system.reader(bao, [Reader("stg-reader", "", (), (OURS,))])
    assert reader.read(OURS).state is StoredState.LIVE
    with pytest.raises(OpenBaoError, match="may not read team/data/shared/keys"):
        reader.read(TEAMS)


def test_reader_of_nothing_reads_nothing(system: System, spec: Spec) -> None:
    bao = system.start_openbao(spec)
    system.seed(bao, spec, resolve([], spec))
    with pytest.raises(OpenBaoError):
        system.reader(bao, []).read(OURS)


def test_leaving_it_ends_openbao(tmp_path: Path, spec: Spec) -> None:
    with System(tmp_path, os.environ) as system:
        parts = urlsplit(system.start_openbao(spec).connection.address)
    with socket.socket() as probe:
        assert probe.connect_ex((parts.hostname, parts.port)) == errno.ECONNREFUSED
