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
# # 3. Is a review positive?
#
# 50,000 film reviews, each with a verdict. In this lesson words become numbers, numbers become vectors, and an LSTM
# reads them one after the other. Does it matter in which direction it reads?

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

from experiments import loading, trained_run
from lab import environment
from lecture.claims import what_runs_say

environment.prepare()
environment.load_backend()
plt.rcParams.update({"figure.figsize": (8, 3.2), "figure.dpi": 72, "axes.grid": True, "grid.alpha": 0.3})
PROFILES = ["quick"]


# %% [markdown]
# ## From words to codes
#
# Each word becomes its **rank**: 1 for the most frequent one, "the". Three codes are no words: 0 is padding, 1 starts a
# review, and 2 stands for every word outside the vocabulary.

# %%
config = loading.config("imdb/lstm", PROFILES)
corpus = loading.group("imdb").load(loading.experiment("imdb/lstm"), config)
print(loading.group("imdb").describe(corpus))
one = corpus.training.take(np.array([0]))
print("\n", "positive:" if one.labels[0] else "negative:", corpus.vocabulary.decode(one[0])[:300], "…")
(codes,) = one.padded(config.words, config.length)
print("\nas codes: …", codes[-20:])

# %%
fig, (lengths, ranks) = plt.subplots(1, 2, figsize=(10, 3))
lengths.hist(corpus.training.lengths, bins=60, range=(0, 1000), color="#0072b2")
lengths.axvline(config.length, color="black", ls="--")
lengths.set(xlabel="words in a review", title=f"dashed: the last {config.length} are read here")
share = np.cumsum(np.sort(np.bincount(corpus.training.ranks))[::-1]) / len(corpus.training.ranks)
ranks.plot(share, color="#d55e00")
ranks.axvline(config.words, color="black", ls="--")
_ = ranks.set(
    xscale="log", xlabel="most frequent words", ylabel="share of all words", title="few words do most of the work"
)

# %% [markdown]
# ## From codes to vectors
#
# A code is only a name: word 500 isn't "more" than word 250. An **embedding** gives each word a vector, and training
# moves words that mean alike for the verdict to the same side. This needs no grammar, only many verdicts.
#
# Here are vectors from a network that comes with the project. We ask which words lie nearest to a word.

# %%
run, group, experiment, small = trained_run.load("imdb/hierarchical_attention")
classify = group.classify(experiment, small, run, shade=False)
vectors = classify.network.layers[0].embed.embeddings.numpy()
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
vocabulary = classify.vocabulary


def nearest(word, count=6):
    """Returns the words whose vectors point most nearly in a word's direction."""
    order = np.argsort(vectors @ vectors[vocabulary.ranks[word] + 3])[::-1]
    return vocabulary.decode(order[1 : count + 1] - 3)


for word in ("wonderful", "terrible", "funny", "the"):
    print(f"{word:10} {nearest(word)}")

# %% [markdown]
# "wonderful" has good company, "terrible" has bad company, and "the" has no company at all, because it says nothing
# about a film.
#
# ## An LSTM reads
#
# Embedding, LSTM, one number between 0 and 1. In this notebook it reads the last 120 words in 120 steps of training;
# `make imdb/lstm` reads 500 words for ten epochs.

# %%
flags = ["--epochs", "2", "--steps-per-epoch", "60"]
lstm = loading.run("imdb/lstm", PROFILES, loading.config("imdb/lstm", PROFILES, flags))
print(loading.result(lstm))

# %%
Image(lstm.folder / "loss.png", width=520)

# %% [markdown]
# Ask it something. Beside it answers another network, which comes with the project: a small hierarchical attention
# network (lesson 5). It was trained for longer, and also says which words it attended to.

# %%
own = loading.group("imdb").classify(
    loading.experiment("imdb/lstm"), loading.config("imdb/lstm", PROFILES, flags), lstm, shade=False
)
for text in ("A wonderful film with great music.", "Terrible. The worst film of the year.", "Not a good film."):
    print(
        text,
        "\n  your LSTM:         ",
        own(text).splitlines()[0],
        "\n  attention network: ",
        classify(text).replace("\n", "\n                      "),
    )

# %% [markdown]
# "Not a good film" is the hard one, and both networks may get it wrong. A network that counts good and bad words takes
# it for praise. One that reads needs to carry "not" across two words.
#
# ## In which direction?
#
# Reading a **weather** window backwards is fatal, because the newest hour counts most and would be read first. What about
# reviews? The project's runs:

# %%
table = pd.read_csv(ROOT / "results/reference/imdb/comparison/deck/table.csv")
table[["experiment", "validation accuracy", "test accuracy", "epochs", "seeds", "parameters"]]

# %%
what_runs_say("reversed-weather", "reversed-reviews", "bidirectional-weather", "bidirectional-reviews")

# %% [markdown]
# On reviews, backwards comes close to forwards. But the two networks also differ in size, as in the book: the reversed
# one has word vectors of 128 numbers (`configs/imdb/reversed_lstm.yaml`), the other of 32. A **bidirectional** network
# reads both ways, with an LSTM for each direction. A difference between two networks says little where two seeds of one
# network differ as much. "Not decided" is a result, too.
#
# ## Exercises
#
# Add flags to the list, as in `loading.config("imdb/lstm", PROFILES, [*flags, "--words", "100"])`, and give the same
# experiment to `loading.run`.
#
# 1. **Fool them.** Write a negative review without a single negative word. What do the two networks say, and which
#    words does the attention network attend to?
# 2. **Fewer words.** Train with `--words 100` and with `--words 1000`. How many words does it take to judge a film?
# 3. **Read backwards.** Train `imdb/reversed_lstm` with the same flags and `--embedding 32`, so that only the direction
#    differs, once with `--seed 0` and once with `--seed 1`. Train `imdb/lstm` with `--seed 1`, too. Is the difference
#    between the directions larger than that between the seeds?
