"""What the database refuses of certificates and badges, whatever the code above it does."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from awards.extensions import db
from tests.awards.full_database import fill


@pytest.fixture
def full(app: Flask) -> Iterator[Flask]:
    """Every table has two rows; both certificates and both badges are in force, the certificates signed."""
    with app.app_context():
        fill(db.engine)
        yield app


def refused(statement: str, says: str) -> None:
    with pytest.raises(DatabaseError, match=says), db.engine.begin() as connection:
        connection.execute(text(statement))


def done(*statements: str) -> None:
    with db.engine.begin() as connection:
        for it in statements:
            assert changed(connection, it) == 1, it


def changed(connection: Connection, statement: str) -> int:
    return connection.execute(text(statement)).rowcount


def test_a_signed_certificate_says_for_ever_what_it_said(full: Flask) -> None:
    said = "code number kind prize language holder sha256 page_sha256 serial file".split()

    for column in said:
        refused(f"UPDATE certificate SET {column} = 'other' WHERE id = 1", "says for ever what it said")
    refused("UPDATE certificate SET citation = '{\"row\": 3}' WHERE id = 1", "says for ever what it said")
    refused("UPDATE certificate SET edition_id = 2 WHERE id = 1", "says for ever what it said")
    refused("DELETE FROM certificate WHERE id = 1", "never removed")


def test_what_waits_for_its_signature_is_written_once(full: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO certificate (id, edition_id, nomination_id, holder, number, code, kind, prize,"
                " language, citation, issued_on, state, because) SELECT 3, edition_id, nomination_id,"
                " 'nomination:3', 'number 3', 'code 3', kind, prize, language, citation, issued_on, state, ''"
                " FROM certificate WHERE id = 1"
            )
        )

    done(
        "UPDATE certificate SET file = 'a half-drawn one' WHERE id = 3",
        "UPDATE certificate SET file = 'drawn.pdf' WHERE id = 3",
        "UPDATE certificate SET sha256 = 'a', page_sha256 = 'b', serial = 'c' WHERE id = 3",
    )

    refused("UPDATE certificate SET sha256 = '' WHERE id = 3", "says for ever what it said")
    refused("UPDATE certificate SET file = 'another.pdf' WHERE id = 3", "says for ever what it said")


@pytest.mark.parametrize("table", ["certificate", "badge"])
def test_what_ended_stays_ended_as_it_ended(full: Flask, table: str) -> None:
    done(
        f"UPDATE {table} SET state = 'revoked', because = 'Given by mistake.' WHERE id = 1",
        f"UPDATE {table} SET state = 'reissued' WHERE id = 2",
    )

    for row, state in ((1, "in_force"), (1, "reissued"), (2, "in_force"), (2, "revoked")):
        refused(f"UPDATE {table} SET state = '{state}' WHERE id = {row}", "ended stays ended")


def test_a_badge_says_for_ever_what_it_said(full: Flask) -> None:
    for column in ("token", "public_id", "holder", "kind", "prize"):
        refused(f"UPDATE badge SET {column} = 'other' WHERE id = 1", "says for ever what it said")
    refused("UPDATE badge SET place = 9 WHERE id = 1", "says for ever what it said")
    refused("DELETE FROM badge WHERE id = 1", "never removed")


@pytest.mark.parametrize("table", ["certificate", "badge"])
def test_no_two_in_force_honour_the_same_holder_for_the_same(full: Flask, table: str) -> None:
    columns = "edition_id, holder, kind, prize" + (", language" if table == "certificate" else "")
    own = {
        "certificate": "number, code, citation, issued_on",
        "badge": "public_id, place, at",
    }[table]
    other = {
        "certificate": "'number 3', 'code 3', citation, issued_on",
        "badge": "'public_id 3', 3, at",
    }[table]
    copy = (
        f"INSERT INTO {table} (id, {columns}, {own}, state{', token, because' if table == 'badge' else ''})"
        f" SELECT 3, {columns}, {other}, 'in_force'{', token, because' if table == 'badge' else ''}"
        f" FROM {table} WHERE id = 1"
    )

    refused(copy, r"(?i)unique")
    done(f"UPDATE {table} SET state = 'reissued' WHERE id = 1", copy)
