"""Paths of jq: which fields they mean, and what is more than a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.cluster.jq_paths import JqPath, UnreadPathError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.jq_paths import Place

INGRESS = {
    "metadata": {"annotations": {"a.io/b": "1"}},
    "spec": {
        "rules": [
            {"http": {"paths": [{"path": "/"}, {"path": "/.well-known/acme-challenge/x"}]}},
            {"host": "x"},
        ]
    },
}
PATHS = ("spec", "rules", 0, "http", "paths")


@pytest.mark.parametrize(
    ("expression", "places"),
    [
        (".spec", [("spec",)]),
        (".spec.rules[1].host", [("spec", "rules", 1, "host")]),
        (".spec.rules[-1]", [("spec", "rules", 1)]),
        (".spec.rules[2]", []),
        (".spec.rules[-3]", []),
        (".spec.rules[].host", [("spec", "rules", 1, "host")]),
        ('.metadata.annotations."a.io/b"', [("metadata", "annotations", "a.io/b")]),
        ('.metadata.annotations["a.io/b"]', [("metadata", "annotations", "a.io/b")]),
        (
            ".spec.rules[]?.http.paths[]? "
            '| select(.path | startswith("/.well-known/acme-challenge/"))',
            [(*PATHS, 1)],
        ),
        ('.spec.rules[0].http.paths[] | select(.path == "/") | .path', [(*PATHS, 0, "path")]),
        ('.spec.rules[0].http.paths[] | select(.path != "/")', [(*PATHS, 1)]),
        ('.spec.rules[] | select(has("host"))', [("spec", "rules", 1)]),
        (".spec.nothing[].here", []),
    ],
)
def test_where_it_leads(expression: str, places: list[tuple[str | int, ...]]) -> None:
    assert JqPath.read(expression).places(INGRESS) == places


@pytest.mark.parametrize(
    "expression",
    [
        ".a, .b",
        ".a | length",
        ".a | select(.b > 3)",
        "..",
        ".a | map(.b)",
        ".a // 1",
        "del(.a)",
        r'.["\(1)"]',
        ".[] | select(.a | has([1]))",
        '.[] | select(.a | contains(["x"]))',
    ],
)
def test_more_than_a_path(expression: str) -> None:
    with pytest.raises(UnreadPathError):
        JqPath.read(expression)


def _everywhere(value: Any, here: Place = ()) -> Iterator[Place]:
    """The places of all that is in `value`, and of itself."""
    yield here
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _everywhere(inner, (*here, step))


_PIECES = st.sampled_from(
    (
        ".", ".spec", ".rules", ".http", ".paths", ".path", ".host", '."a.io/b"', "[]", "[0]",
        "[-1]", "[7]", "?", " | ", "select(", ")", 'has("host")', 'startswith("/")', "==", '"x"',
    )
)  # fmt: skip
_PATHS = st.lists(_PIECES, max_size=6).map(lambda pieces: f".spec.rules{''.join(pieces)}")


@given(_PATHS | st.text(alphabet='.[]"|?()ab0 =!selct,', max_size=40))
def test_any_text_is_refused_or_leads_to_what_is_there_once(expression: str) -> None:
    try:
        places = JqPath.read(expression).places(INGRESS)
    except UnreadPathError:
        return
    assert set(places) <= set(_everywhere(INGRESS))
    assert len(set(places)) == len(places)
