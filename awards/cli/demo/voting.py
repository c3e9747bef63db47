"""The demo's vote: who is on the roll, who has cast a ballot, and what waits while the box is open."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import click
from sqlalchemy import select

from awards import (
    codes,
    delegates,
    editions,
    elections,
    electors,
    enrolment,
    paper,
    polls,
    roll,
    spreadsheets,
)
from awards.cli.demo.marks import HALF_THROUGH, HANDS_BACK, ON_PAPER
from awards.cli.demo.panel import ORGANISER, holder
from awards.cli.files import work_of
from awards.cli.shell import Shell, acting
from awards.cli.upkeep import mail_folder
from awards.config import ROOT
from awards.delegates import Named
from awards.jobs import sending
from awards.models import Edition, ElectionState, Role, RollEntry
from awards.tables import Row, Table
from awards.timetable import Phase

ELECTOR = "elector@example.org"
SECOND_ORGANISER = "organiser.second@example.org"
DELEGATES = ROOT / "seed" / "demo" / "delegates.csv"
LETTER = "letter-with-code.txt"
NOT_YET = (HALF_THROUGH, ON_PAPER, HANDS_BACK)
"""The judges of the demo who have not cast their ballots yet."""
ONE_IN = 4
"""Of so many members one has cast, which is less than the quorum of a third."""

REPLACED, BY_LETTER, SHARING, UNNAMED = "Seoul", "Kathmandu", ("Ulaanbaatar", "Bandung"), "Jakarta"
ON_PAPER_IN, ON_PAPER_OUT = ("Hanoi", "Manila"), ("Chengdu",)
"""Whose paper ballots are handed in, and out."""
STREET = "Office of the Mayor\n1 Imagined Street\nKathmandu\nNepal"
SHARED = "delegates.shared@example.org"
DELEGATE = Named("Elector of the demo", ELECTOR, "Head of international relations")
SINCE, CALLED = timedelta(days=30), timedelta(days=6)


@click.command("demo-roll", hidden=True)
@click.argument("key")
@click.argument("phase")
@acting
def enrol(shell: Shell, key: str, phase: str) -> None:
    """Put the members on the roll, with the delegates they have named: one named nobody, three get letters."""
    edition = editions.find(shell.session, key)
    then = shell.now - SINCE
    organiser = holder(shell, edition, Role.ORGANISER, ORGANISER)
    electors.build(shell.session, edition, as_of=then.date(), actor=organiser, now=then)
    named = _named(replaced=Phase(phase) is not Phase.SECOND_ROUND)
    enrolment.load(shell.session, edition, named, actor=organiser, now=then)
    roll.freeze(shell.session, edition, actor=organiser, now=then)


def _named(*, replaced: bool) -> Table:
    """The delegates of the demo's file, as far as they are named; `replaced`: by now one is another."""
    there = spreadsheets.read(DELEGATES, required=enrolment.REQUIRED, optional=enrolment.OPTIONAL)
    rows = []
    for row in there.rows:
        cells = row.values | {"post": ""}
        if row["elector"] == UNNAMED:
            continue
        if row["elector"] == BY_LETTER:
            cells |= {"email": "", "post": STREET}
        if row["elector"] in SHARING:
            cells["email"] = SHARED
        if replaced and row["elector"] == REPLACED:
            cells |= {"name": DELEGATE.name, "email": DELEGATE.email}
        rows.append(Row(row.number, cells))
    return Table((*there.columns, "post"), tuple(rows))


@click.command("demo-vote", hidden=True)
@click.argument("key")
@acting
def call(shell: Shell, key: str) -> None:
    """Write to the electors some days ago; among members, name another delegate, print a letter with its code,
    and hand out papers.
    """
    edition = editions.find(shell.session, key)
    then = replace(shell, now=shell.now - CALLED)
    organiser = holder(shell, edition, Role.ORGANISER, ORGANISER)
    holder(shell, edition, Role.ORGANISER, SECOND_ORGANISER, name="Second organiser of the demo")
    holder(shell, edition, Role.TELLER, "teller@example.org")
    opened = elections.of_edition(shell.session, edition, ElectionState.OPEN)
    polls.call(shell.session, edition, opened, again=False, actor=organiser, now=then.now)
    _send_mails(then)
    if any(entry.judge_id for entry in roll.on(shell.session, edition)):
        return
    delegates.replace(
        shell.session, edition, _elector(shell, edition, REPLACED), DELEGATE, actor=organiser, now=shell.now
    )
    [code] = codes.make(
        shell.session, edition, [_elector(shell, edition, BY_LETTER)], actor=organiser, now=shell.now
    )
    for elector in (*ON_PAPER_IN, *ON_PAPER_OUT):
        issued = paper.issue(
            shell.session, edition, _elector(shell, edition, elector), actor=organiser, now=shell.now
        )
        if elector in ON_PAPER_IN:
            paper.hand_in(shell.session, edition, issued, actor=organiser, now=shell.now)
    (shell.data / LETTER).write_text(f"SPECIMEN\n{STREET}\n\n{code}\n", encoding="utf-8")


def _send_mails(shell: Shell) -> None:
    """Let what is due by then go out, into the demo's mailbox: electors can be reminded a day later."""
    with sending.post_office("file:", mail_folder()) as post:
        turn = sending.Turn(post, lambda: None, shell.session.flush, lambda: shell.now)
        sending.send_due(work_of(shell), turn)


def _elector(shell: Shell, edition: Edition, name: str) -> RollEntry:
    return shell.session.scalars(
        select(RollEntry).where(RollEntry.edition_id == edition.id, RollEntry.elector == name)
    ).one()


def cast(rows: Sequence[Sequence[str]], *, stops: bool) -> list[Sequence[str]]:
    """Of all ballots, as the rows of a file, those that get into the box; some where the demo stops meanwhile."""
    return [row for row in rows if (_has_cast(row[1]) if stops else row[1] != UNNAMED)]


def _has_cast(elector: str) -> bool:
    if "@" in elector:
        return elector not in NOT_YET
    left = (REPLACED, BY_LETTER, UNNAMED, *SHARING, *ON_PAPER_IN, *ON_PAPER_OUT)
    return elector not in left and hashlib.sha256(elector.encode()).digest()[0] % ONE_IN == 0
