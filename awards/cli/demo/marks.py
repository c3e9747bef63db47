"""What lies on the desks of the demo while judges mark: one thing for each of those who have a part in it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import click

from awards import (
    assignments,
    attachments,
    briefing,
    closing,
    editions,
    judges,
    panels,
    proposals,
    scans,
    scoring,
    typings,
)
from awards.cli.demo import files, practising
from awards.cli.demo.panel import ORGANISER, holder, invite_one, of, seat_another
from awards.cli.demo.writing import letter
from awards.cli.panels import reach_a_round
from awards.cli.shell import Shell, acting
from awards.models import Assignment, Edition, Judge, Origin, Role
from awards.scoring import Content
from awards.uploads import inspect
from judging.values import Round

CLERK = "clerk@example.org"
SECOND_CLERK = "clerk.second@example.org"
CHAIR = "chair@example.org"
SINCE = timedelta(days=20)
"""How long ago the demo's judges were told what they read."""

HALF_THROUGH = "judge.exemplar@example.org"
ON_PAPER = "judge.sample@example.org"
HANDS_BACK = "judge.hypothetical@example.com"
SUBMITTED = {
    HALF_THROUGH: 0.5,
    "judge.fictional@example.org": 1.0,
    "judge.invented@example.com": 0.9,
    "judge.imaginary@example.com": 1.0,
    "judge.specimen@example.org": 0.2,
    ON_PAPER: 0.0,
    HANDS_BACK: 0.6,
}
"""The part of their sheets that each of the judges in the demo's file has submitted."""
UNSENT = 4
SHEET = "sheet-on-paper.pdf"
NO_TIME = "I know nothing about tariffs and would have to guess."


@click.command("demo-assign", hidden=True)
@click.argument("key")
@acting
def assign(shell: Shell, key: str) -> None:
    """Give out what there is to read, and tell the judges, some weeks ago."""
    edition = editions.find(shell.session, key)
    then = replace(shell, now=shell.now - SINCE)
    reach_a_round(then, edition)
    panels.assign(shell.session, edition, actor=shell.actor, now=then.now)
    briefing.tell(shell.session, edition, actor=shell.actor, now=then.now)


def submitted(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Of all sheets, as the rows of a file, those that are submitted when the demo stops in the first round."""
    its: dict[str, list[Sequence[str]]] = defaultdict(list)
    for row in rows:
        its[row[0]].append(row)
    return [row for who, found in its.items() for row in found[: math.floor(len(found) * SUBMITTED[who])]]


@click.command("demo-marks", hidden=True)
@click.argument("key")
@click.argument("seed")
@acting
def mark(shell: Shell, key: str, seed: str) -> None:
    """Mark, hand back, ask and type as the demo's people would, in the last days."""
    edition = editions.find(shell.session, key)
    desks = _Desks(shell, edition, seed)
    desks.half_through(judges.find(shell.session, edition, HALF_THROUGH))
    desks.on_paper(judges.find(shell.session, edition, ON_PAPER))
    desks.hand_back(judges.find(shell.session, edition, HANDS_BACK))
    seat_another(shell, edition)
    proposals.propose(shell.session, edition, actor=desks.organiser, now=shell.now)
    invite_one(shell, edition)
    practising.offer(shell, edition, desks.organiser)
    holder(shell, edition, Role.CHAIR, CHAIR)
    closing.ask_the_chair(shell.session, edition, actor=desks.organiser, now=shell.now)


class _Desks:
    """The desks of judges, clerk and organiser in the last days."""

    def __init__(self, shell: Shell, edition: Edition, seed: str) -> None:
        self.shell, self.edition = shell, edition
        self.organiser = holder(shell, edition, Role.ORGANISER, ORGANISER)
        header, rows = files.sheets(shell.session, edition.key, seed)
        self.marks = {
            (row[0], row[1]): {
                name: int(cell) for name, cell in zip(header[2:-1], row[2:-1], strict=True) if cell
            }
            for row in rows
        }

    def half_through(self, judge: Judge) -> None:
        """Some sheets more are complete and not submitted, and one is half-done."""
        *whole, half = self.unwritten(judge)[: UNSENT + 1]
        for it in whole:
            self.save(judge, it, Content(self.marks_of(judge, it)))
        some = dict(list(self.marks_of(judge, half).items())[:2])
        self.save(judge, half, Content(some, comment="The figures on page 3 are still to be compared."))

    def on_paper(self, judge: Judge) -> None:
        """One sheet was typed by a clerk's colleague and waits; another lies there to be typed."""
        first, second = self.unwritten(judge)[:2]
        now = self.shell.now - timedelta(days=1)
        colleague = holder(
            self.shell, self.edition, Role.CLERK, SECOND_CLERK, name="Second clerk of the demo"
        )
        scan = scans.keep(
            self.shell.session,
            inspect("Sheet.pdf", self.paper(judge, first)),
            folder=self.shell.data / attachments.FILES,
            actor=colleague,
            now=now,
        )
        typings.write(
            self.shell.session,
            self.edition,
            first,
            Content(self.marks_of(judge, first), comment="Written by hand."),
            typings.Arrival(Origin.PAPER, now - timedelta(hours=2), scan=scan),
            base=typings.base_of(self.shell.session, first),
            actor=colleague,
            now=now,
        )
        (self.shell.data / SHEET).write_bytes(self.paper(judge, second))

    def hand_back(self, judge: Judge) -> None:
        """A judge hands back what they can't judge."""
        assignments.hand_back(
            self.shell.session,
            self.edition,
            self.unwritten(judge)[0],
            assignments.HandBack.EXPERTISE,
            note=NO_TIME,
            actor=of(judge.account),
            now=self.shell.now - timedelta(days=2),
        )

    def unwritten(self, judge: Judge) -> list[Assignment]:
        """What a judge was given and has not begun, by reference."""
        left = assignments.unsubmitted(self.shell.session, self.edition, judge, Round.FIRST)
        return [it for it, is_begun in left if not is_begun]

    def marks_of(self, judge: Judge, it: Assignment) -> dict[str, int]:
        return self.marks[judge.account.email, it.nomination.reference]

    def save(self, judge: Judge, it: Assignment, content: Content) -> None:
        scoring.save(
            self.shell.session,
            self.edition,
            it,
            content,
            base=0,
            opened=None,
            actor=of(judge.account),
            now=self.shell.now - timedelta(days=1),
        )

    def paper(self, judge: Judge, it: Assignment) -> bytes:
        """A sheet as it came back, with its code."""
        code = it.code or ""
        return letter(
            f"Score sheet {code[:4]} {code[4:]}",
            judge.account.name,
            it.nomination.reference,
            *(f"{key.replace('-', ' ')}: {mark}" for key, mark in self.marks_of(judge, it).items()),
            "Comment: clear aims, and figures that hold.",
        )
