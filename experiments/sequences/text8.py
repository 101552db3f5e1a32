"""Which character comes next in Wikipedia, stripped to letters and spaces (deck: "Experimental Results")."""

from experiments.sequences._language import LanguageConfig as Config
from experiments.sequences._language import build, loader
from sequences import characters

__all__ = ["Config", "build", "load"]

load = loader(characters.text8)
