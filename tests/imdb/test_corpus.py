"""The reviews bring their texts: those of their ranks, or none."""

import json

import numpy as np
import pytest

from imdb import corpus
from lab.mistake import Mistake
from tests.imdb.test_reviews import save
from tests.imdb.test_text import archive

WORDS = {"dull": 1, "very": 2, "great": 3}


def files(folder, texts):
    """The three files, with one review of each sentiment in each part."""
    (folder / "index.json").write_text(json.dumps(WORDS))
    names = [f"aclImdb/{part}/{kind}/0_5.txt" for part in ("train", "test") for kind in ("neg", "pos")]
    ranks = np.empty(2, object)
    ranks[:] = [[2, 1], [3]]
    npz = save(folder / "imdb.npz", x_train=ranks, x_test=ranks, y_train=np.array([0, 1]), y_test=np.array([0, 1]))
    content = {name: text.encode() for name, text in zip(names, texts, strict=True)}
    return npz, folder / "index.json", archive(folder / "texts.tar.gz", content)


def test_each_review_has_its_text_in_the_mixed_order(tmp_path):
    dull, great, bracketed = "Very dull.", "Great, Henstridge.", "(Great)"
    ranks, index, packed = files(tmp_path, [dull, great, dull, bracketed])
    found = corpus.real(ranks, index, packed)
    assert found.fingerprint == corpus.real(ranks, index).fingerprint
    assert corpus.real(ranks, index).training.texts == ()
    for part, positive in ((found.training, great), (found.test, bracketed)):
        assert part.texts == tuple(positive if label else dull for label in part.labels)


@pytest.mark.parametrize("texts", [["Dull.", "Great.", "Very dull.", "Great."], ["Great."] * 4])
def test_texts_of_other_reviews_are_refused(tmp_path, texts):
    with pytest.raises(Mistake, match="different reviews"):
        corpus.real(*files(tmp_path, texts))


def test_simulated_reviews_have_texts():
    found = corpus.load(source="simulated").training
    assert len(found.texts) == len(found) == 4000
