"""Words, ranks and codes as in the published file."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from foundation.user_error import UserError
from imdb import reviews, text
from imdb.corpus import INDEX, RANKS, TEXTS
from imdb.vocabulary import UNKNOWN, Vocabulary, codes, split_words

MIRROR = os.environ.get("LAB_DATA_MIRROR", "/nowhere")


def test_words_are_split_as_for_the_published_ranks():
    line = "It's NOT good, Mr. O'Hara -- is it?<br /><br />10/10!"
    assert split_words(line) == ["it's", "not", "good", "mr", "o'hara", "is", "it", "br", "br", "10", "10"]


def test_ranks_are_by_frequency_then_by_alphabet():
    assert Vocabulary.count(["b a a", "c b a"]).ranks == {"a": 1, "b": 2, "c": 3}


def test_codes_leave_room_for_padding_start_and_unknown():
    vocabulary = Vocabulary({"the": 1, "film": 2, "henstridge": 9})
    assert vocabulary.encode(["the", "henstridge", "film", "zyx"], 6).tolist() == [4, UNKNOWN, 5, UNKNOWN]
    assert [vocabulary.knows(word, 6) for word in ("the", "henstridge", "zyx")] == [True, False, False]
    assert codes(np.array([1, 2, 3], np.int32), 6).tolist() == [4, 5, UNKNOWN]
    assert vocabulary.decode([1, 9, 4]) == "the henstridge ?"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<html>Log in</html>",
        '["the"]',
        '{"the": "1"}',
        '{"the": 1, "a": 1}',
        '{"the": 0}',
        '{"the": true}',
        '{"th',
        "[" * 10**5,
    ],
)
def test_other_content_is_one_line(tmp_path, content):
    path = tmp_path / "imdb_word_index.json"
    path.write_text(content)
    with pytest.raises(UserError, match=r"imdb_word_index\.json") as caught:
        Vocabulary.read(path)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_not_text_are_one_line(tmp_path):
    (tmp_path / "index.json").write_bytes(b'{"caf\xe9": 1}')
    with pytest.raises(UserError, match="damaged"):
        Vocabulary.read(tmp_path / "index.json")


@pytest.mark.slow
@pytest.mark.skipif(not Path(MIRROR, TEXTS).is_file(), reason="LAB_DATA_MIRROR names no folder with it")
def test_the_words_of_the_texts_have_the_ranks_of_the_ranked_reviews():
    ranks = json.loads(Path(MIRROR, INDEX).read_text(encoding="utf-8"))
    ranked, _ = reviews.read(Path(MIRROR, RANKS))
    texts, labels = text.read(Path(MIRROR, TEXTS))["train"]
    from_texts = ([ranks[word] for word in split_words(review) if word in ranks] for review in texts)
    assert sorted(zip(from_texts, labels, strict=True)) == sorted(
        (ranked[i].tolist(), int(ranked.labels[i])) for i in range(len(ranked))
    )
