"""`flask calibration fit`: the worker's fits, on demand, for an edition of any size."""

from __future__ import annotations

import click
from flask import Flask

from awards import calibrations, editions
from awards.calibrations import NotFailed
from awards.cli.long_jobs import until_none_waits
from awards.cli.shell import Shell, acting
from awards.fitting import fit_next
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
    until_none_waits(shell, fit_next)
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


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(calibration)
