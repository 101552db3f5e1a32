"""Word ids compared with a plain dictionary, missing parts, and the files that are kept of a large text."""

import io
import zipfile
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.user_error import UserError
from sequences import text, words
from sequences.task import UNSCORED
from sequences.text import Store, Vocabulary, by_frequency, encode, fetch_parts

LINES = st.lists(st.text("ab c\t", max_size=8), min_size=1, max_size=30)
SMALL = {"batch_size": 2, "context": 2, "targets": 3}


def story(seed, count=40):
    rng = np.random.default_rng(seed)
    choice = [" the", " cat", " <unk>", " n't", " N", " sat", " naïve"]
    return "".join("".join(rng.choice(choice, rng.integers(0, 9))) + " \n" for _ in range(count))


def tokens(story):
    return [word for line in story.split("\n")[:-1] for word in [*line.split(), "<eos>"]]


def write_penn(data, parts=("train", "valid", "test")):
    for seed, part in enumerate(parts):
        (data / f"text/ptb.{part}.txt").write_text(story(seed), "utf-8")


def write_wikitext(data, seeds=(0, 1, 2), names=("train", "valid", "test")):
    with zipfile.ZipFile(data / "text/wikitext-103-v1.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("wikitext-103/", "")
        for seed, name in zip(seeds, names, strict=True):
            archive.writestr(f"wikitext-103/wiki.{name}.tokens", story(seed))


@given(LINES)
def test_ids_stand_for_the_words_of_each_line_and_its_end(lines):
    vocabulary = Vocabulary(by_frequency([lines]))
    ids = np.concatenate([*encode(lines, vocabulary)])
    names = list(vocabulary)
    expected = [word for line in lines for word in [*line.split(), "<eos>"]]
    assert [names[i] for i in ids] == expected
    counts = Counter(expected)
    assert sorted(counts) == sorted(names)
    assert [counts[word] for word in names] == sorted(counts.values(), reverse=True)


@given(LINES, st.integers(1, 9))
@settings(deadline=None)
def test_ids_are_the_same_however_many_lines_are_encoded_at_once(lines, at_once):
    vocabulary = Vocabulary(by_frequency([lines]))
    whole = np.concatenate([*encode(lines, vocabulary)])
    usual, text.LINES = text.LINES, at_once
    try:
        assert np.concatenate([*encode(lines, vocabulary)]).tolist() == whole.tolist()
    finally:
        text.LINES = usual


def test_a_word_outside_the_vocabulary_is_unknown():
    vocabulary = Vocabulary(["<eos>", "<unk>", "sea"])
    assert np.concatenate([*encode(["sea shell sea"], vocabulary)]).tolist() == [2, 1, 2, 0]


@pytest.mark.parametrize(("load", "write"), [(words.penn_treebank, write_penn), (words.wikitext103, write_wikitext)])
def test_windows_follow_the_text(data, load, write):
    write(data)
    task = load(folder=data, **SMALL)
    parts = [tokens(story(seed)) for seed in range(3)]
    names = [word for word, _ in Counter(word for part in parts for word in part).most_common()]
    assert (task.inputs, task.outputs) == (len(names), len(names))
    assert list(task.counts["words"].values()) == [len(part) for part in parts]
    length = len(parts[0]) // 2
    for stream in range(2):
        expected = parts[0][stream * length : (stream + 1) * length]
        y = np.concatenate([y[stream] for _, y in task.training(0)])
        assert [names[i] for i in y if i != UNSCORED] == expected[3:]
        x = np.concatenate([x[stream, :3] for x, _ in task.training(0)])
        assert [names[i] for i in x][: length - 5] == expected[: length - 5]
    assert task.steps_per_epoch == len(list(task.training(5)))
    for ((_, y),), part in zip([task.validation, task.test], parts[1:], strict=True):
        assert (y != UNSCORED).sum() == 10 * (len(part) // 10 - 3)
    assert task.missing == ()


def test_parts_of_penn_treebank_that_can_be_fetched_are_used(data):
    write_penn(data, ["valid", "test"])
    task = words.penn_treebank(folder=data, **SMALL)
    assert task.steps_per_epoch == 0
    assert len(task.validation) == len(task.test) == 1
    assert "missing: the training part (text/ptb.train.txt cannot be fetched" in "\n".join(task.describe())
    with pytest.raises(
        UserError, match=r"^word_ptb cannot be trained here, because data are missing: the training part [^\n]*--mirror"
    ):
        task.training(0)


def test_wikitext_2_is_used_instead_and_the_task_says_so(data):
    for seed, part in enumerate(["valid", "test"]):
        (data / f"text/wiki.{part}.tokens").write_text(story(seed), "utf-8")
    task = words.wikitext103(folder=data, **SMALL)
    assert task.counts == {"words": {"validation": len(tokens(story(0))), "test": len(tokens(story(1)))}}
    missing = " ".join(task.record["missing"])
    assert "the training part" in missing
    assert "(WikiText-2's are used instead)" in missing
    with pytest.raises(UserError, match="wikitext103 cannot be trained here"):
        task.training(0)


@pytest.mark.parametrize(("load", "name"), [(words.penn_treebank, "ptb"), (words.wikitext103, "wikitext-103-v1")])
def test_no_file_at_all_is_one_clear_line(data, load, name):
    with pytest.raises(UserError, match=rf"^[^\n]*text/{name}[^\n]* cannot be fetched: [^\n]*--mirror[^\n]*$"):
        load(folder=data)


def test_a_large_text_is_read_only_once(data, monkeypatch):
    write_wikitext(data)
    first = words.wikitext103(folder=data, **SMALL)
    monkeypatch.setattr(text, "open_member", None)
    again = words.wikitext103(folder=data, **SMALL)
    assert again.fingerprint == first.fingerprint
    assert [y.tolist() for _, y in again.training(0)] == [y.tolist() for _, y in first.training(0)]


def test_another_archive_is_read_again(data):
    write_wikitext(data)
    first = words.wikitext103(folder=data, **SMALL)
    write_wikitext(data, seeds=(5, 6, 7))
    assert words.wikitext103(folder=data, **SMALL).fingerprint != first.fingerprint


def test_a_file_that_fails_halfway_is_not_kept(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"any")

    def failing():
        yield np.zeros(9, np.uint32)
        raise UserError("the archive is damaged")

    store = Store(tmp_path / "a.zip")
    with pytest.raises(UserError, match="damaged"):
        store.ids("test", failing())
    assert store.ids("test", [np.arange(3, dtype=np.uint32)]).tolist() == [0, 1, 2]


def test_a_disk_that_cannot_be_written_is_one_clear_line(tmp_path, monkeypatch):
    (tmp_path / "a.zip").write_bytes(b"any")

    def full():
        yield b""
        raise OSError(28, "No space left on device")

    with pytest.raises(UserError, match=r"a\.zip.*test\.ids cannot be written \(No space left on device\)"):
        Store(tmp_path / "a.zip")._keep("test.ids", full())


def broken_archives():
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("train", "valid", "test"):
            archive.writestr(f"wiki.{name}.tokens", story(0, 400))
    content = whole.getvalue()
    yield content[: len(content) // 2]
    yield content[:40] + bytes(40) + content[80:]


@pytest.mark.parametrize("content", list(broken_archives()), ids=["truncated", "overwritten"])
def test_a_damaged_archive_is_one_clear_line(data, content):
    (data / "text/wikitext-103-v1.zip").write_bytes(content)
    with pytest.raises(UserError, match=r"^[^\n]*wikitext-103-v1\.zip is damaged[^\n]*fetch it again$"):
        words.wikitext103(folder=data)


def test_an_archive_without_a_part_is_one_clear_line(data):
    write_wikitext(data, seeds=(0, 1), names=("train", "valid"))
    with pytest.raises(UserError, match=r"holds 0 wiki\.test\.tokens files where one is expected"):
        words.wikitext103(folder=data)


@pytest.mark.parametrize(("content", "reason"), [(b"", "holds no text"), (b"caf\xe9 \n", "not text in UTF-8")])
def test_a_file_that_is_not_text_is_one_clear_line(data, content, reason):
    write_penn(data)
    (data / "text/ptb.valid.txt").write_bytes(content)
    with pytest.raises(UserError, match=rf"^[^\n]*ptb\.valid\.txt [^\n]*{reason}[^\n]*$"):
        words.penn_treebank(folder=data)


def test_a_text_too_short_for_the_streams_is_an_error(data):
    write_penn(data)
    with pytest.raises(UserError, match="too short for 500 streams"):
        words.penn_treebank(folder=data, batch_size=500)


def test_each_missing_part_is_named(data):
    write_penn(data, ["train"])
    paths, missing = fetch_parts(words.PENN, data, None)
    assert list(paths) == ["training"]
    assert [phrase.split(" (")[0] for phrase in missing] == ["the validation part", "the test part"]


def test_the_real_treebank(real):
    task = words.penn_treebank(**real)
    assert task.counts == {"words": {"training": 929_589, "validation": 73_760, "test": 82_430}}
    assert task.inputs == 10_000
    x, y = next(task.training(0))
    assert (x.shape, y.shape) == ((16, 80), (16, 40))
    assert (x[:, 41:] == y[:, :-1]).all()


def test_the_real_wikipedia_articles(real):
    task = words.wikitext103(**real)
    assert task.counts == {"words": {"validation": 217_646, "test": 245_569}}
    assert "the training part" in task.missing[0]
