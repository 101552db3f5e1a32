"""The cells in JavaScript compute what the project's own code computes, for random weights."""

import dataclasses

import numpy as np
import pytest

from recurrence.coupled_lstm import CoupledLSTM
from recurrence.gru import GRU
from recurrence.lstm import LSTM
from recurrence.simple_rnn import SimpleRNN

KINDS = {"simple_rnn": SimpleRNN, "lstm": LSTM, "coupled_lstm": CoupledLSTM, "gru": GRU}
CELLS = [*KINDS, "gru before"]  # a GRU whose reset gate comes before the product


def random_cell(name, rng):
    """A cell of 3 features and 5 units, with every weight and bias drawn."""
    kind = KINDS[name.split()[0]]
    options = {"reset_after": False} if name == "gru before" else {}
    cell = kind.initialise(3, 5, rng, **options)
    drawn = {
        field.name: None if getattr(cell, field.name) is None else rng.normal(size=getattr(cell, field.name).shape)
        for field in dataclasses.fields(cell)
    }
    return kind(**drawn)


def as_json(cell):
    fields = ((field.name, getattr(cell, field.name)) for field in dataclasses.fields(cell))
    return {name: values.tolist() for name, values in fields if values is not None}


@pytest.fixture(scope="module")
def tab(browser, written):
    opened = browser.new_page()
    opened.goto(written.as_uri())
    yield opened
    opened.close()


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("seed", range(3))
def test_every_value_of_every_timestep_is_the_same(tab, name, seed):
    rng = np.random.default_rng(seed)
    cell, inputs = random_cell(name, rng), rng.normal(size=(12, 3))
    trace = cell.forward(inputs)
    steps = tab.evaluate("([kind, w, x]) => cells.run(kind, w, x)", [name.split()[0], as_json(cell), inputs.tolist()])
    names = set(steps[0])
    assert names == {field.name for field in dataclasses.fields(trace)} - {"inputs", "h0", "C0"}
    for value in names:
        np.testing.assert_allclose([step[value] for step in steps], getattr(trace, value), atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", CELLS)
def test_the_gradient_s_norms_are_the_same(tab, name):
    rng = np.random.default_rng(7)
    cell, inputs, head = random_cell(name, rng), rng.normal(size=(15, 3)), rng.normal(size=5)
    trace = cell.forward(inputs)
    d_outputs = np.zeros_like(trace.h)
    d_outputs[-1] = head
    expected = cell.backward(trace, d_outputs).norms
    asked = [name.split()[0], as_json(cell), inputs.tolist(), head.tolist()]
    found = tab.evaluate("([kind, w, x, head]) => cells.norms(kind, w, x, head)", asked)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-12)


def test_attention_is_a_softmax_over_what_the_mask_keeps(tab):
    rng = np.random.default_rng(1)
    vectors, project = rng.normal(size=(6, 4)), rng.normal(size=(5, 4))
    bias, context = rng.normal(size=5), rng.normal(size=5)
    kept = np.array([True, False, True, True, False, True])
    scores = np.tanh(vectors @ project.T + bias) @ context
    weights = np.exp(scores) * kept / (np.exp(scores) * kept).sum()
    w = {"project": project.tolist(), "bias": bias.tolist(), "context": context.tolist()}
    found = tab.evaluate("([w, h, kept]) => cells.attention(w, h, kept)", [w, vectors.tolist(), kept.tolist()])
    np.testing.assert_allclose(found["weights"], weights, atol=1e-6)
    np.testing.assert_allclose(found["mean"], weights @ vectors, atol=1e-6)


def context_of(attention):
    """A context attention's weights."""
    project, bias = (np.asarray(weights, float) for weights in attention.project.get_weights())
    context = np.asarray(attention.context, float)[:, 0]
    return {"project": project.T.tolist(), "bias": bias.tolist(), "context": context.tolist()}


def test_a_review_is_read_as_the_keras_layer_reads_it(tab):
    from keras import ops

    from layers.hierarchical_attention_network import HierarchicalAttentionNetwork

    rng = np.random.default_rng(2)
    layer = HierarchicalAttentionNetwork(20, 6, 4)
    layer.build((None, 3, 5))
    layer.set_weights([rng.normal(size=weights.shape) for weights in layer.get_weights()])
    sentences = [[4, 9, 17, 2, 5], [6, 3], [11, 12, 19]]
    codes = np.array([[*row, *[0] * (5 - len(row))] for row in sentences], "int32")[None]
    document, words, weights = (ops.convert_to_numpy(part)[0] for part in layer(codes, return_attention_scores=True))
    answer, bias = rng.normal(size=8), 0.3
    gru = {
        name: as_json(GRU.from_keras(getattr(layer, name).get_weights()))
        for name in ("words_forwards", "words_backwards", "sentences_forwards", "sentences_backwards")
    }
    w = {
        **gru,
        "embed": np.asarray(layer.embed.embeddings, float).tolist(),
        "word_attention": context_of(layer.word_attention),
        "sentence_attention": context_of(layer.sentence_attention),
        "answer": {"weights": answer.tolist(), "bias": bias},
    }
    found = tab.evaluate("([w, sentences]) => cells.readReview(w, sentences)", [w, sentences])
    assert found["positive"] == pytest.approx(1 / (1 + np.exp(-(document @ answer + bias))), abs=1e-5)
    np.testing.assert_allclose(found["sentences"], weights, atol=1e-5)
    for row, expected in zip(found["words"], words, strict=True):
        np.testing.assert_allclose(row, expected[: len(row)], atol=1e-5)


def test_a_window_is_read_as_the_keras_layer_reads_it(tab):
    from keras import ops

    from layers.hierarchical_attention_encoder import HierarchicalAttentionEncoder

    rng = np.random.default_rng(3)
    layer = HierarchicalAttentionEncoder(6, 4, 2)
    layer.build((None, 12, 3))
    layer.set_weights([rng.normal(size=weights.shape) for weights in layer.get_weights()])
    window = rng.normal(size=(12, 3)).astype("float32")  # three full blocks, and one that is missing
    vector, weights = layer(window[None], return_attention_scores=True)
    shares = ops.convert_to_numpy(layer.shares(weights, 12))[0]
    answer = rng.normal(size=6)
    places = np.asarray(layer.places, float)
    levels = [
        {
            "dense": np.asarray(dense.kernel, float).T.tolist(),
            "bias": np.asarray(dense.bias, float).tolist(),
            "places": places[i].tolist(),
            "attention": context_of(attention),
        }
        for i, (dense, attention) in enumerate(zip(layer.denses, layer.attentions, strict=True))
    ]
    w = {"block": 4, "levels": levels, "answer": {"weights": answer.tolist(), "bias": 0.2}}
    found = tab.evaluate("([w, x]) => cells.readWeather(w, x)", [w, window.astype(float).tolist()])
    assert found["forecast"] == pytest.approx(float(ops.convert_to_numpy(vector)[0] @ answer) + 0.2, abs=1e-4)
    np.testing.assert_allclose(found["shares"], shares, atol=1e-5)


def test_half_precision_weights_arrive_as_they_were_packed(tab):
    from lecture.weights import packed

    values = np.random.default_rng(4).normal(size=(3, 4, 2)) * np.array([1e-5, 1.0])
    found = np.array(tab.evaluate("packed => unpack(packed)", packed(values)))
    np.testing.assert_array_equal(found, values.astype("<f2").astype(float))
