"""OpenBao for every test of this folder."""

from tests.secrets.fixtures import bao, bao_server

__all__ = ["bao", "bao_server"]
