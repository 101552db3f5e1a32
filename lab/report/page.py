"""Writes the page from its template: the runs' results, BokehJS, our style and scripts."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bokeh.resources import Resources
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from foundation.atomic import atomic
from foundation.user_error import UserError
from lab.identity import ConfigOf
from lab.report import claims, curves, forecasts, pictures, records
from lab.report.sections import Section, number
from lab.runs import RESULTS, all_runs, sound_runs

HERE = Path(__file__).parent
BRACKETS = re.compile(r" \((?:[^()]|\([^()]*\))*\)\.$")
"""What follows a sentence in brackets, such as its source."""


def write(sections: Sequence[Section], about: Mapping[str, str], config_of: ConfigOf, root: Path = RESULTS) -> Path:
    """Writes the page and returns its path.

    Runs with damaged files are left out, see `lab.runs.sound_runs`.

    Args:
        sections: A section for each group, in the page's order.
        about: Each experiment's one line, by its name.
        config_of: Returns an experiment's `Config`.
        root: The folder of all results.

    Raises:
        UserError: no run is complete yet.
    """
    runs = sound_runs(root=root, quiet=True)  # the sections have said which are left out
    if not runs:
        raise UserError("no run is complete yet; make quickstart makes some")
    groups: list[dict[str, Any]] = []
    for section in sections:
        own = [run for run in runs if run.name.startswith(section.name + "/")]
        if own:
            presentation = section.presentation
            histories = curves.data(section.curves)
            groups.append(
                {
                    "section": section,
                    "experiments": records.experiments(own, about, config_of, presentation),
                    "curves": histories,
                    "look": curves.look(histories) if histories else "",
                    "forecasts": forecasts.data(section.curves, presentation.unit),
                    "pictures": pictures.embedded(own, presentation.captions),
                }
            )
    shown = [experiment for group in groups for experiment in group["experiments"]]
    page = environment().get_template("page.html")
    text = page.render(
        claims=_claims(root),
        groups=groups,
        facts=records.facts(shown, len(list(all_runs(root=root))) - len(runs)),
        library=library(),
        alone=lambda name: BRACKETS.sub(".", about.get(name, "")),
        breakable=breakable,
        number=number,
        source=source,
    )
    with atomic(root / "index.html") as path:
        path.write_text(text, encoding="utf-8")
    return root / "index.html"


def _claims(root: Path) -> claims.Claims | None:
    try:
        return claims.read(root)
    except UserError as error:
        print(f"left out: {error}", file=sys.stderr)
        return None


@cache
def environment() -> Environment:
    """Returns Jinja's environment for HTML. What a run wrote is text and never markup."""
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
    """Returns BokehJS and its plotting interface as one script."""
    resources = Resources(mode="inline", components=["bokeh", "bokeh-api"], minified=True, log_level="warn")
    return Markup("\n".join(resources.js_raw))  # it contains no </script>


def breakable(text: str) -> Markup:
    """Returns a name in which a line may break, after a slash or an underscore."""
    return Markup("<wbr>").join(re.split(r"(?<=[/_])", text))


def source(*files: str) -> Markup:
    """Returns files of this folder, one after the other, as they are."""
    return Markup("\n".join((HERE / file).read_text(encoding="utf-8") for file in files))
