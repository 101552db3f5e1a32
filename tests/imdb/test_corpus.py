"""Where the reviews come from, and that simulated ones never pass for real ones."""

import numpy as np
import pytest

from imdb import corpus
from imdb.vocabulary import split_words
from lab.fetch import NoNetwork


@pytest.fixture
def no_network(monkeypatch):
    def fetch(name, mirror):
        raise NoNetwork(f"no network: {name} cannot be had")

    monkeypatch.setattr(corpus, "fetch", fetch)
    corpus.load.cache_clear()
    yield
    corpus.load.cache_clear()


def test_without_network_reviews_are_simulated_and_say_so(no_network, capsys):
    found = corpus.load()
    assert found.simulated
    assert "no network: imdb/imdb.npz cannot be had: simulating reviews instead" in capsys.readouterr().out
    _, name = corpus.texts()
    assert name == found.source
    assert "simulating reviews instead" in capsys.readouterr().out


@pytest.mark.parametrize("ask", [corpus.load, corpus.texts])
def test_real_reviews_are_never_simulated(no_network, ask):
    with pytest.raises(NoNetwork):
        ask(source="real")


def test_simulated_texts_are_the_simulated_reviews():
    parts, _ = corpus.texts(source="simulated")
    found = corpus.load(source="simulated")
    for (written, labels), reviews in zip(parts.values(), (found.training, found.test), strict=True):
        assert labels == reviews.labels.tolist()
        assert found.vocabulary.decode(reviews[7]).split() == split_words(written[7])


def test_texts_are_mixed_with_their_sentiment(monkeypatch, tmp_path):
    files = {"train": ([f"text {i}" for i in range(9)], [i % 2 for i in range(9)]), "test": (["a", "b"], [1, 0])}
    monkeypatch.setattr(corpus, "fetch", lambda name, mirror: tmp_path / name)
    monkeypatch.setattr(corpus.text, "read", lambda path: files)
    parts, name = corpus.texts(source="real")
    assert name == "aclImdb_v1.tar.gz"
    written, labels = parts["train"]
    assert written != files["train"][0]
    assert sorted(zip(written, labels, strict=True)) == sorted(zip(*files["train"], strict=True))
    assert np.mean(parts["test"][1]) == 0.5
