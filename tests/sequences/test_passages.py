"""LAMBADA: the words of novels in streams, and the last words of passages."""

import io
import tarfile

import numpy as np
import pytest

from foundation.user_error import UserError
from sequences import passages
from sequences.task import UNSCORED

SMALL = {"batch_size": 2, "context": 2, "targets": 3}
NOVELS = {
    "Humor/b.txt": "the sea is a mermaid\n\nthe sea does n't end\n" * 3,
    "Horror/a.txt": "the end is a sea\n" * 4,
}
DEVELOPMENT = "the sea is the end\na mermaid\nis the zyx sea a mermaid\n"
TEST = "the\nthe sea is a zyx\n"
WORDS = "a\t9\nend\t7\nis\t7\nmermaid\t3\nn't\t1\nsea\t9\nthe\t9\ndoes\t3\n"


def tar(files, mode="w"):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def write(data, **changes):
    files = {
        "lambada_development_plain_text.txt": DEVELOPMENT.encode(),
        "train-novels.tar": tar({f"train-novels/{name}": text.encode() for name, text in NOVELS.items()}),
        "lambada_test_plain_text.txt": TEST.encode(),
        "lambada-vocab-2.txt": WORDS.encode(),
    } | changes
    path = data / "text/lambada-dataset.tar.gz"
    path.write_bytes(tar({name: content for name, content in files.items() if content is not None}, "w:gz"))
    return path


def load(data, **settings):
    return passages.load(folder=data, **SMALL | settings)


NAMES = ["<eos>", "<unk>", *(line.split("\t")[0] for line in WORDS.splitlines())]


def spelled(ids):
    return " ".join(NAMES[i] for i in ids)


def test_the_words_of_the_novels_are_read_in_streams_in_the_order_of_the_archive(data):
    write(data)
    task = load(data)
    text = [w for novel in NOVELS.values() for line in novel.split("\n") if line for w in [*line.split(), "<eos>"]]
    assert task.counts["words"]["training"] == len(text)
    assert task.inputs == len(NAMES) == 10
    own = len(text) // 2
    for stream in range(2):
        y = np.concatenate([y[stream] for _, y in task.training(0)])
        assert spelled(y[y != UNSCORED]).split() == text[stream * own : (stream + 1) * own][3:]


@pytest.mark.parametrize("context", [2, 20])
def test_only_the_last_word_of_a_passage_is_a_target_and_it_is_never_an_input(data, context):
    write(data)
    task = load(data, context=context)
    assert task.context == context
    for ((x, y),), text in [(task.validation, DEVELOPMENT), (task.test, TEST)]:
        lines = [line.replace("zyx", "<unk>").split() for line in text.splitlines()]
        assert x.shape[1] - y.shape[1] == context
        assert len(x) == len(lines)
        for shown, wanted, line in zip(x, y, lines, strict=True):
            assert (wanted[:-1] == UNSCORED).all()
            assert NAMES[wanted[-1]] == line[-1]
            lead = ["<eos>"] * (len(shown) - len(line) + 1)
            assert lead and spelled(shown).split() == lead + line[:-1]
    assert task.record["passages"] == {"validation": 3, "test": 2}


def test_a_large_archive_is_read_only_once(data, monkeypatch):
    write(data)
    first = load(data)
    monkeypatch.setattr(passages, "members", None)
    assert load(data).fingerprint == first.fingerprint


def test_passages_without_novels_are_used_and_the_task_says_so(data):
    (data / "text/lambada_test_plain_text.txt").write_text(TEST)
    task = load(data)
    assert (task.validation, len(task.test)) == ((), 1)
    assert "the training part and the vocabulary" in task.missing[0]
    assert "the validation part" in task.missing[1]
    with pytest.raises(
        UserError, match=r"^lambada cannot be trained here, because data are missing: [^\n]*--mirror[^\n]*$"
    ):
        task.training(0)


def test_no_file_at_all_is_one_clear_line(data):
    with pytest.raises(UserError, match=r"^text/lambada-dataset\.tar\.gz cannot be fetched: [^\n]*--mirror[^\n]*$"):
        load(data)


@pytest.mark.parametrize("name", ["lambada-vocab-2.txt", "train-novels.tar", "lambada_test_plain_text.txt"])
def test_an_archive_without_a_part_is_one_clear_line(data, name):
    write(data, **{name: None})
    with pytest.raises(UserError, match=rf"has no {name.removesuffix('.tar')}: delete it"):
        load(data)


def test_a_damaged_archive_is_one_clear_line(data):
    path = write(data)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UserError, match=r"^[^\n]*lambada-dataset\.tar\.gz is damaged[^\n]*$"):
        load(data)
    write(data, **{"train-novels.tar": b"no tar" * 99})
    with pytest.raises(UserError, match=r"^[^\n]*lambada-dataset\.tar\.gz is damaged[^\n]*$"):
        load(data)


def test_novels_whose_names_lead_out_of_the_archive_are_refused(data):
    write(data, **{"train-novels.tar": tar({"../train-novels/a.txt": b"the sea"})})
    with pytest.raises(UserError, match="leads out of it"):
        load(data)


def test_the_real_passages(real):
    task = passages.load(**real)
    assert task.record["passages"] == {"validation": 4_869, "test": 5_153}
    assert all((y[:, -1] != UNSCORED).all() for ((_, y),) in (task.validation, task.test))
