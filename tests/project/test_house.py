from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 60


def functions(file: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(file.read_text("utf-8"))
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_a_file_can_be_read_in_one_sitting(python_file: Path) -> None:
    assert len(python_file.read_text("utf-8").splitlines()) <= FILE_LINES


def test_a_function_fits_on_a_screen(python_file: Path) -> None:
    long = [
        f"line {function.lineno}: {function.name}"
        for function in functions(python_file)
        if (function.end_lineno or function.lineno) - function.lineno >= FUNCTION_LINES
    ]
    assert long == []


def test_click_is_left_to_typer(python_file: Path) -> None:
    # Typer carries its own copy: a second one would not know its exceptions.
    tree = ast.parse(python_file.read_text("utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert "click" not in imported
