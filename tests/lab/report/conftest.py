"""A report in a real browser."""

import pytest

from experiments.loading import config_of
from lab.report import page
from lab.report.sections import section
from tests.lab.finished_runs import PRESENTATION, finish, judge
from tests.lab.report.browsing import MODELS


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Six models of three seeds each, the n-th off by 0.2 + n / 100, its forecasts n degrees too high."""
    root = tmp_path_factory.mktemp("results")
    for n, model in enumerate(MODELS):
        for seed in range(3):
            error = 0.2 + n / 100 + (seed - 1) / 1000
            finish(root, f"jena/{model}", error, seed=seed, curve=(error + 0.1, error), offset=float(n))
    finish(root, "jena/common_sense", 0.3, curve=())
    finish(root, "jena/gru", 0.1, simulated=True, conditions="SIMULATED weather")
    judge(root, {"id": "a"}, {"id": "b", "claim": "Another", "verdict": "not decided"})
    return page.write([section("jena", "The weather", config_of, PRESENTATION, root)], {}, config_of, root)


@pytest.fixture
def visit(browser, results):
    """Opens the page; when the test is done, nothing may have been asked of a network or gone wrong."""
    contexts, wrong = [], []

    def opened(*, width=1280, height=900, scheme="light", address=""):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(20_000)
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", lambda line: wrong.append(line.text) if line.type in ("error", "warning") else None)
        tab.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else wrong.append(asked.url))
        tab.goto(results.as_uri() + address)
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []
