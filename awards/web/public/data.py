"""Open data: the pages that say what each field means, and the tables as JSON and CSV."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, current_app, render_template, url_for

from awards import spreadsheets
from awards.extensions import db
from awards.web import downloads, face, headers, structured, words
from awards.web.access import Audience, audience
from awards.web.edition_page import page_of
from awards.web.face import Face
from awards.web.public import open_data
from awards.web.public.open_data import COLUMNS, TABLES
from awards.web.public.routes import blueprint, show

EXTENSIONS = ("json", "csv")
machines = Blueprint("data", __name__)
"""Addresses without a language: what programs read is the same in all."""


@blueprint.get("/data/")
@audience(Audience.ANYONE)
def open_data_of_all() -> str:
    return render_template(
        "public/data.html",
        page=None,
        edition=None,
        tables=_tables(),
        licence="",
        words=words,
        specimen=face.only_specimens(db.session()),
        page_card=structured.of_data(None),
    )


@blueprint.get("/<edition>/data/")
@audience(Audience.ANYONE)
def open_data_of(edition: str) -> str:
    page = page_of(edition)
    return show(
        "data.html",
        page,
        edition=page.face.key,
        tables=_tables(),
        licence=open_data.licence(page.face),
        page_card=structured.of_data(page),
    )


@machines.get("/data/<table>.<extension>")
@audience(Audience.ANYONE)
def of_all(table: str, extension: str) -> Response:
    """A table of every edition but those in preparation."""
    now = datetime.now(UTC)
    return _answer(face.all_faces(db.session(), now), table, extension, now, "laurels")


@machines.get("/<edition>/data/<table>.<extension>")
@audience(Audience.ANYONE)
def of_edition(edition: str, table: str, extension: str) -> Response:
    now = datetime.now(UTC)
    found = face.face_of(db.session(), edition, now) if edition.isprintable() else None
    if found is None:
        abort(404)
    return _answer([found], table, extension, now, found.key)


def _answer(faces: Sequence[Face], table: str, extension: str, now: datetime, name: str) -> Response:
    if table not in COLUMNS or extension not in EXTENSIONS:
        abort(404)
    rows = open_data.rows(open_data.source_of(db.session(), faces, now), table)
    if extension == "csv":
        keys = [it.key for it in COLUMNS[table]]
        lines = [[_cell(row[key]) for key in keys] for row in rows]
        answer = downloads.download(
            downloads.MARK + spreadsheets.as_csv(keys, lines), downloads.CSV, f"{name}-{table}.csv"
        )
        return headers.share(answer)
    fields = f"{current_app.config['LAURELS_URL']}{url_for('public.open_data_of_all', language='en')}#{table}"
    document = {"table": table, "fields": fields, "rows": rows}
    if len(faces) == 1 and (licence := open_data.licence(faces[0])):
        document["licence"] = licence
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return headers.share(Response(text + "\n", mimetype="application/json"))


def _cell(value: object) -> object:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _tables() -> list[tuple[str, object, Sequence[open_data.Column]]]:
    return [(key, open_data.SAYS[key], COLUMNS[key]) for key in TABLES]
