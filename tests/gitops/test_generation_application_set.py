"""An ApplicationSet, expanded as ArgoCD expands it, gives the Applications it was made from."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.gitops.generation.application_set import application_set_text
from plate_llm_cli.gitops.model_application_set import check_application_set
from plate_llm_cli.source.reader import parse_text, to_plain
from tests.gitops.applications import application

APPS = Path(__file__).parents[2] / "environments/argocd/apps"
_ACTION = re.compile(r'\{\{ (?:\.(?P<name>\w+)|toJson \.(?P<json>\w+)|"(?P<text>[^"]*)") \}\}')


def _read(text: str) -> Any:
    source = parse_text(text, "")
    assert source.problems == []
    return to_plain(source.root)


def _execute(template: str, element: dict[str, Any]) -> str:
    """The subset of Go's templates that is used, with missingkey=error."""

    def value(match: re.Match[str]) -> str:
        if match["text"] is not None:
            return match["text"]
        return json.dumps(element[match["json"]]) if match["json"] else str(element[match["name"]])

    done = _ACTION.sub(value, template)
    assert "{{" not in _ACTION.sub("", template)
    return done


def _fill(template: Any, element: dict[str, Any]) -> Any:
    if isinstance(template, dict):
        return {key: _fill(value, element) for key, value in template.items()}
    if isinstance(template, list):
        return [_fill(value, element) for value in template]
    return _execute(template, element) if isinstance(template, str) else template


def _patched(target: Any, patch: Any) -> Any:
    """A merge of mappings in which lists are replaced, as for Applications."""
    if not (isinstance(target, dict) and isinstance(patch, dict)):
        return patch
    merged = {key: _patched(target.get(key), value) for key, value in patch.items()}
    return {**target, **merged}


def expand(application_set: Any) -> list[Any]:
    spec = application_set["spec"]
    assert (spec["goTemplate"], spec["goTemplateOptions"]) == (True, ["missingkey=error"])
    found = []
    for element in spec["generators"][0]["list"]["elements"]:
        made = copy.deepcopy(spec["template"])
        if element:  # without any parameter ArgoCD fills in nothing
            made = _fill(made, element)
        if "templatePatch" in spec:
            made = _patched(made, json.loads(_execute(spec["templatePatch"], element)))
        found.append({"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", **made})
    return found


def test_the_applications_of_this_repository() -> None:
    applications = [_read(path.read_text("utf-8")) for path in sorted(APPS.glob("*.yaml"))]
    made = _read(application_set_text("plate", "argocd", applications))
    assert check_application_set(made) == []
    assert expand(made) == applications


def test_texts_that_differ_become_names_of_the_elements() -> None:
    applications = [
        application(destination={"name": "in-cluster", "namespace": name}) for name in ("a", "b")
    ]
    spec = _read(application_set_text("x", "argocd", applications))["spec"]
    assert spec["generators"] == [{"list": {"elements": [{"namespace": "a"}, {"namespace": "b"}]}}]
    assert spec["template"]["spec"]["destination"]["namespace"] == "{{ .namespace }}"
    assert "templatePatch" not in spec


def test_a_lone_application_is_a_template_without_names() -> None:
    alone = application(info=[{"name": "note", "value": "{{ not ours }}"}])
    made = _read(application_set_text("x", "argocd", [alone]))
    assert made["spec"]["generators"] == [{"list": {"elements": [{}]}}]
    assert expand(made) == [alone]


def test_values_that_differ_in_more_than_texts_are_patched_whole() -> None:
    values: list[dict[str, Any]] = [{"a": {"b": "x"}}, {"a": {"b": "y", "c": 1}}]
    applications = [application(source={"helm": {"valuesObject": value}}) for value in values]
    spec = _read(application_set_text("x", "argocd", applications))["spec"]
    assert "valuesObject" not in spec["template"]["spec"]["source"].get("helm", {})
    elements = spec["generators"][0]["list"]["elements"]
    assert [item["patch"]["spec"]["source"]["helm"]["valuesObject"] for item in elements] == values


_TEXT = st.sampled_from(["a", "b", "{{ .x }}", "$v/f.yaml", "it's", "1", "true", ""])
_VALUES = st.recursive(
    _TEXT | st.booleans() | st.integers(0, 3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "path", "a/b-c", "patch", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(
    st.lists(st.dictionaries(st.sampled_from(["name", "n", "v"]), _VALUES), min_size=1, max_size=4)
)
def test_any_applications_come_back(values: list[dict[str, Any]]) -> None:
    applications = [application(source={"helm": {"valuesObject": value}}) for value in values]
    made = _read(application_set_text("x", "argocd", applications))
    assert expand(made) == applications


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("goTemplate", "yes", "`goTemplate` must be True"),
        ("generators", [], "`generators` needs more entries: at least 1"),
        ("templatePach", "", "there is no field `templatePach` under `spec`"),
    ],
)
def test_the_model_is_strict(field: str, value: object, message: str) -> None:
    made = _read(application_set_text("x", "argocd", [application()]))
    made["spec"][field] = value
    assert [item.message for item in check_application_set(made)] == [message]
