"""Every experiment is found by being there, with its settings, its page in the deck and a model of the right size."""

import numpy as np
import pytest

from experiments import catalogue, loading
from experiments.sequences._table import MODELS
from lab import settings
from lab.flags import documented
from lab.settings import CONFIGS, NO_PROFILES, entry, resolve

NAMES = [name for name in catalogue.names() if not settings.lender(name.split("/")[0])]
DATA_SETS = settings.data_sets()
DECK = {
    "Create Baselines",
    "Using Gated Recurrent Unit (GRU)",
    "Advanced Use of RNN",
    "Stacking Recurrent Layers",
    "Using Reversed Data for Training",
    "Bi-directional GRU for Temperature Prediction",
    "Going Further",
    "Sequence Processing with ConvNets",
    "Combining CNN & RNN for Long Sequences",
    "Recurrent Layer in Keras",
    "Using LSTM in Keras",
    "Gated Recurrent Unit (GRU)",
    "Variants of LSTM",
    "Bidirectional RNN",
    "Building a 1D ConvNet Model for IMDB Dataset",
    "Vanishing and Exploding Gradient Problems",
    "Long Short-Term Memory (LSTM)",
    "Unroll the RNN Loop",
    "Experimental Results",
    "Temporal Convolutional Network (TCN)",
    "Hierarchical Neural Attention Encoder",
}
METRICS = {"jena": {"validation_mae"}, "imdb": {"validation_accuracy"}, "sequences": {"metric", "size", *MODELS}}


def test_names_are_modules_and_settings_alike():
    files = {path.relative_to(CONFIGS).with_suffix("").as_posix() for path in CONFIGS.glob("*/*.yaml")}
    assert files == set(NAMES)
    assert len(NAMES) >= 11


@pytest.mark.parametrize("name", NAMES)
def test_the_first_line_cites_the_page_of_the_settings(name):
    assert entry(name).deck in DECK
    assert catalogue.about(name).endswith(f'(deck: "{entry(name).deck}").')


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_has_a_value_and_a_text(name):
    config = loading.experiment(name).Config
    resolve(name, config)
    assert all(documented(config).values())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "profile",
    sorted(
        path.stem
        for path in CONFIGS.glob("*.yaml")
        if path.stem not in {*NO_PROFILES, *DATA_SETS} and not (CONFIGS / path.stem).is_dir()
    ),
)
def test_every_profile_fits_every_experiment(name, profile):
    resolve(name, loading.experiment(name).Config, [profile])


def test_published_figures_name_their_source():
    for name in NAMES:
        if published := entry(name).published:
            assert {"source", *METRICS[name.split("/")[0]]} <= set(published), name


def test_a_data_set_has_the_weather_s_experiments():
    assert {"etth1", "air_quality"} <= set(DATA_SETS)
    weather = [name.split("/")[1] for name in NAMES if name.startswith("jena/")]
    for data_set in DATA_SETS:
        assert catalogue.names(data_set) == [f"{data_set}/{name}" for name in weather]
        assert catalogue.about(data_set) != data_set
        for name in catalogue.names(data_set):
            config = loading.experiment(name).Config
            assert all(documented(config).values())
            own, quick = (resolve(name, config, profiles) for profiles in ([], ["quick", "hourly", "plain"]))
            assert (quick.spacing, quick.lookback, quick.train_end) == (own.spacing, own.lookback, own.train_end)
            assert quick.epochs <= 4 or name.endswith("/best")


def gru(inputs, units, biases=6):
    return 3 * units * (inputs + units) + biases * units


def lstm(inputs, units):
    return 4 * units * (inputs + units + 1)


def simple_rnn(inputs, units):
    return units * (inputs + units + 1)


def tcn(inputs, filters, kernel_size, levels):
    first = kernel_size * inputs * filters + 2 * filters  # a kernel's lengths and biases: two a filter
    others = (2 * levels - 1) * (kernel_size * filters * filters + 2 * filters)
    return first + others + (inputs + 1) * filters * (inputs != filters)  # the 1×1 convolution


def attention(inputs, units):
    return (inputs + 2) * units  # with the bias and the context vector


