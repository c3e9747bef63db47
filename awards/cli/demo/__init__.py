"""`flask demo`: an edition of the WeGO Awards with 68 nominations through the whole cycle, by its own commands."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import flask_migrate
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards.cli.demo import (
    afterwards,
    cases,
    citizens,
    desks,
    drafts,
    enclosed,
    files,
    keeping,
    marks,
    panel,
    people,
    table,
    voting,
    winning,
)
from awards.cli.demo.report import SignIn, report
from awards.cli.demo.schedule import FIRST_TO_COME
from awards.cli.demo.serving import serve
from awards.config import ROOT
from awards.extensions import db
from awards.models import Account, Edition, Organisation
from awards.timetable import ORDER, Phase
from judging.values import Electorate

KEY = "wego-awards-demo"
FILES = ROOT / "seed" / "demo"
PROGRAMMES = {
    Electorate.JUDGES.value: ROOT / "seed" / "programmes" / "wego-awards.toml",
    Electorate.MEMBERS.value: ROOT / "seed" / "programmes" / "wego-awards-members.toml",
}
MORE_RULES = """
[readings]
budget = 4
most = 1

[practice]
offered = true

[calibration]
shown_to_judge = true
"""
"""What the rules add where the demo stops in the first round or after its close, so that there is something to see."""
TWO_ARE_ENOUGH = "Jakarta put forward three; two are allowed, and the city keeps EF-04 and OC-07."
WRITTEN = {
    Phase.NOMINATIONS: "demo-drafts",
    Phase.SCREENING: "demo-in-time",
    Phase.FIRST_ROUND: "demo-enclosures",
}
"""What is written in the form where the demo stops in a phase, beside what comes from a file."""


@click.command()
@click.option(
    "--phase",
    type=click.Choice([phase.value for phase in (*FIRST_TO_COME, Phase.PUBLISHED)]),
    default=Phase.PUBLISHED.value,
    help="Stop there.",
)
@click.option(
    "--electorate",
    type=click.Choice(list(PROGRAMMES)),
    default=Electorate.JUDGES.value,
    help="Who votes: the judges, or the delegates of 82 members.",
)
@click.option("--seed", default="laurels", help="Seed of the made-up marks and ballots.")
@click.option("--no-serve", is_flag=True, help="Don't serve the pages afterwards.")
@click.option("--json", "as_json", is_flag=True, help="Print the closing table as JSON.")
@with_appcontext
def demo(phase: str, electorate: str, seed: str, no_serve: bool, as_json: bool) -> None:
    """Make a demo edition in an empty database, run it through the cycle and serve it."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    flask_migrate.upgrade()
    need_empty(db.session())
    db.session.remove()
    wanted = Phase(phase)
    say: Callable[[str], None] = (lambda _: None) if as_json else click.echo
    with tempfile.TemporaryDirectory(prefix="laurels-demo-") as folder:
        sign_ins = _Play(app, wanted, Electorate(electorate), seed, Path(folder), say).run()
    report(KEY, wanted, Electorate(electorate), sign_ins, as_json=as_json)
    if not no_serve:
        serve()


def need_empty(session: Session) -> None:
    """Raises a refusal in words where the database holds anything."""
    rows = sum(
        session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Account, Edition, Organisation)
    )
    if rows:
        raise click.ClickException(
            "The demo wants a database that holds nothing, and this one is in use. "
            "To see what is there: .venv/bin/flask run. For a new demo: LAURELS_DATA=/tmp/laurels-demo make demo"
        )


