"""What the demo says at its end: address, sign-ins, what to try."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import click

from awards.timetable import ORDER, Phase

FLASK = ".venv/bin/flask"
ADDRESS = "http://127.0.0.1:5000"


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
                    "sign_ins": [asdict(it) for it in sign_ins],
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
    click.echo("\n  What to try")
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
