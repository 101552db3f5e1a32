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
# # 4. Convolutions for sequences
#
# A convolution slides a small window of weights along a sequence. It is fast, because all places can be computed at
# once, but it sees only as far as its window reaches. In this lesson you slide one by hand, make it see further with
# pooling and dilation, and find out what it forgets.

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
os.environ.setdefault("LAB_RESULTS", "results/notebooks")  # your own runs stay apart

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Image

from experiments import loading, receptive_field
from lab import environment
from lecture.claims import what_runs_say
from lecture.contents import exported

environment.prepare()
environment.load_backend()
import keras

plt.rcParams.update({"figure.figsize": (9, 3.2), "figure.dpi": 72, "axes.grid": True, "grid.alpha": 0.3})


# %% [markdown]
# ## Slide a kernel
#
# Three days of measured temperature, and three kernels. Each output is a weighted sum of five neighbours.

# %%
temperature = np.array(exported("weather")["columns"]["T (degC)"][24 : 4 * 24])
kernels = {
    "a mean: smooths": np.full(5, 1 / 5),
    "a difference: finds rises and falls": np.array([-1, -1, 0, 1, 1]) / 4,
    "a peak: finds highest and lowest hours": np.array([-1, 0, 2, 0, -1]) / 2,
}
fig, rows = plt.subplots(len(kernels) + 1, 1, figsize=(9, 7), sharex=True)
rows[0].plot(temperature, color="black")
rows[0].set_ylabel("°C")
for axes, (name, kernel) in zip(rows[1:], kernels.items(), strict=True):
    outputs = [temperature[t : t + 5] @ kernel for t in range(len(temperature) - 4)]
    axes.plot(np.arange(2, len(temperature) - 2), outputs, color="#0072b2")
    axes.set_title(name, fontsize=11)
_ = rows[-1].set_xlabel("hour")

# %% [markdown]
# A Conv1D layer has many such kernels, each over all columns, and *learns* them. Is our loop the same as Keras's layer?

# %%
layer = keras.layers.Conv1D(1, 5, use_bias=False)
layer.build((None, None, 1))
layer.set_weights([kernel[:, None, None]])
keras_outputs = keras.ops.convert_to_numpy(layer(temperature[None, :, None]))[0, :, 0]
print("largest difference:", np.abs(keras_outputs - outputs).max())

# %% [markdown]
# ## Pooling, and what is lost
#
# Pooling keeps the largest of each few neighbours, so that the next convolution sees further. But in the end a global
# maximum says *that* something occurred, and no longer *when*. We turn the three days around within the sequence of days
# and look at the result:

# %%
days = temperature.reshape(3, 24)


def strongest(series):
    """Returns the largest output of the "difference" kernel, as global pooling keeps it."""
    kernel = kernels["a difference: finds rises and falls"]
    return max(series[t : t + 5] @ kernel for t in range(len(series) - 4))


print("in order:", strongest(days.ravel()).round(2), "  days turned around:", strongest(days[::-1].ravel()).round(2))

# %% [markdown]
# Nearly the same. For a film review this is fine: "wonderful" is good news wherever it stands. For the weather it is
# fatal: the rise of *today* matters, that of four days ago doesn't. Train it and see:

# %%
PROFILES = ["hourly", "quick"]
conv1d = loading.run("jena/conv1d", PROFILES, loading.config("jena/conv1d", PROFILES))
print(loading.result(conv1d))

# %%
Image(conv1d.folder / "loss.png", width=520)

# %%
what_runs_say("conv1d-weather", "conv-gru-order", "conv-gru-result", "conv-gru-reviews", "conv-gru-reviews-cost")

# %% [markdown]
# A GRU **above** the convolution restores the order: the convolution shortens the sequence, the GRU reads the rest.
#
# ## Dilation: seeing far with few layers
#
# A temporal convolutional network (TCN) never looks ahead (**causal**), and each level skips twice as many timesteps as
# the one below (**dilated**). What the last output sees doubles with each level. With kernels of size $k$ and $n$ levels
# of two convolutions each,
#
# $$ 1 + 2 (k - 1)(2^n - 1) $$

# %%
for kernel_size in (2, 3, 5):
    sizes = [1 + 2 * (kernel_size - 1) * (2**levels - 1) for levels in range(1, 9)]
    print(f"kernel {kernel_size}: 1 to 8 levels see", sizes)

# %% [markdown]
# The project doesn't trust formulas: it builds the layer, changes each input in turn, and draws what reaches the last
# output.

# %%
from layers.tcn import TCN

tcn = TCN(filters=4, kernel_size=3, levels=3)
network = keras.Sequential([keras.Input((32, 2)), tcn])
stack = receptive_field.links(tcn, 32)
print(
    "inputs that reach the last output:", receptive_field.seen(stack)[0].sum(), " the formula says", tcn.receptive_field
)
figure = receptive_field.picture(stack, tcn.receptive_field, "three levels, kernel size 3")
figure.set_size_inches(9, 3.6)
figure

# %% [markdown]
# ## Against recurrent networks
#
# The TCN paper compared both on eleven tasks. Ours beside theirs, where we trained to the end:

# %%
table = pd.read_csv(ROOT / "results/reference/sequences/comparison/table.csv")
table[table["training"].str.startswith("full")][["task", "measure", "model", "ours", "paper's", "verdict"]]

# %% [markdown]
# Most rows of the whole table were stopped early by a budget. WikiText-103 and LAMBADA would take months or more on two
# cores and weren't trained: `docs/results.md` has a table of what they cost. One seed, or a budget, decides nothing
# about a claim such as "TCN beats LSTM". At a smaller size the comparison is partly decided: see `docs/laptop.md`.
#
# ## Exercises
#
# Flags go into a list: `loading.config("jena/conv1d", PROFILES, ["--lookback", "24", "--pool-size", "1"])`.
#
# 1. **A kernel of your own.** One of the three kernels answers 0 to any straight line, and something else wherever the
#    temperature bends. Which one, and why? Find another kernel of five weights that does so.
# 2. **Count.** How many levels does a TCN with kernel size 3 need to see 120 hours? And with kernel size 7? Which has
#    fewer weights? Check with `network.count_params()`.
# 3. **Restore the order.** Train `jena/conv_gru` with the same profiles. Then train `jena/conv1d` with `--lookback 24`
#    and `--pool-size 1`: a single day is too short to be pooled twice. Is a short memory better than a long one without
#    order?
