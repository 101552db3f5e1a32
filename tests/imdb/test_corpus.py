"""Sources of reviews. Simulated reviews are never taken for real ones."""

import json

import pytest

from foundation.fetch import NoNetworkError
from imdb import corpus
from imdb.vocabulary import split_words
from tests.imdb.test_text import archive


@pytest.fixture
def no_network(monkeypatch):
    def fetch(name, mirror):
        raise NoNetworkError(f"no network: {name} cannot be fetched")

    monkeypatch.setattr(corpus, "fetch", fetch)
    corpus.load.cache_clear()
    yield
    corpus.load.cache_clear()


def test_without_network_reviews_are_simulated_and_say_so(no_network, capsys):
    simulated = corpus.load()
    assert simulated.simulated
    assert "no network: imdb/imdb.npz cannot be fetched: simulating reviews instead" in capsys.readouterr().out
    assert corpus.load(texts=True).source == simulated.source
    assert "simulating reviews instead" in capsys.readouterr().out


@pytest.mark.parametrize("texts", [False, True])
def test_real_reviews_are_never_simulated(no_network, texts):
    with pytest.raises(NoNetworkError):
        corpus.load(source="real", texts=texts)


def test_simulated_texts_are_the_simulated_reviews():
    simulated = corpus.load(source="simulated")
    for reviews in (simulated.training, simulated.test):
        assert len(reviews.texts) == len(reviews)
        assert simulated.vocabulary.decode(reviews[7]).split() == split_words(reviews.texts[7])


def test_texts_are_shuffled_with_their_labels(tmp_path):
    index = tmp_path / "index.json"
    index.write_text(json.dumps({"dull": 1, "very": 2, "great": 3}))
    texts = {"neg": [f"Very dull{'!' * i}" for i in range(9)], "pos": [f"Great, Henstridge{'!' * i}" for i in range(9)]}
    content = {
        f"aclImdb/{part}/{kind}/{i}_5.txt": text.encode()
        for part in ("train", "test")
        for kind, reviews in texts.items()
        for i, text in enumerate(reviews)
    }
    written = corpus.written(archive(tmp_path / "aclImdb_v1.tar.gz", content), index)
    assert written.source == "aclImdb_v1.tar.gz"
    for part in (written.training, written.test):
        assert sorted(part.texts) == sorted(texts["neg"] + texts["pos"])
        assert part.labels.tolist() != sorted(part.labels.tolist())
        for i, (text, label) in enumerate(zip(part.texts, part.labels, strict=True)):
            assert text in texts["pos" if label else "neg"]
            assert part[i].tolist() == ([3] if label else [2, 1])
