"""The README's own experiment is one: it is built as it stands there."""

import re
import types
from pathlib import Path

import yaml

from lab import settings
from lab.readme import PLACE, refreshed

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def block(language):
    return re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)[1]


def test_the_example_builds(tmp_path, monkeypatch):
    module = types.ModuleType("mine")
    monkeypatch.setitem(__import__("sys").modules, "mine", module)
    source = tmp_path / "mine.py"
    source.write_text(block("python"))
    exec(compile(source.read_text(), str(source), "exec"), vars(module))
    (tmp_path / "jena").mkdir()
    (tmp_path / "jena/mine.yaml").write_text(block("yaml"))
    (tmp_path / "jena.yaml").write_text((settings.CONFIGS / "jena.yaml").read_text())
    monkeypatch.setattr(settings, "CONFIGS", tmp_path)
    values = settings.defaults("jena/mine")
    assert set(yaml.safe_load(block("yaml"))["settings"]) <= set(values)
    network = module.build(module.Config(**values))
    assert network.output_shape == (None, 1)


def test_the_commands_are_make_targets():
    makefile = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")
    targets = {
        word
        for line in re.findall(r"^make (.*?)(?: {2,}|$)", README, re.MULTILINE)
        for word in line.split(" ARGS")[0].split()
    }
    targets = {word for word in targets if not word.startswith("-") and "/" not in word and word != "jena"}
    assert targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_tables_are_the_reference_s():
    assert set(PLACE.findall(README)) and refreshed(README) == README


def test_a_table_is_put_between_its_comments(tmp_path):
    (tmp_path / "a.md").write_text("| new |\n")
    text = "One\n<!-- table: a.md -->\n| old |\n| older |\n<!-- end -->\nTwo\n"
    wanted = text.replace("| old |\n| older |", "| new |")
    assert refreshed(text, tmp_path) == wanted == refreshed(wanted, tmp_path)
