"""Writes a network to be used without this project, and asks the written one the same questions."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from foundation.program import PYTHON
from foundation.user_error import UserError

if TYPE_CHECKING:
    import keras

    from lab.runs import Run

Format = Literal["onnx", "saved_model", "keras"]
SUFFIXES: dict[Format, str] = {"onnx": ".onnx", "saved_model": "", "keras": ".keras"}
QUESTIONS = 32
TOLERANCE = 1e-5
"""Of an answer's difference, relative to the answer where that is above 1."""


@dataclass(frozen=True)
class Exported:
    """A network to write, and questions with the answers that the run gives to them."""

    model: keras.Model
    inputs: np.ndarray
    answers: np.ndarray
    about: str
    """What the network takes and gives, in words."""


def as_it_is(network: keras.Model, run: Run) -> Exported:
    """Returns a finished run's network, whose data need no scaling."""
    run.load_weights(network)
    inputs = questions(network)
    return Exported(network, inputs, network.predict(inputs, verbose=0), "what the network takes and gives")


def questions(network: keras.Model) -> np.ndarray:
    """Returns random inputs of a network: normal numbers, or 0 and 1 where it takes integers."""
    shape = [QUESTIONS, *(size or 10 for size in network.input_shape[1:])]
    rng = np.random.default_rng(0)
    if "int" in network.inputs[0].dtype:
        return rng.integers(2, size=shape).astype(network.inputs[0].dtype)
    return rng.normal(size=shape).astype(np.float32)


def write(exported: Exported, kind: Format, path: Path) -> float:
    """Writes the network and returns how far its answers are from the run's, at most.

    Args:
        exported: The network.
        kind: The format.
        path: The file to write, or for "saved_model" the folder; one that exists is replaced.

    Raises:
        UserError: the network can't be written in this format, a package is missing, or the answers differ.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".", dir=path.parent) as folder:
        beside = Path(folder) / f"network{SUFFIXES[kind]}"
        try:
            answers = {"onnx": _onnx, "saved_model": _saved_model, "keras": _keras}[kind](exported, beside)
        except ImportError as error:
            raise UserError(f"{error.name} isn't installed; {PYTHON} -m pip install tf2onnx onnxruntime") from error
        except Exception as error:  # each format has errors of its own
            why = " ".join(str(error).split())
            raise UserError(f"this network can't be written as {kind}: {type(error).__name__}: {why:.200}") from error
        difference = np.abs(answers - exported.answers) / np.maximum(1, np.abs(exported.answers))
        if not difference.max() <= TOLERANCE:
            raise UserError(f"the network can be written as {kind}, but its answers differ by {difference.max():.1g}")
        if path.is_dir():
            shutil.rmtree(path)
        beside.replace(path)
    return float(difference.max())


def _onnx(exported: Exported, path: Path) -> np.ndarray:
    import onnxruntime

    _teach_tf2onnx()
    exported.model(exported.inputs[:1])  # Keras exports no model that was never called
    exported.model.export(path, format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(path)
    (asked,) = session.get_inputs()
    return np.asarray(session.run(None, {asked.name: exported.inputs})[0])


def _teach_tf2onnx() -> None:
    """Adds an operation that tf2onnx lacks: 1 - erf, which GELU has."""
    from tf2onnx import handler, utils

    logging.getLogger("tf2onnx").setLevel(logging.ERROR)

    @handler.tf_op("Erfc")
    class Erfc:
        @classmethod
        def version_9(cls, ctx: Any, node: Any, **kwargs: Any) -> None:
            shape, dtype = ctx.get_shape(node.output[0]), ctx.get_dtype(node.output[0])
            ctx.remove_node(node.name)
            erf = ctx.make_node("Erf", node.input, dtypes=[dtype], shapes=[shape])
            one = ctx.make_const(utils.make_name("one"), np.float32(1))
            inputs = [one.output[0], erf.output[0]]
            ctx.make_node("Sub", inputs, name=node.name, outputs=node.output, dtypes=[dtype], shapes=[shape])


def _saved_model(exported: Exported, path: Path) -> np.ndarray:
    import tensorflow as tf

    exported.model.export(path, format="tf_saved_model", verbose=False)
    loaded = tf.saved_model.load(path)  # its variables live as long as it does
    return np.asarray(loaded.serve(exported.inputs))


def _keras(exported: Exported, path: Path) -> np.ndarray:
    import keras

    exported.model.save(path)
    return np.asarray(keras.saving.load_model(path, compile=False).predict(exported.inputs, verbose=0))
