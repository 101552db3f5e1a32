"""The report of all that was run: every group's part, in one page."""

from __future__ import annotations

import re
from pathlib import Path

from experiments import catalogue
from lab.report import page
from lab.report.sections import section


def report() -> Path:
    """Writes `results/index.html`, and returns its path.

    Raises:
        UserError: no run is complete yet.
    """
    parts = []
    for group in catalogue.groups():
        about = re.match(r"[^:?(]+\??", catalogue.about(f"{group}/__init__"))
        make = getattr(catalogue.group_of(group + "/"), "section", section)
        parts.append(make(group, about[0].strip() if about else ""))
    return page.write(parts, {name: catalogue.about(name) for name in catalogue.names()})
