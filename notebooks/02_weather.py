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
# # 2. Tomorrow's temperature
#
# Fourteen quantities, measured at Jena from 2009 to 2016. The task: from the last five days, forecast the temperature
# one day ahead. You first look at the data, cut them into windows, and set a bar that costs nothing. Then you train a
# GRU, see it overfit, and compare it with everything that the project has trained.

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
import logging

os.environ.setdefault("LAB_RESULTS", "results/notebooks")  # your own runs stay apart

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Image

from experiments import loading
from lab import environment
from lecture.claims import what_runs_say
from lecture.contents import runs

environment.prepare()
environment.load_backend()
logging.getLogger("matplotlib").setLevel(logging.ERROR)
plt.rcParams.update({"figure.figsize": (8, 3.2), "figure.dpi": 72, "axes.grid": True, "grid.alpha": 0.3})
PROFILES = ["hourly", "quick"]  # a row for each hour, and four short epochs


def train(name, *flags):
    """Trains an experiment and prints its result, as `make NAME` does."""
    run = loading.run(name, PROFILES, loading.config(name, PROFILES, flags))
    print(loading.result(run))
    return run


# %% [markdown]
# ## The data
#
# If the measurements can't be downloaded, the project simulates weather, and says so.

# %%
config = loading.config("jena/gru", PROFILES)
data = loading.group("jena").load(loading.experiment("jena/gru"), config)
print(loading.group("jena").describe(data))
table = data.series.frame
temperature = table["T (degC)"].sort_index()
table.describe().T[["mean", "std", "min", "max"]].round(1)

# %%
fig, (years, days) = plt.subplots(1, 2, figsize=(10, 3))
temperature.resample("D").mean().plot(ax=years, lw=0.6, title="eight years")
temperature["2014-10-08":"2014-10-17"].plot(ax=days, title="ten days")
_ = years.set_ylabel("°C")

# %% [markdown]
# Two rhythms: the year and the day. Tomorrow at this time is a whole day later, so the daily rhythm is no help: the
# question is whether the *weather changes*.
#
# ## Windows
#
# A **window** is one example: 120 hours of 14 numbers. Its **target** is the temperature to forecast. As in the
# lecture's generator, the window of row *t* ends with the row before *t*, and the **delay** counts from *t*. So with a
# delay of 24, the newest hour of a window is 25 hours before its target. Three settings cut the windows. They count
# rows, and here a row is an hour:

# %%
print(f"lookback {config.lookback}, step {config.step}, delay {config.delay}")
windows = data.splits.training
rows = windows.rows[:3]
print("three windows:", windows.samples(rows).shape, "and their targets:", windows.answers(rows).shape)
for part in ("training", "validation", "test"):
    print(f"{part:10} {len(getattr(data.splits, part)):,} windows")

# %% [markdown]
# All columns are **normalised**: minus their mean, divided by their standard deviation, both measured on the training
# rows only. Otherwise pressure (about 990) would drown humidity. An error of 1 is then one standard deviation:

# %%
degrees = data.splits.normaliser.std[1]
print(f"1 = {degrees:.2f} °C")

# %% [markdown]
# ## The bar
#
# **Common sense** says that tomorrow is as warm as now. It needs no training, and a network that can't beat it is
# useless. Note it before you train anything.

# %%
common_sense = train("jena/common_sense")
what_runs_say("common-sense-mae", "common-sense-celsius")

# %% [markdown]
# ## A dense network, and a straight line
#
# A dense network sees all 120 × 14 numbers at once, without knowing that they are a sequence. **Ridge regression** is
# even simpler: one weight for each number, solved in one step instead of trained.

# %%
dense = train("jena/dense")

# %%
ridge = train("jena/ridge")
what_runs_say("dense-unreliable", "dense-unreliable-test")

# %% [markdown]
# The first verdict is about validation, the second about test. The dense network's best epoch was chosen on the
# validation windows, so its error there is a little too good. Common sense has no epochs to choose from. The test windows
# choose nothing: where the two verdicts differ, the second says more about new weather.
#
# The straight line beats the dense network. A bigger model isn't a better one: the dense network has 53,825 weights, and
# in a few hundred steps it doesn't find those that matter.
#
# ## A GRU
#
# A GRU reads the window hour by hour and keeps a state of 32 numbers. It has 4,641 weights, the same at each hour.

# %%
gru = train("jena/gru")
Image(gru.folder / "loss.png", width=520)

# %% [markdown]
# Dots are the error on training, the line is the error on **validation**, windows that the network never learned from.
# The dashed line is common sense. The star is the epoch whose weights are kept.
#
# Four short epochs are a glimpse. The project's own runs have 20 long ones, with three seeds each:

# %%
reference = pd.read_csv(ROOT / "results/reference/jena/comparison/hourly/table.csv")
reference[["experiment", "validation °C", "test °C", "epochs", "seeds", "parameters"]]

# %%
what_runs_say("gru-beats-common-sense", "dropout-narrows-gap", "dropout-lasts", "stacking-costs", "reversed-weather")

# %% [markdown]
# ## Overfitting
#
# Trained for longer, the GRU learns its training windows by heart. The curves of the project's runs show it: training
# goes on falling, validation turns up. **Recurrent dropout** drops the same units at each timestep of a window.

# %%
fig, axes = plt.subplots(1, 2, figsize=(10, 3), sharey=True)
for ax, name in zip(axes, ("gru", "dropout_gru"), strict=True):
    histories = [
        pd.read_csv(folder / "history.csv") for folder in runs(ROOT / "results/reference", f"jena/{name}", ["hourly"])
    ]
    history = pd.concat(histories).groupby("epoch").mean() * degrees
    ax.plot(history["mae"], "o", ms=4, color="#d55e00", label="training")
    ax.plot(history["val_mae"], color="#0072b2", lw=2, label="validation")
    ax.axhline(2.57, color="black", ls="--", lw=1, label="common sense")
    ax.set(title=name.replace("_", " "), xlabel="epoch")
axes[0].set_ylabel("error in °C")
_ = axes[0].legend()

# %% [markdown]
# ## One week of forecasts

# %%
fig, axes = plt.subplots(figsize=(10, 3.4))
for run, colour in ((common_sense, "0.6"), (gru, "#0072b2")):
    week = run.forecasts().set_index("time").iloc[: 7 * 24]
    axes.plot(week["forecast"], color=colour, label=run.name.split("/")[1].replace("_", " "))
axes.plot(week["truth"], color="black", lw=2, label="truth")
axes.set_ylabel("°C")
_ = axes.legend(ncols=3)

# %% [markdown]
# Common sense is the truth of 25 hours before. Where the weather changes, it is a day late. Look for the days on which
# the GRU sees the change coming.
#
# ## Exercises
#
# `train` takes flags as `make` does: `train("jena/gru", "--units", "8")`, or with a second one
# `train("jena/gru", "--units", "8", "--seed", "1")`.
#
# 1. **More or less memory.** Train `jena/gru` with `--units 8` and with `--units 64`. Which is better on validation, and
#    is the difference larger than that between two seeds (`--seed 1`)?
# 2. **How far back?** Train it with `--lookback 24`, a single day. How much do the other four days matter?
# 3. **Further ahead.** With `--delay 72`, three days ahead, both the GRU and common sense get worse. Which of them more?
#    Is there a point at which neither is better than the average temperature of the season?
