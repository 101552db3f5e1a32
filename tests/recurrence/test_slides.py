"""The formulas of the slides, with numbers that can be computed by hand.

tanh(ln 2) = 0.6, sigmoid(ln 3) = 0.75, sigmoid(0) = 0.5, sigmoid(-ln 3) = 0.25.
"""

import ast
import doctest
import importlib
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import recurrence
from recurrence.coupled_lstm import CoupledLSTM
from recurrence.gru import GRU
from recurrence.lstm import LSTM
from recurrence.pseudo_rnn import pseudo_rnn, weighted_sum
from recurrence.sigmoid import sigmoid
from recurrence.simple_rnn import SimpleRNN, simple_rnn

LN2, LN3 = np.log(2), np.log(3)
MODULES = sorted(path.stem for path in Path(recurrence.__file__).parent.glob("[!_]*.py"))


def one(*values):
    """Returns the weights of one unit, one per input."""
    return np.array([values], dtype=float)


def test_pseudo_rnn_passes_each_output_on_as_the_next_state():
    assert pseudo_rnn(lambda x, state: 10 * state + x, [1, 2, 3], state=0) == [1, 12, 123]


def test_weighted_sum_by_hand():
    step = weighted_sum(W=one(2, 3), U=one(10), b=np.array([0.5]), activation=lambda x: x)
    assert_allclose(step(np.array([1.0, 2.0]), np.array([4.0])), [2 + 6 + 40 + 0.5])


def test_simple_rnn_returns_one_row_of_outputs_per_timestep():
    rng = np.random.default_rng(0)
    inputs = rng.random((100, 32))
    W, U, b = rng.random((64, 32)) - 0.5, (rng.random((64, 64)) - 0.5) / 4, rng.random(64)
    outputs = simple_rnn(inputs, W, U, b)
    assert outputs.shape == (100, 64)
    assert_allclose(outputs, np.stack(pseudo_rnn(weighted_sum(W, U, b), inputs, np.zeros(64))), atol=1e-12)
    assert_allclose(outputs, SimpleRNN(W, U, b).forward(inputs).h, atol=1e-12)


def test_simple_rnn_by_hand():
    rnn = SimpleRNN(W=one(2), U=one(5), b=np.array([LN2 - 1]))
    trace = rnn.forward([[0.5], [-1.0]])
    assert_allclose(trace.h, [[0.6], [np.tanh(-2 + 3 + LN2 - 1)]])
    assert_allclose(trace.h, [[0.6], [0.6]])
    # Backwards from the second output: the slope of tanh is 1 - 0.36, and U leads to the first timestep.
    gradients = rnn.backward(trace, np.array([[0.0], [1.0]]))
    assert_allclose(gradients.states[0], [[0.64 * 5], [1]])
    assert_allclose(gradients.weights.b, [0.64 + 0.64 * 5 * 0.64])
    assert_allclose(gradients.weights.W, [[0.64 * -1 + 0.64 * 5 * 0.64 * 0.5]])
    assert_allclose(gradients.weights.U, [[0.64 * 0.6]])
    assert_allclose(gradients.inputs, [[0.64 * 5 * 0.64 * 2], [0.64 * 2]])
    assert_allclose(gradients.initial_state[0], [0.64 * 5 * 0.64 * 5])
    assert_allclose(gradients.norms, [3.2, 1])


def test_lstm_step_by_hand():
    # f depends on h, i on x, C~ on both, o on neither.
    lstm = LSTM(
        W_f=one(1, 0),
        b_f=np.zeros(1),
        W_i=one(0, 1),
        b_i=np.array([-2.0]),
        W_C=one(1, 1),
        b_C=np.array([-2.0 - LN3 + LN2]),
        W_o=one(0, 0),
        b_o=np.array([-LN3]),
    )
    trace = lstm.forward([[2.0]], h0=[LN3], C0=[(LN2 - 0.3) / 0.75])
    assert_allclose(trace.f, [[0.75]])
    assert_allclose(trace.i, [[0.5]])
    assert_allclose(trace.C_tilde, [[0.6]])
    assert_allclose(trace.C, [[LN2]])  # 0.75 C_0 + 0.5 * 0.6
    assert_allclose(trace.o, [[0.25]])
    assert_allclose(trace.h, [[0.25 * 0.6]])
    gradients = lstm.backward(trace, np.array([[1.0]]))
    through_cell = 0.25 * (1 - 0.36)
    assert_allclose(gradients.weights.b_o, [0.6 * 0.25 * 0.75])
    assert_allclose(gradients.weights.b_C, [through_cell * 0.5 * 0.64])
    assert_allclose(gradients.initial_state[1], [through_cell * 0.75])


def test_coupled_lstm_step_by_hand():
    lstm = CoupledLSTM(
        W_f=one(1, 0),
        b_f=np.zeros(1),
        W_C=one(0, 1),
        b_C=np.array([LN2 - 2]),
        W_o=one(0, 0),
        b_o=np.zeros(1),
    )
    trace = lstm.forward([[2.0]], h0=[LN3], C0=[(LN2 - 0.15) / 0.75])
    assert_allclose(trace.f, [[0.75]])
    assert_allclose(trace.C_tilde, [[0.6]])
    assert_allclose(trace.C, [[LN2]])  # 0.75 C_0 + 0.25 * 0.6
    assert_allclose(trace.h, [[0.5 * 0.6]])


