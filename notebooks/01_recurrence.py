# ---
# jupyter:
#   jupytext:
#     formats: py:percent,ipynb
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1. Recurrence
#
# A network without memory sees one input at a time. A **recurrent** network also sees its own last output, its
# **state**. In this lesson you step through such a loop with its numbers, watch its gradient vanish, and see how the
# gates of an LSTM prevent that. All of it is NumPy; nothing is trained.
#
# Beside it, `docs/index.html` has the same figures to play with.

# %%
# On Google Colab this cell gets the project and its packages. Elsewhere it only finds the project's folder.
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = ""  # on Colab: the address of your copy of this project, https://…

if "google.colab" in sys.modules and not Path("project").exists():
    assert REPOSITORY, "Set REPOSITORY above to the address of your copy of this project, then run this cell again."
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", REPOSITORY, "project"], check=True)
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "./project"], check=True)
ROOT = next(place.resolve() for place in (Path("project"), Path(), Path("..")) if (place / "recurrence").is_dir())
os.chdir(ROOT)
sys.path.insert(0, str(ROOT))

# %%
import matplotlib.pyplot as plt
import numpy as np

from lecture.claims import what_runs_say
from lecture.contents import exported
from recurrence.gru import GRU
from recurrence.lstm import LSTM
from recurrence.pseudo_rnn import pseudo_rnn, weighted_sum
from recurrence.simple_rnn import SimpleRNN

plt.rcParams.update({"figure.figsize": (8, 3.2), "figure.dpi": 72, "axes.grid": True, "grid.alpha": 0.3})


# %% [markdown]
# ## The loop
#
# The whole idea is a `for` loop. At each timestep, a function turns the input and the last state into the next state:
#
# $$ y_t = \tanh(W x_t + U y_{t-1} + b) $$
#
# `pseudo_rnn` in `recurrence/pseudo_rnn.py` is that loop. We give it such a function with two units, and four inputs.

# %%
W = np.array([[1.0], [-0.5]])  # how each unit sees the input
U = np.array([[0.5, 0.3], [0.2, 0.6]])  # how each unit sees the last state
b = np.zeros(2)
inputs = np.array([[1.0], [0.0], [0.0], [0.0]])  # one impulse, then nothing

for t, state in enumerate(pseudo_rnn(weighted_sum(W, U, b), inputs, np.zeros(2))):
    print(f"t = {t}   x = {inputs[t, 0]:3.0f}   state = {state.round(3)}")

# %% [markdown]
# The input is zero after the first timestep, but the state isn't: it **remembers** the impulse, and forgets it slowly.
# How slowly depends on $U$ alone. Change the 0.5 and the 0.6 above to 1.1, and run the cell again.
#
# **The same weights at every timestep.** Unrolled in time, the loop looks like a deep network with one layer for each
# timestep, whose layers all share $W$, $U$ and $b$. So its length can vary, and its number of weights doesn't.

# %%
rnn = SimpleRNN.initialise(features=14, units=32, rng=np.random.default_rng(0))
count = rnn.W.size + rnn.U.size + rnn.b.size
print(f"A SimpleRNN with 32 units on 14 inputs has {count:,} weights, for 5 timesteps and for 5,000.")
what_runs_say("rnn-layer-parameters", "stacked-rnn-parameters")

# %% [markdown]
# ## The gradient
#
# Training asks: how does the loss change if the state at timestep $t$ changes? The answer is a product of one matrix
# for each timestep in between. A product of many numbers below 1 **vanishes**; of many numbers above 1 it **explodes**.
# We measure it: the norm of the gradient at each timestep, as a share of that at the last timestep.


# %%
def reach(network, timesteps=100, seed=0):
    """Returns the norm of the gradient with respect to the state at each timestep; 1 at the last."""
    rng = np.random.default_rng(seed)
    trace = network.forward(rng.uniform(-1, 1, (32, timesteps, network.features)))
    at_the_end = np.zeros_like(trace.h)
    at_the_end[:, -1] = rng.standard_normal(network.units)
    norms = network.backward(trace, at_the_end).norms
    return np.median(norms / norms[:, -1:], axis=0)


def fresh(kind, **more):
    return kind.initialise(2, 16, np.random.default_rng(1), **more)


fig, axes = plt.subplots()
for scale in (0.5, 0.9, 1.0, 1.5, 2.0):
    axes.semilogy(np.arange(-99, 1), reach(fresh(SimpleRNN, recurrent_scale=scale)), label=f"weights × {scale}")
axes.set(xlabel="timesteps before the end", ylabel="gradient", ylim=(1e-30, 1e10), title="SimpleRNN")
_ = axes.legend(ncols=2)

# %% [markdown]
# The axis is logarithmic: each grid line is a factor of 100,000. With the smallest weights, less than a millionth is
# left after twenty timesteps. Such a SimpleRNN can't learn that an input a hundred timesteps ago matters: no gradient
# tells it.

