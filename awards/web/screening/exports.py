"""The list as files: exactly the rows that are shown, in their order."""

from __future__ import annotations

from flask import Response

from awards import spreadsheets
from awards.web.access import Audience, audience
from awards.web.downloads import XLSX, download, download_csv
from awards.web.screening.index import asked_for
from awards.web.screening.routes import blueprint


@blueprint.get("/list.csv")
@audience(Audience.SCREENER)
def as_csv(edition: str) -> Response:
    found = asked_for()
    return download_csv(*found.table(), f"{edition}-screening.csv")


@blueprint.get("/list.xlsx")
@audience(Audience.SCREENER)
def as_xlsx(edition: str) -> Response:
    found = asked_for()
    return download(spreadsheets.as_xlsx(*found.table()), XLSX, f"{edition}-screening.xlsx")
