"""`flask programme` and `flask edition`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import func, select

from awards import amendments, dates, editions, programmes
from awards.cli.phases import reach
from awards.cli.shell import Shell, acting
from awards.cli.words import say
from awards.models import Edition, Nomination
from awards.timetable import Moment, Phase
from judging.programme import ProgrammeInvalid
from judging.reading import locate

DID = {
    programmes.Loading.CREATED: "Made edition {key}",
    programmes.Loading.AMENDED: "Amended the rules of edition {key}",
    programmes.Loading.TEXTS: "Changed the texts of edition {key}",
    programmes.Loading.UNCHANGED: "Nothing differs in edition {key}",
}


@click.group()
def programme() -> None:
    """Programmes: what is won, and by which rules."""


@programme.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--edition", "key", help="Key of the edition; the programme's key where none is given.")
@click.option("--reason", default="", help="Why the rules of an existing edition change.")
@acting
def load(shell: Shell, file: Path, key: str | None, reason: str) -> None:
    """Load a programme's FILE: make an edition, or amend the one of that key."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not text in UTF-8.") from error
    try:
        loaded = programmes.load(
            shell.session, text, edition_key=key, actor=shell.actor, now=shell.now, reason=reason
        )
    except ProgrammeInvalid as error:
        raise click.ClickException(_mistakes(file, text, error)) from error
    told = amendments.announce(shell.session, loaded, reason=reason, actor=shell.actor, now=shell.now)
    shell.say(f"{DID[loaded.did].format(key=loaded.edition.key)}: rules {loaded.number}, {loaded.sha256}.")
    if told:
        shell.say(f"Told to those who write a nomination: {told}.")


def _mistakes(file: Path, text: str, error: ProgrammeInvalid) -> str:
    lines = say(error).splitlines()
    for number, mistake in enumerate(error.mistakes, start=1):
        line = locate(text, mistake.place)
        lines[number] = f"  {file}:{line or '?'}: {lines[number].strip()}"
    return "\n".join(lines)


@click.group()
def edition() -> None:
    """Editions: one year's run of a programme."""


@edition.command("list")
@acting
def list_(shell: Shell) -> None:
    """All editions, one a line: key, phase, programme."""
    for found in shell.session.scalars(select(Edition).order_by(Edition.created_at, Edition.key)):
        shell.say(f"{found.key}\t{found.phase.value}\t{found.programme.key}")


@edition.command("show")
@click.argument("key")
@acting
def show(shell: Shell, key: str) -> None:
    """What an edition is, where it stands, and which hashes it has published."""
    found = editions.find(shell.session, key)
    rules = editions.rules_document(shell.session, found)
    shell.say(f"key          {found.key}")
    shell.say(f"programme    {found.programme.key}")
    shell.say(f"phase        {found.phase.value}")
    shell.say(f"language     {found.language}")
    shell.say(f"rules        number {rules.number}, {rules.sha256}")
    shell.say(f"frozen       {found.frozen_at.isoformat(timespec='minutes') if found.frozen_at else 'no'}")
    if found.seed_sha256:
        shell.say(f"seed sha256  {found.seed_sha256}")
    for moment, stated in editions.timetable_of(shell.session, found).items():
        shell.say(f"{moment.value:<20} {stated.local:%a %Y-%m-%d %H:%M} {stated.zone}")
    for category in editions.rules_of(shell.session, found).categories:
        shell.say(f"category     {category.key}: {_nominations(shell, found, category.key)}")


def _nominations(shell: Shell, found: Edition, category: str) -> str:
    states = shell.session.execute(
        select(Nomination.state, func.count())
        .where(Nomination.edition_id == found.id, Nomination.category == category)
        .group_by(Nomination.state)
        .order_by(Nomination.state)
    )
    return ", ".join(f"{number} {state.value}" for state, number in states) or "no nominations"


@edition.command("advance")
@click.argument("key")
@click.argument("phase", type=click.Choice([phase.value for phase in Phase]))
@acting
def advance(shell: Shell, key: str, phase: str) -> None:
    """Move an edition forward to PHASE, one legal step at a time."""
    found = editions.find(shell.session, key)
    reach(shell, found, Phase(phase))
    shell.say(f"{found.key} is in phase {found.phase.value}.")


@edition.command("freeze")
@click.argument("key")
@acting
def freeze(shell: Shell, key: str) -> None:
    """Freeze the rules, draw the seed of the lots and make the election's key."""
    found = editions.find(shell.session, key)
    fresh = editions.freeze(shell.session, found, folder=shell.key_folder, actor=shell.actor, now=shell.now)
    sha256 = editions.rules_document(shell.session, found).sha256
    shell.say(f"{'Froze' if fresh else 'Already frozen:'} the rules of {found.key}: {sha256}.")
    shell.say(f"Seed of the lots: SHA-256 {found.seed_sha256}.")


@edition.command("date")
@click.argument("key")
@click.argument("moment", type=click.Choice([moment.value for moment in Moment]))
@click.argument("local", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]))
@click.option("--zone", help="IANA time zone; the edition's where none is given.")
@click.option("--reason", default="", help="Why the moment moves.")
@acting
def date(shell: Shell, key: str, moment: str, local: datetime, zone: str | None, reason: str) -> None:
    """State or move a moment of the timetable; a day alone means 23:59 of it."""
    found = editions.find(shell.session, key)
    if (local.hour, local.minute) == (0, 0):
        local = local.replace(hour=23, minute=59)
    before = editions.timetable_of(shell.session, found).get(Moment(moment))
    stated = editions.set_moment(
        shell.session,
        found,
        Moment(moment),
        local,
        zone=zone or found.zone,
        actor=shell.actor,
        now=shell.now,
        reason=reason,
    )
    told = dates.announce(
        shell.session,
        found,
        Moment(moment),
        before,
        stated,
        reason=reason,
        actor=shell.actor,
        now=shell.now,
    )
    shell.say(f"{moment}: {stated.local:%A %d %B %Y, %H:%M} ({stated.zone}).")
    if told:
        shell.say(f"Told to those who write a nomination and to the organisers: {told}.")


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(programme)
    app.cli.add_command(edition)
