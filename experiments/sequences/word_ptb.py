"""Which word comes next in the Wall Street Journal (deck: "Experimental Results")."""

from experiments.sequences._language import LanguageConfig as Config
from experiments.sequences._language import build, loader
from sequences import words

__all__ = ["Config", "build", "load"]

load = loader(words.penn_treebank)
