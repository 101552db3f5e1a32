"""A picture looks as it was drawn, and is there whole or not at all."""

import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from foundation.picture import save


def drawn():
    figure = Figure(figsize=(6, 4))
    axes = figure.subplots()
    for i in range(8):
        axes.plot(np.sin(np.arange(50) / (i + 2)), label=f"curve {i}")
    axes.legend()
    return figure


def test_a_picture_is_smaller_and_looks_the_same(tmp_path):
    plain = io.BytesIO()
    drawn().savefig(plain, format="png", dpi=130)
    save(drawn(), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size < len(plain.getvalue()) / 2
    one, other = (np.asarray(Image.open(file).convert("RGB"), int) for file in (plain, tmp_path / "a.png"))
    assert one.shape == other.shape
    assert np.abs(one - other).mean() < 1
    assert (other[0, 0] == 255).all()


def test_a_figure_that_cannot_be_drawn_leaves_the_old_picture(tmp_path):
    (tmp_path / "a.png").write_bytes(b"old")
    broken = drawn()
    broken.axes[0].set_title("$\\nonsense{$")
    with pytest.raises(ValueError, match="nonsense"):
        save(broken, tmp_path / "a.png")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_bytes() == b"old"
