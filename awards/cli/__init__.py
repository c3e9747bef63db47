"""The commands."""

from flask import Flask

from awards.cli import (
    accounts,
    after,
    badges,
    calibration,
    certificates,
    demo,
    editions,
    elections,
    files,
    issuing,
    keys,
    members,
    nominations,
    panels,
    publication,
    records,
    rehearsal,
    results,
    rounds,
    screening,
    signing,
    upkeep,
    verifying,
)

MODULES = (
    accounts,
    after,
    badges,
    calibration,
    certificates,
    demo,
    editions,
    elections,
    files,
    issuing,
    keys,
    members,
    nominations,
    panels,
    publication,
    records,
    rehearsal,
    results,
    rounds,
    screening,
    signing,
    upkeep,
    verifying,
)


def init_app(app: Flask) -> None:
    """Plug the commands into the application."""
    for module in MODULES:
        module.init_app(app)
