"""The list as files: exactly the rows that are shown, in their order."""

from __future__ import annotations

from flask import Response

from awards import spreadsheets
from awards.web.access import Audience, audience
from awards.web.screening.index import asked_for
from awards.web.screening.routes import blueprint

MARK = "\ufeff".encode()
"""Tells spreadsheet programs that a CSV file is in UTF-8."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/list.csv")
@audience(Audience.SCREENER)
def as_csv(edition: str) -> Response:
    found = asked_for()
    return _file(
        MARK + spreadsheets.as_csv(*found.table()), "text/csv; charset=utf-8", f"{edition}-screening.csv"
    )


@blueprint.get("/list.xlsx")
@audience(Audience.SCREENER)
def as_xlsx(edition: str) -> Response:
    found = asked_for()
    return _file(spreadsheets.as_xlsx(*found.table()), XLSX, f"{edition}-screening.xlsx")


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, content_type=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
