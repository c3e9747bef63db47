"""What lies on the chair's table of the demo after the close: a tie, shortlists to be signed, a sheet to be mended."""

from __future__ import annotations

import click

from awards import assignments, editions, judges, reopening, standings, verdicts
from awards.cli.demo.marks import CHAIR, HALF_THROUGH
from awards.cli.demo.panel import holder, of
from awards.cli.shell import Shell, acting
from awards.models import Role
from judging.values import Round

MISTAKEN = "I gave the marks of another nomination that I had read on the same evening."


@click.command("demo-table", hidden=True)
@click.argument("key")
@acting
def lay(shell: Shell, key: str) -> None:
    """Ask for a sheet as a judge would. Nothing is signed, so that second readings can still be ordered."""
    edition = editions.find(shell.session, key)
    holder(shell, edition, Role.CHAIR, CHAIR)
    settled = [
        category
        for category, frozen in standings.latest(shell.session, edition).items()
        if not verdicts.waiting(frozen.document)
    ]
    judge = judges.find(shell.session, edition, HALF_THROUGH)
    mine = assignments.of_judge(shell.session, edition, judge, Round.FIRST)
    wanted = next(it.nomination for it in mine if it.nomination.category == settled[-1])
    reopening.ask(
        shell.session,
        edition,
        judge,
        wanted,
        reason=MISTAKEN,
        actor=of(judge.account),
        now=shell.now,
    )
