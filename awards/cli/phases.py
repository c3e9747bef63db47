"""How commands move an edition: to the phase they need, saying so."""

from __future__ import annotations

from awards import cycle
from awards.cli.shell import Shell
from awards.models import Edition
from awards.timetable import Phase


def reach(shell: Shell, edition: Edition, phase: Phase) -> None:
    """Move an edition to the phase that a command needs, one step at a time, and print each step."""
    frozen = edition.frozen_at is not None
    steps = cycle.reach(
        shell.session,
        edition,
        phase,
        actor=shell.actor,
        now=shell.now,
        key_folder=shell.key_folder,
        strict=shell.strict,
    )
    if edition.frozen_at and not frozen:
        shell.say("Froze the rules.")
    for step in steps:
        shell.say(f"Moved {edition.key} to {step.value}.")
