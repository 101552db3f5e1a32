"""Reviews are read as by Keras's loader, but without running code from the file, and padded as by Keras."""

import io
import os
import pickle
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.user_error import UserError
from imdb import reviews
from imdb.corpus import INDEX, RANKS
from imdb.reviews import Reviews

MIRROR = os.environ.get("LAB_DATA_MIRROR", "/nowhere")
ROOT = Path(__file__).parents[2]


def keras_codes(review, words):
    """Codes of ranks as in `keras.datasets.imdb.load_data(num_words=words)`."""
    return [code if code < words else 2 for code in [1, *(rank + 3 for rank in review)]]


@settings(deadline=None)  # the first example imports Keras
@given(
    st.lists(st.lists(st.integers(1, 40), max_size=12), min_size=1, max_size=6),
    st.integers(4, 50),
    st.integers(1, 15),
    st.booleans(),
)
def test_padding_is_that_of_keras(texts, words, length, reverse):
    import keras

    expected = [keras_codes(text, words)[:: -1 if reverse else 1] for text in texts]
    padded = Reviews.join(texts, [0] * len(texts)).padded(words, length, reverse=reverse)
    assert padded.dtype == np.int32
    np.testing.assert_array_equal(padded, keras.utils.pad_sequences(expected, maxlen=length))


@given(st.lists(st.lists(st.integers(1, 9), max_size=5), min_size=1, max_size=6), st.randoms())
def test_reviews_in_another_order_keep_their_labels(texts, random):
    order = list(range(len(texts)))
    random.shuffle(order)
    taken = Reviews.join(texts, [i % 2 for i in range(len(texts))]).take(np.array(order))
    assert [taken[i].tolist() for i in range(len(taken))] == [texts[i] for i in order]
    assert taken.labels.tolist() == [i % 2 for i in order]


def save(path, **arrays):
    """Writes a file in the format of imdb.npz, in which `arrays` replace the usual ones."""
    x = np.empty(2, object)
    x[:] = [[5, 1, 2], [3]]
    usual = {"x_train": x, "y_train": np.array([1, 0]), "x_test": x[::-1], "y_test": np.array([0, 1])}
    np.savez(path, **{key: value for key, value in {**usual, **arrays}.items() if value is not None})
    return path


def test_reading_keeps_ranks_labels_and_order(tmp_path):
    training, test = reviews.read(save(tmp_path / "imdb.npz"))
    assert [training[0].tolist(), training[1].tolist()] == [[5, 1, 2], [3]]
    assert [test[0].tolist(), test[1].tolist()] == [[3], [5, 1, 2]]
    assert (training.labels.tolist(), test.labels.tolist()) == ([1, 0], [0, 1])


class Hostile:
    def __reduce__(self):
        return os.system, ("touch executed",)


@pytest.mark.parametrize("part", ["x_train", "y_train", "x_test", "y_test"])
def test_a_hostile_pickle_is_refused_and_not_run(tmp_path, monkeypatch, part):
    monkeypatch.chdir(tmp_path)
    array = np.empty(2, object)
    array[:] = [Hostile(), [3]]
    with pytest.raises(UserError, match=r"refused: it asks for posix\.system"):
        reviews.read(save(tmp_path / "imdb.npz", **{part: array}))
    assert not (tmp_path / "executed").exists()


def test_bytes_that_claim_to_be_objects_are_refused(tmp_path):
    # a dtype whose flags deny that it holds objects makes NumPy take raw bytes for pointers
    def number(value):
        return b"J" + struct.pack("<i", value)

    def text(value):
        return b"X" + struct.pack("<I", len(value)) + value

    dtype = b"cnumpy\ndtype\n(" + text(b"O8") + b"\x89\x88tR(" + number(3) + text(b"|") + b"NNN"
    dtype += number(-1) * 2 + number(0) + b"tb"
    array = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(" + number(0) + b"tC\x01btR("
    array += number(1) + b"(" + number(2) + b"t" + dtype + b"\x89C\x10" + b"A" * 16 + b"tb."
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|O", "fortran_order": False, "shape": (2,)})
    path = save(tmp_path / "imdb.npz", x_train=None)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("x_train.npy", header.getvalue() + b"\x80\x03" + array)
    with pytest.raises(UserError, match="holds no reviews"):
        reviews.read(path)


def test_a_list_repeated_beyond_any_memory_is_refused(tmp_path):
    many = np.empty(20_000, object)
    many[:] = [[1] * 10_000] * 20_000
    with pytest.raises(UserError, match="too many"):
        reviews.read(save(tmp_path / "imdb.npz", x_train=many))


def test_a_pickle_of_something_else_is_refused(tmp_path):
    path = save(tmp_path / "imdb.npz", x_train=None)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|O", "fortran_order": False, "shape": (2,)})
    for content in (pickle.dumps({"x": 1}), pickle.dumps(7), b"", b"\x80\x05no pickle"):
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("x_train.npy", header.getvalue() + content)
        with pytest.raises(UserError):
            reviews.read(path)
        save(path, x_train=None)


def objects(*reviews):
    array = np.empty(len(reviews), object)
    array[:] = reviews
    return array


BROKEN = {
    "a part is missing": {"x_test": None},
    "labels of other reviews": {"y_train": np.array([1, 0, 1])},
    "a third sentiment": {"y_train": np.array([1, 2])},
    "numbers for reviews": {"x_train": np.array([1, 2])},
    "fractions for ranks": {"x_train": objects([1.7], [2.0])},
    "words for ranks": {"x_train": objects(["a", "b"], ["c"])},
    "ranks below 1": {"x_train": objects([0, 4], [1])},
    "ranks beyond any vocabulary": {"x_train": objects([2**40], [1])},
    "no reviews": {"x_train": objects(), "y_train": np.array([], int)},
}


@pytest.mark.parametrize("arrays", BROKEN.values(), ids=BROKEN)
def test_other_content_is_one_line(tmp_path, arrays):
    with pytest.raises(UserError, match=r"imdb\.npz") as caught:
        reviews.read(save(tmp_path / "imdb.npz", **arrays))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.97])
def test_a_truncated_file_is_one_line(tmp_path, kept):
    path = save(tmp_path / "imdb.npz")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(UserError, match="damaged") as caught:
        reviews.read(path)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not Path(MIRROR, RANKS).is_file(), reason="LAB_DATA_MIRROR names no folder with it")
def test_the_public_reviews_are_read_whole_in_time_and_memory(tmp_path):
    code = (
        "import re, resource, sys, time\n"
        "from pathlib import Path\n"
        "started = time.process_time()\n"
        "from imdb.corpus import ranked\n"
        "corpus = ranked(*map(Path, sys.argv[1:]))\n"
        "codes = [part.padded(10_000, 500) for part in (corpus.training, corpus.test)]\n"
        "print(*(array.shape for array in codes), corpus.training.labels.sum(), corpus.test.labels.sum())\n"
        "status = Path('/proc/self/status')\n"  # on Linux a child's ru_maxrss starts at its parent's
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "if status.exists(): peak = 1024 * int(re.search(r'VmHWM:\\s+(\\d+)', status.read_text())[1])\n"
        "print(time.process_time() - started, peak)\n"
    )
    words = [sys.executable, "-c", code, Path(MIRROR, RANKS), Path(MIRROR, INDEX)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    shapes, cost = done.stdout.splitlines()
    assert shapes == "(25000, 500) (25000, 500) 12500 12500"
    seconds, peak = map(float, cost.split())
    assert seconds < 15
    assert peak < 1.5e9
