"""What the demo says at its end: address, sign-ins, what each of them finds, what else to try."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import click

from awards.timetable import ORDER, Phase

FLASK = ".venv/bin/flask"
ADDRESS = "http://127.0.0.1:5000"
NOT_YET = "Nothing to do before judging begins; Today leads to the rules."

FIRST: Mapping[Phase, Mapping[str, str]] = {
    Phase.NOMINATIONS: {
        "nobody": "Read the call as a stranger, sign up with any address, take the mail out of the mailbox, nominate.",
        "nominator": "Finish the draft, submit the changes to the other one or leave them, and answer the colleague "
        "who asks you to write together.",
        "organiser": "Confirm the organisations that nominators added, then move the close of nominations under Dates.",
        "administrator": "Make a new edition from a programme's file, and invite an organiser under People.",
        "screener": "Read the list of nominations; deciding begins once the organiser has closed them.",
        "auditor": "Read any page of the secretariat; nothing there can be changed by you.",
        "clerk": "Read the overview of the edition; sheets on paper are typed in when judging begins.",
    },
    Phase.SCREENING: {
        "nominator": "Correct the nomination that came back, appeal for the one found not eligible, and say whether "
        "the third may change its category.",
        "screener": "Look at the findings of UM-13, and at OC-03 beside OC-13; accept the clean ones in one go; give "
        "one back.",
        "organiser": "Decide the appeal that was lodged (the screener may not: it was the screener's decision), "
        "release the mails that wait, decide the request for late acceptance, confirm the added organisations.",
        "administrator": "Make a new edition from a programme's file, and invite an organiser under People.",
        "auditor": "Read the list of nominations with its decisions; nothing there can be changed by you.",
        "clerk": "Read the overview of the edition; sheets on paper are typed in when judging begins.",
    },
}
"""What whoever signs in does first, by phase and role; `nobody` hasn't an account."""


def first(phase: Phase, role: str) -> str:
    """What somebody with a role does first, nothing in phases in which the demo is tried by its commands."""
    return FIRST[phase].get(role, NOT_YET) if phase in FIRST else ""


@dataclass(frozen=True, slots=True)
class SignIn:
    role: str
    email: str
    password: str


def report(key: str, phase: Phase, sign_ins: list[SignIn], *, as_json: bool) -> None:
    tries = what_to_try(key, phase)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "address": ADDRESS,
                    "edition": key,
                    "phase": phase.value,
                    "sign_ins": [asdict(it) | {"first": first(phase, it.role)} for it in sign_ins],
                    "try": tries,
                },
                ensure_ascii=False,
            )
        )
        return
    click.echo(f"\nThe demo edition {key} is in phase {phase.value}. Everything in it is a specimen.")
    click.echo(f"\n  address   {ADDRESS}\n")
    width = max(len(it.email) for it in sign_ins)
    click.echo(f"  {'role':<14} {'e-mail':<{width}}  password")
    for it in sign_ins:
        click.echo(f"  {it.role:<14} {it.email:<{width}}  {it.password}")
    click.echo(f"\n  sign in   {ADDRESS}/en/sign-in")
    click.echo(f"  mails     {ADDRESS}/en/mailbox/: whatever would have been sent, to anybody")
    if phase in FIRST:
        click.echo(f"\n  What to do first: sign in at {ADDRESS}/en/sign-in and open Today")
        for role in ("nobody", *(it.role for it in sign_ins)):
            if role in FIRST[phase]:
                click.echo(f"  {role:<14} {FIRST[phase][role]}")
        others = [it.role for it in sign_ins if it.role not in FIRST[phase]]
        click.echo(f"  {', '.join(others)}: {NOT_YET}")
    click.echo("\n  What else to try" if phase in FIRST else "\n  What to try")
    for line in tries:
        click.echo(f"  - {line}")


def what_to_try(key: str, phase: Phase) -> list[str]:
    """What is worth a look when the demo stands in a phase."""
    pages = [f"{ADDRESS}/en/{key}/", f"{ADDRESS}/ko/{key}/rules"]
    if ORDER.index(phase) >= ORDER.index(Phase.SECOND_ROUND):
        pages.append(f"{ADDRESS}/en/{key}/finalists")
    if phase is Phase.PUBLISHED:
        pages += [f"{ADDRESS}/ko/{key}/winners", f"{ADDRESS}/en/{key}/record", f"{ADDRESS}/verify"]
        return [
            *pages,
            f"{FLASK} certificates export {key} /tmp/certificates",
            f"{FLASK} record export {key} /tmp/record.zip --public",
            ".venv/bin/python -m judging recount /tmp/record.zip",
            f"{FLASK} standings {key}; {FLASK} outcome {key}",
        ]
    commands = {
        Phase.NOMINATIONS: f"{FLASK} screen {key}",
        Phase.SCREENING: f"{FLASK} screen {key} --accept-clean",
        Phase.FIRST_ROUND: f"{FLASK} round close {key} first",
        Phase.DELIBERATION: f"{FLASK} standings {key}; {FLASK} sign {key} shortlist",
        Phase.SECOND_ROUND: f"{FLASK} round close {key} second",
        Phase.DECIDED: f"{FLASK} release {key}",
    }
    return [*pages, commands[phase]]
