"""What is measured: each case is one line of the table, ours against what people run today."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import trees
from benchmarks.measure import Command, Pipeline, medians, peak_memory
from plate_llm_cli.cli import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.measure import Sample
    from benchmarks.trees import Release

BIN = Path(sys.executable).parent
KUBERNETES = "1.37"
SIZES = (25, 50, 100)
MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a case may write, how often it runs things, and the helm binary to compare with."""

    folder: Path
    runs: int
    helm: Path


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `held` says whether `ratio` keeps to `target`."""

    case: str
    ours: str
    peer: str
    ratio: str
    target: str
    held: bool


def find_helm() -> Path:
    """The helm binary: $HELM_BINARY, what `nox -s helm` fetched, or the PATH's."""
    fetched = trees.REPOSITORY / ".cache" / "helm" / "helm"
    named = os.environ.get("HELM_BINARY") or (str(fetched) if fetched.exists() else "")
    found = named or shutil.which("helm")
    if not found:
        raise SystemExit("benchmarks need a helm binary: run `nox -s helm`, or set HELM_BINARY")
    return Path(found)


def plate_llm(*arguments: str, root: Path = trees.REPOSITORY) -> Command:
    """Our own command, as it is installed."""
    return Command((str(BIN / "plate-llm"), *arguments, "-C", str(root)))


def validate(*arguments: str, root: Path = trees.REPOSITORY) -> Command:
    """`validate`, which ends with 0 whatever it finds: a crash must not pass for a result."""
    return plate_llm("validate", "--fail-on", "never", *arguments, root=root)


def helm_template(bench: Bench, release: Release, output: Path | None = None) -> Command:
    """`helm template` of one release."""
    return Command((str(bench.helm), "template", *release.helm_arguments), stdout=output)


def usual_pipeline(bench: Bench, releases: list[Release]) -> Pipeline:
    """What people run in CI for each release: lint, template, check against the schemas."""
    commands = []
    for release in releases:
        manifests = bench.folder / f"{release.name}.yaml"
        _, *chart_and_values = release.helm_arguments
        commands += [
            Command((str(bench.helm), "lint", *chart_and_values)),
            helm_template(bench, release, manifests),
            Command(
                (str(BIN / "kubernetes-validate"), "--strict", "-k", KUBERNETES, str(manifests)),
                accepted=(0, 1),
            ),
        ]
    return tuple(commands)


def render_one(bench: Bench) -> Row:
    """`render stg` against one `helm template` process."""
    (staging,) = (item for item in trees.own_releases() if item.name == "plate-llm-stg")
    taken = medians(
        {
            "ours": (plate_llm("render", "stg"),),
            "peer": (helm_template(bench, staging),),
        },
        bench.runs,
    )
    return at_most("render stg / one helm template", taken, 5)


def validate_without_provenance(bench: Bench) -> Row:
    """`validate --no-provenance` against the usual pipeline."""
    taken = medians(
        {
            "ours": (validate("--no-provenance"),),
            "peer": usual_pipeline(bench, trees.own_releases()),
        },
        bench.runs,
    )
    return times_faster("validate without provenance / lint + template + schemas", taken, 3)


def validate_everything(bench: Bench) -> Row:
    """`validate` as it comes against the usual pipeline."""
    taken = medians(
        {
            "ours": (validate(),),
            "peer": usual_pipeline(bench, trees.own_releases()),
        },
        bench.runs,
    )
    return times_faster("validate, everything on / lint + template + schemas", taken, 1)


def render_all(bench: Bench) -> Row:
    """`render --all` of 100 environments against 100 `helm template` processes."""
    root = bench.folder / "hundred"
    releases = trees.generate(root, 100)
    taken = medians(
        {
            "ours": (plate_llm("render", "--all", root=root),),
            "peer": tuple(helm_template(bench, release) for release in releases),
        },
        max(bench.runs // 3, 3),
    )
    return times_faster("render --all, 100 environments / 100 helm template", taken, 5)


def help_page(bench: Bench) -> Row:
    """`--help` against that of a Typer app with as many commands that do nothing."""
    program = bench.folder / "empty.py"
    commands = "".join(
        f"@app.command({name!r})\ndef _{number}() -> None:\n    {text!r}\n"
        for number, (name, text) in enumerate(COMMANDS.items())
    )
    program.write_text(f"import typer\napp = typer.Typer()\n{commands}\napp()\n", "utf-8")
    taken = medians(
        {
            "ours": (Command((str(BIN / "plate-llm"), "--help")),),
            "peer": (Command((sys.executable, str(program), "--help")),),
        },
        bench.runs * 2,
    )
    return at_most("--help / an empty Typer app with as many commands", taken, 1.3)


def scaling(bench: Bench) -> Row:
    """`validate` of 25, 50 and 100 releases: the second step is twice the first, if linear."""
    subjects = {}
    for size in SIZES:
        root = bench.folder / f"scaling-{size}"
        trees.generate(root, size)
        subjects[str(size)] = (validate(root=root),)
    taken = medians(subjects, max(bench.runs // 3, 3))
    # CPU time: the difference of differences is small, and other work on the machine shows in it.
    small, middle, large = (taken[str(size)].cpu for size in SIZES)
    growth = (large - middle) / (middle - small)
    return Row(
        "validate, 25 / 50 / 100 releases: growth of the second step over the first",
        " / ".join(f"{seconds:.2f} s CPU" for seconds in (small, middle, large)),
        "",
        f"{growth:.2f}",
        "linear: 2, at most 2.4",
        growth <= 2.4,
    )


def memory(bench: Bench) -> Row:
    """Peak resident memory of `validate` on this tree, with its child process."""
    peak = max(peak_memory(validate()) for _ in range(max(bench.runs // 3, 1)))
    return Row(
        "peak memory of validate on this tree, parent and child",
        f"{peak / MEBIBYTE:.0f} MiB",
        "",
        "",
        "under 250 MiB",
        peak < 250 * MEBIBYTE,
    )


CASES: tuple[Callable[[Bench], Row], ...] = (
    render_one,
    validate_without_provenance,
    validate_everything,
    render_all,
    help_page,
    scaling,
    memory,
)


def at_most(case: str, taken: dict[str, Sample], limit: float) -> Row:
    """A row where ours may take so many times as long as the peer."""
    ratio = taken["ours"].wall / taken["peer"].wall
    cells = (_seconds(taken["ours"]), _seconds(taken["peer"]), f"{ratio:.2f}x the time")
    return Row(case, *cells, f"at most {limit:g}x", ratio <= limit)


def times_faster(case: str, taken: dict[str, Sample], least: float) -> Row:
    """A row where ours must be so many times as fast as the peer."""
    ratio = taken["peer"].wall / taken["ours"].wall
    target = f"at least {least:g}x faster" if least > 1 else "faster"
    cells = (_seconds(taken["ours"]), _seconds(taken["peer"]), f"{ratio:.1f}x faster")
    return Row(case, *cells, target, ratio >= least)


def _seconds(sample: Sample) -> str:
    return f"{sample.wall * 1000:.0f} ms ({sample.cpu * 1000:.0f} ms CPU)"
