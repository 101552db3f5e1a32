"""The lecture's page in a real browser."""

from pathlib import Path

import pytest

from lecture import page

AXE = Path(__file__).parent / "vendor/axe.min.js"


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """The page, made from the committed runs."""
    return page.write(tmp_path_factory.mktemp("lecture") / "index.html")


@pytest.fixture
def visit(browser, written):
    """Opens the page; when the test is done, it must not have used a network, nor reported an error."""
    contexts, wrong = [], []

    def opened(figure="", *, width=1440, height=900, scheme="light", **options):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(10_000)
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", lambda line: wrong.append(line.text) if line.type in ("error", "warning") else None)
        tab.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else wrong.append(asked.url))
        tab.goto(written.as_uri() + (f"#{figure}" if figure else ""))
        tab.locator("html[data-ready]").wait_for()
        tab.locator("section:visible :is(svg > g, mark)").first.wait_for()
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []
