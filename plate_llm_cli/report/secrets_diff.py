"""Two environments side by side, for people and for programs: names and ages, never a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from plate_llm_cli.report.columns import table
from plate_llm_cli.report.secrets_age import age_text
from plate_llm_cli.report.untrusted import json_text, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from plate_llm_cli.secrets.lifecycle.differences import Comparison, KeyPair, PathPair, Side
    from plate_llm_cli.secrets.spec import PathSpec


@dataclass(frozen=True, slots=True)
class Environments:
    """The two as they were named, and the time at which they were looked at."""

    a: str
    b: str
    now: datetime


def differences_text(found: Comparison, of: Environments, width: int | None) -> str:
    """A block for each pair of paths, then what has no counterpart, then how much differs."""
    blocks = [_block(pair, of, width) for pair in found.pairs]
    lines = [*_alone(found, of), _summary(found)]
    return "\n".join([*blocks, "".join(f"{one_line(line)}\n" for line in lines)])


def differences_json(found: Comparison, of: Environments, address: str) -> str:
    """The same for programs."""
    data = {
        "version": 1,
        "a": of.a,
        "b": of.b,
        "address": address,
        "pairs": [
            {
                "a": str(pair.a.place),
                "b": str(pair.b.place),
                "role": pair.a.role or pair.b.role or None,
                "keys": [_key(key, of.now) for key in pair.keys],
            }
            for pair in found.pairs
        ],
        "only_a": _places(found.pairing.only_a),
        "only_b": _places(found.pairing.only_b),
        "shared": _places(found.pairing.shared),
        "summary": {"differences": found.differences, "same_values": found.same_values},
    }
    return json_text(data)


def _block(pair: PathPair, of: Environments, width: int | None) -> str:
    title = one_line(f"{pair.a.place} and {pair.b.place}")
    headings: tuple[str, ...] = ("KEY", one_line(of.a), one_line(of.b), "REMARK")
    rows: list[tuple[str, ...]] = [
        (key.name, _side(key.a, of.now), _side(key.b, of.now), _remark(key, of))
        for key in pair.keys
    ]
    if not any(row[-1] for row in rows):
        headings, rows = headings[:-1], [row[:-1] for row in rows]
    return f"{title}\n{table(headings, rows, width)}"


def _side(side: Side, now: datetime) -> str:
    if side.age is None:
        return "not there" if side.in_spec else "-"
    text = age_text(side.age, now)
    return text if text != "unknown" else "age unknown"


def _remark(key: KeyPair, of: Environments) -> str:
    remarks = []
    if key.same:
        remarks.append("SAME VALUE in both: it should differ")
    if key.a.in_spec != key.b.in_spec:
        remarks.append(f"in the spec of {of.a if key.a.in_spec else of.b} alone")
    elif not key.a.in_spec:
        remarks.append("not in the spec")
    if key.a.present != key.b.present:
        remarks.append(f"only {of.a if key.a.present else of.b} has it")
    return "; ".join(remarks)


def _alone(found: Comparison, of: Environments) -> Iterator[str]:
    for env, paths in ((of.a, found.pairing.only_a), (of.b, found.pairing.only_b)):
        if paths:
            yield f"no counterpart, only in {env}: {', '.join(_places(paths))}"
    if found.pairing.shared:
        yield f"shared by both, not compared: {', '.join(_places(found.pairing.shared))}"


def _summary(found: Comparison) -> str:
    number, same = found.differences, found.same_values
    differ = "1 difference in names" if number == 1 else f"{number} differences in names"
    if not number:
        differ = "the same names in both"
    if not same:
        return differ
    return f"{differ}, {'1 value' if same == 1 else f'{same} values'} that should differ"


def _places(paths: Sequence[PathSpec]) -> list[str]:
    return [str(path.place) for path in paths]


def _key(key: KeyPair, now: datetime) -> dict[str, Any]:
    return {
        "key": key.name,
        "a": _side_data(key.a, now),
        "b": _side_data(key.b, now),
        "differs": key.differs,
        "same_value": key.same,
    }


def _side_data(side: Side, now: datetime) -> dict[str, Any]:
    age = side.age
    return {
        "in_spec": side.in_spec,
        "present": side.present,
        "changed": age.since.isoformat(timespec="seconds") if age else None,
        "exact": age.exact if age else None,
        "age_days": max((now - age.since) // timedelta(days=1), 0) if age else None,
    }
