"""A chart as Helm loaded it, packed in memory with a change: no schemas, or one template more.

Imported when it is needed: its own imports take 6 ms, which most workers need not spend.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from plate_llm_cli.helm import native

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCHEMA = "values.schema.json"


def repack(handle: int, *, with_schema: bool, extra: Mapping[str, str]) -> bytes:
    """The loaded chart as a `.tgz`, `extra` added by path within the chart.

    Helm packs it, because it knows what `.helmignore` leaves out and what archives in `charts/`
    hold; subcharts come out as folders, so that their schemas can be left out as well.
    """
    with tempfile.TemporaryDirectory(prefix="plate-llm-") as folder:
        packed = Path(native.text("helm_chart_save", handle, folder)).read_bytes()
    stream = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(packed)) as source,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as target,
    ):
        root = ""
        for member in source:
            root = root or member.name.partition("/")[0]
            if with_schema or not _is_schema(member.name):
                target.addfile(member, source.extractfile(member))
        for name, text in extra.items():
            _add(target, f"{root}/{name}", text.encode())
    return gzip.compress(stream.getvalue(), compresslevel=0)


def _is_schema(path: str) -> bool:
    """True for the schema of the chart or of a subchart: `a/…`, `a/charts/b/…`, and so on down."""
    *folders, name = path.split("/")
    return name == _SCHEMA and all(folder == "charts" for folder in folders[1::2])


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))
