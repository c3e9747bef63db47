"""`flask judges` and `flask assign`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from awards import conflicts, editions, judges, panels, shortlists, spreadsheets
from awards.cli.phases import reach
from awards.cli.shell import Shell, acting
from awards.models import ConflictSource, Edition
from awards.timetable import Phase
from judging.assignment import Cause, Rule
from judging.values import SecondRound

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SHARE = {
    ConflictSource.SAME_CITY: "same city",
    ConflictSource.SAME_ORGANISATION: "same organisation",
    ConflictSource.SAME_COUNTRY: "same country",
    ConflictSource.NAMED: "named in the nomination",
    ConflictSource.DECLARED: "declared",
}
BECAUSE = {
    Cause.NO_JUDGES: "no judge reads its category",
    Cause.TOO_FEW_JUDGES: "its category has too few judges",
    Cause.CONFLICTS: "the other judges are in conflict",
    Cause.LANGUAGE: "the other judges don't read its language",
    Cause.CAPACITY: "the other judges have no room",
    Cause.FORBIDDEN: "organisers keep the other judges from it",
}
YIELDED = {
    Rule.REGION: "regions",
    Rule.EXPERT: "experts",
    Rule.LOAD: "loads",
}


@click.group("judges")
def judges_() -> None:
    """Judges: the panel of an edition."""


@judges_.command("load")
@click.argument("key")
@click.argument("file", type=FILE)
@acting
def load(shell: Shell, key: str, file: Path) -> None:
    """Load judges from FILE: name,email,organisation,city,country,languages,categories."""
    edition = editions.find(shell.session, key)
    table = spreadsheets.read(file, required=judges.REQUIRED, optional=judges.OPTIONAL)
    loaded = judges.load(shell.session, edition, table, actor=shell.actor, now=shell.now)
    shell.say(
        f"Judges of {edition.key}: {len(loaded.new)} new, {len(loaded.changed)} changed,"
        f" {len(loaded.unchanged)} unchanged."
    )
    for name in loaded.organisations:
        shell.say(f"Made organisation {name}.")
    say_search(shell, loaded.search)


@click.command("assign")
@click.argument("key")
@click.option("--per-nomination", type=click.IntRange(min=1), help="Judges that each nomination gets.")
@click.option(
    "--per-region", type=click.IntRange(min=0), help="Judges of one region in a panel at most; 0 is no rule."
)
@click.option(
    "--expert/--no-expert", "need_expert", default=None, help="Whether each nomination is to have an expert."
)
@click.option("--seed", help="Breaks ties between judges; the same seed gives the same pairs.")
@acting
def assign(
    shell: Shell,
    key: str,
    per_nomination: int | None,
    per_region: int | None,
    need_expert: bool | None,
    seed: str | None,
) -> None:
    """Give each nomination its judges; pairs given out before stay as they are."""
    edition = editions.find(shell.session, key)
    reach_a_round(shell, edition)
    done = panels.assign(
        shell.session,
        edition,
        actor=shell.actor,
        now=shell.now,
        per_nomination=per_nomination,
        per_region=per_region,
        need_expert=need_expert,
        seed=seed,
    )
    say_search(shell, done.search)
    how = (
        f"{done.per_nomination} judges a nomination" if done.per_nomination else "everybody reads everything"
    )
    shell.say(
        f"Assigned for the {done.round.value} round, {how}: {done.pairs} pairs, {done.new} of them new."
    )
    if done.loads:
        shell.say(
            f"{len(done.loads)} judges read {min(done.loads.values())} to {max(done.loads.values())} each."
        )
    else:
        shell.say("There are no accepted judges yet.")
    say_match(shell, done)
    for source, number in done.kept_out.items():
        shell.say(f"Kept apart, {SHARE[source]}: {number} pairs.")
    for it in done.short:
        why = f": {BECAUSE[it.cause]}" if it.cause else ""
        shell.say(f"{it.reference} has {it.found} of {it.needed} judges and will need a waiver{why}.")
    for reference in done.undecided:
        shell.say(f"{reference} is not screened yet, so nobody judges it.")


def say_match(shell: Shell, done: panels.Assigned) -> None:
    """Print how good the match is and which rules yielded; nothing where nothing was weighed."""
    found = done.certificate
    if found is None or not found.optimum:
        return
    shell.say(
        f"The match is {100 * found.total / found.optimum:.1f} % of the best one that there could be, "
        f"found by {found.solver}; inputs {found.inputs_sha256}."
    )
    for it in done.yields:
        where = f"{it.subject} ({it.region})" if it.region else it.subject
        shell.say(f"The rule of {YIELDED[it.rule]} yielded at {where}: {it.found}, wanted {it.wanted}.")


def say_search(shell: Shell, search: conflicts.Search) -> None:
    """Print what a search for conflicts changed, where it changed anything."""
    for source in ConflictSource:
        if search.found.get(source):
            shell.say(f"Found conflicts, {SHARE[source]}: {search.found[source]}.")
    if search.dropped:
        shell.say(f"Dropped conflicts that no longer hold: {search.dropped}.")
    if search.recused:
        shell.say(f"Ended assignments that turned out to be in conflict: {search.recused}.")
    if search.suspected:
        shell.say(
            f"Suspected and to be decided by an organiser, on the page of conflicts: {search.suspected}."
        )


def reach_a_round(shell: Shell, edition: Edition) -> None:
    """Move an edition to the next round in which judges give marks."""
    if edition.first_closed_at is None:
        reach(shell, edition, Phase.FIRST_ROUND)
    elif (
        edition.phase is Phase.DELIBERATION
        and editions.rules_of(shell.session, edition).second_round is SecondRound.PANEL
        and shortlists.is_signed(shell.session, edition)
    ):
        reach(shell, edition, Phase.SECOND_ROUND)


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(judges_)
    app.cli.add_command(assign)
