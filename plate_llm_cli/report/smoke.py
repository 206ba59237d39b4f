"""What every report of smoke checks says: where the checks went, and what came of them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.report.untrusted import one_line
from plate_llm_cli.smoke.check import Verdict
from plate_llm_cli.smoke.target import Way, shown

if TYPE_CHECKING:
    from plate_llm_cli.smoke.runner import Run
    from plate_llm_cli.smoke.target import Target

_WAYS: Final = {
    Way.INGRESS: "through its ingress",
    Way.PORT_FORWARD: "through a port-forward",
    Way.IN_CLUSTER: "from inside the cluster",
    Way.URL: "",
}
_COUNTED: Final = {
    Verdict.PASS: "passed",
    Verdict.WARN: "to know of",
    Verdict.FAIL: "failed",
    Verdict.SKIP: "skipped",
}


@dataclass(frozen=True, slots=True)
class Tested:
    """Where the checks went; `env` is as people type it, '' where only a URL is known."""

    target: Target
    env: str = ""

    @property
    def name(self) -> str:
        """`smoke stg`, or `smoke`."""
        return f"smoke {self.env}".rstrip()

    @property
    def address(self) -> str:
        """Host and port that connections go to in spite of DNS, or ''."""
        return shown(*self.target.address) if self.target.address else ""

    @property
    def line(self) -> str:
        """`stg: https://llm.example.org, through its ingress, connected to 10.0.0.1:443`."""
        connected = f"connected to {self.address}" if self.address else ""
        parts = (self.target.url, _WAYS[self.target.way], connected)
        said = ", ".join(part for part in parts if part)
        return f"{self.env}: {said}" if self.env else said


def summary(run: Run) -> str:
    """`24 passed, 1 to know of, 2 failed, 3 skipped in 3.4 s; 412 tokens spent`.

    Of those skipped it says how many could not be tried, lest that be taken for all is well.
    """
    counts = [(run.count(verdict), said) for verdict, said in _COUNTED.items()]
    found = ", ".join(f"{count} {said}" for count, said in counts if count)
    untried = sum(result.outcome.untried for result in run.results)
    found += f" ({untried} could not be tried)" if untried else ""
    unit = "token" if run.spent == 1 else "tokens"
    spent = f"; {run.spent} {unit} spent" if run.spent else ""
    return f"{found or 'nothing was checked'} in {duration(run.seconds)}{spent}"


def duration(seconds: float) -> str:
    """`12 ms`, `3.4 s`, `75 s`."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"


def shortened(text: str, most: int) -> str:
    """`text` on one line, safe to print, of at most `most` characters.

    Of a longer one begin and end, as causes often stand last.
    """
    shown = one_line(text)
    if len(shown) <= most:
        return shown
    end = most // 3
    return f"{shown[: most - end - 3]} … {shown[-end:]}"
