"""`flask screen` and `flask category`: eligibility, and categories that too few entered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click
from flask import Flask

from awards import categories, editions, reviews, screening, spreadsheets
from awards.cli.phases import reach
from awards.cli.shell import Shell, acting
from awards.eligibility import Finding, FindingKind, NotChecked
from awards.models import NominationState
from awards.reviews import Review
from awards.timetable import ORDER, Phase

Data = Mapping[str, str | int]

FINDINGS: Mapping[FindingKind, Callable[[Data], str]] = {
    FindingKind.LATE: lambda it: f"submitted {it['minutes']} minutes after the deadline",
    FindingKind.IN_TWO_CATEGORIES: lambda it: f"same project in another category ({it['other']})",
    FindingKind.TOO_MANY_FROM_CITY: lambda it: (
        f"too many from this city (at most {it['limit']}, found {it['found']})"
    ),
    FindingKind.NOMINEE_KIND: lambda it: f"this category takes no {it['found']}",
    FindingKind.ORGANISATION_KIND: lambda it: f"this kind of organisation may not apply ({it['found']})",
    FindingKind.CITY_APPROVAL_MISSING: lambda _: "the city's approval is missing",
    FindingKind.NOT_A_MEMBER: lambda _: "not a member",
    FindingKind.RUNNING_TOO_SHORT: lambda it: (
        f"has not run {it['months']} months at the deadline (started {it['started_on']})"
    ),
    FindingKind.FIELD_MISSING: lambda it: f"field {it['field']} is missing",
    FindingKind.FILE_MISSING: lambda it: f"file {it['field']} is missing",
    FindingKind.LANGUAGE: lambda it: f"language {it['found']} is not accepted",
    FindingKind.EARLIER_WINNER: lambda _: "won in an earlier edition",
    FindingKind.POSSIBLE_DUPLICATE: lambda it: f"warning: possible duplicate of {it['other']}",
}
RULES: Mapping[FindingKind, str] = {
    FindingKind.LATE: "deadline",
    FindingKind.CITY_APPROVAL_MISSING: "the city's approval",
    FindingKind.RUNNING_TOO_SHORT: "months running",
    FindingKind.ORGANISATION_KIND: "kind of organisation",
    FindingKind.FIELD_MISSING: "required field",
    FindingKind.FILE_MISSING: "required file",
    FindingKind.LANGUAGE: "language",
}


@click.command("screen")
@click.argument("key")
@click.option(
    "--accept-clean", is_flag=True, help="Find every undecided nomination without findings eligible."
)
@click.option(
    "--decide",
    "verdicts",
    nargs=2,
    multiple=True,
    metavar="REF eligible|ineligible",
    help="Decide one nomination; may be given several times.",
)
@click.option(
    "--reason", default="", help="Why; asked for wherever the answer isn't plain from the findings."
)
@click.option(
    "--csv", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write the list to FILE."
)
@acting
def screen(
    shell: Shell,
    key: str,
    accept_clean: bool,
    verdicts: tuple[tuple[str, str], ...],
    reason: str,
    file: Path | None,
) -> None:
    """Check the nominations of edition KEY against its rules, and decide on them."""
    for _, word in verdicts:
        if word not in ("eligible", "ineligible"):
            raise click.BadParameter(f"{word!r} is neither eligible nor ineligible.", param_hint="--decide")
    edition = editions.find(shell.session, key)
    if ORDER.index(edition.phase) < ORDER.index(Phase.SCREENING):
        reach(shell, edition, Phase.SCREENING)
    for reference, word in verdicts:
        verdict = screening.decide(
            shell.session,
            edition,
            reference,
            eligible=word == "eligible",
            reason=reason,
            actor=shell.actor,
            now=shell.now,
        )
        done = verdict.decision
        named = verdict.nomination.reference
        shell.say(f"{named}: {word} (decision {done.number})." if done else f"{named}: {word} already.")
    if accept_clean:
        accepted = screening.accept_clean(shell.session, edition, actor=shell.actor, now=shell.now)
        shell.say(f"Found eligible without findings: {len(accepted)}.")
    reviewed = reviews.review(shell.session, edition)
    _say_review(shell, reviewed)
    if file:
        spreadsheets.write_csv(file, ("reference", "title", "city", "state", "findings"), _rows(reviewed))
        shell.say(f"Wrote {file}.")


def in_words(findings: Sequence[Finding]) -> str:
    """Findings as a person reads them, in one line."""
    return "; ".join(FINDINGS[it.kind](dict(it.data)) for it in findings)


def _say_review(shell: Shell, reviewed: Review) -> None:
    for nomination in reviewed.nominations:
        found = reviewed.findings[nomination.reference]
        if found or nomination.state is not NominationState.ELIGIBLE:
            words = in_words(found) or "no findings"
            shell.say(f"{nomination.reference}  {nomination.state.value}  {words}")
    states = Counter(nomination.state.value for nomination in reviewed.nominations)
    counted = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
    shell.say(f"{len(reviewed.nominations)} nominations: {counted or 'none'}.")
    kinds = Counter(it.kind.value for found in reviewed.findings.values() for it in found)
    for kind, number in sorted(kinds.items()):
        shell.say(f"Finding {kind}: {number}.")
    for missing in reviewed.not_checked:
        shell.say(_unchecked(missing))


def _unchecked(missing: NotChecked) -> str:
    if missing.kind is FindingKind.ORGANISATION_KIND:
        return "Not checked: kind of organisation, where it is not known."
    if not missing.field:
        return f"Not checked: {RULES[missing.kind]} (none is stated)."
    return f"Not checked: {RULES[missing.kind]} (no column {missing.field})."


def _rows(reviewed: Review) -> list[tuple[str, str, str, str, str]]:
    return [
        (
            it.reference,
            reviewed.revisions[it.id].title,
            reviewed.revisions[it.id].city,
            it.state.value,
            in_words(reviewed.findings[it.reference]),
        )
        for it in reviewed.nominations
    ]


@click.command("category")
@click.argument("key")
@click.argument("category")
@click.argument("how", type=click.Choice([how.value for how in categories.Closing]))
@click.option("--into", help="Category in which the nominations are judged from now on, with merge.")
@click.option("--reason", required=True, help="Why.")
@acting
def close_category(shell: Shell, key: str, category: str, how: str, into: str | None, reason: str) -> None:
    """Close a CATEGORY of edition KEY that too few entered: merge it, carry it over or cancel it."""
    if (how == categories.Closing.MERGE.value) != (into is not None):
        raise click.UsageError("merge needs --into; carry and cancel take none.")
    edition = editions.find(shell.session, key)
    closed = categories.close(
        shell.session,
        edition,
        category,
        categories.Closing(how),
        into=into,
        reason=reason,
        actor=shell.actor,
        now=shell.now,
    )
    words = {
        categories.Closing.MERGE: f"merged into {into}",
        categories.Closing.CARRY: "carried to the next edition",
        categories.Closing.CANCEL: "cancelled",
    }
    shell.say(f"Category {category} is {words[closed.how]} (decision {closed.decision.number}).")
    shell.say(f"Nominations concerned: {', '.join(closed.concerned)}.")


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(screen)
    app.cli.add_command(close_category)
