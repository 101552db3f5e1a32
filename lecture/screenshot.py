"""A picture of the page for README.md: an LSTM's step, as a browser shows it."""

from __future__ import annotations

import shutil
from pathlib import Path

from PIL import Image

from foundation.atomic import atomic
from foundation.user_error import UserError
from lecture import page

PICTURE = page.PAGE.parent / "lecture.png"
FIGURE, SIZE = "lstm", (1100, 760)
COLOURS = 64
"""Few colours make a small file."""


def write(path: Path = PICTURE, source: Path = page.PAGE) -> Path:
    """Writes the picture and returns its path.

    Args:
        path: Where to write it.
        source: The page.

    Raises:
        UserError: there is no Chromium, or Playwright isn't installed.
    """
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise UserError("a screenshot needs Chromium; on Debian: apt install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise UserError("a screenshot needs Playwright; make dev installs it") from error
    with atomic(path) as temporary, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium)
        tab = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, reduced_motion="reduce")
        tab.goto(f"{source.resolve().as_uri()}#{FIGURE}")
        tab.locator("html[data-ready]").wait_for()
        tab.screenshot(path=temporary, type="png")
        browser.close()
        with Image.open(temporary) as picture:
            small = picture.convert("RGB").quantize(COLOURS)
        small.save(temporary, format="png", optimize=True)
    return path