WORDS = 10_000
PARAMETERS = {
    "jena/common_sense": 0,
    "jena/dense": (120 * 14 + 1) * 32 + 33,
    "jena/conv1d": (5 * 14 + 1) * 32 + 2 * (5 * 32 + 1) * 32 + 33,
    "jena/gru": gru(14, 32) + 33,
    "jena/dropout_gru": gru(14, 32) + 33,
    "jena/reversed_gru": gru(14, 32) + 33,
    "jena/stacked_gru": gru(14, 32) + gru(32, 64) + 65,
    "jena/bidirectional_gru": 2 * gru(14, 32) + 65,
    "jena/conv_gru": (5 * 14 + 1) * 32 + (5 * 32 + 1) * 32 + gru(32, 32) + 33,
    "jena/lstm": 4 * 32 * (14 + 32 + 1) + 33,
    "jena/gru_dense_head": gru(14, 32) + 33 * 64 + 65,
    "jena/ridge": 120 * 14 + 1,
    "jena/repeat": 0,
    "jena/linear": 120 + 1,
    "jena/nlinear": 120 + 1,
    "jena/dlinear": 2 * (120 + 1),
    "jena/segment_gru": (24 + 1) * 64 + gru(64, 64) + 2 * 32 + 65,
    "jena/best": (2 + 1) * 1407 + 1 + 4 * ((1407 + 1) * 128 + 129),  # means, variances, ridge; four networks
    "jena/tcn": tcn(14, 32, kernel_size=5, levels=4) + 33,
    "jena/hierarchical_attention": 15 * 32 + 33 * 32 + 2 * attention(32, 32) + 2 * 24 * 32 + 33,
    "imdb/simple_rnn": WORDS * 32 + simple_rnn(32, 32) + 33,
    "imdb/stacked_simple_rnn": 328_320 + 33,
    "imdb/lstm": WORDS * 32 + lstm(32, 32) + 33,
    "imdb/gru": WORDS * 32 + gru(32, 32) + 33,
    "imdb/coupled_lstm": WORDS * 32 + 3 * 32 * (32 + 32 + 1) + 33,
    "imdb/reversed_lstm": WORDS * 128 + lstm(128, 32) + 33,
    "imdb/bidirectional_lstm": WORDS * 32 + 2 * lstm(32, 32) + 65,
    "imdb/conv1d": WORDS * 128 + (7 * 128 + 1) * 32 + (7 * 32 + 1) * 32 + 33,
    "imdb/conv_gru": WORDS * 32 + 2 * (7 * 32 + 1) * 32 + gru(32, 32) + 33,
    "imdb/tcn": WORDS * 32 + tcn(32, 32, kernel_size=5, levels=6) + 33,
    "imdb/hierarchical_attention": WORDS * 50 + 2 * (gru(50, 50) + gru(100, 50) + attention(100, 100)) + 101,
}
INPUTS = {
    "jena": (120, 14),
    "imdb": (500,),
    "imdb/hierarchical_attention": (16, 32),
    "imdb/conv_gru": (1000,),
    "jena/conv_gru": (240, 14),
    "jena/best": (120, 18),
}


@pytest.mark.parametrize("name", list(PARAMETERS))
def test_a_model_has_the_parameters_that_its_layers_need(name):
    module = loading.experiment(name)
    config = resolve(name, module.Config)
    network = module.build(config)
    assert network.count_params() == PARAMETERS[name]
    assert network.input_shape == (None, *INPUTS.get(name, INPUTS[name.split("/")[0]]))
    assert network.output_shape == (None, 1)


def test_no_group_s_models_go_uncounted():
    uncounted = {name.split("/")[0] for name in NAMES if name not in PARAMETERS}
    assert uncounted == {"recurrence", "sequences"}  # test_recurrence and test_sequences count theirs


def test_the_stack_s_body_has_the_slide_s_parameters():
    module = loading.experiment("imdb/stacked_simple_rnn")
    network = module.build(resolve("imdb/stacked_simple_rnn", module.Config))
    assert sum(layer.count_params() for layer in network.layers[:-1]) == 328_320
    assert [layer.count_params() for layer in network.layers[:-1]] == [320_000, 2080, 2080, 2080, 2080]


def test_the_first_editions_cell_has_one_bias_and_keras_2s_gates():
    module = loading.experiment("jena/gru")
    flags = ["--reset-after", "false", "--recurrent-activation", "keras2_hard_sigmoid"]
    network = module.build(resolve("jena/gru", module.Config, [], flags))
    assert network.count_params() == gru(14, 32, biases=3) + 33
    assert float(network.layers[0].cell.recurrent_activation(np.float32([1.0]))[0]) == pytest.approx(0.7)


def test_a_new_module_appears_without_a_registry(tmp_path, monkeypatch):
    package, configs = tmp_path / "experiments", tmp_path / "configs"
    (configs / "toy").mkdir(parents=True)
    for name in ("toy", "commands"):
        (package / name).mkdir(parents=True)
        (package / name / "__init__.py").write_text("")
        (package / name / "_shared.py").write_text("")
        (package / name / "net.py").write_text('"""A toy (deck: "Create Baselines")."""')
    monkeypatch.setattr(catalogue, "HERE", package)
    monkeypatch.setattr(settings, "CONFIGS", configs)
    assert catalogue.names() == ["toy/net"]
    assert catalogue.about("toy/net") == 'A toy (deck: "Create Baselines").'
