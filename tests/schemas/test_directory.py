"""Schemas from the folder that the user names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.schemas.catalog import SchemaCatalog
from plate_llm_cli.schemas.violations import SchemaSource, Status
from tests.schemas.test_crds import crd, widget

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object"},
        "spec": {"$ref": "#/definitions/Spec"},
    },
    "definitions": {
        "Spec": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"size": {"type": "integer"}},
        }
    },
}


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


@pytest.mark.parametrize("name", ["acme.io/widget_v1.json", "widget-acme-v1.json"])
def test_json_schemas_in_the_layouts_of_kubeconform(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, SCHEMA)
    result = SchemaCatalog("1.37", folders=[tmp_path]).check(widget("{sise: 1}"))
    assert (result.status, result.source) == (Status.CHECKED, SchemaSource.CRD)
    assert [violation.suggestion for violation in result.violations] == ["size"]


@pytest.mark.parametrize("name", ["widget.json", "deep/er/crds.yaml", "all.yml"])
def test_crds_anywhere_in_the_folder(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, crd("{type: object, properties: {size: {type: integer}}}"))
    result = SchemaCatalog("1.37", folders=[tmp_path]).check(widget("{sise: 1}"))
    assert [violation.suggestion for violation in result.violations] == ["size"]


def test_several_crds_in_one_file(tmp_path: Path) -> None:
    documents = [{"kind": "Other"}, crd("{type: object}")]
    text = "\n---\n".join(json.dumps(document) for document in documents)
    (tmp_path / "crds.yaml").write_text(text)
    catalog = SchemaCatalog("1.37", folders=[tmp_path])
    assert catalog.check(widget("{}")).status is Status.CHECKED


@pytest.mark.parametrize("content", ["{", "[]", "5", "[" * 100_000, ""])
def test_a_broken_file_is_left_out(tmp_path: Path, content: str) -> None:
    (tmp_path / "acme.io").mkdir()
    (tmp_path / "acme.io" / "widget_v1.json").write_text(content)
    (tmp_path / "crd.yaml").write_text("kind: CustomResourceDefinition\n\t: [")
    result = SchemaCatalog("1.37", folders=[tmp_path]).check(widget("{}"))
    assert result.status is Status.UNCHECKED


def test_a_missing_folder_holds_nothing(tmp_path: Path) -> None:
    catalog = SchemaCatalog("1.37", folders=[tmp_path / "none"])
    assert catalog.check(widget("{}")).status is Status.UNCHECKED


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    write(tmp_path / "secret_v1.json", SCHEMA)
    inner = tmp_path / "crds"
    inner.mkdir()
    catalog = SchemaCatalog("1.37", folders=[inner])
    obj = {"apiVersion": "../v1", "kind": "Secret", "metadata": {"name": "a"}}
    assert catalog.check(obj).source is None


def test_no_symlink_leads_out_of_the_folder(tmp_path: Path) -> None:
    write(tmp_path / "widget.json", SCHEMA)
    inner = tmp_path / "crds" / "acme.io"
    inner.mkdir(parents=True)
    (inner / "widget_v1.json").symlink_to(tmp_path / "widget.json")
    catalog = SchemaCatalog("1.37", folders=[tmp_path / "crds"])
    assert catalog.check(widget("{}")).status is Status.UNCHECKED


def test_references_that_lead_nowhere_allow_anything(tmp_path: Path) -> None:
    spec = {"$ref": "https://example.com/schema.json"}
    loop = {"$ref": "#/definitions/Loop"}
    schema = {"properties": {"spec": spec, "x": loop}, "definitions": {"Loop": loop}}
    write(tmp_path / "acme.io/widget_v1.json", schema)
    obj = {**widget("{a: 1}"), "x": {"b": 1}}
    assert SchemaCatalog("1.37", folders=[tmp_path]).check(obj).violations == ()
