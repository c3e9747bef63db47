"""Winners' pages with all that a page can hold, and with as little: pictures, figures, scripts of the world."""

from __future__ import annotations

import io
import math
import subprocess
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser

from awards import editions, storage
from awards.attachments import FILES, SMALL
from awards.extensions import begin_writing, db
from awards.models import PublicationKind
from awards.timetable import Phase
from tests.browser.site import serving, settled
from tests.browser.stills import Stills, picture, walk
from tests.web import world

KEY = "wego-awards-2018"
RICH, LEAN, KOREAN, ARABIC, LONG = "SV-01", "SV-02", "OC-01", "UM-01", "EF-01"
DARK = ("winner-rich", "winners-celebrated", "archive")
ANSWERS: dict[str, Any] = {
    "problem": "Only 31 of 100 messages to the city were answered within two days. Nobody knew where a question lay, "
    "and people without a telephone had no way to ask at all.\n\nWe asked four hundred of them what they would "
    "change first.",
    "solution": "One page, one telephone line and one rule: every message is answered within two days. Wardens ask "
    "at home those who have neither.",
    "results": [
        {
            "indicator": "Messages answered within two days",
            "baseline": "31 of 100",
            "value": "92 of 100",
            "date": "2026-03-01",
            "source": "The city's own count",
        },
        {
            "indicator": "People who came a second time for the same matter",
            "baseline": "44 of 100",
            "value": "12 of 100",
            "date": "2026-03-01",
            "source": "Survey of 400 visitors",
        },
        {
            "indicator": "Households visited by a warden",
            "baseline": "",
            "value": "9,125",
            "date": "2026-02-01",
            "source": "",
        },
        {
            "indicator": "Half of the districts have taken it over without being asked",
            "baseline": "",
            "value": "",
            "date": "",
            "source": "",
        },
    ],
    "learning": "We would ask the telephone operators first, not last.",
    "started_on": "2024-04-01",
    "topics": ["citizen-services", "participation"],
    "sdgs": ["cities", "institutions"],
    "population": 9700000,
}
CITED = {
    "en": "For a service that asks people for nothing the city knows already, and says what comes next.",
    "ko": "시가 이미 아는 것을 시민에게 다시 묻지 않고 다음 절차를 알려 주는 점을 높이 평가하였습니다.",
}


