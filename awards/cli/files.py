"""`flask files draw`: the worker's drawing of uploaded files, on demand."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import click
from flask import Flask, current_app

from awards import jobs, renditions
from awards.cli.shell import Shell, acting
from awards.extensions import begin_writing
from awards.jobs import Work


@click.group("files")
def files() -> None:
    """Uploaded files."""


@files.command("draw")
@click.option("--failed", is_flag=True, help="Try those again that could not be drawn.")
@acting
def draw(shell: Shell, failed: bool) -> None:
    """Draw pages of PDF files and pictures, so that they are read in place; what is drawn already stays."""
    queued = 0
    while found := renditions.queue_missing(shell.session, now=shell.now, failed=failed):
        queued += found
    shell.say(f"Queued {queued} file(s) to be drawn.")
    _draw(shell, None)


@click.command("draw-for-a-while")
@acting
def draw_for_a_while(shell: Shell, seconds: float | None) -> None:
    """Draw what waits, as a step of the worker."""
    _draw(shell, seconds)


def work_of(shell: Shell) -> Work:
    """What the worker works with."""
    config = current_app.config
    return Work(
        shell.session,
        shell.actor,
        shell.now,
        shell.key_folder,
        config["LAURELS_URL"],
        config["LAURELS_SENDER"],
        shell.files,
        config,
    )


def _draw(shell: Shell, seconds: float | None) -> None:
    """Draw file after file, for some seconds or until none waits."""
    until = None if seconds is None else time.monotonic() + seconds
    work = work_of(shell)
    shell.pause()
    while until is None or time.monotonic() < until:
        job = jobs.draw_next(
            work, begin=begin_writing, commit=shell.session.commit, clock=lambda: datetime.now(UTC)
        )
        if job is None:
            break
        shell.say(f"File {job.arguments['file']}: {job.answer}.")
        shell.pause()


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(files)
