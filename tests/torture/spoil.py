"""Ways to damage a file."""

from __future__ import annotations

import csv
import io
import json
import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import yaml

Spoil = Callable[[random.Random, Path], str]
"""Damages a file and returns what it did, in a few words."""
VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        10**400,
        2**63,
        math.nan,
        math.inf,
        -math.inf,
        1e308,
        "",
        "x",
        "nan",
        "../..",
        "é\x00",
    ),
    *([], {}, [None], ["x"], {"a": [{}]}, [[[[[]]]]], "x" * 10_000),
)
CELLS = ("", "NaN", "x", "inf", "-inf", "1e400", '"', "1,5", "\x00", "9" * 400, "2014-99-99")


def spoil(rng: random.Random, path: Path) -> str:
    """Damages a file in one of the ways that its kind allows; returns what it did."""
    ways, before = [*ANY, *2 * INSIDE.get(path.suffix, [])], path.read_bytes()
    while True:
        way = rng.choice(ways)
        try:
            what = way(rng, path)
        except (ValueError, KeyError, IndexError, OSError):  # it holds nothing to damage in this way
            what = ""
        if what and not (path.is_file() and path.read_bytes() == before):
            return what
        ways = [other for other in ways if other is not way]


def missing(rng: random.Random, path: Path) -> str:
    path.unlink()
    return "missing"


def empty(rng: random.Random, path: Path) -> str:
    path.write_bytes(b"")
    return "empty"


def cut(rng: random.Random, path: Path) -> str:
    end = rng.randrange(path.stat().st_size)
    path.write_bytes(path.read_bytes()[:end])
    return f"cut after {end} bytes"


def garbage(rng: random.Random, path: Path) -> str:
    path.write_bytes(rng.randbytes(rng.choice([1, 100, 10_000])))
    return "garbage"


def zeros(rng: random.Random, path: Path) -> str:
    """As some file systems leave a file after a power cut."""
    path.write_bytes(bytes(path.stat().st_size))
    return "all zeros"


def flipped(rng: random.Random, path: Path) -> str:
    content = bytearray(path.read_bytes())
    places = [rng.randrange(len(content)) for _ in range(rng.choice([1, 1, 3, 30]))]
    for place in places:
        content[place] ^= 1 << rng.randrange(8)
    path.write_bytes(content)
    return f"{len(places)} bits flipped, the first in byte {places[0]}"


def doubled(rng: random.Random, path: Path) -> str:
    path.write_bytes(2 * path.read_bytes())
    return "its content twice"


def a_folder(rng: random.Random, path: Path) -> str:
    path.unlink()
    path.mkdir()
    return "a folder in its place"


def a_loop(rng: random.Random, path: Path) -> str:
    path.unlink()
    path.symlink_to(path)
    return "a link to itself in its place"


def a_broken_link(rng: random.Random, path: Path) -> str:
    path.unlink()
    path.symlink_to("nowhere")
    return "a link to nowhere in its place"


def another(rng: random.Random, path: Path) -> str:
    other = rng.choice(sorted(other for other in path.parent.iterdir() if other.is_file() and other != path))
    path.write_bytes(other.read_bytes())
    return f"the content of {other.name}"


def the_same_of_another_run(rng: random.Random, path: Path) -> str:
    others = [other for other in path.parents[2].glob(f"*/*/{path.name}") if other.is_file() and other != path]
    other = rng.choice(sorted(others))
    path.write_bytes(other.read_bytes())
    return f"{path.name} of {other.parent.parent.name}/{other.parent.name}"


def other_text(rng: random.Random, path: Path) -> str:
    text = rng.choice(
        ['["a", "list"]\n', "3\n", "null\n", "text\n", "[" * 100_000 + "\n", "{}\n", "\ufeff{}\n", "a: &a [*a]\n"]
    )
    path.write_text(text)
    return f"{text[:20]!r} in its place"


def a_value(rng: random.Random, path: Path) -> str:
    """Changes or removes one value of a JSON or YAML file."""
    text = path.read_text(encoding="utf-8")
    content = yaml.safe_load(text) if path.suffix == ".yaml" else json.loads(text)
    what = change(rng, content)
    path.write_text(json.dumps(content) + "\n" if path.suffix == ".json" else yaml.safe_dump(content))
    return what


def change(rng: random.Random, content: Any) -> str:
    """Changes or removes one value of nested dictionaries and lists; returns what it did."""
    places = list(_places(content))
    inner, key, name = rng.choice(places)
    if rng.random() < 0.25:
        del inner[key]
        return f"without {name}"
    inner[key] = rng.choice(VALUES)
    return f"{name}: {str(inner[key])[:20]!r}"


def _places(content: Any, name: str = "") -> Any:
    keys = list(content) if isinstance(content, dict) else range(len(content))
    for key in keys:
        yield content, key, f"{name}{key}"
        if isinstance(content[key], (dict, list)):
            yield from _places(content[key], f"{name}{key}.")


def a_cell(rng: random.Random, path: Path) -> str:
    """Changes one cell of a CSV file, or removes a column or a row."""
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    row, column = rng.randrange(len(rows)), rng.randrange(len(rows[0]))
    what = rng.choice(["cell", "cell", "column", "row", "header", "extra"])
    if what == "cell":
        rows[row][column] = rng.choice(CELLS)
    elif what == "column":
        rows = [[*cells[:column], *cells[column + 1 :]] for cells in rows]
    elif what == "row":
        del rows[row]
    elif what == "header":
        rows = rows[:1]
    else:
        rows[row].append("1")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return f"{what} changed at row {row}, column {column}"


def an_array(rng: random.Random, path: Path) -> str:
    """Changes one array of a checkpoint, or removes it."""
    with np.load(path) as saved:
        arrays = dict(saved)
    key = rng.choice(sorted(arrays))
    value = arrays[key]
    what = rng.choice(["removed", "nan", "shape", "objects", "text", "progress"])
    if what == "progress":
        progress = json.loads(str(arrays["progress"]))
        what = f"progress {change(rng, progress)}"
        arrays["progress"] = np.array(json.dumps(progress))
    elif what == "removed":
        del arrays[key]
    else:
        arrays[key] = {
            "nan": np.full(value.shape, np.nan),
            "shape": np.zeros((3, 3, 3)),
            "objects": np.array([{}], dtype=object),
            "text": np.array("{"),
        }[what]
    with path.open("wb") as file:
        np.savez(file, **arrays)
    return f"array {key}: {what}"


def a_weight(rng: random.Random, path: Path) -> str:
    """Changes one weight matrix, or removes it."""
    with h5py.File(path, "r+") as file:
        names: list[str] = []
        file.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
        name = rng.choice(names)
        what = rng.choice(["removed", "nan", "shape", "text"])
        shape = file[name].shape
        del file[name]
        if what != "removed":
            file[name] = {"nan": np.full(shape, np.nan), "shape": np.zeros((3, 3, 3)), "text": "x"}[what]
    return f"weights {name}: {what}"


ANY: list[Spoil] = [
    *(missing, empty, cut, cut, garbage, zeros, flipped, flipped, doubled, a_folder, a_loop, a_broken_link, another),
    *(the_same_of_another_run, other_text),
]
INSIDE: dict[str, list[Spoil]] = {
    ".json": 5 * [a_value],
    ".yaml": 5 * [a_value],
    ".csv": 5 * [a_cell],
    ".npz": 5 * [an_array],
    ".h5": 5 * [a_weight],
}
