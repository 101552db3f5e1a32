"""Writes the page: its frame, each figure's text, numbers and script, our style, and D3."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from foundation.atomic import atomic
from lecture import claims, contents

HERE = Path(__file__).parent
ROOT = HERE.parent
REFERENCE = claims.REFERENCE
PAGE = ROOT / "docs/index.html"
REPORT = PAGE.with_name("report.html")
"""A copy of the reference's report, so that `docs/` is a whole site."""


def write(path: Path = PAGE, reference: Path = REFERENCE) -> Path:
    """Writes the page and returns its path.

    Args:
        path: Where to write it.
        reference: The folder of the runs that it shows.

    Raises:
        UserError: `reference` lacks a run or the claims' verdicts.
    """
    text = render(reference)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def copy_report(path: Path = REPORT, reference: Path = REFERENCE) -> Path:
    """Copies the report on the reference's runs beside the page and returns its path."""
    with atomic(path) as temporary:
        temporary.write_bytes((reference / "index.html").read_bytes())
    return path


def render(reference: Path = REFERENCE) -> str:
    """The page as text; the same runs give the same text."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.policies["json.dumps_kwargs"] = {
        "separators": (",", ":"),
        "allow_nan": False,
        "ensure_ascii": False,
        "default": float,
    }
    environment.filters["powers"] = powers
    verdicts = claims.read(reference)
    return environment.get_template("page.html").render(
        figures=contents.FIGURES,
        data=contents.data(reference),
        claims=verdicts,
        counts=claims.counts(verdicts),
        places=places(environment),
        data_of=lambda names: list(dict.fromkeys(filter(None, (verdicts[name]["conditions"] for name in names)))),
        duration=partial(contents.duration, reference),
        source=source,
        scripts=scripts,
    )


def places(environment: Environment) -> Mapping[str, Any]:
    """The figure that each claim stands beside, by the claim's id: each figure's file lists its own."""
    found: dict[str, str] = {}
    for name in contents.FIGURES:
        module: Any = environment.get_template(f"figures/{name}.html").module
        found.update(dict.fromkeys(module.CLAIMS, name))
    return found


def powers(text: str) -> Markup:
    """Writes 1e+26 as ten to the power of 26."""
    exponents = re.sub(r"\b1e([+-]?)0*(\d+)", r"10<sup>\1\2</sup>", str(escape(text)))
    return Markup(exponents.replace("<sup>+", "<sup>").replace("<sup>-", "<sup>−"))


def source(*files: str) -> Markup:
    """Files of this folder, one after the other, as they are."""
    return Markup("\n".join((HERE / file).read_text(encoding="utf-8") for file in files))


def scripts(figure: str) -> Markup:
    """A figure's scripts: `NAME.js` and what it is split into."""
    return source(*(str(path.relative_to(HERE)) for path in sorted(HERE.glob(f"figures/{figure}*.js"))))
