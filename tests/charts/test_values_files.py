"""The value files themselves: complete, commented, and without repetition."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.charts.conftest import CHARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

OVERLAYS = sorted(CHARTS.glob("*/values-*.yaml"))
BASES = sorted(CHARTS.glob("*/values.yaml"))
TEMPLATES = sorted(CHARTS.glob("*/templates/**/*"))


def leaves(values: Any, route: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(values, dict) and values:
        for key, value in values.items():
            yield from leaves(value, (*route, key))
    else:
        yield route, values


def name(path: Any) -> str:
    return path.relative_to(CHARTS).as_posix()  # type: ignore[no-any-return]  # pytest hands any


@pytest.mark.parametrize("overlay", OVERLAYS, ids=name)
def test_an_overlay_holds_only_what_differs(overlay: Any) -> None:
    defaults = dict(leaves(yaml.safe_load((overlay.parent / "values.yaml").read_text("utf-8"))))
    same = [
        ".".join(route)
        for route, value in leaves(yaml.safe_load(overlay.read_text("utf-8")))
        if route in defaults and defaults[route] == value
    ]
    assert same == []


@pytest.mark.parametrize("overlay", OVERLAYS, ids=name)
def test_an_overlay_sets_only_what_the_chart_knows(overlay: Any) -> None:
    known = yaml.safe_load((overlay.parent / "values.yaml").read_text("utf-8"))
    unknown = [
        ".".join(route)
        for route, _ in leaves(yaml.safe_load(overlay.read_text("utf-8")))
        if not is_known(known, route)
    ]
    assert unknown == []


def is_known(known: Any, route: tuple[str, ...]) -> bool:
    for key in route:
        if known == {} or "/" in key:
            return True  # a map that the chart leaves to the operator, as annotations
        if not isinstance(known, dict) or key not in known:
            return False
        known = known[key]
    return True


@pytest.mark.parametrize("base", BASES, ids=name)
def test_every_block_is_explained(base: Any) -> None:
    lines = base.read_text("utf-8").splitlines()
    around = zip(["", *lines[:-1]], lines, [*lines[1:], ""], strict=True)
    bare = [
        line
        for above, line, below in around
        if line[:1].isalpha() and not (above.startswith("#") or below.strip().startswith("#"))
    ]
    assert bare == []


@pytest.mark.parametrize("base", BASES, ids=name)
def test_every_switch_is_explained(base: Any) -> None:
    lines = base.read_text("utf-8").splitlines()
    bare = [
        f"line {number}: {line}"
        for number, (above, line) in enumerate(itertools.pairwise(lines), start=2)
        if line.strip().startswith(("enabled:", "create:")) and not explained(above, line)
    ]
    assert bare == []


def explained(above: str, line: str) -> bool:
    same_block = len(above) - len(above.lstrip()) == len(line) - len(line.lstrip())
    return same_block and above.strip().startswith("#")


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_no_template_asks_the_cluster(template: Any) -> None:
    # Under ArgoCD `lookup` finds nothing, and the render would differ from the roll-out.
    if template.is_file():
        assert "lookup " not in template.read_text("utf-8")


@pytest.mark.parametrize("helpers", sorted(CHARTS.glob("*/templates/_helpers.tpl")), ids=name)
def test_helpers_stay_small(helpers: Any) -> None:
    assert len(helpers.read_text("utf-8").splitlines()) < 80
