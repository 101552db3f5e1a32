"""What a full run costs on this machine, of the tasks whose texts are large: steps, their time, and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import numpy as np

from benchmarks.timing import table

# symbols of the training parts: as sequences/ counts them; the novels' as Paperno et al. 2016 do (arXiv 1606.06031)
TRAINING = {"wikitext103": 103_227_021, "lambada": 203_000_000, "text8": 90_000_000}
MODELS = ("tcn", "lstm", "gru", "rnn")
STEPS = 2


def main() -> None:
    """Prints a row a task and model."""
    if len(sys.argv) == 4:
        print(json.dumps(measure(*sys.argv[2:])))
        return
    rows: list[dict[str, object]] = []
    for task in TRAINING:
        for model in MODELS:
            process = subprocess.Popen(
                [sys.executable, "-c", "from benchmarks.cost import main; main()", "one", task, model],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            printed = process.communicate()[0] if process.stdout is None else process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            if status:
                rows.append({"task": task, "model": model, "s a step": "failed (memory?)"})
                continue
            found = json.loads(printed.splitlines()[-1])
            peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
            rows.append({"task": task, "model": model, **found, "peak GB": f"{peak / 1e9:.1f}"})
            print(" ".join(map(str, rows[-1].values())), file=sys.stderr, flush=True)
    table("A full run", rows)


def measure(name: str, model: str) -> dict[str, str]:
    """Steps and epochs by the YAML, seconds a step on symbols drawn at random, and days for all."""
    from lab import environment

    environment.prepare()
    environment.load_backend()
    import keras

    from experiments import catalogue
    from experiments.sequences import _scores, optimizer
    from lab.settings import resolve
    from sequences.streams import Streams

    module = catalogue.module(f"sequences/{name}")
    config = resolve(f"sequences/{name}", module.Config, [], ["--model", model])
    text = np.broadcast_to(np.uint8(0), TRAINING[name])
    steps = len(Streams(text, config.batch_size, config.history, config.scored))
    network = catalogue.build(module, config)
    network.compile(optimizer(config, steps), loss=_scores.Loss("cross_entropy"), jit_compile=config.jit_compile)
    rng = np.random.default_rng(0)
    x = rng.integers(0, config.symbols, (config.batch_size, config.history + config.scored), dtype=np.int32)
    y = x[:, -config.scored :].copy()
    network.train_on_batch(x, y)
    started = time.perf_counter()
    for _ in range(STEPS):
        network.train_on_batch(x, y)
    seconds = (time.perf_counter() - started) / STEPS
    device = environment.describe()["device"]
    return {
        "parameters": f"{network.count_params():,}",
        "backend": keras.backend.backend(),
        "device": device,
        "steps an epoch": f"{steps:,}",
        "epochs": str(config.epochs),
        "s a step": f"{seconds:.2f}",
        "days": f"{config.epochs * steps * seconds / 86400:.0f}",
    }
