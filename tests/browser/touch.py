"""A finger on the screen: real touch events by the browser's own protocol."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def press(target: Locator) -> None:
    """With a finger at the phone, with the mouse elsewhere."""
    if target.page.evaluate("navigator.maxTouchPoints > 0"):
        target.tap()
    else:
        target.click()


def drag_with_a_finger(page: Page, card: Locator, target: Locator, *, hold: int = 320) -> None:
    """Press and hold a card, draw it over the target, let go. hold: milliseconds before it moves."""
    card.scroll_into_view_if_needed()
    start, end = card.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    x, y = start["x"] + start["width"] / 3, start["y"] + start["height"] - 10
    to_x, to_y = end["x"] + min(end["width"] / 2, 60), end["y"] + min(end["height"] / 2, 60)
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *points: dict[str, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": x, "y": y})
    page.wait_for_timeout(hold)
    for step in range(1, 13):
        touch("touchMove", {"x": x + (to_x - x) * step / 12, "y": y + (to_y - y) * step / 12})
        page.wait_for_timeout(16)
    page.wait_for_timeout(120)
    touch("touchEnd")
    finger.detach()
