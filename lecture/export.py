"""Makes what the page can't compute itself: trained weights and a few weeks of weather, in `lecture/exported/`.

    python -m lecture.export gates RUN      a run of recurrence/gates; trains the coupled LSTM and the GRU beside it
    python -m lecture.export weather RUN    a run of jena/hierarchical_attention under --profile hourly
    python -m lecture.export reviews RUN    a run of imdb/hierarchical_attention

RUN is a run's folder, or the experiment's name for its last run. The data and a backend are needed; the page is made
from the files alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from foundation.atomic import atomic
from foundation.user_error import UserError
from lecture.weights import packed, plain

if TYPE_CHECKING:
    from experiments.trained_run import TrainedRun

EXPORTED = Path(__file__).parent / "exported"
GRU_UNITS = 3  # it has no output gate, so units that keep the number and units that tell it
SEED, RATE = 1, 0.03  # of the coupled LSTM and the GRU
WEATHER_START, WEATHER_DAYS = "2014-10-08", 28


def network(where: str) -> tuple[TrainedRun, Any]:
    """A finished run, and its network with its best weights."""
    from experiments import trained_run
    from lab.environment import load_backend

    trained = trained_run.load(where)
    load_backend()
    model = trained.experiment.network(trained.config)
    trained.run.load_weights(model)
    return trained, model


def write(name: str, content: dict[str, Any]) -> Path:
    """Writes one file of `exported/`."""
    EXPORTED.mkdir(exist_ok=True)
    path = EXPORTED / f"{name}.json"
    with atomic(path) as temporary:
        temporary.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    return path


def gates(where: str) -> Path:
    """The LSTM of the run, and a coupled LSTM and a GRU that learn the same task in the same way."""
    import keras

    from experiments import trained_run
    from experiments.recurrence._store_and_recall import build, examples
    from lab.environment import load_backend
    from layers.coupled_lstm import CoupledLSTM
    from recurrence import coupled_lstm, gru, lstm

    run, _, _, config = trained_run.load(where)
    load_backend()
    model = build(config.timesteps, config.units)
    run.load_weights(model)

    def draw(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        return examples(rng, count, config.timesteps, config.store_chance, config.recall_chance)

    others = {
        "coupled_lstm": CoupledLSTM(config.units, return_sequences=True),
        "gru": keras.layers.GRU(GRU_UNITS, return_sequences=True),
    }
    kinds: dict[str, Any] = {"lstm": lstm.LSTM, "coupled_lstm": coupled_lstm.CoupledLSTM, "gru": gru.GRU}
    found = {"lstm": model}
    for name, layer in others.items():
        keras.utils.set_random_seed(SEED)
        found[name] = keras.Sequential(
            [keras.Input((config.timesteps, 3)), layer, keras.layers.Dense(1, use_bias=False)]
        )
        optimizer = keras.optimizers.Adam(RATE, clipnorm=config.clip_norm)
        found[name].compile(optimizer, loss="mse", jit_compile=True)
        rng = np.random.default_rng([config.seed, 0])
        for epoch in range(2 * config.epochs):
            if epoch == 3 * config.epochs // 2:
                optimizer.learning_rate = RATE / 10
            found[name].fit(*draw(rng, config.steps_per_epoch * config.batch_size), verbose=0)
    sequences, truth = draw(np.random.default_rng([config.seed, 3]), 512)
    weights, errors = {}, {}
    for name, trained in found.items():
        layer, answer = trained.layers
        weights[name] = {
            **plain(kinds[name].from_keras(layer.get_weights())),
            "answer": answer.get_weights()[0][:, 0].tolist(),
        }
        answers = keras.ops.convert_to_numpy(trained(sequences))
        errors[name] = float(np.abs(answers - truth)[sequences[..., 2] > 0].mean())
    print("mean absolute error of a recall:", errors)
    return write("gates", {"weights": weights, "errors": errors})


def weather(where: str) -> Path:
    """Four weeks of the test period, and the run's encoder."""
    from experiments.jena import _problem

    trained, model = network(where)
    config = trained.config
    series = _problem.read(config)
    splits = _problem.cut(trained.experiment, config, series)
    encoder, answer = model.layers
    start = int(series.frame.index.searchsorted(np.datetime64(WEATHER_START)))
    table = series.frame.iloc[start : start + 24 * WEATHER_DAYS]
    kernel, bias = answer.get_weights()
    levels = [
        {
            "dense": packed(dense.kernel.numpy().T),
            "bias": packed(dense.bias),
            "places": packed(places),
            "attention": context(attention),
        }
        for dense, attention, places in zip(encoder.denses, encoder.attentions, encoder.places.numpy(), strict=True)
    ]
    return write(
        "weather",
        {
            "source": series.source,
            "start": str(table.index[0]),
            "columns": {name: table[name].tolist() for name in table},
            "mean": np.round(splits.normaliser.mean, 6).tolist(),
            "std": np.round(splits.normaliser.std, 6).tolist(),
            "lookback": config.lookback,
            "delay": config.delay,
            "encoder": {
                "block": config.block,
                "levels": levels,
                "answer": {"weights": packed(kernel[:, 0]), "bias": float(bias[0])},
            },
        },
    )


def context(attention: Any) -> dict[str, Any]:
    """A context attention's weights."""
    return {
        "project": packed(np.asarray(attention.project.kernel).T),
        "bias": packed(attention.project.bias),
        "context": packed(np.asarray(attention.context)[:, 0]),
    }


def reviews(where: str) -> Path:
    """The run's network and its words."""
    from experiments.imdb import _problem
    from imdb.vocabulary import OFFSET
    from recurrence.gru import GRU

    trained, model = network(where)
    config, corpus = trained.config, _problem.read(trained.config)
    attention, verdict = model.layers
    words = {rank: word for word, rank in corpus.vocabulary.ranks.items()}
    kernel, bias = verdict.get_weights()

    def packed_gru(layer: Any) -> dict[str, Any]:
        return {name: packed(values) for name, values in plain(GRU.from_keras(layer.get_weights())).items()}

    return write(
        "reviews",
        {
            "words": [words[rank] for rank in range(1, config.words - OFFSET)],
            "sentences": config.sentences,
            "length": config.length,
            "accuracy": trained.run.metrics()["test"]["accuracy"],
            "network": {
                "embed": packed(attention.embed.embeddings),
                "words_forwards": packed_gru(attention.words_forwards),
                "words_backwards": packed_gru(attention.words_backwards),
                "word_attention": context(attention.word_attention),
                "sentences_forwards": packed_gru(attention.sentences_forwards),
                "sentences_backwards": packed_gru(attention.sentences_backwards),
                "sentence_attention": context(attention.sentence_attention),
                "answer": {"weights": packed(kernel[:, 0]), "bias": float(bias[0])},
            },
        },
    )


def main(arguments: list[str]) -> int:
    """Writes one file and says which."""
    kinds = {"gates": gates, "weather": weather, "reviews": reviews}
    try:
        if len(arguments) != 2 or arguments[0] not in kinds:
            raise UserError("give what to export and a run's folder: python -m lecture.export gates RUN")
        print(kinds[arguments[0]](arguments[1]))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
