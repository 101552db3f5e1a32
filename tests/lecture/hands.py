"""What a reader does with the page: with a slider, a mouse, a finger."""

PHONE = {"width": 390, "height": 844, "has_touch": True}


def place(tab, name):
    found = tab.locator(f"#to-{name}")
    found.scroll_into_view_if_needed()
    return found


def slide(section, name, value):
    """Sets a slider as a key press would."""
    section.locator(f"[name={name}]").evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', {bubbles: true})) }", value
    )


def told(section, which=""):
    return section.locator(f"[data-say{f'={which}' if which else ''}]").first.inner_text()


def middle(locator, x=0.5, y=0.5):
    """A point in an element, in the window's pixels; x and y are shares of its size."""
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def mouse(tab, start, end):
    tab.mouse.move(*start)
    tab.mouse.down()
    tab.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    tab.mouse.move(*end)
    tab.mouse.up()


def finger(tab, start, end):
    session = tab.context.new_cdp_session(tab)
    for kind, at in (("touchStart", start), ("touchMove", end), ("touchEnd", None)):
        points = [{"x": at[0], "y": at[1]}] if at else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.detach()
