"""Where the reviews come from, and that simulated ones never pass for real ones."""

import json

import pytest

from foundation.fetch import NoNetworkError
from imdb import corpus
from imdb.vocabulary import split_words
from tests.imdb.test_text import archive


@pytest.fixture
def no_network(monkeypatch):
    def fetch(name, mirror):
        raise NoNetworkError(f"no network: {name} cannot be had")

    monkeypatch.setattr(corpus, "fetch", fetch)
    corpus.load.cache_clear()
    yield
    corpus.load.cache_clear()


def test_without_network_reviews_are_simulated_and_say_so(no_network, capsys):
    found = corpus.load()
    assert found.simulated
    assert "no network: imdb/imdb.npz cannot be had: simulating reviews instead" in capsys.readouterr().out
    assert corpus.load(texts=True).source == found.source
    assert "simulating reviews instead" in capsys.readouterr().out


@pytest.mark.parametrize("texts", [False, True])
def test_real_reviews_are_never_simulated(no_network, texts):
    with pytest.raises(NoNetworkError):
        corpus.load(source="real", texts=texts)


def test_simulated_texts_are_the_simulated_reviews():
    found = corpus.load(source="simulated")
    for reviews in (found.training, found.test):
        assert len(reviews.texts) == len(reviews)
        assert found.vocabulary.decode(reviews[7]).split() == split_words(reviews.texts[7])


def test_texts_are_mixed_with_their_sentiment(tmp_path):
    index = tmp_path / "index.json"
    index.write_text(json.dumps({"dull": 1, "very": 2, "great": 3}))
    texts = {"neg": [f"Very dull{'!' * i}" for i in range(9)], "pos": [f"Great, Henstridge{'!' * i}" for i in range(9)]}
    content = {
        f"aclImdb/{part}/{kind}/{i}_5.txt": text.encode()
        for part in ("train", "test")
        for kind, written in texts.items()
        for i, text in enumerate(written)
    }
    found = corpus.written(archive(tmp_path / "aclImdb_v1.tar.gz", content), index)
    assert found.source == "aclImdb_v1.tar.gz"
    for part in (found.training, found.test):
        assert sorted(part.texts) == sorted(texts["neg"] + texts["pos"])
        assert part.labels.tolist() != sorted(part.labels.tolist())
        for i, (text, label) in enumerate(zip(part.texts, part.labels, strict=True)):
            assert text in texts["pos" if label else "neg"]
            assert part[i].tolist() == ([3] if label else [2, 1])
