"""What readers do with a plot, and what they see."""

MODELS = ("conv1d", "dense", "gru", "lstm", "stacked_gru", "tcn")


def explorer(tab, kind):
    """One of the page's plots with what belongs to it, drawn."""
    found = tab.locator(f"[data-explorer={kind}]")
    found.scroll_into_view_if_needed()
    found.locator("canvas").first.wait_for()
    return found


def looks(tab, found):
    """The plot's picture once it is still."""
    seen = [b"", b"-"]
    while seen[-1] != seen[-2]:
        tab.wait_for_timeout(100)
        seen.append(found.locator(".plot").screenshot())
    return seen[-1]


def hovered(tab, found, x=0.5):
    """The values that the page shows at that place of the plot."""
    box = found.locator(".plot").bounding_box()
    at = box["x"] + x * box["width"], box["y"] + box["height"] / 2
    tab.mouse.move(at[0] - 9, at[1])
    tab.mouse.move(*at)
    tip = tab.locator(".bk-Tooltip").filter(has=tab.locator("table"))
    tip.wait_for()
    return tip.locator("tr").all_inner_texts()


def plot(tab, kind):
    return tab.evaluate_handle(
        "kind => Place.all.find((place) => place.element.closest('.explorer').dataset.explorer === kind)", kind
    )


def colours(tab, found):
    """The colours in a plot's canvas, and how many pixels have each."""
    return tab.evaluate(
        """place => {
          const canvas = place.view.export("png", true).canvas;
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const counts = {};
          for (let i = 0; i < data.length; i += 4)
            if (data[i + 3] === 255) {
              const hex = "#" + [...data.slice(i, i + 3)].map((part) => part.toString(16).padStart(2, "0")).join("");
              counts[hex] = (counts[hex] ?? 0) + 1;
            }
          return counts;
        }""",
        found,
    )
