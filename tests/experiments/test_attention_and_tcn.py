"""The TCNs and the models of attention: what they see, what they draw, and long windows."""

import dataclasses
import re

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from experiments import loading, receptive_field
from experiments.imdb import _classify, _problem
from experiments.jena._problem import forecaster
from imdb.shading import Reading, page, picture
from jena.schema import COLUMNS
from jena.simulate import simulate
from lab.settings import resolve
from lab.trained_runs import find_run
from layers.tcn import TCN
from tables.normalise import Normaliser
from tables.windows import Windows


def passing(timesteps, kernel_size, levels):
    """A network of a TCN alone, as the experiments build it, through whose weights each input's change passes: ones."""
    network = keras.Sequential([keras.Input((timesteps, 2)), TCN(3, kernel_size, levels, return_sequences=False)])
    network.set_weights([np.ones(weight.shape) for weight in network.weights])
    return network


SIZES = [(40, 3, 3), (20, 3, 3), (12, 1, 2), (30, 2, 4), (receptive_field.AT_A_TIME + 9, 2, 2)]


@pytest.mark.parametrize(("timesteps", "kernel_size", "levels"), SIZES)
def test_what_is_drawn_is_what_the_network_sees(timesteps, kernel_size, levels):
    network = passing(timesteps, kernel_size, levels)
    (tcn,) = network.layers
    stack = receptive_field.links(tcn, timesteps)
    nodes = receptive_field.seen(stack)
    assert len(stack) == 2 * levels
    assert all(not np.tril(passes, -1).any() for passes in stack), "an output sees a later input"
    for row, passes in enumerate(stack):
        assert set(np.diff(np.flatnonzero(passes[:, -1]))) <= {2 ** (row // 2)}

    changed = np.ones((timesteps + 1, timesteps, 2), "float32")
    changed[np.arange(timesteps), np.arange(timesteps)] += 1
    outputs = network.predict_on_batch(changed)
    assert_array_equal(nodes[0], np.any(outputs[:-1] != outputs[-1], axis=1))
    assert nodes[0].sum() == min(tcn.receptive_field, timesteps)
    receptive_field.picture(stack, tcn.receptive_field, "a/tcn").savefig("/dev/null", format="png")


@pytest.mark.parametrize(("name", "layer"), [("jena/tcn", 0), ("imdb/tcn", 1)])
def test_a_tcn_sees_all_of_its_input(name, layer):
    module = loading.experiment(name)
    network = module.build(resolve(name, module.Config))
    assert network.layers[layer].receptive_field >= network.input_shape[1]


def test_ten_thousand_rows_back_train():
    module = loading.experiment("jena/hierarchical_attention")
    config = resolve("jena/hierarchical_attention", module.Config, [], ["--lookback", "10000", "--step", "1"])
    values = simulate(10_200)[list(COLUMNS)].to_numpy()
    data = Normaliser.fit(values)(values)
    windows = Windows(data, config.lookback, config.delay, step=config.step, targets=tuple(config.places))
    network = module.build(config)
    assert network.input_shape == (None, 10_000, 14)
    assert network.layers[0].receptive_field >= 10_000
    assert network.layers[0].levels == 3
    model = forecaster(network, windows)
    before = network.get_weights()
    model.compile("rmsprop", loss="mae", jit_compile=False)
    assert np.isfinite(model.train_on_batch(windows.rows[:2], windows.answers(windows.rows[:2])))
    assert all(not np.array_equal(old, new) for old, new in zip(before, network.get_weights(), strict=True))


@pytest.mark.slow
def test_a_review_run_shades_what_it_attends_to_and_classifies(forks, tmp_path):
    name = "imdb/hierarchical_attention"
    small = ["--source", "simulated", "--words", "60", "--sentences", "8", "--length", "6", "--embedding", "4"]
    small += ["--units", "3", "--epochs", "1", "--steps-per-epoch", "2", "--batch-size", "16"]
    forks.succeed(tmp_path, "run", name, *small)
    (folder,) = (tmp_path / name).iterdir()
    html = (folder / "attention.html").read_text()
    assert html.count("<h2>") == 2
    assert "SIMULATED" in html
    assert (folder / "attention.png").read_bytes().startswith(b"\x89PNG")
    run = find_run(str(folder))
    module = loading.experiment(name)
    config = module.Config(**run.settings()["settings"])
    text = "The plot was good. Not dull!"
    plain, shaded = (_classify.Classifier(module, config, run, shade)(text).splitlines() for shade in (False, True))
    assert plain[0].split(",")[0] in ("positive", "negative")
    attended = plain[1].removeprefix("it attended most to: ").split(", ")
    assert set(attended) <= {"the", "plot", "was", "good", "not", "dull"}
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in shaded[1:3]]
    assert [line.split("  ")[1] for line in lines] == ["the plot was good", "not dull"]
    assert sum(int(line.split("%")[0]) for line in lines) == pytest.approx(100, abs=1)
    assert "\x1b[48;5;203;38;5;16m" in "".join(shaded), "the word with the largest weight has the strongest shade"


def test_sentences_and_words_are_laid_as_the_config_says():
    name = "imdb/hierarchical_attention"
    config = resolve(name, loading.experiment(name).Config, [], ["--source", "simulated", "--words", "80"])
    corpus = _problem.read(config)
    few = corpus.test.take(np.arange(20))
    experiment = loading.experiment(name)
    codes = experiment.inputs(config, (few, corpus.vocabulary))
    assert (codes.shape, codes.dtype) == ((20, config.sentences, config.length), np.int32)
    for text, document in zip(few.texts, codes, strict=True):
        assert (document > 0).any(axis=1).sum() == min(text.count("."), config.sentences)
    turned = experiment.inputs(dataclasses.replace(config, reverse=True, sentences=1), (few, corpus.vocabulary))
    last = corpus.vocabulary.encode([few.texts[0].rstrip(".").split()[-1]], 80)
    assert turned[0, 0, 0] == last[0]


READING = Reading(
    "a <i>review</i> & more",
    [["<script>alert(1)</script>", "$x$"], ["good"] * 60],
    np.array([0.25, 0.75, 0]),
    np.array([[0.5, 0.5, *[0] * 58], [1 / 60] * 60, [0] * 60]),
)


def test_a_page_shows_a_review_s_words_and_runs_none():
    html = page([READING], "</title><script>")
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "a &lt;i&gt;review&lt;/i&gt; &amp; more" in html
    assert html.count("<i style") == 62
    assert (">25%<" in html, ">75%<" in html) == (True, True)
    assert "http" not in html
    picture([READING], "$a review").savefig("/dev/null", format="png")


def test_shades_are_weights_under_the_root_of_the_sentence_s():
    (quarter, first), (three_quarters, second) = READING.shades()
    assert (quarter, three_quarters) == (0.25, 0.75)
    assert [depth for _, depth in first] == [1, 1]
    assert second[0][1] == pytest.approx(0.75**0.5 / 60 / (0.25**0.5 / 2))
