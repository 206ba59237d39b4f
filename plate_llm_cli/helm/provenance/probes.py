"""Other values to try in place of one: as different as needed, as well-formed as the old one.

A chart's own checks would refuse nonsense, and every refusal hides what the value does. So a host
name is replaced by a host name and a quantity by a quantity.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, Final

from plate_llm_cli.helm.engine import SetInteger


class Removal(Enum):
    """The key itself is taken away; null, in contrast, takes the chart's default away."""

    REMOVED = "removed"


REMOVED: Final = Removal.REMOVED

# Words of Kubernetes that stand for one another: a value among them is replaced by its neighbours.
_WORDS: Final = (
    ("ClusterIP", "NodePort", "LoadBalancer"),
    ("Always", "IfNotPresent", "Never"),
    ("Always", "OnFailure", "Never"),
    ("Prefix", "Exact", "ImplementationSpecific"),
    ("RollingUpdate", "Recreate", "OnDelete"),
    ("TCP", "UDP", "SCTP"),
    ("HTTP", "HTTPS"),
    ("http", "https"),
    ("NoSchedule", "NoExecute", "PreferNoSchedule"),
    ("DoNotSchedule", "ScheduleAnyway"),
    ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"),
    ("debug", "info", "warn", "error"),
    ("DEBUG", "INFO", "WARN", "ERROR"),
    ("Cluster", "Local"),
    ("Retain", "Delete"),
    ("Role", "ClusterRole"),
    ("SecretStore", "ClusterSecretStore"),
    ("Deployment", "StatefulSet", "DaemonSet"),
    ("true", "false"),
    ("yes", "no"),
    ("on", "off"),
)

# The first shape that fits decides. The two texts that follow are other values of that shape.
_SHAPES: Final = tuple(
    (re.compile(pattern), others)
    for pattern, others in (
        (r"\d+", ("7", "8")),
        (r"\d+(\.\d+)?(m|Ki|Mi|Gi|Ti|k|M|G|T)", ("37Mi", "38Mi")),
        (r"(\d+(ns|us|ms|s|m|h))+", ("37s", "38s")),
        (r"\d+%", ("37%", "38%")),
        (r"\d+(\.\d+){3}/\d+", ("10.37.0.0/16", "10.38.0.0/16")),
        (r"\d+(\.\d+){3}", ("10.37.0.1", "10.38.0.1")),
        (r"v?\d+\.\d+(\.\d+)?\S*", ("7.7.7", "8.8.8")),
        (r"[a-z][a-z0-9+.-]*://\S+", ("https://probe-a.example", "https://probe-b.example")),
        (r"[^@\s]+@[^@\s]+\.[^@\s]+", ("a@probe.example", "b@probe.example")),
        (r"/\S*", ("/probe-a", "/probe-b")),
        (r"([\d*,/-]+ ){4}[\d*,/-]+", ("7 7 * * *", "8 8 * * *")),
        (r"([a-z0-9-]+\.)+[a-z]{2,}", ("probe-a.example", "probe-b.example")),
        (r"\S+/\S+", ("probe-a/image", "probe-b/image")),
        (r"[A-Z][A-Z0-9_]*", ("PROBE_A", "PROBE_B")),
        (r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", ("probe-a", "probe-b")),
    )
)
_OTHER_TEXTS: Final = ("probe-a", "probe-b")


def probes(value: Any) -> list[Any]:
    """Values to try in place of `value`, the most telling first; the last one is `REMOVED`."""
    tries = _tries(value)
    return [*tries, *([] if value is None else [None]), REMOVED]


def _tries(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        return [*_numbers(value)]
    if isinstance(value, str):
        return [*_texts(value), ""] if value else list(_OTHER_TEXTS)
    if isinstance(value, list):
        return _lists(value)
    if isinstance(value, dict):
        return [{}] if value else [{"probe-a": "probe-a"}]
    return ["probe-a", True, {"probe-a": "probe-a"}]


def _numbers(value: float) -> list[int | float]:
    wrap = SetInteger if isinstance(value, SetInteger) else type(value)
    return [wrap(value + 1), *([wrap(0)] if value else [])]


def _texts(text: str) -> tuple[str, ...]:
    """Two other texts of the same shape."""
    for words in _WORDS:
        if text in words:
            return tuple(word for word in words if word != text)[:2]
    for shape, others in _SHAPES:
        if shape.fullmatch(text):
            return tuple(other for other in others if other != text)
    return _OTHER_TEXTS


def _lists(items: list[Any]) -> list[Any]:
    if not items:
        return [["probe-a"], [{"name": "probe-a"}]]
    return [[], *([items[:-1]] if len(items) > 1 else []), [*items, *items]]
