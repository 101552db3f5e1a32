"""The attention layers: results against NumPy, masks, sizes, saving."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops
from numpy.testing import assert_allclose, assert_array_equal

from layers.context_attention import ContextAttention
from layers.hierarchical_attention_encoder import HierarchicalAttentionEncoder
from layers.hierarchical_attention_network import HierarchicalAttentionNetwork
from tests.layers.backends import assert_passes_on
from tests.layers.harness import TOLERANCE

FEW = settings(max_examples=10, deadline=None)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def out(tensor):
    return ops.convert_to_numpy(tensor)


def with_weights(layer, shape):
    """Builds the layer and sets random weights, so that no bias is zero."""
    layer.build(shape)
    layer.set_weights([normal(*w.shape, seed=i) for i, w in enumerate(layer.weights)])
    return layer


def numpy_attention(h, mask, layer):
    """Computes equations 5 to 7 of the paper for one sequence."""
    kernel, bias = layer.project.get_weights()
    scores = np.tanh(h @ kernel + bias) @ out(layer.context)[:, 0]
    exponentials = np.where(mask, np.exp(scores), 0)
    weights = exponentials / exponentials.sum() if mask.any() else exponentials
    return weights @ h, weights


@given(st.integers(1, 4), st.integers(1, 6), st.integers(1, 5), st.integers(0, 2**31))
@FEW
def test_attention_equals_numpy_and_weights_sum_to_one(batch, steps, features, seed):
    layer = with_weights(ContextAttention(3), (None, None, features))
    h, mask = normal(batch, steps, features, seed=seed), np.random.default_rng(seed).random((batch, steps)) < 0.6
    mean, weights = map(out, layer(h, mask=mask, return_attention_scores=True))
    expected = [numpy_attention(*row, layer) for row in zip(h, mask, strict=True)]
    assert_allclose(mean, [m for m, _ in expected], atol=1e-5)
    assert_allclose(weights, [w for _, w in expected], atol=1e-5)
    assert_allclose(weights.sum(1), mask.any(1), atol=1e-5)  # 0 where every timestep is masked
    assert not weights[~mask].any()


def test_attention_ignores_the_value_and_position_of_padding():
    layer = with_weights(ContextAttention(3), (None, None, 4))
    h, mask = normal(2, 6, 4), np.array([[1, 1, 0, 1, 0, 0]] * 2, bool)
    expected = out(layer(h, mask=mask))
    assert_allclose(out(layer(np.where(mask[..., None], h, 99), mask=mask)), expected, atol=1e-5)
    order = [2, 0, 4, 1, 5, 3]
    assert_allclose(out(layer(h[:, order], mask=mask[:, order])), expected, atol=1e-5)
    assert_allclose(out(layer(h[:, [0, 1, 3]])), expected, atol=1e-5)


def test_attention_takes_any_leading_axes_and_has_the_expected_size():
    layer = with_weights(ContextAttention(3), (None, None, None, 5))
    assert layer.count_params() == 5 * 3 + 3 + 3
    h = normal(2, 4, 6, 5)
    assert_allclose(out(layer(h))[1, 2], out(layer(h[1]))[2], atol=1e-5)


def test_attention_uses_the_mask_of_an_embedding():
    words = np.array([[3, 1, 0, 0], [2, 0, 0, 0]])
    model = keras.Sequential([keras.Input((4,)), keras.layers.Embedding(5, 4, mask_zero=True), ContextAttention(2)])
    assert_allclose(out(model(words))[1], out(model.layers[0](np.array([2])))[0], atol=1e-6)


def network(**arguments):
    return with_weights(HierarchicalAttentionNetwork(9, 3, 2, 4, **arguments), (None, 4, 5))


DOCUMENTS = np.zeros((3, 4, 5), int)  # the last document is empty
DOCUMENTS[0, 0, :3], DOCUMENTS[0, 1, :5], DOCUMENTS[1, 0, :1] = [3, 1, 2], [4, 8, 1, 1, 5], [7]


def test_network_equals_keras_gru_and_numpy_attention_sentence_by_sentence():
    layer = network()
    keras_grus = {}
    for name in ("words_forwards", "words_backwards", "sentences_forwards", "sentences_backwards"):
        ours = getattr(layer, name)
        gru = keras.layers.GRU(2, return_sequences=True)
        gru.build((None, None, ours.cell.kernel.shape[0]))
        gru.set_weights(ours.get_weights())
        keras_grus[name] = gru

    def bidirectional(level, vectors):
        forwards = out(keras_grus[f"{level}_forwards"](vectors[None]))[0]
        backwards = out(keras_grus[f"{level}_backwards"](vectors[None, ::-1]))[0, ::-1]
        return np.concatenate([forwards, backwards], -1)

    vectors, word_weights, sentence_weights = map(out, layer(DOCUMENTS, return_attention_scores=True))
    embedding = layer.embed.get_weights()[0]
    for i, document in enumerate(DOCUMENTS[:2]):
        sentences = []
        for j, sentence in enumerate(document):
            words = sentence[sentence > 0]
            if len(words):
                h = bidirectional("words", embedding[words])
                vector, weights = numpy_attention(h, np.ones(len(h), bool), layer.word_attention)
                assert_allclose(word_weights[i, j, : len(words)], weights, atol=1e-5)
                sentences.append(vector)
        h = bidirectional("sentences", np.array(sentences, "float32"))
        vector, weights = numpy_attention(h, np.ones(len(h), bool), layer.sentence_attention)
        assert_allclose(vectors[i], vector, atol=1e-5)
        assert_allclose(sentence_weights[i, : len(h)], weights, atol=1e-5)


def test_network_ignores_padding():
    layer = network()
    vectors, words, sentences = map(out, layer(DOCUMENTS, return_attention_scores=True))
    assert_array_equal(vectors[2], 0)
    assert not words[DOCUMENTS == 0].any()
    assert_allclose(words.sum(-1), (DOCUMENTS > 0).any(-1), atol=1e-5)
    assert_allclose(sentences.sum(-1), [1, 1, 0], atol=1e-5)
    wider = np.pad(DOCUMENTS, ((0, 0), (0, 2), (0, 3)))
    assert_allclose(out(layer(wider)), vectors, atol=1e-5)
    gap = DOCUMENTS[:1, [0, 2, 1, 3]]  # an empty sentence between two others
    assert np.isfinite(out(layer(gap))).all()


def test_network_has_the_expected_number_of_weights():
    # embedding 9*3; word GRUs 2 * 3*2*(3 + 2 + 2), of sentences 2 * 3*2*(4 + 2 + 2); attentions 2 * (4*4 + 4 + 4)
    assert network().count_params() == 27 + 84 + 96 + 48
    assert HierarchicalAttentionNetwork(9, 3, 2).word_attention.project.units == 4


def test_network_is_the_same_after_saving_and_loading(tmp_path):
    model = keras.Sequential([keras.Input((4, 5), dtype="int32"), network(dropout=0.1, seed=1)])
    expected = out(model(DOCUMENTS))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert_array_equal(out(loaded(DOCUMENTS)), expected)
    assert loaded.layers[0].get_config() == model.layers[0].get_config()


@given(st.integers(1, 3), st.integers(2, 4), st.data())
@FEW
def test_encoder_has_its_receptive_field_and_timestep_weights_sum_to_one(levels, block, data):
    layer = with_weights(HierarchicalAttentionEncoder(3, block, levels), (None, 1, 2))
    assert layer.receptive_field == block**levels
    steps = data.draw(st.integers(1, layer.receptive_field))
    x = normal(2, steps, 2)
    vectors, weights = layer(x, return_attention_scores=True)
    assert vectors.shape == (2, 3)
    assert len(weights) == levels
    shares = out(layer.shares(weights, steps))
    assert shares.shape == (2, steps)
    assert_allclose(shares.sum(1), 1, atol=1e-4)
    # masked timesteps on the left have the effect of padding
    before = min(2, layer.receptive_field - steps)
    longer = np.pad(x, ((0, 0), (before, 0), (0, 0)), constant_values=9)
    mask = np.arange(steps + before) >= before
    assert_allclose(out(layer(longer, mask=np.tile(mask, (2, 1)))), out(vectors), atol=1e-4)


def test_encoder_equals_numpy():
    layer = with_weights(HierarchicalAttentionEncoder(3, 4, 2), (None, 10, 2))
    x = normal(1, 10, 2)
    vectors, mask = np.pad(x[0], ((2, 0), (0, 0))), np.arange(12) >= 2
    for level in range(2):
        size = 4 * -(-len(vectors) // 4)
        missing = size - len(vectors)
        vectors, mask = np.pad(vectors, ((missing, 0), (0, 0))), np.pad(mask, (missing, 0))
        kernel, bias = layer.denses[level].get_weights()
        means = []
        for i in range(0, size, 4):
            h = np.maximum(vectors[i : i + 4] @ kernel + bias + out(layer.places)[level], 0)
            means.append(numpy_attention(h, mask[i : i + 4], layer.attentions[level])[0])
        vectors, mask = np.array(means), mask.reshape(-1, 4).any(1)
    assert_allclose(out(layer(x))[0], vectors[0], atol=1e-4)


def test_encoder_returns_zeros_where_every_timestep_is_masked():
    layer = with_weights(HierarchicalAttentionEncoder(3, 2, 2), (None, 4, 2))
    assert_array_equal(out(layer(normal(1, 4, 2), mask=np.zeros((1, 4), bool))), 0)


def test_encoder_has_the_expected_size_and_rejects_wrong_arguments():
    # denses 2*3+3 and 3*3+3; attentions 2 * (3*3 + 3 + 3); places 2 * 4 * 3
    layer = with_weights(HierarchicalAttentionEncoder(3, 4, 2), (None, 10, 2))
    assert layer.count_params() == 9 + 12 + 30 + 24
    with pytest.raises(ValueError, match=r"17 timesteps are more than 4\^2 = 16"):
        layer(normal(1, 17, 2))
    with pytest.raises(ValueError, match="the number of timesteps is unknown"):
        HierarchicalAttentionEncoder(3, 4, 2).build((None, None, 2))
    with pytest.raises(ValueError, match="block is 0"):
        HierarchicalAttentionEncoder(3, 0, 2)


def test_encoder_is_the_same_after_saving_and_loading(tmp_path):
    model = keras.Sequential([keras.Input((7, 2)), HierarchicalAttentionEncoder(3, 2, 3, "tanh")])
    x = normal(2, 7, 2)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert_array_equal(out(loaded(x)), out(model(x)))
    assert loaded.layers[0].get_config() == model.layers[0].get_config()


ATTENTION_LAYERS = {
    "attention": (lambda **arguments: ContextAttention(3, **arguments), (2, 5, 4)),
    "network": (lambda **arguments: HierarchicalAttentionNetwork(9, 3, 2, **arguments), (2, 4, 5)),
    "encoder": (lambda **arguments: HierarchicalAttentionEncoder(3, 3, 2, **arguments), (2, 5, 4)),
}


@pytest.mark.parametrize(("layer", "shape"), ATTENTION_LAYERS.values(), ids=ATTENTION_LAYERS)
@pytest.mark.parametrize("policy", ["float32", *TOLERANCE])
def test_symbolic_and_actual_outputs_have_the_same_shapes_and_dtypes(layer, shape, policy):
    layer = layer(dtype=policy)
    actual = keras.tree.flatten(layer(np.ones(shape), return_attention_scores=True))
    symbolic = keras.tree.flatten(layer(keras.KerasTensor(shape), return_attention_scores=True))
    assert len(actual) == len(symbolic) > 1
    for one, other in zip(actual, symbolic, strict=True):
        assert tuple(one.shape) == other.shape
        assert keras.backend.standardize_dtype(one.dtype) == other.dtype == layer.compute_dtype
    assert layer.compute_output_shape(shape) == symbolic[0].shape


@pytest.mark.parametrize(("layer", "shape"), ATTENTION_LAYERS.values(), ids=ATTENTION_LAYERS)
def test_an_empty_batch_gives_an_empty_batch(layer, shape):
    layer = layer()
    layer(np.ones(shape))
    for tensor in keras.tree.flatten(layer(np.ones((0, *shape[1:])), return_attention_scores=True)):
        assert tensor.shape[0] == 0


@pytest.mark.slow
def test_encoder_trains_on_ten_thousand_timesteps():
    model = keras.Sequential(
        [keras.Input((10_000, 14)), HierarchicalAttentionEncoder(32, 100, 2), keras.layers.Dense(1)]
    )
    model.compile("rmsprop", "mae", jit_compile=False)
    assert np.isfinite(model.train_on_batch(normal(32, 10_000, 14), normal(32, 1)))


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_pass_these_tests(backend):
    assert_passes_on(backend, __file__)
