"""A typed sheet as its judge and whoever confirms it see it; nobody else does before the close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Response, abort, current_app, send_file
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from awards import attachments, editions, nominations, scans, storage
from awards.models import Account, Assignment, Attachment, Edition, Origin, Typing
from awards.web import sessions, words
from awards.web.headers import LOCKED
from awards.web.texts import Names, Text
from awards.web.words import Words
from judging.rules import Rules, Scale

ORIGINS: Words = {
    Origin.PAPER: _l("On paper"),
    Origin.TYPED: _l("By telephone"),
}
MOST_BUTTONS = 20
"""A scale of more marks is typed as a number."""


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion and the mark that stands beside it, empty for none."""

    key: str
    name: Text
    text: Text
    mark: str


@dataclass(frozen=True)
class Sheet:
    """What a sheet is about: judge, nomination, criteria with the marks given."""

    assignment: Assignment
    title: str
    city: str
    category: Text
    lines: tuple[Line, ...]
    scale: Scale

    @property
    def marks(self) -> list[int]:
        """The marks as buttons; none where there are too many."""
        found = list(range(self.scale.lowest, self.scale.highest + 1))
        return found if len(found) <= MOST_BUTTONS else []

    @property
    def judge(self) -> str:
        account: Account = self.assignment.judge.account
        return account.name or account.email


def sheet_of(
    session: Session, edition: Edition, assignment: Assignment, marks: Mapping[str, object]
) -> Sheet:
    """The sheet of an assignment with some marks in it."""
    rules: Rules = editions.rules_of(session, edition)
    names = Names(editions.texts_of(session, edition), edition.language)
    nomination = assignment.nomination
    revision = nominations.current_revisions(session, [nomination])[nomination.id]
    return Sheet(
        assignment=assignment,
        title=revision.title,
        city=revision.city or revision.organisation_name,
        category=names.name("categories", nomination.category),
        lines=tuple(
            Line(
                key,
                names.name("criteria", key),
                names.name("criteria", key, "text"),
                str(marks.get(key, "")),
            )
            for key in rules.category(nomination.category).criteria
        ),
        scale=rules.scale,
    )


@dataclass(frozen=True)
class Shown:
    """A typing with its sheet, its scan, and when the paper was there."""

    typing: Typing
    sheet: Sheet
    scan: Attachment | None
    arrived: str
    at: str
    origin: object

    @property
    def has_picture(self) -> bool:
        return self.scan is not None and self.scan.media_type.startswith("image/")


def shown(session: Session, edition: Edition, typing: Typing) -> Shown:
    assignment = typing.version.sheet.assignment
    zone = words.own_zone(sessions.me().zone, edition.zone)
    return Shown(
        typing=typing,
        sheet=sheet_of(session, edition, assignment, typing.version.marks),
        scan=scans.of(session, typing),
        arrived=words.when(words.in_zone(typing.arrived_at, zone)),
        at=words.when(words.in_zone(typing.at, zone)),
        origin=ORIGINS[typing.version.origin],
    )


def scan_file(scan: Attachment | None, name: str) -> Response:
    """A scan under a name that we made, never opened in the site's pages."""
    if scan is None:
        abort(404)
    folder = Path(current_app.config["LAURELS_DATA"]) / attachments.FILES
    response = send_file(
        storage.locate(folder, scan.file),
        mimetype=scan.media_type,
        as_attachment=True,
        download_name=f"{name}{Path(scan.file).suffix}",
        conditional=False,
        etag=False,
    )
    response.headers["Content-Security-Policy"] = LOCKED
    return response


def rules_of(session: Session, edition: Edition) -> Rules:
    return editions.rules_of(session, edition)
