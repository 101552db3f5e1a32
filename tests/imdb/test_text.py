"""Texts of the archive, and their sentences."""

import gzip
import io
import tarfile

import numpy as np
import pytest

from foundation.user_error import UserError
from imdb import sentences, text
from imdb.vocabulary import Vocabulary

FILES = {
    "aclImdb/README": b"not a review",
    "aclImdb/train/pos/0_9.txt": "A d\u00e9but to remember.".encode(),
    "aclImdb/train/neg/0_2.txt": b"Dull.<br /><br />Very dull!",
    "aclImdb/train/unsup/0_0.txt": b"without sentiment",
    "aclImdb/test/pos/0_10.txt": b"Great.",
    "aclImdb/test/neg/0_1.txt": b"Awful.",
}


def archive(path, files, **more):
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            for key, value in more.items():
                setattr(member, key, value)
            tar.addfile(member, io.BytesIO(content))
    return path


def test_reviews_are_read_with_their_labels(tmp_path):
    assert text.read(archive(tmp_path / "reviews.tar.gz", FILES)) == {
        "train": (["A d\u00e9but to remember.", "Dull.<br /><br />Very dull!"], [1, 0]),
        "test": (["Great.", "Awful."], [1, 0]),
    }


@pytest.mark.parametrize("name", ["../outside.txt", "aclImdb/../../outside.txt", "/tmp/outside.txt"])
def test_names_that_lead_out_are_refused_and_nothing_is_written(tmp_path, name):
    (tmp_path / "room").mkdir()
    path = archive(tmp_path / "room/reviews.tar.gz", {**FILES, name: b"x"})
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError, match="refused"):
        text.read(path)
    assert sorted(tmp_path.rglob("*")) == before


def test_other_archives_are_one_line(tmp_path):
    half = archive(tmp_path / "half.tar.gz", FILES)
    half.write_bytes(half.read_bytes()[:-60])
    page = tmp_path / "page.tar.gz"
    page.write_text("<html>")
    empty = tmp_path / "empty.tar.gz"
    empty.write_bytes(gzip.compress(b""))
    latin = archive(tmp_path / "latin.tar.gz", {**FILES, "aclImdb/train/pos/1_7.txt": "d\u00e9but".encode("latin-1")})
    one_sided = archive(tmp_path / "one.tar.gz", {k: v for k, v in FILES.items() if "test/neg" not in k})
    link = archive(tmp_path / "link.tar.gz", {"aclImdb/train/pos/2_7.txt": b""}, type=tarfile.SYMTYPE, linkname="/etc")
    for path in (half, page, empty, latin, one_sided, link, tmp_path / "none.tar.gz"):
        with pytest.raises(UserError, match=path.name) as caught:
            text.read(path)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("review", "expected"),
    [
        ("It was good. Really good!", ["it was good", "really good"]),
        ("Dull.<br /><br />very dull", ["dull", "very dull"]),
        ('"Run!" he said. "Why?" Nobody ran.', ["run he said", "why", "nobody ran"]),
        ("Mr. Smith met J. Doe vs. Dr. No.", ["mr smith met j doe vs dr no"]),
        ("Wait... What? It costs 3.50 in the U.S. today.", ["wait", "what", "it costs 3 50 in the u s today"]),
        ("A film (of sorts.) It ends.", ["a film of sorts", "it ends"]),
        ("no capital. no end", ["no capital no end"]),
        ("... !!! <br />", []),
        ("", []),
    ],
)
def test_texts_are_split_into_sentences(review, expected):
    assert [" ".join(words) for words in sentences.split(review)] == expected


def test_sentences_keep_every_word_in_order():
    review = FILES["aclImdb/train/neg/0_2.txt"].decode() + " " + " ".join(f"Word{i} is. So!" for i in range(9))
    joined = [word for sentence in sentences.split(review) for word in sentence]
    assert joined == ["dull", "very", "dull", *(w for i in range(9) for w in (f"word{i}", "is", "so"))]


def test_documents_keep_their_last_sentences_and_the_sentences_their_first_words():
    vocabulary = Vocabulary({"dull": 1, "very": 2, "it": 3, "ends": 4})
    padded = sentences.padded(["Very dull. It ends ends. Dull.", "", "Zyx it. So very dull it is"], vocabulary, 7, 2, 3)
    assert padded.dtype == np.int32
    assert padded.tolist() == [[[6, 2, 2], [4, 0, 0]], [[0] * 3] * 2, [[2, 6, 0], [2, 5, 4]]]
    reverse = sentences.padded(["Very dull. It ends ends now. Dull."], vocabulary, 7, 2, 3, reverse=True)
    assert reverse.tolist() == [[[4, 0, 0], [2, 2, 6]]]
