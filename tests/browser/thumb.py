"""What a thumb can hit: how high the area is that presses a thing, whatever the thing itself measures."""

from __future__ import annotations

from playwright.sync_api import Page

LEAST = 44
"""Pixels of height that every target of the phone has (WCAG 2.5.5)."""

_MISSED = """(least) => {
  const found = new Set();
  const root = document.querySelector('dialog[open]') ?? document;
  const targets = 'a[href], button, summary, select, textarea, input:not([type=hidden]), [role=option]';
  for (const e of root.querySelectorAll(targets)) {
    if (!e.checkVisibility({ visibilityProperty: true }) || getComputedStyle(e).pointerEvents === 'none') continue;
    if (e.matches('.skip, .pencil, .timeline .grow a, p a, .notice a, .tree a')) continue;  // words of a sentence
    const size = e.getBoundingClientRect();
    if (size.width < 2 || size.height < 2) continue;  // drawn by its label
    e.scrollIntoView({ block: 'center', inline: 'center' });
    const box = e.getBoundingClientRect();
    const owner = e.closest('label, summary') ?? e;
    const x = box.left + Math.min(box.width / 2, 60), middle = box.top + box.height / 2;
    if (x < 0 || x > innerWidth || middle < 0 || middle > innerHeight) continue;
    const isHit = (y) => {
      const hit = document.elementFromPoint(x, y);
      return hit !== null && owner.contains(hit);
    };
    if (!isHit(middle)) continue;  // beneath a bar that stays
    let high = 0;
    for (const way of [-1, 1]) for (let y = middle + way; high <= least && isHit(y); y += way) high += 1;
    const is_at_the_edge = middle < least / 2 || middle > innerHeight - least / 2;
    if (high < least - 2 && !is_at_the_edge) {
      const words = e.textContent.trim().slice(0, 16);
      found.add(`${e.tagName}.${e.className} in ${e.parentElement.className}: ${high} px «${words}»`);
    }
  }
  scrollTo(0, 0);
  return [...found];
}"""


def targets_too_low(page: Page) -> list[str]:
    """Whatever is pressed and lower than 44 px, on the page or in the dialog that is open; words of a sentence are not
    asked."""
    found: list[str] = page.evaluate(_MISSED, LEAST)
    return found
