"""Which word ends a passage, after training on novels (deck: "Experimental Results")."""

from experiments.sequences._language import LanguageConfig as Config
from experiments.sequences._language import build, loader
from sequences import passages

__all__ = ["Config", "build", "load"]

load = loader(passages.load)