# %%
what_runs_say("gradient-vanishes", "gradient-explodes")

# %% [markdown]
# ## The LSTM
#
# An LSTM has a second state, the **cell state** $C$, which runs along the top of the lecture's figure. It is changed in
# two ways only: multiplied by the **forget gate**, and added to.
#
# $$ f_t = \sigma(W_f [h_{t-1}, x_t] + b_f) \qquad i_t = \sigma(W_i [h_{t-1}, x_t] + b_i) $$
# $$ \tilde C_t = \tanh(W_C [h_{t-1}, x_t] + b_C) \qquad C_t = f_t C_{t-1} + i_t \tilde C_t $$
# $$ o_t = \sigma(W_o [h_{t-1}, x_t] + b_o) \qquad h_t = o_t \tanh(C_t) $$
#
# Where $f_t$ is near 1, the cell state passes through unchanged, and so does its gradient. The bias of the forget gate
# decides how open it is before any training.

# %%
fig, axes = plt.subplots()
networks = {
    "SimpleRNN": fresh(SimpleRNN),
    "GRU": fresh(GRU),
    "LSTM, forget bias 1": fresh(LSTM, forget_bias=1.0),
    "LSTM, forget bias 5": fresh(LSTM, forget_bias=5.0),
}
for label, network in networks.items():
    axes.semilogy(np.arange(-99, 1), reach(network), label=label)
axes.set(xlabel="timesteps before the end", ylabel="gradient", ylim=(1e-30, 1e3), title="Before training")
_ = axes.legend()

# %% [markdown]
# Look closely: **before training** an LSTM with Keras's forget bias of 1 is no better than a SimpleRNN. Its advantage is
# that it can learn to open the gate. This is what the runs found, too:

# %%
what_runs_say("lstm-keeps-at-start", "lstm-keeps-trained", "cell-state-unchanged")

# %% [markdown]
# ## What each gate does
#
# The task: at each timestep comes a number, and two flags. **store** says "keep this number", **recall** says "tell me
# the number that you keep". `make recurrence/gates` trains an LSTM with a single unit on it. Here are its weights at
# work.

# %%
weights = exported("gates")["weights"]["lstm"]
answer = weights.pop("answer")[0]
lstm = LSTM(**{name: np.array(values) for name, values in weights.items()})

numbers = np.array([0.4, 0.8, -0.3, 0.5, -0.9, 0.2, 0.7, -0.6, 0.1, 0.9])
store, recall = (np.isin(np.arange(10), times) for times in ([1, 6], [3, 5, 9]))
trace = lstm.forward(np.stack([numbers, store, recall], axis=-1))

fig, rows = plt.subplots(5, 1, figsize=(8, 7), sharex=True)
rows[0].bar(range(10), numbers, color=np.where(store, "#d55e00", "0.8"))
rows[0].set_ylabel("number")
rows[0].set_title("orange: store this number   ●: recall it", fontsize=11)
for axes, (name, values) in zip(
    rows[1:], {"forget": trace.f, "input": trace.i, "cell state": trace.C, "output": trace.o}.items(), strict=True
):
    axes.bar(range(10), values[:, 0], color="#0072b2")
    axes.set_ylabel(name)
rows[-1].plot(np.flatnonzero(recall), trace.o[recall, 0], "o", color="black")
rows[-1].set_xlabel("timestep")

for t in np.flatnonzero(recall):
    print(
        f"t = {t}: it answers {answer * trace.h[t, 0]:6.3f}; the number stored last is {numbers[: t + 1][store[: t + 1]][-1]}"
    )

# %% [markdown]
# Read it column by column. At a **store**, the forget gate closes (the old number goes) and the input gate opens (the
# new one comes in). Between the stores, forget stays at 1: the number is kept. The output gate opens at a **recall**.

# %%
what_runs_say("forget-gate", "input-gate", "output-gate")

# %% [markdown]
# ## Exercises
#
# 1. **Forget on purpose.** In the cell under "What each gate does", insert `lstm.b_f[:] = -5` below the line that makes
#    `lstm`, and run that cell again. What does the network answer now, and which bars of the figure show why?
# 2. **How far can it see?** `reach(fresh(LSTM, forget_bias=1.0))[0]` is what is left of a fresh LSTM's gradient 99
#    timesteps before the end. Find the smallest forget bias, to one decimal, with which it is more than 0.01. Why not
#    start every LSTM with a bias of 20?
# 3. **A gate less.** A coupled LSTM has no input gate: it lets in what it forgets, $i = 1 - f$. Take the weights from
#    `exported("gates")["weights"]["coupled_lstm"]`, take `answer` out with `weights.pop("answer")` as above, and make a
#    `CoupledLSTM` of the rest (`from recurrence.coupled_lstm import CoupledLSTM`). Its trace has `f`, `C`, `o` and `h`
#    as above, but no `i`: draw `1 - trace.f` instead. It reads the same numbers. What can't it do?
