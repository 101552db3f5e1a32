"""Rooms import only what they may: data flows one way."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = (
    "benchmarks",
    "experiments",
    "foundation",
    "imdb",
    "jena",
    "lab",
    "layers",
    "recurrence",
    "sequences",
    "tables",
    "tests",
)

ALLOWED = {
    "recurrence": lambda module: module.startswith("recurrence"),
    "layers": lambda module: module.startswith("layers"),
    "foundation": lambda module: module.startswith("foundation"),
    "lab": lambda module: module.startswith(("lab", "foundation")),
    "jena": lambda module: module.startswith("jena") or module.startswith("foundation"),
    "tables": lambda module: module.startswith("tables") or module.startswith("foundation"),
    "imdb": lambda module: module.startswith("imdb") or module.startswith("foundation"),
    "sequences": lambda module: module.startswith("sequences") or module.startswith("foundation"),
}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (
                [f"{node.module}.{alias.name}" for alias in node.names] if node.module in ROOMS else [node.module]
            )


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_what_it_may(room):
    files = list((ROOT / room).rglob("*.py"))
    assert files
    for path in files:
        own = [module for module in imports(path) if module.split(".")[0] in ROOMS]
        assert not [module for module in own if not ALLOWED[room](module)], path