def landscape(seed: int, size: tuple[int, int]) -> bytes:
    """Hills at some hour of the day, drawn."""
    width, height = size
    top, low = ((38, 84, 124), (245, 196, 120)) if seed % 2 else ((70, 40, 90), (240, 140, 110))
    sky = Image.new("RGB", size)
    drawn = ImageDraw.Draw(sky)
    for y in range(height):
        share = y / height
        drawn.line(
            [(0, y), (width, y)],
            fill=tuple(int(a + (b - a) * share) for a, b in zip(top, low, strict=True)),
        )
    drawn.ellipse(
        (width * 0.6, height * 0.3, width * 0.6 + height / 6, height * 0.3 + height / 6), fill="#fff3cf"
    )
    for layer in range(4):
        base = height * (0.55 + layer * 0.12)
        hill = [
            (x, base + 40 * math.sin(x / (90 + 25 * layer) + seed + layer * 1.7))
            for x in range(0, width + 8, 8)
        ]
        tone = 90 - 20 * layer
        drawn.polygon([*hill, (width, height), (0, height)], fill=(tone // 2, tone, tone * 3 // 4))
    out = io.BytesIO()
    sky.filter(ImageFilter.GaussianBlur(0.7)).save(out, "WEBP", quality=82)
    return out.getvalue()


def pictures(folder: Path, *sizes: tuple[int, int]) -> list[dict[str, Any]]:
    words = (
        ("The square at noon, with the board that says what comes next", "A. Person"),
        ("A warden on the way", ""),
        ("", "City"),
    )
    found = []
    for number, (size, (caption, credit)) in enumerate(zip(sizes, words, strict=False)):
        large = landscape(number, size)
        key = storage.keep(folder, large, suffix=".webp")
        storage.keep(folder, large, suffix=SMALL, beside=key)
        found.append(
            {
                "file": key,
                "width": size[0],
                "height": size[1],
                "caption": caption,
                "alternative": "Hills and a low sun",
                "credit": credit,
            }
        )
    return found


def row(reference: str, name: str, city: str, country: str, title: str, **more: Any) -> dict[str, Any]:
    return {
        "reference": reference,
        "nominee_kind": "project",
        "title": title,
        "titles": {},
        "language": "en",
        "summary": "Whoever writes to the city has an answer within two days; who cannot write is asked at home.",
        "organisation": name,
        "organisation_names": {},
        "city": city,
        "country": country,
        "partners": [],
        "place": 1,
        "prize": "best",
    } | more


def celebrate(site: Flask) -> None:
    """An edition whose winners have pages of every kind."""
    data = Path(site.config["LAURELS_DATA"])
    with site.app_context():
        begin_writing()
        session = db.session()
        who = world.actor(session)
        edition = world.load(session, who, "wego-awards", KEY, Phase.NOMINATIONS)
        editions.freeze(session, edition, folder=data / "keys", actor=who, now=world.NOW)
        edition.phase = Phase.PUBLISHED
        for category, rows in winners(data / FILES).items():
            world.publish(
                session,
                edition,
                PublicationKind.WINNERS,
                category,
                rows,
                at=world.NOW - timedelta(hours=1),
                not_given=() if len(rows) > 1 else ("outstanding",),
            )
        session.commit()


def winners(files: Path) -> dict[str, list[dict[str, Any]]]:
    seoul = {
        "organisation_names": {"en": "Seoul", "ko": "서울"},
        "titles": {"ko": "모든 질문에 번호 하나: 120 다산콜"},
    }
    return {
        "services": [
            row(
                RICH,
                "Quillonia",
                "Quillonia",
                "PT",
                "One number for every question",
                citations=CITED,
                answers=ANSWERS,
                pictures=pictures(files, (1400, 788), (1050, 1400), (1400, 933)),
                partners=["Harbour Board of Tides", "Office of Wardens"],
                contacts=[
                    {
                        "name": "Ada Example",
                        "latin_name": "",
                        "office": "Head of the Office of Questions",
                        "email": "ada@quillonia.example",
                    }
                ],
            ),
            row(
                LEAN,
                "Zephyrgate",
                "Zephyrgate",
                "NZ",
                "Buses that say when they come",
                prize="outstanding",
                place=2,
            ),
        ],
        "open-city": [
            row(
                KOREAN,
                "Seoul",
                "Seoul",
                "KR",
                "One number for every question: 120 Dasan Call",
                citations=CITED,
                answers={"results": ANSWERS["results"][:1], "problem": ANSWERS["problem"]},
                pictures=pictures(files, (1400, 788)),
                **seoul,
            )
        ],
        "urban-management": [
            row(
                ARABIC,
                "أبوظبي",
                "Abu Dhabi",
                "AE",
                "بوابة الميزانية المفتوحة للمدينة",
                language="ar",
                organisation_names={"ar": "أبوظبي", "en": "Abu Dhabi"},
                summary="كان على السكان أن يحضروا إلى مبنى البلدية من أجل كل رخصة، والآن يرسلونها من الهاتف.",
                citations=CITED,
            )
        ],
        "efficiency": [
            row(
                LONG,
                "Metropolitan Transport and Communications Authority of Greater Imaginary Exampleton",
                "San Martín de los Ejemplos",
                "MX",
                "A ledger of every tree of the city and of its eleven districts, with the names of those who water "
                "them, open to everybody",
                answers={"results": ANSWERS["results"]},
                by_decision=True,
                place=None,
                citations=CITED,
            )
        ],
    }


PAGES: Sequence[tuple[str, str]] = (
    ("winners-celebrated", f"/{KEY}/winners"),
    ("winner-rich", f"/{KEY}/winners/{RICH}"),
    ("winner-lean", f"/{KEY}/winners/{LEAN}"),
    ("winner-korean", f"/{KEY}/winners/{KOREAN}"),
    ("winner-arabic", f"/{KEY}/winners/{ARABIC}"),
    ("winner-long", f"/{KEY}/winners/{LONG}"),
    ("edition-celebrated", f"/{KEY}/"),
    ("panel", f"/{world.RELEASED}/panel"),
    ("method", f"/{world.RELEASED}/method"),
    ("archive", "/archive"),
    ("library", "/library"),
    ("library-filtered", "/library?q=number&topic=citizen-services"),
    ("library-none", "/library?q=unheard-of&country=PT"),
)


def take(chromium: Browser, data: Path, folder: Path) -> None:
    stills = Stills()
    with settled(data / "celebrated") as site, serving(site) as address:
        celebrate(site)
        for name, path in PAGES:
            stills.look(name, site.test_client(), path)
        stills.kept = {key: page.replace(' loading="lazy"', "") for key, page in stills.kept.items()}
        picture(chromium, address, folder, stills.kept, dark=DARK)
        some = {key: page for key, page in stills.kept.items() if key[0] == "winner-rich"}
        for name, language, page in walk(chromium, address, some, width=1280):
            subprocess.run(
                ["pdftoppm", "-r", "60", "-png", "-l", "3", "-", folder / f"{name}-printed-{language}"],
                input=page.pdf(format="A4"),
                check=True,
            )
