"""What the demo's nominations enclose, so that judges have something to read in place: reports and a picture."""

from __future__ import annotations

from io import BytesIO

import click
from reportlab.pdfgen.canvas import Canvas

from awards import drafts, editions, nominations
from awards.cli.demo.writing import Writer, picture
from awards.cli.shell import Shell, acting

ENCLOSING = ("SV-01", "EF-04", "OC-07", "UM-01", "DI-01")
LINES = (
    "What was measured, by whom, and on which day.",
    "Every figure on this page is invented for the demo.",
    "400 people were asked; 368 had used the service in the last month.",
    "What did not work is told on the last page, as it should be.",
)
COUNCIL = (
    "A council of outside advisers saw every draft: Dr Dewi Invented, Prof. Elena Imaginary, Dr Marit Specimen, "
    "Ms Ngaire Sample, Mr Luc Hypothetical and Mr Tomas Newcomer."
)
"""Names most of the demo's judges, so that too few are left for the minimum of sheets."""
REVIEWED = "The figures were looked over by J. Exemplar, a consultant."
"""Somebody who may be a judge of the demo, or not."""
NAMING = {"UM-09": COUNCIL, "EF-09": REVIEWED}
YEARS = (("Before", 31), ("First year", 58), ("Second year", 74), ("Third year", 92))


@click.command("demo-enclosures", hidden=True)
@click.argument("key")
@acting
def enclose(shell: Shell, key: str) -> None:
    """Give some of the nominations that a file brought a report and a picture, and let two name judges."""
    edition = editions.find(shell.session, key)
    by = Writer(shell, edition, shell.actor, shell.now)
    for number, reference in enumerate(ENCLOSING):
        found = nominations.find(shell.session, edition, reference)
        title = nominations.standing_revision(found).title
        by.attach(found, "documents", "Evaluation.pdf", report(title, pages=5 + number))
        drawn = by.attach(found, "pictures", "lamp.png", picture())
        by.change(
            found,
            {
                "pictures": [
                    {
                        "file": drawn,
                        "caption": "A lamp of the quarter",
                        "alternative": "A lamp beside a dark road",
                        "credit": "Drawn by the demo",
                        "permission": True,
                    }
                ]
            },
        )
        found.submitted_number = drafts.latest(shell.session, found).number
    for reference, words in NAMING.items():
        found = nominations.find(shell.session, edition, reference)
        said = str(nominations.standing_revision(found).content["results"])
        by.change(found, {"results": f"{said} {words}"})
        found.submitted_number = drafts.latest(shell.session, found).number


def report(title: str, *, pages: int) -> bytes:
    """A PDF with a few lines and a figure on each page."""
    made = BytesIO()
    canvas = Canvas(made, pagesize=(595, 842), invariant=1)
    for page in range(1, pages + 1):
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(60, 760, f"SPECIMEN. Evaluation, part {page}")
        canvas.setFont("Helvetica", 12)
        canvas.drawString(60, 734, title[:80])
        for place, line in enumerate(LINES * 4):
            canvas.drawString(60, 690 - 18 * place, line)
        for place, (year, share) in enumerate(YEARS):
            canvas.setFillColorRGB(0.12, 0.36, 0.27)
            canvas.rect(
                60 + 120 * place, 120, 70, 2.2 * share * (pages + page) / (2 * pages), stroke=0, fill=1
            )
            canvas.setFillColorRGB(0.1, 0.13, 0.13)
            canvas.drawString(60 + 120 * place, 100, f"{year}: {share} %")
        canvas.showPage()
    canvas.save()
    return made.getvalue()
