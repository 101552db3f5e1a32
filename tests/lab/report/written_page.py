"""A written page, to look into."""

import json
from html.parser import HTMLParser

from experiments import loading
from lab.report import page
from lab.report.sections import section
from tests.lab.finished_runs import PRESENTATION

VOID = ("meta", "img", "input", "br", "link", "wbr", "hr")


class Page(HTMLParser):
    """The page's elements, with their attributes and the text in each of them."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.text = [], [], text
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", **dict(attributes)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag, **attributes):
        found = [element for element in self.elements if element["tag"] == tag]
        return [element for element in found if attributes.items() <= element.items()]

    def one(self, tag, **attributes):
        (found,) = self.all(tag, **attributes)
        return found

    def data(self, kind):
        """The data of an explorer."""
        inside = self.one("div", **{"class": "explorer", "data-explorer": kind})
        return json.loads(inside["text"])


def written(root, about=None):
    sections = [section("jena", "The weather", loading.config_of, PRESENTATION, root)]
    return Page(page.write(sections, about or {}, loading.config_of, root).read_text(encoding="utf-8"))
