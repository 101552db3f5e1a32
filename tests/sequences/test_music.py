"""Piano rolls, single or padded, and files that do not hold any."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from foundation.user_error import UserError
from sequences import music
from sequences.task import UNSCORED

PARTS = {"traindata": [3, 9, 4, 5, 17, 9, 2], "validdata": [6, 5, 33], "testdata": [8]}


def cells(pieces):
    array = np.empty((1, len(pieces)), object)
    for i, piece in enumerate(pieces):
        array[0, i] = piece
    return array


def rolls(seed=0):
    rng = np.random.default_rng(seed)
    return {n: [rng.integers(2, size=(frames, 88), dtype=np.uint8) for frames in f] for n, f in PARTS.items()}


def write(data, pieces):
    path = data / "music/JSB_Chorales.mat"
    savemat(path, {name: cells(part) for name, part in pieces.items()}, do_compression=True)
    return path


def load(data, **settings):
    return music.load("jsb_chorales", folder=data, **settings)


def pieces_of(batches):
    """The pieces of batches without their padding, each as a pair of input frames and target frames."""
    for x, y in batches:
        assert (x.dtype, y.dtype) == (np.float32, np.float32)
        assert x.shape == y.shape
        for shown, wanted in zip(x, y, strict=True):
            scored = [frame for frame in range(len(wanted)) if UNSCORED not in wanted[frame]]
            padding = [frame for frame in range(len(wanted)) if frame not in scored]
            assert scored == list(range(len(scored)))  # padding comes last
            assert (wanted[padding] == UNSCORED).all() and (shown[padding] == 0).all()
            yield shown[scored].tolist(), wanted[scored].tolist()


def expected(pieces):
    return sorted((roll[:-1].tolist(), roll[1:].tolist()) for roll in pieces)


def test_the_paper_trains_on_one_piece_at_a_time(data):
    write(data, rolls())
    task = load(data)
    batches = list(task.training(0))
    assert task.steps_per_epoch == len(batches) == 7
    assert sorted(x.shape for x, _ in batches) == sorted((1, n - 1, 88) for n in PARTS["traindata"])
    assert sorted(pieces_of(batches)) == expected(rolls()["traindata"])
    orders = {tuple(x.shape[1] for x, _ in task.training(epoch)) for epoch in range(20)}
    assert len(orders) > 10


@given(st.integers(1, 5), st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_padded_batches_hold_each_piece_once(data, batch_size, seed, epoch):
    pieces = rolls()
    write(data, pieces)
    task = load(data, batch_size=batch_size, padded=True, seed=seed)
    batches = list(task.training(epoch))
    assert len(batches) == task.steps_per_epoch
    assert max(len(x) for x, _ in batches) <= batch_size
    assert {x.shape[1] for x, _ in batches} == {2, 4, 8, 16, 1}  # of 2, 8, 3, 4, 16, 8 and 1 frames
    assert sorted(pieces_of(batches)) == expected(pieces["traindata"])
    again = list(task.training(epoch))
    assert all((a[0] == b[0]).all() and (a[1] == b[1]).all() for a, b in zip(batches, again, strict=True))


def test_validation_and_test_hold_each_piece_once_by_length(data):
    write(data, rolls())
    task = load(data)
    assert [x.shape for x, _ in task.validation] == [(1, 4, 88), (1, 8, 88), (1, 32, 88)]
    assert sorted(pieces_of(task.validation)) == expected(rolls()["validdata"])
    assert sorted(pieces_of(task.test)) == expected(rolls()["testdata"])
    assert task.counts["scored frames"] == {"training": 42, "validation": 41, "test": 7}


def test_the_mean_over_scored_frames_is_that_of_the_paper(data):
    """The authors divide the sum of all pieces' losses by the number of their frames; here for constant predictions."""
    write(data, rolls())
    chance = 0.3
    total = frames = 0
    for roll in rolls()["validdata"]:
        for frame in roll[1:]:
            total -= sum(np.log(chance if key else 1 - chance) for key in frame)
            frames += 1
    losses = []
    for _, y in load(data).validation:
        of_keys = -np.where(y == 1, np.log(chance), np.log(1 - chance)).sum(axis=-1)
        losses.append(of_keys[y[..., 0] != UNSCORED])
    assert np.concatenate(losses).mean() == pytest.approx(total / frames)


def hostile():
    pieces = rolls()
    yield "no test", {name: part for name, part in pieces.items() if name != "testdata"}, "not a MATLAB file"
    yield "87 keys", pieces | {"testdata": [np.zeros((5, 87), np.uint8)]}, "something else .* testdata"
    yield "loud", pieces | {"validdata": [np.full((5, 88), 2, np.uint8)]}, "something else .* validdata"
    yield "not a number", pieces | {"validdata": [np.full((5, 88), np.nan)]}, "something else"
    yield "short", pieces | {"traindata": [np.zeros((1, 88), np.uint8)]}, "something else .* traindata"
    yield "text", pieces | {"traindata": ["do", "re"]}, "something else"
    yield "none", pieces | {"traindata": []}, "something else"


@pytest.mark.parametrize(("pieces", "words"), [pytest.param(*case[1:], id=case[0]) for case in hostile()])
def test_other_contents_are_one_clear_line(data, pieces, words):
    write(data, pieces)
    with pytest.raises(UserError, match=rf"^[^\n]*JSB_Chorales\.mat [^\n]*{words}[^\n]*fetch it again$"):
        load(data)


@pytest.mark.parametrize("share", [0, 0.01, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_one_clear_line(data, share):
    path = write(data, rolls())
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(UserError, match=r"^[^\n]*JSB_Chorales\.mat [^\n]*fetch it again$"):
        load(data)


@pytest.mark.parametrize("content", [b"do re mi\n" * 99, bytes(1000), b"MATLAB 5.0 MAT-file" + bytes(range(256)) * 9])
def test_a_file_of_another_format_is_one_clear_line(data, content):
    (data / "music/JSB_Chorales.mat").write_bytes(content)
    with pytest.raises(UserError, match=r"^[^\n]*JSB_Chorales\.mat is not a MATLAB file[^\n]*$"):
        load(data)


@pytest.mark.parametrize(("name", "counts"), [("jsb_chorales", (229, 76, 77)), ("nottingham", (694, 173, 170))])
def test_the_real_pieces(real, name, counts):
    task = music.load(name, **real)
    assert tuple(task.counts["pieces"].values()) == counts
    scored = sum(int((y[..., 0] != UNSCORED).sum()) for _, y in task.test)
    assert scored == task.counts["scored frames"]["test"]
