"""Writes a network for use elsewhere, and asks the written one the same questions."""

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
TIMESTEPS = 10
"""Those of a question, if the network takes any number."""
SAVED_MODEL = "saved_model.pb"
SAVED_BESIDE = {"fingerprint.pb", "variables", "assets"}
"""What the folder of a saved model holds beside that file."""
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


def as_it_is(network: keras.Model, run: Run, timesteps: int = TIMESTEPS) -> Exported:
    """Returns a finished run's network, whose data need no scaling; `timesteps` are those of a question."""
    run.load_weights(network)
    inputs = questions(network, timesteps)
    given, got = (
        f"({', '.join(['batch', *(str(size or 'any') for size in shape[1:])])})"
        for shape in (network.input_shape, network.output_shape)
    )
    about = f"inputs {given}, {network.inputs[0].dtype}; the answer is {got}"
    return Exported(network, inputs, network.predict(inputs, verbose=0), about)


def questions(network: keras.Model, timesteps: int = TIMESTEPS) -> np.ndarray:
    """Returns random inputs of a network: normal numbers, or 0 and 1 where it takes integers."""
    shape = [QUESTIONS, *(size or timesteps for size in network.input_shape[1:])]
    rng = np.random.default_rng(0)
    if "int" in network.inputs[0].dtype:
        return rng.integers(2, size=shape).astype(network.inputs[0].dtype)
    return rng.normal(size=shape).astype(np.float32)


def write(exported: Exported, kind: Format, path: Path) -> float:
    """Writes the network and returns how far its answers are from the run's, at most.

    Args:
        exported: The network.
        kind: The format.
        path: The file to write, or for "saved_model" the folder. A file is replaced, and so is a saved model.

    Raises:
        UserError: another folder is at this place, the network can't be written in this format, a package is missing,
            or the answers differ.
    """
    check_place(kind, path)
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


def check_place(kind: Format, path: Path) -> None:
    """Checks that what will be replaced at a place is an export, and no folder of something else.

    Raises:
        UserError: it isn't.
    """
    if kind != "saved_model" and path.is_dir():
        raise UserError(f"{path} is a folder; give --to a file, such as {path / ('network' + SUFFIXES[kind])}")
    if kind == "saved_model" and path.is_dir():
        files = {file.name for file in path.iterdir()}
        if files and (SAVED_MODEL not in files or files - {SAVED_MODEL} - SAVED_BESIDE):
            raise UserError(f"{path} holds other files; give --to a new folder, such as {path / 'network'}")
    if kind == "saved_model" and path.exists() and not path.is_dir():
        raise UserError(f"{path} is a file; a saved model is a folder")


def of_this_project(network: keras.Model) -> list[str]:
    """Returns the layers of a network that Keras doesn't have, not even a slower one; `layers/` defines them."""
    import keras

    found: dict[str, None] = {}
    _with_keras_layers(keras.saving.serialize_keras_object(network), found)
    return list(found)


def _with_keras_layers(config: Any, others: dict[str, None]) -> Any:
    """Returns a network's configuration with Keras's layers instead of those that `layers/` has under the same name.

    Args:
        config: The network's, or a part of it.
        others: Gets the names of layers of `layers/` that Keras doesn't have.
    """
    import keras

    if isinstance(config, list):
        return [_with_keras_layers(part, others) for part in config]
    if not isinstance(config, dict):
        return config
    config = {key: _with_keras_layers(part, others) for key, part in config.items()}
    package, _, name = str(config.get("registered_name")).partition(">")
    if package != "layers":
        return config
    if hasattr(keras.layers, name):
        return {**config, "module": "keras.layers", "registered_name": None}
    others[name] = None
    return config


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

    config = _with_keras_layers(keras.saving.serialize_keras_object(exported.model), {})
    model = keras.saving.deserialize_keras_object(config)
    model.set_weights(exported.model.get_weights())
    model.save(path)
    return np.asarray(keras.saving.load_model(path, compile=False).predict(exported.inputs, verbose=0))
