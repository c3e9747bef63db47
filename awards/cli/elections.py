"""`flask roll` and `flask ballots`, and the closing of the second round."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from flask import Flask

from awards import ballots as ballots_
from awards import editions, electors, enrolment, envelopes, results, spreadsheets
from awards import roll as roll_
from awards.ballot_log import Breach, LogBroken
from awards.cli.panels import FILE
from awards.cli.phases import reach
from awards.cli.shell import Shell, acting
from awards.cli.words import say
from awards.elections import TooFewElectors, Turnout
from awards.envelopes import QuorumNotMet
from awards.models import Edition, ElectionKind
from awards.reckoning import PapersUnsettled
from awards.results import Closed
from awards.timetable import Phase
from judging.values import BelowQuorum, SecondRound, StepResult

WHAT_THEN = {
    BelowQuorum.EXTEND: "The rules say: extend the vote once to a stated date, then close again.",
    BelowQuorum.JUDGES: "The rules say: the envelopes are destroyed unopened and the judges vote.",
}
BREACHES = {
    Breach.CHANGED: "an envelope is not the one that was cast, or lies under another elector.",
    Breach.GONE: "an envelope of the public log is not in the box.",
    Breach.ADDED: "an envelope is in the box that is not in the public log.",
    Breach.TWICE: "an envelope is there twice.",
    Breach.ROOT: "the public log does not give the roots that were published.",
    Breach.STRUCK: "other envelopes are struck than two people have decided.",
}


@click.group("roll")
def roll() -> None:
    """The roll: who votes in the second round."""


@roll.command("load")
@click.argument("key")
@click.argument("file", type=FILE)
@acting
def load_roll(shell: Shell, key: str, file: Path) -> None:
    """Load the roll of members or of the public from FILE: elector,name,email,organisation, and where wished
    office,language,contact,post."""
    edition = editions.find(shell.session, key)
    table = spreadsheets.read(file, required=enrolment.REQUIRED, optional=enrolment.OPTIONAL)
    loaded = enrolment.load(shell.session, edition, table, actor=shell.actor, now=shell.now)
    shell.say(
        f"Roll of {edition.key}: {len(loaded.new)} new, {len(loaded.changed)} changed,"
        f" {len(loaded.unchanged)} unchanged."
    )
    for name in loaded.organisations:
        shell.say(f"Made organisation {name}.")


@roll.command("build")
@click.argument("key")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day for which the register was checked."
)
@acting
def build_roll(shell: Shell, key: str, as_of: datetime | None) -> None:
    """Put every full-member local government of the register on the roll."""
    edition = editions.find(shell.session, key)
    day = as_of.date() if as_of is not None else shell.now.date()
    done = electors.build(shell.session, edition, as_of=day, actor=shell.actor, now=shell.now)
    shell.say(
        f"Roll of {edition.key} as of {day.isoformat()}: {len(done.coming) + len(done.back)} new,"
        f" {done.staying} unchanged, {len(done.leaving)} off it."
    )


@roll.command("freeze")
@click.argument("key")
@acting
def freeze_roll(shell: Shell, key: str) -> None:
    """Fix who is on the roll, with its hash; from then on only delegates change."""
    edition = editions.find(shell.session, key)
    decision = roll_.freeze(shell.session, edition, actor=shell.actor, now=shell.now)
    shell.say(
        f"Froze the roll of {edition.key}: {decision.subject['electors']} electors, SHA-256 {edition.roll_sha256}."
    )


@click.group("ballots")
def ballots() -> None:
    """Ballots on paper and in rehearsals."""


@ballots.command("load")
@click.argument("key")
@click.argument("file", type=FILE)
@acting
def load_ballots(shell: Shell, key: str, file: Path) -> None:
    """Seal the ballots in FILE: category,elector,first,second and so on."""
    edition = editions.find(shell.session, key)
    roll_.vote_of(editions.rules_of(shell.session, edition))
    table = spreadsheets.read(file, required=ballots_.COLUMNS, optional=ballots_.ORDINALS[1:])
    reach(shell, edition, Phase.SECOND_ROUND)
    for category, number in ballots_.load(
        shell.session, edition, table, actor=shell.actor, now=shell.now
    ).items():
        shell.say(f"Sealed {number} ballot(s) in {category}.")


def close_second(shell: Shell, edition: Edition) -> None:
    """Close the second round, print what came of it, and destroy the keys once that is safe on disk."""
    second = editions.rules_of(shell.session, edition).second_round
    if edition.phase is Phase.DELIBERATION and second is not SecondRound.NONE:
        reach(shell, edition, Phase.SECOND_ROUND)
    closed = results.close_second(
        shell.session, edition, key_folder=shell.key_folder, actor=shell.actor, now=shell.now
    )
    shell.say(f"Closed the second round of {edition.key}.")
    for it in closed.turnout:
        shell.say(_of(it))
    say_results(shell, closed)
    shell.commit()
    destroyed = envelopes.destroy_spent_keys(
        shell.session, key_folder=shell.key_folder, actor=shell.actor, now=shell.now
    )
    if destroyed:
        shell.say("Destroyed the key of the envelopes.")


def _of(turnout: Turnout) -> str:
    run_off = " (run-off)" if turnout.kind is ElectionKind.RUNOFF else ""
    return f"Opened {turnout.envelopes} of {turnout.electors} envelopes in {turnout.category}{run_off}."


def say_results(shell: Shell, closed: Closed) -> None:
    for outcome in closed.outcomes:
        waits = [step for step in outcome.steps if step.result is StepResult.WAITING]
        if not waits:
            shell.say(f"Counted {outcome.category}.")
        for step in waits:
            shell.say(
                f"Counted {outcome.category}: level, waiting for the {step.step.value}: {', '.join(step.level)}."
            )
    for election in closed.runoffs:
        shell.say(f"Opened a run-off in {election.category}: {', '.join(election.slate)}.")


@say.register
def _(error: QuorumNotMet) -> str:
    return (
        f"The quorum is not met, and nothing was opened: {error.present} of {error.roll} on the roll took part,"
        f" {error.needed} are needed. {WHAT_THEN[error.below]}"
    )


@say.register
def _(error: PapersUnsettled) -> str:
    return (
        "Nothing was opened: ballots on paper are not entered by two yet, or don't add up, in "
        f"{', '.join(error.categories)}. See to it on the pages of the vote, under ballots on paper."
    )


@say.register
def _(error: LogBroken) -> str:
    shown = [f"  {it}" for it in error.fingerprints[:10]]
    return "\n".join([f"Nothing was opened. In {error.category}, {BREACHES[error.breach]}", *shown])


@say.register
def _(error: TooFewElectors) -> str:
    rows = [f"  {category}: {found} of {needed}" for category, (found, needed) in error.short.items()]
    return "\n".join(["The vote can't open: a category has too few electors.", *rows])


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(roll)
    app.cli.add_command(ballots)
