"""`flask outcome` and `flask award`, and the signature under the winners."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from flask import Flask

from awards import editions, prizes, spreadsheets, winners
from awards.cli.rounds import table
from awards.cli.shell import Shell, acting
from awards.cli.words import say
from awards.models import Edition
from awards.timetable import Phase
from awards.winners import ChairToDecide
from judging.values import exact

COLUMNS = ("category", "place", "reference", "prize", "votes", "settled_by")


@click.command("outcome")
@click.argument("key")
@click.option("--csv", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@acting
def outcome(shell: Shell, key: str, file: Path | None) -> None:
    """The result of every category: everybody on the slate by place, with prizes and votes."""
    edition = editions.find(shell.session, key)
    rows = [
        (
            line.category,
            "" if line.place is None else str(line.place),
            line.reference,
            line.prize,
            "" if line.value is None else exact(line.value),
            line.settled_by.value if line.settled_by else "",
        )
        for line in prizes.table(shell.session, edition)
    ]
    if file:
        spreadsheets.write_csv(file, COLUMNS, rows)
        shell.say(f"Wrote {len(rows)} lines to {file}.")
        return
    for printed in table((COLUMNS, *rows)):
        shell.say(printed)


@click.command("award")
@click.argument("key")
@click.argument("reference")
@click.option("--prize", required=True, help="Key of a prize that is given by decision.")
@click.option("--reason", required=True, help="Why.")
@acting
def award(shell: Shell, key: str, reference: str, prize: str, reason: str) -> None:
    """Give a prize by decision, without marks or votes."""
    edition = editions.find(shell.session, key)
    given, new = prizes.give(
        shell.session, edition, reference, prize, reason=reason, actor=shell.actor, now=shell.now
    )
    shell.say(f"{'Gave' if new else 'Given already:'} {given.prize} to {reference} ({given.category}).")


def sign_winners(
    shell: Shell, edition: Edition, category: str | None, order: Sequence[str], reason: str
) -> None:
    """Sign the winners of a category or of all, after the chair's order where one is given."""
    if order and category:
        winners.order_level(
            shell.session,
            edition,
            category,
            order,
            reason=reason,
            stage=winners.stage_of(shell.session, edition, category, order),
            actor=shell.actor,
            now=shell.now,
        )
        shell.say(f"Decided in {category}: {', '.join(order)}.")
        shell.commit()
    before = edition.phase
    signed = winners.sign(shell.session, edition, category=category, actor=shell.actor, now=shell.now)
    for it in signed:
        if not it.is_new:
            shell.say(f"The winners of {it.category} were signed before.")
            continue
        given = [it.outcome, *([it.public] if it.public is not None else [])]
        won = [f"{row.nomination} {row.prize}" for of in given for row in of.rows if row.prize]
        shell.say(f"Signed the winners of {it.category}: {', '.join(won) or 'no prize'}.")
        for prize in (prize for of in given for prize in of.not_given):
            shell.say(f"Not given in {it.category}: {prize}.")
    if edition.phase is not before and edition.phase is Phase.DECIDED:
        shell.say(f"Moved {edition.key} to {edition.phase.value}.")


@say.register
def _(error: ChairToDecide) -> str:
    return "\n".join(
        [
            "Level nominations wait for the chair; nothing was signed. Sign with --category, --order and --reason:",
            *(f"  {category}: {', '.join(level)} (needs --order)" for category, level in error.waiting),
        ]
    )


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(outcome)
    app.cli.add_command(award)
