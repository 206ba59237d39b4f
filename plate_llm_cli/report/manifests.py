"""Rendered releases as text: one YAML stream, JSON, or a file an object."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from plate_llm_cli.errors import OutputError
from plate_llm_cli.helm.engine import Rendering
from plate_llm_cli.report.untrusted import visible
from plate_llm_cli.source.blocks import BREAK
from plate_llm_cli.source.plain import to_plain
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def yaml_stream(deployment: Deployment) -> str:
    """Every object as one multi-document stream, each with a comment that names its source."""
    several = len(deployment.releases) > 1
    parts = []
    for release in deployment.releases:
        documents = [
            f"---\n# Source: {visible(source)}\n{text}\n"
            for source, text in _documents(deployment, release)
        ]
        if documents and several:
            documents[0] = f"# Release: {visible(release.name)}\n{documents[0]}"
        parts += documents
    return "".join(parts)


def _documents(deployment: Deployment, release: Release) -> Iterator[tuple[str, str]]:
    """Source and text of each document, without a newline at the end."""
    for chart in deployment.charts:
        if chart.release is release and isinstance(chart.outcome, Rendering):
            for document in chart.outcome.documents:
                yield document.template, document.text.removesuffix("\n")
    for part in release.manifests:
        for path in part.files:
            text = deployment.tree.text(path).strip("\n").removeprefix("---\n")
            if text:
                yield path, text


def as_json(deployment: Deployment) -> str:
    """`{"version": 1, "releases": [{name, namespace, manifests: [{source, object}]}]}`."""
    releases = [
        {
            "name": release.name,
            "namespace": release.namespace,
            "manifests": [
                {"source": manifest.file.path, "object": manifest.plain}
                for manifest in deployment.manifests
                if manifest.release is release
            ],
        }
        for release in deployment.releases
    ]
    return json.dumps({"version": 1, "releases": releases}, indent=2, ensure_ascii=False) + "\n"


def write_folder(deployment: Deployment, folder: Path) -> list[Path]:
    """One file an object in `folder`/RELEASE; all are written elsewhere first, then moved.

    Returns:
        The files, as paths in `folder`.

    Raises:
        OutputError: the folder or a file cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file", "--out takes the name of a folder")
    texts = dict(_file_texts(deployment))
    made = [item for item in (folder, *folder.parents) if not item.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".plate-llm-", dir=folder))
        try:
            _stage(texts, staging)
            _refuse_obstacles(folder, texts)
            for name in texts:
                (folder / name).parent.mkdir(exist_ok=True)
                (staging / name).replace(folder / name)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        _remove_empty(made)
        reason = error.strerror or str(error)
        raise OutputError(f"{folder} cannot be written: {reason}") from error
    return [folder / name for name in texts]


def _remove_empty(folders: list[Path]) -> None:
    """Take back the folders that were made, innermost first, as far as nothing is in them."""
    with contextlib.suppress(OSError):
        for folder in folders:
            folder.rmdir()


def _stage(texts: dict[str, str], staging: Path) -> None:
    for name, text in texts.items():
        (staging / name).parent.mkdir(exist_ok=True)
        (staging / name).write_text(text, "utf-8", errors="backslashreplace", newline="")


def _refuse_obstacles(folder: Path, names: dict[str, str]) -> None:
    """What would stop the move halfway, or lead it out of the folder."""
    root = folder.resolve()
    for name in names:
        target = folder / name
        if not target.parent.resolve().is_relative_to(root):
            raise OutputError(
                f"{target.parent} is a link that leaves {folder}", "remove it, or name another DIR"
            )
        if target.parent.exists() and not target.parent.is_dir():
            raise OutputError(f"{target.parent} is in the way: it is no folder", "remove it")
        if target.is_dir():
            raise OutputError(f"{target} is in the way: it is a folder", "remove it")


def _file_texts(deployment: Deployment) -> Iterator[tuple[str, str]]:
    taken: set[str] = set()
    for manifest in deployment.manifests:
        name = _file_name(manifest)
        number = 1
        while name.lower() in taken:
            number += 1
            name = _file_name(manifest, f"-{number}")
        taken.add(name.lower())
        yield name, f"# Source: {visible(manifest.file.path)}\n{_text_of(manifest)}"


def _file_name(manifest: Manifest, suffix: str = "") -> str:
    """`release/kind-name.yaml`, of letters that are safe in any file system."""
    release = _UNSAFE.sub("_", manifest.release.name).strip(".") or "release"
    parts = (manifest.kind.lower() or "object", manifest.name or "unnamed")
    stem = "-".join(_UNSAFE.sub("_", part).strip(".") for part in parts)
    return f"{release}/{stem[:200]}{suffix}.yaml"


def _text_of(manifest: Manifest) -> str:
    """The lines of the object where they are the object, else the object as JSON.

    They are not in a `List`, nor where the value at the end keeps blank lines. JSON is YAML that
    every reader takes alike, which what a YAML library writes is not.
    """
    span = manifest.node.span
    lines = BREAK.split(manifest.file.text)[span.line - 1 : span.end_line]
    text = "".join(f"{line}\n" for line in lines)
    if to_plain(parse_text(text, "").root) == manifest.plain:
        return text
    return json.dumps(manifest.plain, indent=2, ensure_ascii=False) + "\n"
