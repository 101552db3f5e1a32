"""The house: which room may import which, that no import runs upwards, and that `lab/` knows no data set."""

import ast
import graphlib
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "foundation": set(),
    "recurrence": set(),
    "layers": set(),
    "tables": {"foundation"},
    "jena": {"foundation", "tables"},
    "imdb": {"foundation"},
    "sequences": {"foundation"},
    "lab": {"foundation"},
    "experiments": {"foundation", "recurrence", "layers", "tables", "jena", "imdb", "sequences", "lab"},
    "lecture": {"foundation", "recurrence", "layers", "jena", "imdb", "lab", "experiments"},
    "notebooks": {"foundation", "recurrence", "layers", "imdb", "lab", "experiments", "lecture"},
    "benchmarks": {"foundation", "recurrence", "layers", "tables", "jena", "imdb", "sequences", "lab", "experiments"},
}
"""Beside themselves, from the ground up."""
LAB = ("report", "claims", "sweep", "comparison")
"""Families of `lab/`, each of which may import those after it; the other modules of `lab/` import no family."""
EXPERIMENTS = ("__main__", "commands", "making", "trained_run", "loading", "groups", "catalogue", "protocol")
"""Floors of `experiments/`, each of which may import those after it; a group is the packages of its experiments."""
DATA_SETS = re.compile(
    r"jena|imdb|mnist|ptb|nottingham|chorale|weather|temperature|celsius|°|review|common.sense|test period",
    re.IGNORECASE,
)
LONG = 300
"""Lines of a module, at most."""


@cache
def modules():
    """Every module of the house by its dotted name, with its syntax tree."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(path.read_text())
        for room in MAY_IMPORT
        for path in (ROOT / room).rglob("*.py")
    }


def imports(name):
    """The modules of the house that a module imports, anywhere in it and for types too."""
    known = modules()
    for node in ast.walk(known[name]):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            full = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [one if one in known else node.module for one in full]
        yield from (one for one in names if one in known and one != name)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room):
    own = [name for name in modules() if name.split(".")[0] == room]
    assert own
    for name in own:
        assert {other.split(".")[0] for other in imports(name)} <= MAY_IMPORT[room] | {room}, name


def test_no_modules_import_each_other():
    graph = {name: set(imports(name)) for name in modules()}
    assert tuple(graphlib.TopologicalSorter(graph).static_order())


def floor(name):
    """The place of a module of `lab/` or `experiments/` on its floors; the ground is last."""
    room, *rest = name.split(".")
    first = rest[0] if rest else ""
    if room == "lab":
        return LAB.index(first) if first in LAB else len(LAB)
    if first in EXPERIMENTS:
        return EXPERIMENTS.index(first)
    return EXPERIMENTS.index("groups") if (ROOT / "configs" / first).is_dir() and first else len(EXPERIMENTS)


@pytest.mark.parametrize("room", ["lab", "experiments"])
def test_no_import_runs_upwards(room):
    for name in modules():
        if name.split(".")[0] == room:
            above = [other for other in imports(name) if other.split(".")[0] == room and floor(other) < floor(name)]
            assert not above, name


def test_groups_know_nothing_of_each_other():
    groups = [path.name for path in (ROOT / "configs").iterdir() if path.is_dir()]
    for name in modules():
        _, _, rest = name.partition("experiments.")
        if rest.split(".")[0] in groups:
            others = {other.split(".")[1] for other in imports(name) if other.startswith("experiments.")}
            assert not others & set(groups) - {rest.split(".")[0]}, name


def words(tree):
    """The names and texts of a module's code, without its docstrings."""
    docstrings = set()
    for node in ast.walk(tree):
        for child in getattr(node, "body", []) if not isinstance(node, ast.Lambda | ast.IfExp) else []:
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                docstrings.add(child.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
            yield node.value


def test_lab_knows_no_data_set():
    texts = {name: "\n".join(words(tree)) for name, tree in modules().items() if name.split(".")[0] == "lab"}
    texts |= {path.name: path.read_text() for path in (ROOT / "lab").rglob("*.js")}
    texts |= {path.name: path.read_text() for path in (ROOT / "lab").rglob("*.html")}
    found = {name: sorted(set(DATA_SETS.findall(text))) for name, text in texts.items() if DATA_SETS.search(text)}
    assert not found


def test_no_module_is_long():
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines())
        for room in MAY_IMPORT
        for path in (ROOT / room).rglob("*.py")
    }
    assert not {name: length for name, length in lengths.items() if length > LONG}
