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
    text = refreshed("<!-- table: a.csv; columns: y -->\n<!-- end -->\n", tmp_path)
    assert [line.replace(" ", "") for line in text.splitlines()[3:5]] == ["|2|", "|4|"]


ROOT = Path(__file__).parents[1]


def test_commands_can_be_pasted_without_an_active_environment():
    texts = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("configs/**/*.yaml"),
        *ROOT.glob("lecture/**/*.html"),
    ]
    assert len(texts) > 30
    bare = re.compile(r"(?<![/\w])python3? -m experiments|(?<!/)\btensorboard --")
    assert not [path.name for path in texts if bare.search(path.read_text(encoding="utf-8"))]


def test_docs_is_a_whole_site():
    page = (ROOT / "docs/index.html").read_text(encoding="utf-8")
    for name in ("report.html", *(path.name for path in (ROOT / "docs").glob("*.md"))):
        assert f'href="{name}"' in page
        assert (ROOT / "docs" / name).is_file()
    copy, original = (ROOT / place for place in ("docs/report.html", "results/reference/index.html"))
    assert copy.read_bytes() == original.read_bytes(), "make lecture copies it"
    assert (ROOT / "docs/lecture.png").stat().st_size <= 200_000


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 150
