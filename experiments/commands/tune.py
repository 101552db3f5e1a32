"""Search the settings of each model under a profile, the same search for all, and write what was found."""

from __future__ import annotations

import argparse
from pathlib import Path

from experiments import catalogue, loading
from experiments.commands import sweep
from foundation.user_error import UserError

RESUMES = True
EPILOG = (
    "configs/tuning.yaml is the search: a few values around those of the profile. Trials end before the test set is "
    "used. What was found is a profile too, such as configs/laptop_tuned.yaml, to be given after the first: --profile "
    "laptop --profile laptop_tuned. Several commands for different experiments may run at a time."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds what to search, under which profile, and where."""
    parser.add_argument("names", nargs="+", metavar="NAME", help="an experiment with several models, or a group")
    parser.add_argument("--profile", action="append", required=True, help="the profile whose settings are searched")
    parser.add_argument("--model", action="append", help="only this model")
    parser.add_argument("--into", type=Path, metavar="FILE", help="the profile to write (configs/PROFILE_tuned.yaml)")
    sweep.add_machine(parser)
    parser.set_defaults(seeds=1, trials=None, asha=False)


def run(options: argparse.Namespace) -> None:
    """Searches model by model, and writes the best of each as soon as it is known.

    Raises:
        UserError: a name, a model or the profile is wrong, or a trial failed.
    """
    from lab import settings
    from lab.flags import with_hint
    from lab.sweep import space, tuned

    *_, last = (settings.profile_file(profile) for profile in options.profile)
    into = options.into or settings.CONFIGS / f"{last.stem}_tuned.yaml"
    cells = []
    for name in [name for wanted in options.names for name in catalogue.matching(wanted)]:
        own = settings.read_yaml(last)
        if name in own or name in options.names:
            known = tuned.models(name)
            if unknown := set(options.model or ()) - set(known):
                raise UserError(f"{name}: there is no model {with_hint(min(unknown), known)}")
            cells += [(name, model) for model in known if model in (options.model or known)]
    if not cells:
        raise UserError(f"profile {last.stem} has no settings of {' or '.join(options.names)} to search around")
    for place, (name, model) in enumerate(cells, start=1):
        print(f"\n{place}/{len(cells)} {name}, {model}", flush=True)
        flags = ["--model", model]
        words = tuned.grid(model, vars(loading.config(name, options.profile, flags)))
        tried = sweep.search(name, "grid", words, options.profile, flags, options)
        best = tuned.record(into, name, model, options.profile, words, tried)
        print(f"the best on validation: {space.label(best.point)}, written to {into}")
