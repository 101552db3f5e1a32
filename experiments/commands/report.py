"""Write one page about all runs, results/index.html."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from experiments import catalogue, loading


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds nothing."""


def run(options: argparse.Namespace) -> None:
    """Writes the page and prints its path."""
    print(write())


def write() -> Path:
    """Writes the page, with a section for each group, and returns its path.

    Raises:
        UserError: no run is complete yet.
    """
    from lab.report import page

    sections = []
    for name in catalogue.groups():
        about = re.match(r"[^:?(]+\??", catalogue.about(name))
        sections.append(loading.group(name).section(name, about[0].strip() if about else "", loading.config_of))
    return page.write(sections, {name: catalogue.about(name) for name in catalogue.names()}, loading.config_of)
