"""The trees that are measured: this repository's own, and generated ones of any size."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).parents[1]
APPLICATIONS = REPOSITORY / "environments" / "argocd" / "apps"


@dataclass(frozen=True, slots=True)
class Release:
    """What a `helm` command needs to know of one Application."""

    name: str
    namespace: str
    chart: Path
    value_files: tuple[Path, ...]

    @property
    def helm_arguments(self) -> tuple[str, ...]:
        """Name, chart and values, as `helm template` takes them."""
        files = [argument for path in self.value_files for argument in ("--values", str(path))]
        return (self.name, str(self.chart), "--namespace", self.namespace, *files)


def own_releases() -> list[Release]:
    """The releases of this repository, read from its Applications."""
    return [_release(path, REPOSITORY) for path in sorted(APPLICATIONS.glob("*.yaml"))]


def generate(folder: Path, environments: int) -> list[Release]:
    """A tree in `folder` that deploys this repository's chart to so many environments.

    Value files are outside the chart: Helm loads every file of a chart, so that each release
    would otherwise cost more the more releases there are.
    """
    shutil.copytree(REPOSITORY / "charts" / "plate-llm", folder / "charts" / "plate-llm")
    values = (folder / "charts" / "plate-llm" / "values-stg.yaml").read_text("utf-8")
    application = (APPLICATIONS / "plate-llm-stg.yaml").read_text("utf-8")
    (folder / "values").mkdir()
    (folder / "applications").mkdir()
    return [
        _environment(folder, f"team{number:03}", application, values)
        for number in range(environments)
    ]


def _environment(folder: Path, name: str, application: str, values: str) -> Release:
    own = values.replace("llm.cocdev", f"{name}.cocdev")
    (folder / "values" / f"{name}.yaml").write_text(own, "utf-8")
    text = application.replace("values-stg.yaml", f"../../values/{name}.yaml")
    path = folder / "applications" / f"{name}.yaml"
    path.write_text(text.replace("plate-stg", name).replace("-stg", f"-{name}"), "utf-8")
    return _release(path, folder)


def _release(path: Path, root: Path) -> Release:
    application = yaml.safe_load(path.read_text("utf-8"))
    source = application["spec"]["source"]
    chart = root / source["path"]
    files = source.get("helm", {}).get("valueFiles", [])
    return Release(
        application["metadata"]["name"],
        application["spec"]["destination"]["namespace"],
        chart,
        tuple(chart / name for name in files),
    )
