from __future__ import annotations

from graphlib import TopologicalSorter

import grimp
import pytest


@pytest.mark.parametrize("package", ["plate_llm_cli", "service"])
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    # Two modules of one room may name each other's types; what runs may not go round.
    graph = grimp.build_graph(package, exclude_type_checking_imports=True)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    # Raises CycleError, which shows the circle.
    order = list(TopologicalSorter(imports).static_order())
    assert set(order) == graph.modules
