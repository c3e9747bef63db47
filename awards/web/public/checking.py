"""How a stranger checks a result: the steps in plain words, and the counting program to take along."""

from __future__ import annotations

import zipfile
from functools import cache
from io import BytesIO

from flask import Blueprint, Response, abort, url_for

from awards import records
from awards.config import ROOT
from awards.extensions import db
from awards.web import downloads, headers
from awards.web.access import Audience, audience
from awards.web.edition_page import page_of
from awards.web.public.routes import blueprint, show

machines = Blueprint("checking", __name__)
BESIDE = frozenset({"assignment", "calibration", "__pycache__"})
"""Folders of the counting program that no recount needs; they ask for more than Python alone."""
ZIP = "application/zip"
NAME = "judging.zip"


@blueprint.get("/<edition>/check")
@audience(Audience.ANYONE)
def check(edition: str) -> str:
    """How to check a result. 404 before there is one; 410 where all of it was taken down."""
    page = page_of(edition)
    if not page.shown.winners:
        abort(410 if page.shown.down else 404)
    record = page.shown.record
    late = record is None and not records.was_published(db.session(), page.face.edition, page.now)
    return show(
        "check.html",
        page,
        record=record,
        late=late,
        program=url_for("checking.program"),
        record_name=f"{page.face.key}-record.zip",
    )


@machines.get(f"/{NAME}")
@audience(Audience.ANYONE)
def program() -> Response:
    """The counting program as this site runs it."""
    return headers.share(downloads.download(packed(), ZIP, NAME))


@cache
def packed() -> bytes:
    """The modules of judging/ that count, and the licence, as a ZIP file: the same bytes each time."""
    folder = ROOT / "judging"
    files = [
        it for it in sorted(folder.rglob("*.py")) if not BESIDE.intersection(it.relative_to(folder).parts)
    ]
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in (*files, ROOT / "LICENSE"):
            entry = zipfile.ZipInfo(file.relative_to(ROOT).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    return content.getvalue()
