"""Tasks of characters, compared with the text itself, and the memory that text8 needs."""

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from foundation.user_error import UserError
from sequences import characters
from sequences.task import UNSCORED

ROOT = Path(__file__).parents[2]
SMALL = {"batch_size": 3, "context": 4, "targets": 7}


def spelled(task, symbols):
    """The targets of each stream of the training part, in characters."""
    ys = [y for _, y in task.training(0)]
    return ["".join(symbols[i] for y in ys for i in y[row] if i != UNSCORED) for row in range(len(ys[0]))]


def write_text8(data, text):
    with zipfile.ZipFile(data / "text/text8.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("text8", text)
    return data / "text/text8.zip"


def prose(length, seed=0):
    return "".join(np.random.default_rng(seed).choice(list(" etaoin"), length))


def test_text8_is_cut_into_parts_in_its_own_order(data):
    text = prose(1_000)
    write_text8(data, text)
    task = characters.text8(folder=data, **SMALL)
    symbols = sorted(set(text))
    assert (task.inputs, task.outputs, task.metric) == (7, 7, "bpc")
    assert task.counts == {"characters": {"training": 900, "validation": 50, "test": 50}}
    assert spelled(task, symbols) == [text[i * 300 : (i + 1) * 300][5:] for i in range(3)]
    for ((_, y),), part in [(task.validation, text[900:950]), (task.test, text[950:])]:
        assert "".join(symbols[i] for i in y.ravel() if i != UNSCORED) == part[5:]
    assert task.steps_per_epoch == len(list(task.training(1)))


def test_lines_of_penn_treebank_lose_their_first_space(data):
    lines = {part: [prose(30, seed).strip() for seed in range(n, n + 20)] for n, part in enumerate("abc")}
    for name, part in zip(("train", "valid", "test"), lines.values(), strict=True):
        (data / f"text/ptb.{name}.txt").write_text("".join(f" {line} \n" for line in part))
    task = characters.penn_treebank(folder=data, **SMALL)
    texts = ["".join(f"{line} \n" for line in part) for part in lines.values()]
    assert list(task.counts["characters"].values()) == [len(text) for text in texts]
    own = len(texts[0]) // 3
    expected = [texts[0][i * own : (i + 1) * own][5:] for i in range(3)]
    assert spelled(task, sorted(set("".join(texts)))) == expected


def test_parts_of_penn_treebank_that_can_be_fetched_are_used(data):
    (data / "text/ptb.test.txt").write_text(" to be or not to be \n" * 20)
    task = characters.penn_treebank(folder=data, **SMALL)
    assert (task.validation, len(task.test)) == ((), 1)
    assert len(task.missing) == 2
    with pytest.raises(UserError, match="char_ptb cannot be trained here, because data are missing: the training part"):
        task.training(0)


def test_a_missing_or_damaged_text8_is_one_clear_line(data):
    with pytest.raises(UserError, match=r"^text/text8\.zip cannot be fetched: [^\n]*--mirror[^\n]*$"):
        characters.text8(folder=data)
    path = write_text8(data, prose(1_000))
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(UserError, match=r"^[^\n]*text8\.zip is damaged[^\n]*$"):
        characters.text8(folder=data)


def test_the_real_treebank(real):
    task = characters.penn_treebank(**real)
    assert task.inputs == 50  # the paper: 5,059K, 396K and 446K characters, 50 different ones
    assert task.counts == {"characters": {"training": 5_059_550, "validation": 396_412, "test": 446_184}}


PROGRAM = """
import re, resource, sys
from pathlib import Path
from foundation import fetch
from sequences import characters, words
fetch.SOURCES = Path(sys.argv[1]) / "sources.yaml"
task = getattr({"text8": characters, "wikitext103": words}[sys.argv[2]], sys.argv[2])(folder=Path(sys.argv[1]) / "data")
steps = sum(1 for _ in task.training(0))
assert steps == task.steps_per_epoch
status = Path("/proc/self/status")  # on Linux a child's ru_maxrss starts at its parent's
peak = 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) if status.exists() else \\
    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(list(task.counts.values())[0]["training"], peak)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least", "peak"), [("text8", 90_000_000, 2**30), ("wikitext103", 4_000_000, 2**29)])
def test_a_large_text_is_read_in_a_fraction_of_two_gigabytes(data, tmp_path, name, least, peak):
    rng = np.random.default_rng(0)
    if name == "text8":
        alphabet = np.frombuffer(b" abcdefghijklmnopqrstuvwxyz", np.uint8)
        write_text8(data, alphabet[rng.integers(27, size=10**8, dtype=np.uint8)].tobytes())
    else:
        rows = (250_000 * rng.random((5_000, 40)) ** 4).astype(int).tolist()
        page = "\n".join(" ".join(f"w{i}" for i in row) for row in rows) + "\n"
        with zipfile.ZipFile(data / "text/wikitext-103-v1.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("wiki.train.tokens", page * (3 * 10**7 // len(page)))
            archive.writestr("wiki.valid.tokens", page)
            archive.writestr("wiki.test.tokens", page)
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    count, most = map(int, done.stdout.split())
    assert count >= least
    assert most < peak
