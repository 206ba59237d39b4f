"""HorizontalPodAutoscalers, and how many pods may be taken away at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.cluster.messages import spoken
from plate_llm_cli.cluster.objects import Object, condition, items, number, text
from plate_llm_cli.cluster.status.item import Item, Level, Problem, Root
from plate_llm_cli.cluster.status.reading import Unread, absent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plate_llm_cli.cluster.objects import Ref
    from plate_llm_cli.cluster.status.expected import Expected
    from plate_llm_cli.cluster.status.reading import Reader


def autoscaling(reader: Reader, expected: Expected) -> Iterator[Item]:
    """Every autoscaler and every disruption budget that ought to be there."""
    for kind, told in _KINDS.items():
        for ref in expected.of_kind(kind):
            live = reader.named(ref.api_version, kind)
            if isinstance(live, Unread):
                yield live.of(ref)
            elif ref.name in live:
                yield told(ref, live[ref.name])
            else:
                yield absent(ref, Root.SCALING, f"plate-llm argocd wait {expected.env}")


def _autoscaler(ref: Ref, node: Object) -> Item:
    least = number(node, "spec", "minReplicas") or 1
    most = number(node, "spec", "maxReplicas")
    current = number(node, "status", "currentReplicas")
    desired = number(node, "status", "desiredReplicas")
    load = ", ".join(_metrics(node))
    said = f"{current} replicas, wants {desired} ({least} to {most})"
    facts = {"current": current, "desired": desired, "min": least, "max": most}
    summary = f"{said}, {load}" if load else said
    return Item(ref, summary, tuple(_scaling_problems(node, desired, most)), facts)


def _scaling_problems(node: Object, desired: int, most: int) -> Iterator[Problem]:
    for kind in ("AbleToScale", "ScalingActive"):
        status, reason, message = condition(node, kind)
        # ScalingDisabled: scaled to 0 by somebody, who knows.
        if status == "False" and reason != "ScalingDisabled":
            advice = "is the metrics server up, and has every container requests?"
            said = f"cannot scale: {reason}: {spoken(message)}"
            yield Problem(Level.FAILING, Root.SCALING, said, advice)
    if most and desired >= most:
        advice = "raise maxReplicas if the load stays"
        yield Problem(Level.NOTE, Root.SCALING, "at its maximum", advice)


def _metrics(node: Object) -> Iterator[str]:
    """Resources with what is used and what is aimed at, in percent of requests."""
    targets: dict[str, int] = {}
    for metric in items(node, "spec", "metrics"):
        aim = number(metric, "resource", "target", "averageUtilization")
        targets[text(metric, "resource", "name")] = aim
    for metric in items(node, "status", "currentMetrics"):
        name = text(metric, "resource", "name")
        used = number(metric, "resource", "current", "averageUtilization")
        if name and targets.get(name):
            yield f"{name} {used}% of {targets[name]}%"


def _budget(ref: Ref, node: Object) -> Item:
    allowed = number(node, "status", "disruptionsAllowed")
    healthy, wanted = (
        number(node, "status", name) for name in ("currentHealthy", "desiredHealthy")
    )
    facts = {"allowed": allowed, "healthy": healthy, "wanted": wanted}
    said = f"{allowed} may be taken away ({healthy} healthy, {wanted} must stay)"
    problems: list[Problem] = []
    if not allowed and number(node, "status", "expectedPods"):
        advice = "a node under it cannot be drained; have one replica more"
        problems.append(Problem(Level.NOTE, Root.SCALING, "no pod may be taken away", advice))
    return Item(ref, said, tuple(problems), facts)


_KINDS: dict[str, Callable[[Ref, Object], Item]] = {
    "HorizontalPodAutoscaler": _autoscaler,
    "PodDisruptionBudget": _budget,
}
