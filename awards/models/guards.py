"""Triggers that hold whatever the code above them does. Recreated after every upgrade, on both databases."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

APPEND_ONLY = (
    "audit_event",
    "ballot",
    "decision",
    "nomination_revision",
    "rules_document",
    "score_sheet_version",
    "texts_document",
    "timetable_amendment",
    "frozen_standing",
    "frozen_outcome",
    "own_deadline",
    "nomination_submission",
    "finding_review",
    "log_leaf",
    "log_head",
    "room_note",
    "certificate_template",
    "press_access",
    "revocation_list",
)
"""Tables whose rows are neither changed nor deleted, but for the columns in MAY_CHANGE."""

MAY_CHANGE = {
    "frozen_standing": ("signed_by",),
    "frozen_outcome": ("signed_by",),
    "room_note": ("taken_back_at",),
}

OPEN_CONFLICT = (
    "SELECT 1 FROM conflict WHERE conflict.judge_id = {judge} AND conflict.nomination_id = {nomination}"
    " AND conflict.waived_by IS NULL"
)


@dataclass(frozen=True, slots=True)
class Guard:
    """A trigger: it refuses an act on a table when its condition (SQL over NEW and OLD) holds."""

    name: str
    table: str
    act: str
    condition: str
    says: str


def guards(columns: dict[str, tuple[str, ...]]) -> list[Guard]:
    """Every guard, given the columns of each table."""
    found = []
    for table in APPEND_ONLY:
        found.append(Guard(f"guard_{table}_delete", table, "DELETE", "1 = 1", f"{table} keeps every row"))
        fixed = [name for name in columns[table] if name not in MAY_CHANGE.get(table, ())]
        changed = " OR ".join(f"CAST(OLD.{c} AS TEXT) IS DISTINCT FROM CAST(NEW.{c} AS TEXT)" for c in fixed)
        found.append(Guard(f"guard_{table}_update", table, "UPDATE", changed, f"{table} never changes"))
    found += [
        Guard(
            "guard_assignment_conflict",
            "assignment",
            "INSERT",
            f"EXISTS ({OPEN_CONFLICT.format(judge='NEW.judge_id', nomination='NEW.nomination_id')})",
            "judge and nomination are in conflict",
        ),
        Guard(
            "guard_assignment_moved",
            "assignment",
            "UPDATE",
            "OLD.judge_id <> NEW.judge_id OR OLD.nomination_id <> NEW.nomination_id OR OLD.round <> NEW.round",
            "an assignment is never moved",
        ),
        Guard(
            "guard_assignment_issued_again",
            "assignment",
            "UPDATE",
            "NEW.state = 'issued' AND OLD.state <> 'issued'"
            f" AND EXISTS ({OPEN_CONFLICT.format(judge='NEW.judge_id', nomination='NEW.nomination_id')})",
            "judge and nomination are in conflict",
        ),
        Guard(
            "guard_score_sheet_version_conflict",
            "score_sheet_version",
            "INSERT",
            "EXISTS (SELECT 1 FROM score_sheet JOIN assignment ON assignment.id = score_sheet.assignment_id"
            " JOIN conflict ON conflict.judge_id = assignment.judge_id"
            " AND conflict.nomination_id = assignment.nomination_id AND conflict.waived_by IS NULL"
            " WHERE score_sheet.id = NEW.sheet_id)",
            "judge and nomination are in conflict",
        ),
        Guard("guard_certificate_delete", "certificate", "DELETE", "1 = 1", "a certificate is never removed"),
        Guard(
            "guard_certificate_update",
            "certificate",
            "UPDATE",
            "OLD.code <> NEW.code OR OLD.number <> NEW.number OR OLD.edition_id <> NEW.edition_id"
            " OR OLD.kind <> NEW.kind OR OLD.prize <> NEW.prize OR OLD.language <> NEW.language"
            " OR (OLD.holder <> '' AND OLD.holder <> NEW.holder)"
            " OR CAST(OLD.citation AS TEXT) IS DISTINCT FROM CAST(NEW.citation AS TEXT)"
            " OR (OLD.sha256 <> '' AND (OLD.sha256 <> NEW.sha256 OR OLD.page_sha256 <> NEW.page_sha256"
            " OR OLD.serial <> NEW.serial OR OLD.file <> NEW.file))",
            "a certificate says for ever what it said",
        ),
        Guard(
            "guard_certificate_back",
            "certificate",
            "UPDATE",
            "OLD.state <> 'in_force' AND NEW.state <> OLD.state",
            "a certificate that ended stays ended",
        ),
        Guard("guard_badge_delete", "badge", "DELETE", "1 = 1", "a badge is never removed"),
        Guard(
            "guard_badge_update",
            "badge",
            "UPDATE",
            "OLD.token <> NEW.token OR OLD.place <> NEW.place OR OLD.public_id <> NEW.public_id"
            " OR OLD.holder <> NEW.holder OR OLD.kind <> NEW.kind OR OLD.prize <> NEW.prize"
            " OR (OLD.state <> 'in_force' AND NEW.state <> OLD.state)",
            "a badge says for ever what it said, and one that ended stays ended",
        ),
        Guard("guard_envelope_delete", "envelope", "DELETE", "1 = 1", "an envelope is never removed"),
        Guard(
            "guard_envelope_update",
            "envelope",
            "UPDATE",
            "OLD.election_id <> NEW.election_id OR OLD.roll_entry_id <> NEW.roll_entry_id"
            " OR OLD.number <> NEW.number OR OLD.tag <> NEW.tag OR OLD.fingerprint <> NEW.fingerprint"
            " OR (NEW.sealed IS NOT NULL AND NEW.sealed IS DISTINCT FROM OLD.sealed)",
            "an envelope is only ever struck or blanked",
        ),
        Guard(
            "guard_envelope_struck",
            "envelope",
            "UPDATE",
            "(NEW.struck_because IS DISTINCT FROM OLD.struck_because"
            " OR NEW.decision_id IS DISTINCT FROM OLD.decision_id)"
            " AND (OLD.sealed IS NULL OR EXISTS (SELECT 1 FROM election WHERE election.id = OLD.election_id"
            " AND election.state NOT IN ('open', 'closed')))",
            "an envelope is struck before the opening, never after",
        ),
        Guard("guard_bundle_paper_delete", "bundle_paper", "DELETE", "1 = 1", "a paper is never removed"),
        Guard(
            "guard_bundle_paper_update",
            "bundle_paper",
            "UPDATE",
            "OLD.fingerprint <> '' AND (OLD.fingerprint <> NEW.fingerprint OR OLD.digest <> NEW.digest"
            " OR (NEW.sealed IS NOT NULL AND NEW.sealed IS DISTINCT FROM OLD.sealed))",
            "a paper that counts is only ever blanked",
        ),
    ]
    return found


def recreate(connection: Connection) -> None:
    """Drop and make every guard, for tables that exist."""
    dialect = connection.dialect.name
    inspector = inspect(connection)
    present = set(inspector.get_table_names())
    columns = {
        table: tuple(column["name"] for column in inspector.get_columns(table))
        if table in present
        else ("id",)
        for table in APPEND_ONLY
    }
    for guard in guards(columns):
        if guard.table not in present:
            continue
        for statement in _sqlite(guard) if dialect == "sqlite" else _postgresql(guard):
            connection.execute(text(statement))


def _sqlite(guard: Guard) -> list[str]:
    condition = guard.condition.replace("IS DISTINCT FROM", "IS NOT")
    return [
        f"DROP TRIGGER IF EXISTS {guard.name}",
        f"CREATE TRIGGER {guard.name} BEFORE {guard.act} ON {guard.table} FOR EACH ROW WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{guard.says}'); END",
    ]


def _postgresql(guard: Guard) -> list[str]:
    returned = "OLD" if guard.act == "DELETE" else "NEW"
    return [
        f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN"
        f" IF {guard.condition} THEN RAISE EXCEPTION '{guard.says}' USING ERRCODE = 'check_violation'; END IF;"
        f" RETURN {returned}; END $guard$",
        f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}",
        f"CREATE TRIGGER {guard.name} BEFORE {guard.act} ON {guard.table} FOR EACH ROW"
        f" EXECUTE FUNCTION {guard.name}()",
    ]
