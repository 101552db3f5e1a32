"""The README: its commands exist, and its tables are those of the reference."""

import re
from pathlib import Path

import pytest

from lab.readme import PLACE, documents, refreshed

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


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_the_tables_are_the_reference_s(path):
    text = path.read_text(encoding="utf-8")
    assert refreshed(text) == text
    assert PLACE.search(text) or path.name not in ("README.md", "results.md")


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_links_lead_to_files(path):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
    assert not [link for link in links if not (path.parent / link).exists()]


def test_a_table_is_put_between_its_comments(tmp_path):
    (tmp_path / "a.md").write_text("| new |\n")
    text = "One\n<!-- table: a.md -->\n| old |\n| older |\n<!-- end -->\nTwo\n"
    wanted = text.replace("| old |\n| older |", "| new |")
    assert refreshed(text, tmp_path) == wanted == refreshed(wanted, tmp_path)


def test_rows_and_columns_can_be_chosen(tmp_path):
    (tmp_path / "a.csv").write_text("name,x,y\none,1,2\ntwo,3,4\n")
    text = refreshed("<!-- table: a.csv; rows: two, one; columns: name, y -->\n<!-- end -->\n", tmp_path)
    assert [line.replace(" ", "") for line in text.splitlines()[3:5]] == ["|two|4|", "|one|2|"]
