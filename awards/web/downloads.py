"""Files to be taken away, never opened in the site's pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response

from awards import spreadsheets

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
MARK = "\ufeff".encode()
"""Tells spreadsheet programs that a CSV file is in UTF-8."""


def download(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def download_csv(columns: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> Response:
    return download(MARK + spreadsheets.as_csv(columns, rows), CSV, name)
