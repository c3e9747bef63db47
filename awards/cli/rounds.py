"""`flask waive`, `scores`, `round`, `standings` and `sign`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from flask import Flask

from awards import (
    conflicts,
    editions,
    elections,
    judges,
    nominations,
    readings,
    rounds,
    second_readings,
    sheets,
    shortlists,
    spreadsheets,
    standings,
)
from awards.cli.panels import FILE, reach_a_round
from awards.cli.phases import reach
from awards.cli.shell import Shell, acting
from awards.cli.words import say
from awards.models import Edition
from awards.shortlists import ChairDecides
from awards.timetable import Phase
from judging.values import SecondRound, exact, rounded

COLUMNS = ("category", "place", "reference", "total", "exact", "finalist", "settled_by")


@click.command("waive")
@click.argument("key")
@click.argument("reference")
@click.option("--judge", "email", help="Waive this judge's same-country conflict instead of the minimum.")
@click.option("--reason", required=True, help="Why.")
@acting
def waive(shell: Shell, key: str, reference: str, email: str | None, reason: str) -> None:
    """Let a nomination be counted with fewer sheets than the minimum, or one judge read their own country."""
    edition = editions.find(shell.session, key)
    nomination = nominations.find(shell.session, edition, reference)
    if email is None:
        decision, new = rounds.waive_minimum(
            shell.session, edition, nomination, reason=reason, actor=shell.actor, now=shell.now
        )
        what = f"the minimum of sheets for {reference}"
    else:
        judge = judges.find(shell.session, edition, email)
        decision, new = conflicts.waive(
            shell.session, edition, judge, nomination, reason=reason, actor=shell.actor, now=shell.now
        )
        what = f"the same country of {judge.account.email} and {reference}"
    shell.say(f"{'Waived' if new else 'Waived already:'} {what}, decision {decision.number}.")


@click.group("scores")
def scores() -> None:
    """Scores: the marks that judges give."""


@scores.command("load")
@click.argument("key")
@click.argument("file", type=FILE)
@acting
def load(shell: Shell, key: str, file: Path) -> None:
    """Load score sheets from FILE: judge,nomination, one column for each criterion, comment."""
    edition = editions.find(shell.session, key)
    rules = editions.rules_of(shell.session, edition)
    table = spreadsheets.read(file, required=sheets.REQUIRED, optional=sheets.columns(rules))
    reach_a_round(shell, edition)
    loaded = sheets.load(shell.session, edition, table, actor=shell.actor, now=shell.now)
    shell.say(
        f"Sheets of the {loaded.round.value} round: {loaded.new} new, {loaded.changed} changed,"
        f" {loaded.unchanged} unchanged."
    )


@click.group("round")
def round_() -> None:
    """Rounds and second readings: closing them."""


@round_.command("close")
@click.argument("key")
@click.argument("which", type=click.Choice(["first", "readings", "second"]))
@acting
def close(shell: Shell, key: str, which: str) -> None:
    """Close the first round, its second readings, or the second round, which opens the envelopes and counts."""
    edition = editions.find(shell.session, key)
    if which == "readings":
        _close_readings(shell, edition)
        return
    if which == "second":
        from awards.cli.elections import close_second  # noqa: PLC0415 (it plugs in its own commands)

        close_second(shell, edition)
        return
    if edition.first_closed_at is None:
        reach(shell, edition, Phase.FIRST_ROUND)
    frozen = rounds.close_first(shell.session, edition, actor=shell.actor, now=shell.now)
    shell.say(f"Closed the first round of {edition.key}; it is in phase {edition.phase.value}.")
    for it in frozen:
        shell.say(f"Froze the standing of {it.category}.")


def _close_readings(shell: Shell, edition: Edition) -> None:
    """What has not come in is said."""
    reading = readings.current(shell.session, edition)
    missing = ""
    if reading is not None:
        found = readings.progress(shell.session, reading)
        missing = second_readings.lacking_sha256(found)
        for it in found.missing:
            shell.say(f"{it.reference}: {it.out + it.lacking} of {it.wanted} further sheets are missing.")
    decision = second_readings.close(
        shell.session, edition, missing=missing, actor=shell.actor, now=shell.now
    )
    shell.say(
        f"Closed the second readings of {edition.key}, decision {decision.number}:"
        f" {decision.subject['sheets']} further sheets count."
    )


@click.command("standings")
@click.argument("key")
@click.option("--csv", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@acting
def standings_(shell: Shell, key: str, file: Path | None) -> None:
    """The standing of every category, from the close of the first round on."""
    edition = editions.find(shell.session, key)
    rows = list(_rows(shell, edition))
    if file:
        spreadsheets.write_csv(file, COLUMNS, rows)
        shell.say(f"Wrote {len(rows)} lines to {file}.")
        return
    for line in table((COLUMNS, *rows)):
        shell.say(line)


def _rows(shell: Shell, edition: Edition) -> Iterator[tuple[str, ...]]:
    for standing in standings.of_edition(shell.session, edition):
        for row in standing.rows:
            yield (
                standing.category,
                str(row.place),
                row.nomination,
                rounded(row.total),
                exact(row.total),
                row.finalist.value,
                row.settled_by.value if row.settled_by else "",
            )


def table(rows: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """Rows of text under each other, every column as wide as its widest cell."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


