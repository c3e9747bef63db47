"""One nomination on the desk of whoever writes it: its text, its form, and until when it may be submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import current_app, session, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from awards import drafts, editions, receipts, sections, submitting, windows
from awards.extensions import db
from awards.models import (
    Attachment,
    AttachmentState,
    Edition,
    Nomination,
    NominationRevision,
    NominationState,
    NominationSubmission,
)
from awards.models.base import Document
from awards.sections import ORGANISATION, Gap, Section
from awards.web import built_in, door, face, sessions
from awards.web.questions import Naming
from awards.web.texts import Text, choose
from awards.windows import Window
from judging.rules import Field, Rules
from judging.values import Json

OPENED = "opened"


@dataclass(frozen=True)
class Desk:
    """What the pages of one nomination have in common. `opened`: when its form was first opened, as far as known."""

    nomination: Nomination
    edition: Edition
    rules: Rules
    texts: Document
    revision: NominationRevision
    opened: datetime
    token: str
    now: datetime

    @cached_property
    def said(self) -> dict[str, Json]:
        return drafts.said_now(db.session(), self.nomination, self.revision)

    @cached_property
    def window(self) -> Window | None:
        return windows.window(db.session(), self.edition, self.nomination, opened=self.opened, now=self.now)

    @property
    def is_open(self) -> bool:
        """Whether it may be submitted now, the form being open since `opened`."""
        return self.window is not None and self.window.is_open

    @property
    def is_written(self) -> bool:
        """Whether what is sent now is saved: in time, or late from a form that was opened in time."""
        if self.window is None:
            return False
        closes = self.window.closes
        return self.window.is_open or (closes is not None and self.opened <= closes.instant)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return sections.of_form(self.rules, self.texts, self.said)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        return sections.gaps(
            self.rules,
            self.texts,
            self.said,
            only=self.open_fields,
            besides=submitting.asked_besides(self.rules, self.revision),
        )

    @cached_property
    def open_fields(self) -> frozenset[str] | None:
        """The only fields that may be changed; None where all may."""
        return drafts.open_fields(db.session(), self.nomination)

    def may_change(self, field: Field) -> bool:
        return self.is_written and (self.open_fields is None or field.key in self.open_fields)

    @cached_property
    def names(self) -> dict[str, Naming]:
        found = built_in.namings(self.texts, self.rules, self.sections, self.edition.language)
        for key, naming in found.items():
            naming.files_at = url_for("files.field", nomination=self.nomination.public_id, field=key)
        return found

    def address(self, page: str, **more: object) -> str:
        """Where a section is answered; the organisation is chosen from the directory."""
        here = self.nomination.public_id
        if page == ORGANISATION:
            return url_for("collaboration.organisation", nomination=here)
        return url_for("nominations.section", nomination=here, section=page, **more)  # type: ignore[arg-type]

    def after(self, page: str) -> str:
        """Where the section that follows is answered; nothing after the last one."""
        pages = [it.page for it in self.sections]
        later = pages[pages.index(page) + 1 :]
        return self.address(later[0]) if later else ""

    def section_name(self, section: Section) -> Text:
        return built_in.section_name(self.texts, section, self.edition.language)

    @cached_property
    def submissions(self) -> tuple[NominationSubmission, ...]:
        return tuple(receipts.of_nomination(db.session(), self.nomination))

    @property
    def is_changed(self) -> bool:
        """Whether the newest text differs from the submitted one, which stands."""
        standing = next(iter(self.submissions), None)
        return standing is not None and standing.sha256 != drafts.digest_of(self.said)

    @cached_property
    def open_categories(self) -> tuple[str, ...]:
        return editions.open_categories(db.session(), self.edition)

    @property
    def title(self) -> Text:
        """Its title, in its own language; else words for one that has none yet."""
        return Text(str(self.said["title"] or ""), str(self.said["language"]))

    @cached_property
    def edition_name(self) -> Text:
        found = face.face_of(db.session(), self.edition.key, self.now)
        return found.name if found else choose(self.texts.get("name"), self.edition.language)

    @cached_property
    def files(self) -> dict[str, dict[str, str]]:
        """Where each file is, as the fields' macro takes it."""
        query = select(Attachment).where(
            Attachment.nomination_id == self.nomination.id, Attachment.state == AttachmentState.CLEAN
        )
        here = self.nomination.public_id
        return {
            it.key: {
                "href": url_for("files.get", nomination=here, field=it.field, key=it.key),
                "name": it.name,
            }
            for it in db.session.scalars(query)
        }

    def gaps_in(self, section: Section) -> list[Gap]:
        return [gap for gap in self.gaps if gap.section == section.page]

    @property
    def returned(self) -> bool:
        return self.nomination.state is NominationState.RETURNED


def desk(form: Mapping[str, Any] | None = None) -> Desk:
    """The nomination of the address. `form`: one that was sent, or kept, which says when it was opened.

    Who has sent a form of this nomination and goes on to the next page is within the grace as long as the first was.
    """
    if form is not None:
        opened = _read(str(form.get(OPENED, "")))
        if opened is not None:
            session[OPENED] = str(form.get(OPENED))
        return _desk(opened)
    carried = _desk(_read(str(session.get(OPENED, ""))))
    return carried if carried.is_open else _desk(None)


def _desk(opened: datetime | None) -> Desk:
    database, nomination, now = db.session(), door.nomination(), sessions.now()
    edition = database.get_one(Edition, nomination.edition_id)
    since = now if opened is None else min(opened, now)
    return Desk(
        nomination=nomination,
        edition=edition,
        rules=editions.rules_of(database, edition),
        texts=editions.texts_of(database, edition),
        revision=drafts.latest(database, nomination),
        opened=since,
        token=_serializer().dumps([nomination.public_id, sessions.me().public_id, since.isoformat()]),
        now=now,
    )


def _read(token: str) -> datetime | None:
    """When the form of a nomination was opened by whoever is signed in; None for a token that isn't ours."""
    try:
        subject, account, opened = _serializer().loads(token)
        return (
            datetime.fromisoformat(opened)
            if (subject, account) == (door.nomination().public_id, sessions.me().public_id)
            else None
        )
    except (BadSignature, ValueError, TypeError):
        return None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="nomination-opened")
