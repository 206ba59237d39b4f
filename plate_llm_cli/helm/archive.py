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
    from collections.abc import Callable, Mapping

_SCHEMA = "values.schema.json"


def pack(members: Mapping[str, str]) -> bytes:
    """A `.tgz` of `members`, texts by path; the first folder of each is the chart's name."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, text in members.items():
            _add(tar, name, text.encode())
    return gzip.compress(stream.getvalue(), compresslevel=0)


def repack(handle: int, extra: Mapping[str, str]) -> bytes:
    """The loaded chart as a `.tgz`, `extra` added by path within the chart.

    Helm packs it, because it knows what `.helmignore` leaves out and what archives in `charts/`
    hold; subcharts come out as folders.
    """
    with tempfile.TemporaryDirectory(prefix="plate-llm-") as folder:
        packed = Path(native.text("helm_chart_save", handle, folder)).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        root = tar.getnames()[0].partition("/")[0]
    return _copy(packed, lambda _: True, {f"{root}/{name}": text for name, text in extra.items()})


def without_schemas(packed: bytes) -> bytes:
    """The chart without its values.schema.json and those of its subcharts."""
    return _copy(packed, lambda name: not _is_schema(name), {})


def _copy(packed: bytes, wanted: Callable[[str], bool], extra: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(packed)) as source,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as target,
    ):
        for member in source:
            if wanted(member.name):
                target.addfile(member, source.extractfile(member))
        for name, text in extra.items():
            _add(target, name, text.encode())
    return gzip.compress(stream.getvalue(), compresslevel=0)


def has_deeper_schema(packed: bytes) -> bool:
    """Whether a subchart in the archive has a schema."""
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        return any(_is_schema(name) and name.count("/") > 1 for name in tar.getnames())


def _is_schema(path: str) -> bool:
    """True for the schema of the chart or of a subchart: `a/…`, `a/charts/b/…`, and so on down."""
    *folders, name = path.split("/")
    return name == _SCHEMA and all(folder == "charts" for folder in folders[1::2])


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))
