"""Draws the icons of the installed app into `web/static/icons`: `python -m web.assets.app_icons`.

The sign is the one of the address bar: a sluice gate. They are few, small and seldom change, so they are kept with the
source.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parent.parent / "static" / "icons"
BLUE, WHITE = "#0a5fc2", "#ffffff"
GRID = 24
FINE = 4
"""Drawn so many times larger, then made smaller: smooth edges."""
LINES = (
    (4, 4, 4, 20), (20, 4, 20, 20), (4, 8, 20, 8), (8, 8, 8, 15), (12, 8, 12, 12), (16, 8, 16, 15), (8, 15, 8, 20),
    (16, 15, 16, 20),
)  # fmt: skip


def icon(size: int, margin: float, radius: float) -> Image.Image:
    """A square of `size` pixels. margin: free space around the sign, radius: of the corners; both as shares of it."""
    wide = size * FINE
    picture = Image.new("RGBA", (wide, wide), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, wide - 1, wide - 1), radius * wide, fill=BLUE)
    step = wide * (1 - 2 * margin) / GRID
    width = round(2.2 * step)

    def at(place: float) -> float:
        return margin * wide + place * step

    for x1, y1, x2, y2 in LINES:
        draw.line((at(x1), at(y1), at(x2), at(y2)), fill=WHITE, width=width)
        for x, y in ((x1, y1), (x2, y2)):
            draw.ellipse((at(x) - width / 2, at(y) - width / 2, at(x) + width / 2, at(y) + width / 2), fill=WHITE)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, size, margin, radius in (
        ("icon-192.png", 192, 0.14, 0.2),
        ("icon-512.png", 512, 0.14, 0.2),
        ("mask-512.png", 512, 0.24, 0.0),
        ("touch-180.png", 180, 0.16, 0.0),
    ):
        icon(size, margin, radius).quantize(32).save(FOLDER / name, optimize=True)
        sys.stdout.write(f"{FOLDER / name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
