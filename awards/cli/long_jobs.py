"""Long background work at the shell: fits, large proposals and rehearsals, each in short transactions of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import click

from awards.cli.files import work_of
from awards.cli.shell import Shell, acting
from awards.extensions import begin_writing
from awards.fitting import fit_next
from awards.jobs.proposing import propose_next
from awards.jobs.signing import issue_next
from awards.models import Job
from awards.rehearsing.working import play_next

Next = Callable[..., Job | None]
LONG: tuple[Next, ...] = (fit_next, propose_next, play_next, issue_next)


@click.command("work-off")
@acting
def work_off_quietly(shell: Shell) -> None:
    """Do what waits of every kind, as a step of the worker."""
    work_off(shell)


def work_off(shell: Shell) -> None:
    """Do what waits of every kind, one after the other until nothing waits."""
    for do_next in LONG:
        until_none_waits(shell, do_next)


def until_none_waits(shell: Shell, do_next: Next) -> None:
    """Do what waits of one kind."""
    work = work_of(shell)
    shell.pause()
    while job := do_next(
        work, begin=begin_writing, commit=shell.session.commit, clock=lambda: datetime.now(UTC)
    ):
        shell.say(f"Job {job.kind}: {job.state.value} ({job.answer}).")
        shell.pause()
