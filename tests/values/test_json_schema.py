from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import helm_python
import jsonschema_rs
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.source.pydantic_errors import without_nulls
from plate_llm_cli.values.json_schema import chart_schema, schema_text
from plate_llm_cli.values.merge import coalesce, merge
from plate_llm_cli.values.registry import MODELLED_CHARTS, check_overlay, check_values

if TYPE_CHECKING:
    from collections.abc import Iterator

CHARTS = Path(__file__).parents[2] / "charts"

Values = dict[str, Any]
Route = tuple[str | int, ...]


def load(chart: str, name: str = "values.yaml") -> Values:
    values = yaml.safe_load((CHARTS / chart / name).read_text(encoding="utf-8"))
    assert isinstance(values, dict)
    return values


DEFAULTS = {chart: load(chart) for chart in MODELLED_CHARTS}
SCHEMAS = {chart: chart_schema(chart, DEFAULTS[chart]) or {} for chart in MODELLED_CHARTS}
VALIDATORS = {chart: jsonschema_rs.validator_for(schema) for chart, schema in SCHEMAS.items()}
FILES = [
    (path.parent.name, path.name)
    for chart in MODELLED_CHARTS
    for path in sorted((CHARTS / chart).glob("values*.yaml"))
]


def at(schema: Any, *route: str) -> Any:
    for step in route:
        schema = schema["properties"][step]
    return schema


@pytest.mark.parametrize(("chart", "name"), FILES)
def test_every_value_file_fits_alone_and_merged(chart: str, name: str) -> None:
    overlay = load(chart, name)
    assert VALIDATORS[chart].is_valid(overlay)
    assert VALIDATORS[chart].is_valid(coalesce(DEFAULTS[chart], overlay))
    # Helm before 3.18 hands nulls of the defaults on.
    assert VALIDATORS[chart].is_valid(merge(DEFAULTS[chart], overlay))


def test_a_chart_without_a_model_has_no_schema() -> None:
    assert chart_schema("redis") is None
    assert schema_text("redis") is None


@pytest.mark.parametrize("chart", MODELLED_CHARTS)
def test_the_text_is_the_same_every_time(chart: str) -> None:
    text = schema_text(chart, DEFAULTS[chart])
    assert text is not None
    assert text == schema_text(chart, copy.deepcopy(DEFAULTS[chart]))
    assert text.endswith("}\n")
    assert json.loads(text) == SCHEMAS[chart]


@pytest.mark.parametrize("chart", MODELLED_CHARTS)
def test_it_is_a_schema_of_draft_7(chart: str) -> None:
    assert SCHEMAS[chart]["$schema"] == "http://json-schema.org/draft-07/schema#"
    jsonschema_rs.meta.validate(SCHEMAS[chart])


def _parts(schema: Any) -> Iterator[Any]:
    yield schema
    for part in schema.get("properties", {}).values():
        yield from _parts(part)
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from _parts(schema[name])


@pytest.mark.parametrize("chart", MODELLED_CHARTS)
def test_an_editor_has_something_to_say_about_every_field(chart: str) -> None:
    for part in _parts(SCHEMAS[chart]):
        for name, field in part.get("properties", {}).items():
            assert field.get("description"), name


@pytest.mark.parametrize("chart", MODELLED_CHARTS)
def test_nothing_has_to_be_looked_up(chart: str) -> None:
    text = json.dumps(SCHEMAS[chart])
    assert "$ref" not in text
    assert "anyOf" not in text


def test_defaults_are_those_of_values_yaml() -> None:
    schema = SCHEMAS["plate-llm"]
    assert at(schema, "port")["default"] == 8000
    assert at(schema, "image", "tag")["default"] is None
    assert at(schema, "resources", "limits")["default"] == {"cpu": "1000m", "memory": "2Gi"}
    assert "default" not in at(schema, "image")


def test_forms_are_in_the_schema() -> None:
    schema = SCHEMAS["plate-llm"]
    assert at(schema, "image", "pullPolicy")["enum"] == ["Always", "IfNotPresent", "Never"]
    assert at(schema, "port")["maximum"] == 65535
    assert at(schema, "image", "tag")["type"] == ["string", "null"]
    assert at(schema, "podLabels")["propertyNames"]["maxLength"] == 317
    hosts = at(schema, "ingress", "hosts")["items"]
    assert hosts["required"] == ["host", "paths"]


def test_required_is_only_what_nothing_else_gives() -> None:
    schema = SCHEMAS["plate-llm"]
    assert "required" not in schema
    assert "required" not in at(schema, "image")
    assert at(schema, "livenessProbe", "exec")["required"] == ["command"]
    without = chart_schema("plate-llm", {**DEFAULTS["plate-llm"], "port": None})
    assert without is not None
    assert without["required"] == ["port"]


def test_without_defaults_all_of_them_count_as_given() -> None:
    schema = chart_schema("plate-llm")
    assert schema is not None
    assert "required" not in schema
    assert "required" not in at(schema, "image")
    assert at(schema, "ingress", "tls")["items"]["required"] == ["secretName"]


