"""`flask calibration fit`: the worker's fits, on demand, for an edition of any size."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import Flask

from awards import calibrations, editions, fitting
from awards.calibrations import NotFailed
from awards.cli.files import work_of
from awards.cli.shell import Shell, acting
from awards.extensions import begin_writing
from awards.models import Calibration, CalibrationState


@click.group("calibration")
def calibration() -> None:
    """Calibrations of the first round's marks."""


@calibration.command("fit")
@click.argument("key")
@acting
def fit(shell: Shell, key: str) -> None:
    """Fit what waits to be fitted, now; what failed is tried again."""
    edition = editions.lock(shell.session, editions.find(shell.session, key))
    try:
        calibrations.again(shell.session, edition, actor=shell.actor, now=shell.now)
    except NotFailed:
        calibrations.start(shell.session, edition, now=shell.now)
    fit_all(shell)
    shell.say(_of(calibrations.latest(shell.session, edition)))


def _of(row: Calibration | None) -> str:
    if row is None:
        return "The first round is not closed: there is nothing to fit."
    if row.state is not CalibrationState.FITTED:
        return f"Calibration {row.number} is {row.state.value}. {row.answer}".strip()
    better = "predict" if row.document["prediction"]["better"] else "do not predict"
    return (
        f"Calibration {row.number}: {row.document['sheets']} sheets; its fair scores {better} sheets held out "
        "better than plain means."
    )


@click.command("fit-all")
@acting
def fit_all_quietly(shell: Shell) -> None:
    """Fit what waits, as a step of the worker."""
    fit_all(shell)


def fit_all(shell: Shell) -> None:
    """Fit one after the other until none waits."""
    work = work_of(shell)
    shell.pause()
    while job := fitting.fit_next(
        work, begin=begin_writing, commit=shell.session.commit, clock=lambda: datetime.now(UTC)
    ):
        shell.say(f"Job {job.kind}: {job.state.value} ({job.answer}).")
        shell.pause()


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(calibration)
