"""The table of all outcomes, as Markdown and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tabulate import tabulate

from foundation.atomic import atomic


def write(folder: Path, outcomes: list[dict[str, Any]], about: dict[str, Any]) -> Path:
    """Writes `table.md` and `table.json`; returns the path of the former."""
    content = {
        **about,
        "bytes_compared": sum(outcome["compared"] for outcome in outcomes),
        "tracebacks": sum(any(problem.startswith("traceback") for problem in one["problems"]) for one in outcomes),
        "kinds": rows(outcomes, by_subject=False),
        "subjects": rows(outcomes),
        "failures": [
            {"what": one["what"], "problems": one["problems"], "command": repeat(one["id"])}
            for one in outcomes
            if one["problems"]
        ],
        "mended": [
            {"what": one["what"], "problems": one["failed"], "command": repeat(one["id"]), "code": one["again"]}
            for one in outcomes
            if "again" in one and not one["problems"]
        ],
    }
    with atomic(folder / "table.json") as path:
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    with atomic(folder / "table.md") as path:
        path.write_text(markdown(content), encoding="utf-8")
    return folder / "table.md"


def rows(outcomes: list[dict[str, Any]], by_subject: bool = True) -> list[dict[str, Any]]:
    """Returns what was tried, survived and failed, by kind and by what was tortured."""
    sums: dict[tuple[str, str], list[int]] = {}
    for one in outcomes:
        both = sums.setdefault((one["kind"], one["subject"] if by_subject else "all"), [0, 0])
        both[0] += one["tried"]
        both[1] += bool(one["problems"])
    return [
        {"kind": kind, "subject": subject, "tried": tried, "survived": tried - failed, "failed": failed}
        for (kind, subject), (tried, failed) in sorted(sums.items())
    ]


def repeat(case: str) -> str:
    """Returns the command that repeats a case."""
    return f'make torture ARGS="--only {case}"'


def markdown(content: dict[str, Any]) -> str:
    """Returns the table as a page."""

    def lines(cases: list[dict[str, Any]]) -> list[str]:
        return [f"- `{case['command']}`: {'; '.join(case['problems'])}  \n  {case['what']}" for case in cases]

    failures, mended = lines(content["failures"]), lines(content["mended"])
    codes = ", ".join(sorted({case["code"] for case in content["mended"]}))
    again = f" {len(mended)} cases that failed on this code were tried again on {codes}; their last try counts."
    return "\n".join(
        [
            "# Torture",
            "",
            f"{content['minutes']:.0f} minutes, code {content['code']}, {content['machine']}. Tracebacks: "
            f"{content['tracebacks']}. Bytes compared with undisturbed runs: {content['bytes_compared']:,}."
            + (again if mended else ""),
            "",
            "`tests/torture/` says what each kind is. Kills, full disks and commands at once are processes of their",
            "own, as a user starts them. Most of the commands over damaged files and with random words run in forks of",
            "one process that has everything imported. Random words are followed to where a run would be opened or",
            "trained; a sweep's trials run without Ray.",
            "",
            tabulate(content["kinds"], headers="keys", tablefmt="github"),
            "",
            tabulate(content["subjects"], headers="keys", tablefmt="github"),
            "",
            *(["## Failures", "", *failures, ""] if failures else []),
            *(
                ["## Mended", "", f"These failed, and survived on later code, {codes}:", "", *mended, ""]
                if mended
                else []
            ),
        ]
    )
