"""`flask rehearse`: an edition played beforehand, elsewhere. It changes nothing, not even who has acted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_babel import force_locale
from sqlalchemy.exc import DBAPIError

from awards import editions, rehearsals
from awards.cli.shell import is_fact, need_migrated_database
from awards.cli.words import say
from awards.extensions import db
from awards.rehearsing.brief import Brief, read
from awards.rehearsing.findings import Severity
from awards.rehearsing.report import rehearse
from awards.web import rehearsed
from awards.web.rehearsed_tones import Spoken

MOST_JUDGES = 999
HEADS = {
    Severity.STOPS: "Stops the edition",
    Severity.LOOK: "Should be looked at",
    Severity.KNOW: "Good to know",
}


@click.command("rehearse")
@click.argument("key")
@click.option("--seed", default="laurels", help="Seed of the simulated people; the same seed plays the same.")
@click.option(
    "--judges", type=click.IntRange(1, MOST_JUDGES), help="Simulate so many judges, whoever is on the panel."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@with_appcontext
def rehearse_(key: str, seed: str, judges: int | None, as_json: bool) -> None:
    """Play an edition with simulated judges and electors on a scratch database, and say what would go wrong."""
    need_migrated_database()
    try:
        brief, names = _read(key)
        report = rehearse(brief, seed=seed, judges=judges)
    except DBAPIError as error:
        raise click.ClickException(f"The database can't be read: {error.orig}") from error
    except Exception as error:
        if not is_fact(error):
            raise
        raise click.ClickException(say(error)) from error
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    with force_locale("en"):
        _print(report, brief, names)


def _read(key: str) -> tuple[Brief, dict[str, str]]:
    """The brief, and what its judges are called; the database is left as it was found."""
    session = db.session()
    try:
        edition = editions.find(session, key)
        rehearsals.need_time(edition)
        names = rehearsed.judges_of(session, edition)
        return read(session, edition, now=datetime.now(UTC)), names
    finally:
        session.rollback()


def _print(report: dict[str, Any], brief: Brief, names: dict[str, str]) -> None:
    spoken = Spoken(brief.texts, names, "en")
    groups = rehearsed.groups(report, spoken)
    click.echo(f"Rehearsal of {brief.key}, seed {report['seed']}.")
    click.echo(rehearsed.summary(report))
    for severity, said in groups:
        click.echo(f"\n{HEADS[severity]}")
        for it in said:
            click.echo(f"- {it.says}")
            for line in it.details:
                click.echo(f"    {line}")
            if it.advice:
                click.echo(f"  What to do: {it.advice}")
    if not groups:
        click.echo("\nNothing found.")


def init_app(app: Flask) -> None:
    """Plug the command in."""
    app.cli.add_command(rehearse_)
