"""OpenBao as the double's External Secrets reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.secrets.fixtures import Bao


class Provider(dict[str, dict[str, str]]):
    """What OpenBao holds at each moment, by path: no copy that a test would have to keep."""

    def __init__(self, bao: Bao) -> None:
        super().__init__()
        self._bao = bao

    def get(self, path: str, default: Any = None) -> Any:
        """What is there now."""
        return self[path] or default

    def __getitem__(self, path: str) -> dict[str, str]:
        return {key: str(value) for key, value in self._bao.data(path).items()}

    def __contains__(self, path: object) -> bool:
        return bool(self[str(path)])
