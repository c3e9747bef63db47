"""Several PDFs bound into one."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from pikepdf import Pdf


def bound(files: Iterable[bytes]) -> bytes:
    """All pages one after the other."""
    whole = Pdf.new()
    for content in files:
        with Pdf.open(BytesIO(content)) as part:
            whole.pages.extend(part.pages)
    target = BytesIO()
    whole.save(target, deterministic_id=True)
    return target.getvalue()