@pytest.fixture(scope="module")
def chart_with_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chart = tmp_path_factory.mktemp("charts") / "plate-llm"
    shutil.copytree(CHARTS / "plate-llm", chart)
    text = schema_text("plate-llm", DEFAULTS["plate-llm"])
    assert text is not None
    (chart / "values.schema.json").write_text(text, encoding="utf-8")
    return chart


@pytest.mark.parametrize("name", ["values.yaml", "values-stg.yaml", "values-prod.yaml"])
def test_helm_takes_the_environments_with_the_schema_in_place(
    chart_with_schema: Path, name: str
) -> None:
    overlay = load("plate-llm", name)
    with helm_python.Chart.load(chart_with_schema) as chart:
        chart.validate_schema(coalesce(DEFAULTS["plate-llm"], overlay))


@pytest.mark.parametrize(
    ("overlay", "place"),
    [
        ({"replicaCont": 2}, "replicaCont"),
        ({"port": "8000"}, "/port"),
        ({"image": {"tag": 1.10}}, "/image/tag"),
        ({"image": {"tag": ""}}, "/image/tag"),
        ({"resources": {"limits": {"memory": "2G1"}}}, "/resources/limits/memory"),
        ({"resources": {"limits": {"memroy": "2Gi"}}}, "/resources/limits"),
        ({"appSecrets": {"envVars": [{"name": "A"}]}}, "/appSecrets/envVars/0"),
        ({"ingress": {"hosts": [{"host": "https://a", "paths": []}]}}, "/ingress/hosts/0"),
    ],
)
def test_helm_refuses_a_wrong_value_with_the_schema_in_place(
    chart_with_schema: Path, overlay: Values, place: str
) -> None:
    with (
        helm_python.Chart.load(chart_with_schema) as chart,
        pytest.raises(helm_python.HelmError, match=place),
    ):
        chart.validate_schema(coalesce(DEFAULTS["plate-llm"], overlay))


def _routes(values: Any, here: Route = ()) -> Iterator[Route]:
    yield here
    if isinstance(values, dict):
        for key, value in values.items():
            yield from _routes(value, (*here, key))
    elif isinstance(values, list):
        for index, value in enumerate(values):
            yield from _routes(value, (*here, index))


def _put(values: Any, route: Route, value: Any) -> Any:
    if not route:
        return value
    changed = copy.copy(values)
    changed[route[0]] = _put(values[route[0]], route[1:], value)
    return changed


SAMPLES = {
    chart: [coalesce(DEFAULTS[chart], load(chart, name)) for of, name in FILES if of == chart]
    for chart in MODELLED_CHARTS
}
_LEAVES = (
    st.booleans()
    | st.integers(-3, 70000)
    | st.sampled_from([0.5, 1.0, 8000.0, 1.5])
    | st.text(max_size=5)
    | st.sampled_from(["Always", "500m", "1Gi", "25%", "http", "a.b/c", "*.a.b", "1h0m0s", "-1"])
)
_KEYS = st.sampled_from(["name", "port", "enabled", "path", "type", "cpu", "x y", "replicaCont"])
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_KEYS, inner, max_size=2),
    max_leaves=5,
)


@st.composite
def changed_values(draw: st.DrawFn) -> tuple[str, Values]:
    """The sound values of an environment with something else in one or two places."""
    chart = draw(st.sampled_from(MODELLED_CHARTS))
    values: Values = draw(st.sampled_from(SAMPLES[chart]))
    for _ in range(draw(st.integers(1, 2))):
        route = draw(st.sampled_from([route for route in _routes(values) if route]))
        values = _put(values, route, draw(_TREES))
    return chart, values


@settings(max_examples=300, deadline=None)
@given(changed_values())
def test_what_the_schema_refuses_the_model_refuses(case: tuple[str, Values]) -> None:
    chart, values = case
    if not VALIDATORS[chart].is_valid(values):
        assert check_values(chart, values)


@settings(max_examples=300, deadline=None)
@given(changed_values())
def test_of_types_and_forms_the_schema_refuses_as_much_as_the_model(
    case: tuple[str, Values],
) -> None:
    chart, values = case
    if check_overlay(chart, values):
        assert not VALIDATORS[chart].is_valid(values)


@settings(max_examples=100, deadline=None)
@given(changed_values(), st.data())
def test_a_null_counts_as_not_there_in_both(case: tuple[str, Values], data: st.DataObject) -> None:
    chart, values = case
    routes = [route for route in _routes(values) if route and isinstance(route[-1], str)]
    nulled = _put(values, data.draw(st.sampled_from(routes)), None)
    assert bool(check_values(chart, nulled)) == bool(check_values(chart, without_nulls(nulled)))
    if not VALIDATORS[chart].is_valid(nulled):
        assert check_values(chart, nulled)
