"""The colour profile that says what our RGB is: sRGB as an ICC profile of version 2, which PDF/A-1 wants."""

from __future__ import annotations

import struct
from functools import cache

POINTS = 256
WHITE = (0.9642, 1.0, 0.8249)
PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
"""As the connection space sees them, under D50."""
NAME = b"sRGB IEC61966-2.1\0"
HEAD = struct.Struct(">I4sI4s4s4s6H4s4sIII8sI12s4s44x")
DATED = (2026, 1, 1, 0, 0, 0)


@cache
def srgb() -> bytes:
    """The profile's bytes."""
    curve = b"curv\0\0\0\0" + struct.pack(f">I{POINTS}H", POINTS, *map(_light, range(POINTS)))
    described = b"desc\0\0\0\0" + struct.pack(">I", len(NAME)) + NAME + bytes(4 + 4 + 2 + 1 + 67)
    tags = {b"desc": described, b"cprt": b"text\0\0\0\0No rights reserved\0", b"wtpt": _xyz(WHITE)}
    tags |= {name: _xyz(colour) for name, colour in PRIMARIES.items()}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    start = HEAD.size + 4 + 12 * len(tags)
    table, body, placed = struct.pack(">I", len(tags)), b"", dict[bytes, int]()
    for name, content in tags.items():
        if content not in placed:
            placed[content] = start + len(body)
            body += content + bytes(-len(content) % 4)
        table += struct.pack(">4sII", name, placed[content], len(content))
    white = struct.pack(">3i", *map(_fixed, WHITE))
    head = HEAD.pack(
        start + len(body), bytes(4), 0x02100000, b"mntr", b"RGB ", b"XYZ ", *DATED,
        b"acsp", bytes(4), 0, 0, 0, bytes(8), 0, white, bytes(4),
    )  # fmt: skip
    return head + table + body


def _light(point: int) -> int:
    """How much light a step of the scale is, of 65 535."""
    step = point / (POINTS - 1)
    linear = step / 12.92 if step <= 0.04045 else ((step + 0.055) / 1.055) ** 2.4
    return round(linear * 0xFFFF)


def _xyz(colour: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *map(_fixed, colour))


def _fixed(number: float) -> int:
    return round(number * 0x10000)
