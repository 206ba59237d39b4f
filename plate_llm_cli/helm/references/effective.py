"""What `.Values` holds in each chart of a tree: the overrides over the defaults of all charts.

Good enough to tell which switches are on; the merge that Helm does is checked elsewhere against
Helm itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plate_llm_cli.helm.templates.chart import ChartSource, Keys

Values = dict[str, Any]


def effective_values(chart: ChartSource, overrides: Values) -> Values:
    """The root chart's values, with those of each subchart under its alias."""
    values = _filled(chart.defaults, overrides)
    for child in chart.children:
        given = _table(values.get(child.prefix[-1]))
        shared = _table(values.get("global"))
        if shared:
            given = {**given, "global": _filled(_table(given.get("global")), shared)}
        inner = effective_values(child, given)
        values[child.prefix[-1]] = inner
        for source, target in child.dependency.imports if child.dependency else ():
            values = _filled(_wrapped(_at(inner, source), target), values)
    return values


def _filled(defaults: Values, values: Values) -> Values:
    """`values`, and of `defaults` what they lack. A null takes the default away."""
    filled = {key: value for key, value in values.items() if value is not None}
    for key, default in defaults.items():
        if key not in values:
            filled[key] = default
        elif isinstance(default, dict) and isinstance(values[key], dict):
            filled[key] = _filled(default, values[key])
    return filled


def _at(values: Values, keys: Keys) -> Any:
    found: Any = values
    for key in keys:
        found = _table(found).get(key)
    return found


def _wrapped(value: Any, keys: Keys) -> Values:
    wrapped = _table(value)
    for key in reversed(keys):
        wrapped = {key: wrapped}
    return wrapped


def _table(value: Any) -> Values:
    return value if isinstance(value, dict) else {}