@click.command("sign")
@click.argument("key")
@click.argument("what", type=click.Choice(["shortlist", "winners"]))
@click.option("--category", help="Only this category.")
@click.option("--order", default="", help="Level nominations in the chair's order, best first, by commas.")
@click.option("--reason", default="", help="Why this order.")
@acting
def sign(shell: Shell, key: str, what: str, category: str | None, order: str, reason: str) -> None:
    """Sign the shortlist or the winners, where the chair has to decide with an order of level ones."""
    if order and not (category and reason.strip()):
        raise click.UsageError("--order needs --category and --reason.")
    edition = editions.find(shell.session, key)
    named = [reference.strip() for reference in order.split(",") if reference.strip()]
    if what == "winners":
        from awards.cli.results import sign_winners  # noqa: PLC0415 (it plugs in its own commands)

        sign_winners(shell, edition, category, named, reason)
        return
    _sign_shortlist(shell, edition, category, named, reason)


def _sign_shortlist(
    shell: Shell, edition: Edition, category: str | None, order: list[str], reason: str
) -> None:
    if category and order:
        shortlists.order_level(
            shell.session, edition, category, order, reason=reason, actor=shell.actor, now=shell.now
        )
        shell.say(f"Decided in {category}: {', '.join(order)}.")
    done = shortlists.sign(shell.session, edition, category=category, actor=shell.actor, now=shell.now)
    for key in done.before:
        shell.say(f"The shortlist of {key} was signed before.")
    vote = editions.rules_of(shell.session, edition).second_round is SecondRound.VOTE
    for key, finalists in done.signed.items():
        shell.say(f"Signed the shortlist of {key}: {', '.join(finalists)}.")
        if vote:
            elections.prepare(shell.session, edition, key, actor=shell.actor, now=shell.now)
    if not done.before and not done.signed:
        shell.say("There is nothing to sign: nobody entered.")


@say.register
def _(error: ChairDecides) -> str:
    return "\n".join(
        [
            "Level nominations wait for the chair; nothing was signed. Sign with --category, --order and --reason:",
            *(
                f"  {category}: {', '.join(names)} (needs --order)"
                for category, sets in error.level.items()
                for names in sets
            ),
        ]
    )


@say.register
def _(error: rounds.SheetsMissing) -> str:
    return "\n".join(
        [
            f"The round stays open: {len(error.short)} nomination(s) have too few sheets.",
            *(
                f"  {it.reference} ({it.category}): {it.found} of {it.needed} sheets"
                + ("; a waiver needs one at least" if it.found == 0 else "")
                for it in error.short
            ),
        ]
    )


@say.register
def _(error: rounds.Undecided) -> str:
    return "\n".join(
        [
            f"The round stays open: {len(error.references)} nomination(s) have no eligibility decision.",
            *(f"  {reference}" for reference in error.references),
        ]
    )


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    for command in (waive, scores, round_, standings_, sign):
        app.cli.add_command(command)
