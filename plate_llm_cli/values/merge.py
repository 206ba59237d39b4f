"""How Helm puts values together, as Helm 4.3 does it for a chart without subcharts.

Two merges, which treat null differently: between value files a null is a value like any other and
replaces what was there; against the chart's defaults it removes the key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Plain

Values = dict[str, "Plain"]


def merge(base: Values, override: Values) -> Values:
    """Two value files, the later one in `override`: maps deep, everything else replaced.

    Neither argument is changed; the result shares the parts that were not merged.
    """
    merged = dict(base)
    for key, value in override.items():
        below = merged.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            merged[key] = merge(below, value)
        else:
            merged[key] = value
    return merged


def coalesce(chart_defaults: Values, overrides: Values) -> Values:
    """What `.Values` holds: the merged value files over the chart's values.yaml.

    A null in `overrides` removes a default; one for a key without a default stays. A null in the
    defaults counts as not there (Helm up to 3.17 hands it on to the templates).
    Neither argument is changed; the result shares the parts that were not merged.
    """
    result = _tables(_without_nulls(chart_defaults), overrides)
    # Only at the top Helm drops a null that meets a default of null; further down it stays.
    for key, value in chart_defaults.items():
        if value is None and result.get(key, "") is None:
            del result[key]
    return result


def _tables(defaults: Values, overrides: Values) -> Values:
    result = dict(overrides)
    for key, default in defaults.items():
        if key not in result:
            result[key] = default
            continue
        value = result[key]
        if value is None:
            del result[key]
        elif isinstance(value, dict) and isinstance(default, dict):
            result[key] = _tables(default, value)
    return result


def _without_nulls(table: Values) -> Values:
    return {
        key: _without_nulls(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if value is not None
    }
