"""Draws the icons of the Teams app: a shield with a check mark.

.venv/bin/python docs/make_teams_icons.py
"""

import struct
import zlib
from collections.abc import Callable
from itertools import pairwise
from math import hypot
from math import pow as math_pow
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "bot" / "teams" / "app_package"
GROUND, MARK, WHITE = (31, 58, 95), (15, 107, 95), (255, 255, 255)
SAMPLES = 4
"""Each way within a pixel: what makes edges smooth."""
ROOM = 1.3
"""How much wider than the shield the coloured picture is."""
TICK = ((0.35, 0.50), (0.46, 0.61), (0.66, 0.38))
Point = tuple[float, float]
Shape = Callable[[float, float], bool]
Pixel = tuple[int, int, int, int]


def shield(x: float, y: float, shrink: float = 0.0) -> bool:
    """Straight above, drawn to a point below; the whole picture is 1 wide and high."""
    top, bottom, half = 0.16 + shrink, 0.88 - shrink * 1.35, 0.31 - shrink
    if not top <= y <= bottom:
        return False
    below = max(y - 0.46, 0.0) / (bottom - 0.46)
    return abs(x - 0.5) <= half * (1.0 - math_pow(below, 2.1))


def tick(x: float, y: float, thick: float) -> bool:
    return any(_distance((x, y), start, end) <= thick for start, end in pairwise(TICK))


def color_icon(x: float, y: float) -> Pixel:
    """Filled to its corners, which Teams rounds itself; the shield keeps clear of them."""
    x, y = (x - 0.5) * ROOM + 0.5, (y - 0.5) * ROOM + 0.52
    if not shield(x, y):
        return (*GROUND, 255)
    return (*(MARK if tick(x, y, 0.05) else WHITE), 255)


def outline_icon(x: float, y: float) -> Pixel:
    """White on nothing, as Teams wants it."""
    drawn = (shield(x, y) and not shield(x, y, 0.075)) or tick(x, y, 0.045)
    return (*WHITE, 255 if drawn else 0)


def draw(size: int, icon: Callable[[float, float], Pixel]) -> list[list[Pixel]]:
    return [[_blended(size, column, row, icon) for column in range(size)] for row in range(size)]


def png(pixels: list[list[Pixel]]) -> bytes:
    size = len(pixels)
    lines = b"".join(b"\0" + bytes(value for pixel in row for value in pixel) for row in pixels)
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    parts = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(lines, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _blended(size: int, column: int, row: int, icon: Callable[[float, float], Pixel]) -> Pixel:
    steps = [(part + 0.5) / SAMPLES for part in range(SAMPLES)]
    found = [icon((column + across) / size, (row + down) / size) for down in steps for across in steps]
    seen = sum(one[3] for one in found)
    if not seen:
        return (*WHITE, 0)
    red, green, blue = (sum(one[part] * one[3] for one in found) // seen for part in range(3))
    return red, green, blue, seen // len(found)


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to a line between two others."""
    along = (end[0] - start[0], end[1] - start[1])
    part = ((point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]) / (along[0] ** 2 + along[1] ** 2)
    part = min(max(part, 0.0), 1.0)
    return hypot(point[0] - start[0] - part * along[0], point[1] - start[1] - part * along[1])


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


if __name__ == "__main__":
    (FOLDER / "color.png").write_bytes(png(draw(192, color_icon)))
    (FOLDER / "outline.png").write_bytes(png(draw(32, outline_icon)))
