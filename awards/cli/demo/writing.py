"""How the demo's invented people write: in the form, through the same acts as anybody, at a moment of the cycle."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

from awards import (
    accounts,
    attachments,
    collaboration,
    directory,
    drafts,
    enclosures,
    submitting,
    uploads,
)
from awards.attachments import FILES
from awards.audit import Actor
from awards.cli.shell import Shell
from awards.config import ROOT
from awards.models import Edition, Nomination, Organisation
from judging.values import Json

TEXTS = ROOT / "seed" / "demo" / "written.toml"
INK, PAPER, LAMP = "#1d5b45", "#f4efe2", "#e0a526"


@cache
def texts() -> Mapping[str, Any]:
    """Everything that is written, as it stands in the file."""
    return tomllib.loads(TEXTS.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who writes nominations in the demo, and when they do it."""

    shell: Shell
    edition: Edition
    actor: Actor
    now: datetime

    def begin(self, name: str) -> Nomination:
        """A draft with title, summary and problem, of an organisation that is suggested where it isn't listed."""
        said = dict(texts()["nominations"][name])
        body, category = said.pop("organisation"), said.pop("category")
        draft = drafts.start(
            self.shell.session, self.edition, category=category, language="en", actor=self.actor, now=self.now
        )
        self.change(draft, said)
        collaboration.choose_organisation(
            self.shell.session, draft, self.organisation(body), base=None, actor=self.actor, now=self.now
        )
        return draft

    def fill(self, draft: Nomination) -> None:
        """Answer what every form asks."""
        self.change(draft, texts()["whole"])

    def change(self, draft: Nomination, changes: Mapping[str, Json]) -> None:
        drafts.change(self.shell.session, draft, changes, base=None, actor=self.actor, now=self.now)

    def submit(self, name: str) -> Nomination:
        """A complete nomination, submitted, with its receipt."""
        draft = self.begin(name)
        self.fill(draft)
        self.send(draft)
        return draft

    def send(self, draft: Nomination) -> None:
        submitting.submit(self.shell.session, draft, opened=None, actor=self.actor, now=self.now)

    def attach(self, draft: Nomination, field: str, name: str, content: bytes) -> str:
        """Upload a file into a field; its key."""
        spec = attachments.field_of(self.shell.session, draft, field)
        taken = uploads.inspect(
            name, content, kinds=uploads.PICTURES if spec.kind == "pictures" else uploads.TAKEN
        )
        kept = self.keep(draft, field, taken)
        enclosures.put(self.shell.session, draft, spec, kept, actor=self.actor, now=self.now)
        return kept

    def keep(self, draft: Nomination, field: str, taken: uploads.Accepted) -> str:
        """Keep a file that no field of the form names."""
        return attachments.add(
            self.shell.session,
            draft,
            field,
            taken,
            folder=self.shell.data / FILES,
            actor=self.actor,
            now=self.now,
        ).key

    def organisation(self, body: Mapping[str, str]) -> Organisation:
        """One of the directory, or suggested and then unconfirmed."""
        for known in directory.search(self.shell.session, body["name"]):
            if known.name == body["name"]:
                return known
        return directory.suggest(
            self.shell.session,
            name=body["name"],
            english=body["name"],
            kind=body["kind"],
            city=body["city"],
            country=body["country"],
            actor=self.actor,
            now=self.now,
        )


def writer(
    shell: Shell,
    edition: Edition,
    email: str,
    name: str,
    *,
    now: datetime,
    language: str = "en",
    zone: str = "Europe/Zurich",
) -> Writer:
    """Somebody who writes in the demo; their account is made where there is none."""
    account, _ = accounts.find_or_make(shell.session, email, name=name, now=now, actor=shell.actor)
    account.language, account.zone = language, zone
    return Writer(shell, edition, Actor(account=account, real=account), now)


def letter(*lines: str) -> bytes:
    """A PDF of one page with a few lines."""
    page = BytesIO()
    canvas = Canvas(page, pagesize=(420, 595), invariant=1)
    for number, line in enumerate(("SPECIMEN", *lines)):
        canvas.drawString(48, 530 - 24 * number, line)
    canvas.save()
    return page.getvalue()


def picture() -> bytes:
    """A PNG of a lamp beside a road."""
    image = Image.new("RGB", (640, 420), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 350, 640, 420), fill=INK)
    draw.rectangle((300, 110, 316, 350), fill=INK)
    draw.ellipse((262, 60, 354, 152), fill=LAMP)
    made = BytesIO()
    image.save(made, "PNG")
    return made.getvalue()
