"""What programs and strangers read: a badge in force and revoked, open data, how to check, the frame."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage
from sqlalchemy import select

from awards.extensions import db
from awards.models import Badge, CertificateState, Edition
from tests.browser.site import serving, settled
from tests.web import world

PAGES = {
    "data": f"/{world.RELEASED}/data/",
    "check": f"/{world.RELEASED}/check",
    "embedding": f"/{world.RELEASED}/embedding",
    "embed": f"/{world.RELEASED}/embed",
}


def photograph(chromium: Browser, data: Path, folder: Path) -> list[str]:
    """Every page in both languages and widths; what Chromium complained of on the way."""
    complaints: list[str] = []
    with settled(data) as app:
        with app.app_context():
            rows = db.session.execute(
                select(Badge.state, Badge.public_id)
                .join(Edition, Edition.id == Badge.edition_id)
                .where(Edition.key == world.RELEASED)
            )
            keys = {state: key for state, key in rows}  # noqa: C416 (rows are no pairs)
        badges = {"badge": CertificateState.IN_FORCE, "badge-revoked": CertificateState.REVOKED}
        pages = PAGES | {name: f"/badges/{keys[state]}" for name, state in badges.items()}
        pages["winner"] = f"/{world.RELEASED}/winners/OC-05"
        with serving(app) as address:
            for language in ("en", "ko"):
                for width in (360, 1280):
                    page = chromium.new_page(viewport={"width": width, "height": 800})

                    def note(message: ConsoleMessage) -> None:
                        complaints.append(message.text)

                    page.on("console", note)
                    for name, path in pages.items():
                        page.goto(f"{address}/{language}{path}")
                        page.screenshot(path=folder / f"open-{name}-{language}-{width}.png", full_page=True)
                    page.close()
    return complaints
