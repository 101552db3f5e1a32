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
# # 5. Attention
#
# Not every word of a review matters, and not every hour of the weather. **Attention** gives each input a weight and adds
# the inputs up. The weights sum to 1, so they show what the network looks at. **Hierarchical** attention does this twice:
# words make sentences, sentences make a review.

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
from IPython.display import HTML, Image

from experiments import loading, trained_run
from lab import environment

environment.prepare()
environment.load_backend()
import keras

from imdb.shading import Reading, page
from layers.context_attention import ContextAttention

plt.rcParams.update({"figure.figsize": (8, 3), "figure.dpi": 72, "axes.grid": True, "grid.alpha": 0.3})

# %% [markdown]
# ## By hand
#
# Three words, each a vector of two numbers. A **context vector** asks a question, such as "how strong an opinion is
# this?". The product with each word scores it, and the softmax makes weights of the scores.

# %%
words = {"the": [0.1, 0.0], "plot": [0.3, 0.2], "bores": [0.2, 2.0]}
vectors, context = np.array(list(words.values())), np.array([0.0, 2.0])

scores = vectors @ context
weights = np.exp(scores) / np.exp(scores).sum()
for word, score, weight in zip(words, scores, weights, strict=True):
    print(f"{word:6} score {score:.1f}   weight {weight:.2f}")
print("the sentence:", weights @ vectors)

# %% [markdown]
# The sentence's vector is almost that of "bores". A plain mean would have thinned it out to a third. The project's layer
# also learns a projection and a tanh before the product (Yang et al. 2016, equations 5 to 7). With an identity as the
# projection, only the tanh is left:

# %%
layer = ContextAttention(2)
layer.build((None, 3, 2))
layer.project.set_weights([np.eye(2), np.zeros(2)])
layer.context.assign(context[:, None])
_, layer_weights = layer(vectors[None], return_attention_scores=True)
hidden = np.exp(np.tanh(vectors) @ context)
print(
    "the layer:", keras.ops.convert_to_numpy(layer_weights)[0].round(3), "  by hand:", (hidden / hidden.sum()).round(3)
)

# %% [markdown]
# **Masks.** Sentences have different lengths, so they are filled up with padding. Padding must get weight 0, not merely a
# small one: the mask sets its score to minus infinity before the softmax.

# %%
_, masked = layer(vectors[None], mask=np.array([[True, True, False]]), return_attention_scores=True)
print("without its last word:", keras.ops.convert_to_numpy(masked)[0].round(3))

# %% [markdown]
# ## A network reads reviews
#
# This network comes with the project. A GRU reads the words of each sentence in both directions, attention makes a
# vector of them; another GRU reads the sentences, and attention makes a vector of the review.

# %%
run, group, experiment, config = trained_run.load("imdb/hierarchical_attention")
classify = group.classify(experiment, config, run, shade=False)
print(classify.about())


def read(text):
    """Returns a review with its sentences (blue) and words (red) shaded by weight."""
    verdict = classify(text).splitlines()[0]
    inputs = classify._inputs(text, text.lower().replace(".", " ").split())
    return Reading(verdict, *experiment.attention(config, classify.network, inputs, text))


reviews = (
    "The camera work is excellent. The dialogue is terrible. In the end I was glad that I had seen it.",
    "I went in without hopes. Then the story takes hold of you, and the two leads are wonderful together. I laughed, "
    "I cried, and I will see it again.",
    "What a waste of a good cast. The plot makes no sense. My friend liked the costumes. I was bored.",
)
HTML(page([read(text) for text in reviews], "What counts in a review"))

# %% [markdown]
# Two things to notice. The weights of sentences differ: the sentence about costumes counts less than the one about the
# plot. And a strong word in an unimportant sentence stays pale, because a word's shade is its weight times that of its
# sentence.
#
# **Careful:** a weight says where the network looked, not what it concluded, and not that this word alone changed the
# answer. To test that, leave a part out:

# %%
for text in ("The plot makes no sense and I was bored.", "The plot makes no sense.", "I was bored."):
    print(f"{text:45} {classify(text).splitlines()[0]}")

# %% [markdown]
# The weights sum to 1, so what is left gets a larger share. If the part that you left out spoke more weakly, or for the
# other side, the verdict can even get stronger.
#
# ## Attention over five days of weather
#
# Hours make days, days make the window. This network has 5,281 weights and trains in seconds.

# %%
PROFILES = ["hourly", "quick"]
weather = loading.run("jena/hierarchical_attention", PROFILES, loading.config("jena/hierarchical_attention", PROFILES))
print(loading.result(weather))

# %%
Image(weather.folder / "attention.png", width=720)

# %% [markdown]
# Four short epochs are a glimpse: the errors of whole runs are in the table below.
#
# Where does it look? The newest hours count most, which is what common sense would say. Older hours count where they are
# at the same time of day.

# %%
tables = []
for place in ("jena/comparison/hourly", "imdb/comparison/deck"):
    table = pd.read_csv(ROOT / f"results/reference/{place}/table.csv")
    rows = table["experiment"].str.contains("hierarchical|bidirectional|/gru$|/tcn$|common")
    tables.append(
        table[rows][["experiment", next(c for c in table if c.startswith("test") and "mae" not in c), "seconds"]]
    )
for table in tables:
    print(table.to_string(index=False), "\n")

# %% [markdown]
# On reviews, hierarchical attention has the highest mean accuracy of the project's networks, but the TCN's deviation
# overlaps. On weather it comes close to the GRU. There it computes all 120 hours at once, where the GRU needs a loop.
# The seconds come from busy machines, so don't compare them closely.
#
# ## Exercises
#
# Flags go into a list: `loading.config("jena/hierarchical_attention", PROFILES, ["--delay", "6"])`.
#
# 1. **Attack.** Find a review that the network calls positive with a probability above 0.95, and add one sentence that
#    turns the verdict. `HTML(page([read(text)], "Attack"))` shows the weights. Is it the sentence with the largest one?
# 2. **Equal weights.** In the cell under "By hand", replace the line that makes `weights` by
#    `weights = np.full(3, 1 / 3)`. Which reviews would such a network get wrong?
# 3. **What does it look at?** Train `jena/hierarchical_attention` with `--delay 6`, a quarter of a day ahead, and compare
#    the picture with the one above. Which hours count now, and why?
