"""What the demo's likely winners answer in full, with a picture each, so that their public pages are worth a look."""

from __future__ import annotations

import random
import tomllib
from io import BytesIO
from typing import Any

import click
from PIL import Image, ImageDraw

from awards import drafts, editions, nominations, renditions, uploads
from awards.attachments import FILES
from awards.cli.demo.writing import Writer
from awards.cli.shell import Shell, acting
from awards.config import ROOT
from awards.drawing import NARROW, Drawn, Picture

CASES = ROOT / "seed" / "demo" / "cases.toml"
WIDTH, HEIGHT = NARROW, 440
SKIES = ("#f2c078", "#e8a87c", "#9cc5c9", "#b7c9a8", "#d9b3c7")
WALLS = ("#1d5b45", "#24414f", "#5a3a31", "#3f3a5a")
LIT, SUN = "#f4efe2", "#fff6da"


@click.command("demo-cases", hidden=True)
@click.argument("key")
@acting
def tell(shell: Shell, key: str) -> None:
    """Let some of the nominations that a file brought answer more, agree to be published, and show a picture."""
    edition = editions.find(shell.session, key)
    by = Writer(shell, edition, shell.actor, shell.now)
    said = tomllib.loads(CASES.read_text(encoding="utf-8"))
    for reference, case in said["cases"].items():
        found = nominations.find(shell.session, edition, reference)
        answers: dict[str, Any] = said["same"] | case
        content = scene(reference, "PNG")
        kept = by.keep(found, "pictures", uploads.inspect("city.png", content, kinds=uploads.PICTURES))
        entry = {
            "file": kept,
            "caption": "The city, drawn for the demo",
            "alternative": "A drawing: houses of a city, some windows lit, under a low sun",
            "credit": "Drawn by the demo",
            "permission": True,
        }
        by.change(found, answers | {"summaries": {"ko": answers.pop("ko")}, "pictures": [entry]})
        found.submitted_number = drafts.latest(shell.session, found).number
        drawn = Picture(1, WIDTH, HEIGHT, scene(reference, "WEBP"))
        renditions.keep(shell.session, shell.data / FILES, kept, Drawn(1, (drawn,)), now=shell.now)


def scene(name: str, kind: str) -> bytes:
    """A city that no other name has: the sun, and two rows of houses."""
    chance = random.Random(name)  # noqa: S311 (fiction, no secret)
    image = Image.new("RGB", (WIDTH, HEIGHT), chance.choice(SKIES))
    draw = ImageDraw.Draw(image)
    east = chance.randint(90, WIDTH - 180)
    draw.ellipse((east, 90, east + 110, 200), fill=SUN)
    for wall, top in zip(chance.sample(WALLS, 2), (130, 230), strict=True):
        left = -chance.randint(0, 40)
        while left < WIDTH:
            right, roof = left + chance.randint(50, 120), top + chance.randint(0, 110)
            draw.rectangle((left, roof, right, HEIGHT), fill=wall)
            for across in range(left + 12, right - 16, 22):
                for down in range(roof + 16, HEIGHT - 20, 34):
                    if chance.random() < 0.3:
                        draw.rectangle((across, down, across + 9, down + 14), fill=LIT)
            left = right + chance.choice((0, 0, 8))
    made = BytesIO()
    image.save(made, kind)
    return made.getvalue()
