"""What the demo says at its end: address, sign-ins, what each of them finds, what else to try."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from flask import current_app

from awards.cli.demo.marks import SHEET
from awards.timetable import ORDER, Phase

FLASK = ".venv/bin/flask"
ADDRESS = "http://127.0.0.1:5000"
NOT_YET = "Nothing to do in this phase; Today leads to the rules."

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
    Phase.FIRST_ROUND: {
        "judge": "You are half through. Open your sheets: one is half-done, four are complete and wait to be "
        "submitted; your own country's nominations are closed to you. Try it with the keyboard alone, or without "
        "scripts.",
        "judge on paper": "Confirm the sheet that a clerk has typed for you, then print your pack or fill in the "
        "workbook under Paper and workbook.",
        "judge asked": "Answer the invitation: it stands on Today, and in the mailbox as a mail. If you accept, join "
        "and go through the titles and cities.",
        "new judge": "You have joined and have nothing to read, until an organiser confirms the proposal.",
        "organiser": "Look who is behind and remind them, decide the suspected conflict (EF-09 names a J. Exemplar), "
        "give the nomination that was handed back to somebody, and confirm the proposal for the new judge. Under "
        "Progress of marks see what stands in the way of closing.",
        "clerk": "Confirm the sheet that your colleague has typed, against its scan; then type {sheet}, whose code "
        "stands on it, and use it as the scan.",
        "chair": "UM-09 names most of the judges, so two are left: waive the minimum of sheets, or not.",
        "deputy": "Read the chair's table; you act only where the chair has a conflict.",
        "auditor": "Read any page of the secretariat: marks stand on none of them before the close.",
        "administrator": "Read the overview of the edition; the round runs without you.",
        "screener": "Read the list of nominations; their decisions are made and told.",
    },
    Phase.DELIBERATION: {
        "chair": "Open the table. Digital inclusion waits for you to order level nominations with a reason; a judge "
        "asks to mend a sheet in urban management, which you may agree to or refuse; sign the others.",
        "organiser": "Read the table. Once the chair agrees, approve the judge's sheet as the second person; when all "
        "is signed, announce the finalists, nominees first or all together.",
        "judge": "Read your marks. You have asked to mend a sheet; what becomes of it stands beside it.",
        "deputy": "Read the table; you act only where the chair has a conflict.",
        "auditor": "Read any page of the secretariat; nothing there can be changed by you.",
        "administrator": "Read the overview of the edition.",
        "screener": "Read the list of nominations; their decisions are made and told.",
        "clerk": "The round is closed: no sheet is typed any more.",
    },
}
"""What whoever signs in does first, by phase and role; `nobody` hasn't an account."""


def first(phase: Phase, role: str) -> str:
    """What somebody with a role does first, nothing in phases in which the demo is tried by its commands."""
    if phase not in FIRST:
        return ""
    sheet = Path(current_app.config["LAURELS_DATA"]) / SHEET
    return FIRST[phase].get(role, NOT_YET).format(sheet=sheet)


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
                click.echo(f"  {role:<14} {first(phase, role)}")
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
