"""Writes the page from its template: what the runs left, BokehJS, our style and scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from bokeh.resources import Resources
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from foundation.atomic import atomic
from foundation.user_error import UserError
from lab.report import claims, curves, forecasts, pictures, records
from lab.report.sections import Section, number
from lab.runs import RESULTS, all_runs

HERE = Path(__file__).parent


def write(sections: Sequence[Section], about: Mapping[str, str] | None = None, root: Path = RESULTS) -> Path:
    """Writes the page and returns its path.

    Args:
        sections: A section for each group, as `sections.section` makes them.
        about: Each experiment's one line, by its name.
        root: The folder of all results.

    Raises:
        UserError: no run is complete yet, or the claims' verdicts can't be read.
    """
    runs = list(all_runs(root=root))
    complete = [run for run in runs if run.complete]
    if not complete:
        raise UserError("no run is complete yet; make quickstart makes some")
    groups = []
    for section in sections:
        own = [run for run in complete if run.name.startswith(section.name + "/")]
        if own:
            groups.append(
                {
                    "section": section,
                    "experiments": records.experiments(own, about or {}),
                    "curves": curves.data(section.curves),
                    "forecasts": forecasts.data(section.curves),
                    "pictures": pictures.embedded(own, root),
                }
            )
    page = environment().get_template("page.html")
    text = page.render(
        claims=claims.read(root),
        groups=groups,
        facts=records.facts(complete, len(runs) - len(complete)),
        library=library(),
        breakable=breakable,
        number=number,
        source=source,
    )
    with atomic(root / "index.html") as path:
        path.write_text(text, encoding="utf-8")
    return root / "index.html"


@cache
def environment() -> Environment:
    """Jinja, for HTML: what a run wrote is text and never markup."""
    made = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    return made


def library() -> Markup:
    """BokehJS and its plotting interface, as one script."""
    found = Resources(mode="inline", components=["bokeh", "bokeh-api"], minified=True, log_level="warn")
    return Markup("\n".join(found.js_raw))  # it holds no end of a script


def breakable(text: str) -> Markup:
    """A name that a line may break in, after a slash or an underscore."""
    return Markup("<wbr>").join(re.split(r"(?<=[/_])", text))


def source(*files: str) -> Markup:
    """Files beside this one, one after the other, as they are."""
    return Markup("\n".join((HERE / file).read_text(encoding="utf-8") for file in files))