@dataclass(frozen=True, slots=True)
class _Play:
    """The cycle as commands, one after the other, up to the phase that is wanted."""

    app: Flask
    phase: Phase
    electorate: Electorate
    seed: str
    folder: Path
    say: Callable[[str], None]

    def run(self) -> list[SignIn]:
        for phase in ORDER[: ORDER.index(self.phase) + 1]:
            match phase:
                case Phase.DRAFT:
                    self.flask("members", "load", str(ROOT / "seed" / "members.csv"))
                    self.flask(
                        "programme",
                        "load",
                        str(self._programme()),
                        "--edition",
                        KEY,
                    )
                    self.flask("demo-set-up", KEY, self.phase.value)
                    if self._has_holders():
                        self.flask("demo-keys", KEY)
                case Phase.NOMINATIONS:
                    self._nominate()
                case Phase.SCREENING:
                    self.flask("screen", KEY)
                    if self.phase is Phase.SCREENING:
                        self.flask("demo-desks", KEY)
                    self._seat()
                case Phase.FIRST_ROUND:
                    self._screen()
                    self._assign()
                    self._score()
                case Phase.DELIBERATION:
                    self.flask("round", "close", KEY, "first")
                    self.flask("calibration", "fit", KEY)
                    self.flask("standings", KEY)
                    if self.phase is phase:
                        self.flask("demo-table", KEY)
                case Phase.SECOND_ROUND:
                    self.flask("sign", KEY, "shortlist")
                    self.flask("announce", KEY)
                    self._vote(stops=self.phase is phase)
                case Phase.DECIDED:
                    self.flask("round", "close", KEY, "second")
                    self.flask("outcome", KEY)
                    self.flask("sign", KEY, "winners")
                    self.flask("demo-winners", KEY, self.phase.value)
                case Phase.PUBLISHED:
                    self.flask("release", KEY)
                    self.flask("certificates", "init-ca", "--name", "WeGO demo")
                    self.flask("certificates", "note", KEY, "--how", "In the demo, nobody waits for letters.")
                    self.flask("certificates", "issue", KEY)
                    self.flask("demo-afterwards", KEY)
        return self._sign_ins()

    def flask(self, *arguments: str) -> None:
        """Run one of the commands, showing it and what it says, as in a shell."""
        if not arguments[0].startswith("demo-"):
            self.say(f"$ flask {' '.join(arguments)}")
        runner = self.app.test_cli_runner()
        result = runner.invoke(args=list(arguments))
        if result.exit_code:
            raise click.ClickException(f"flask {' '.join(arguments)}\n{result.output}") from result.exception
        self.say("\n".join(f"  {line}" for line in result.output.splitlines()[-8:]))

    def _programme(self) -> Path:
        """The programme's file, with rules for what is rarely asked for where there is a use for them."""
        file = PROGRAMMES[self.electorate.value]
        added = {
            Phase.FIRST_ROUND: MORE_RULES,
            Phase.DELIBERATION: MORE_RULES,
            Phase.SECOND_ROUND: citizens.PUBLIC_RULES,
        }.get(self.phase)
        if added is None:
            return file
        more = self.folder / file.name
        more.write_text(file.read_text() + added)
        return more

    def _has_holders(self) -> bool:
        """Where the members vote, and the box is still to be opened."""
        return self.electorate is Electorate.MEMBERS and self.phase is Phase.SECOND_ROUND

    def _nominate(self) -> None:
        self.flask("edition", "advance", KEY, "nominations")
        self.flask("nominations", "load", KEY, str(FILES / "nominations.csv"))
        self.flask(WRITTEN.get(self.phase, "demo-cases"), KEY)
        if self.phase is Phase.NOMINATIONS:
            self._seat()

    def _seat(self) -> None:
        self.flask("judges", "load", KEY, str(FILES / "judges.csv"))
        self.flask("demo-join", KEY)

    def _screen(self) -> None:
        self.flask("screen", KEY, "--accept-clean")
        self.flask("screen", KEY, "--decide", "UM-13", "ineligible", "--reason", TWO_ARE_ENOUGH)
        self.flask("screen", KEY, "--accept-clean")
        self.flask("demo-tell", KEY)

    def _assign(self) -> None:
        self.flask("demo-assign" if self.phase is Phase.FIRST_ROUND else "assign", KEY)
        self.flask("demo-declare", KEY)
        if self.phase is Phase.DELIBERATION:
            self.flask("demo-late", KEY)

    def _score(self) -> None:
        """All sheets, or what there is of them while judges mark; level ones where a chair is to see them."""
        db.session.remove()
        header, rows = files.sheets(db.session(), KEY, self.seed, tied=self.phase is Phase.DELIBERATION)
        if self.phase is not Phase.FIRST_ROUND:
            self._load("scores", header, rows)
            return
        self._load("scores", header, marks.submitted(rows))
        self.flask("demo-marks", KEY, self.seed)

    def _vote(self, *, stops: bool) -> None:
        """Open the vote; everybody casts, or where the demo stops here, some."""
        if self.electorate is Electorate.MEMBERS:
            self.flask("demo-roll", KEY, self.phase.value)
        self.flask("edition", "advance", KEY, "second_round")
        if stops:
            self.flask("demo-citizens", KEY, self.seed)
            self.flask("demo-vote", KEY)
        db.session.remove()
        header, rows = files.ballots(db.session(), KEY, self.seed)
        self._load("ballots", header, voting.cast(rows, stops=stops))

    def _load(self, what: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        db.session.remove()
        file = self.folder / f"{what}.csv"
        files.write_csv(file, header, rows)
        self.flask(what, "load", KEY, str(file))

    def _sign_ins(self) -> list[SignIn]:
        result = self.app.test_cli_runner().invoke(args=["demo-people", KEY, self.phase.value])
        if result.exit_code:
            raise click.ClickException(result.output) from result.exception
        return [SignIn(**it) for it in json.loads(result.output)]


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    for command in (
        demo,
        afterwards.follow,
        drafts.write,
        enclosed.enclose,
        cases.tell,
        citizens.come,
        keeping.keep,
        panel.join,
        panel.declare,
        panel.come_late,
        marks.assign,
        marks.mark,
        table.lay,
        voting.enrol,
        voting.call,
        winning.tell,
        desks.write_in_time,
        desks.screen,
        desks.tell,
        people.set_up,
        people.people,
    ):
        app.cli.add_command(command)