@pytest.mark.parametrize("reset_after", [True, False])
def test_gru_step_by_hand(reset_after):
    # With h_0 = 2, the candidate's recurrent term is r * (3 * 2 + b_U) = 0.25 * 8, or 3 * (r * 2) = 1.5.
    past = 2.0 if reset_after else 1.5
    gru = GRU(
        W_z=one(0),
        U_z=one(LN3 / 2),
        b_z=np.zeros(1),
        W_r=one(-LN3),
        U_r=one(0),
        b_r=np.zeros(1),
        W_h=one(1),
        U_h=one(3),
        b_h=np.array([LN2 - 1 - past]),
        b_U=np.array([2.0]) if reset_after else None,
    )
    trace = gru.forward([[1.0]], h0=[2.0])
    assert_allclose(trace.z, [[0.75]])
    assert_allclose(trace.r, [[0.25]])
    assert_allclose(trace.h_tilde, [[0.6]])
    assert_allclose(trace.h, [[0.75 * 2 + 0.25 * 0.6]])


def test_the_cell_state_and_its_gradient_can_flow_unchanged():
    lstm = LSTM.initialise(3, 4, np.random.default_rng(1))
    lstm.b_f[:], lstm.b_i[:] = 100, -100  # forget nothing, store nothing
    memory = np.array([0.1, -2.0, 0.5, 3.0])
    trace = lstm.forward(np.random.default_rng(2).standard_normal((300, 3)), C0=memory)
    assert_allclose(trace.C, np.tile(memory, (300, 1)))
    d_outputs = np.zeros((300, 4))
    d_outputs[-1] = 1
    d_cell_state = lstm.backward(trace, d_outputs).states[1]
    # Near the end, the gradient also flows through h and the output gates; earlier, through the cell only.
    assert_allclose(d_cell_state[:250], np.tile(d_cell_state[250], (250, 1)))
    assert (np.abs(d_cell_state[0]) > 1e-3).all()


def test_coupled_lstm_equals_an_lstm_with_input_gate_one_minus_forget_gate():
    rng = np.random.default_rng(3)
    coupled = CoupledLSTM.initialise(3, 5, rng)
    # sigmoid(-s) = 1 - sigmoid(s)
    lstm = LSTM(**vars(coupled), W_i=-coupled.W_f, b_i=-coupled.b_f)
    inputs, d_outputs = rng.standard_normal((2, 7, 3)), rng.standard_normal((2, 7, 5))
    trace, lstm_trace = coupled.forward(inputs), lstm.forward(inputs)
    assert_allclose(trace.h, lstm_trace.h, atol=1e-12)
    assert_allclose(trace.C, lstm_trace.C, atol=1e-12)
    ours, lstm_s = coupled.backward(trace, d_outputs), lstm.backward(lstm_trace, d_outputs)
    assert_allclose(ours.weights.W_f, lstm_s.weights.W_f - lstm_s.weights.W_i, atol=1e-12)
    assert_allclose(ours.inputs, lstm_s.inputs, atol=1e-12)


def test_gru_reset_before_and_after_agree_if_the_reset_gate_is_open():
    rng = np.random.default_rng(4)
    after = GRU.initialise(3, 5, rng)
    inputs = rng.standard_normal((9, 3))

    def difference():
        before = GRU(**{**vars(after), "b_U": None})
        return np.abs(after.forward(inputs).h - before.forward(inputs).h).max()

    assert difference() > 1e-3
    after.b_r[:] = 100
    assert difference() < 1e-12


@pytest.mark.parametrize("reset_after", [True, False])
def test_gru_keeps_its_state_if_the_update_gate_is_open(reset_after):
    gru = GRU.initialise(3, 5, np.random.default_rng(5), reset_after)
    gru.b_z[:] = 100
    state = np.linspace(-1, 1, 5)
    assert_allclose(gru.forward(np.ones((20, 3)), h0=state).h[-1], state)


@given(st.floats(-1e300, 1e300))
def test_sigmoid_is_between_0_and_1_without_overflow(x):
    with np.errstate(over="raise"):
        assert 0 <= sigmoid(np.float64(x)) <= 1
        assert_allclose(sigmoid(np.float64(x)) + sigmoid(np.float64(-x)), 1)


def test_sigmoid_equals_its_definition():
    x = np.linspace(-30, 30, 601)
    assert_allclose(sigmoid(x), 1 / (1 + np.exp(-x)), atol=1e-15)


@pytest.mark.parametrize("module", MODULES)
def test_docstring_examples_pass(module):
    assert doctest.testmod(importlib.import_module(f"recurrence.{module}")).failed == 0


def test_docstrings_have_examples():
    runs = [doctest.testmod(importlib.import_module(f"recurrence.{module}")).attempted for module in MODULES]
    assert sum(runs) >= 6


@pytest.mark.parametrize("module", MODULES)
def test_imports_only_numpy(module):
    tree = ast.parse((Path(recurrence.__file__).parent / f"{module}.py").read_text())
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= {"numpy", "recurrence", *sys.stdlib_module_names}
