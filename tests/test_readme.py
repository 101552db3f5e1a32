"""The README: its commands exist, and its tables are those of the reference."""

import re
from pathlib import Path

from lab.readme import PLACE, refreshed

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


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
