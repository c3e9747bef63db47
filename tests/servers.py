"""A private PostgreSQL server: started once a test run, shared by its workers, gone at the end."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from filelock import FileLock
from sqlalchemy import NullPool, create_engine, make_url

USER = "awards"
HASTE = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=256MB "
    "-c max_connections=60 -c shared_buffers=64MB"
)
MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3
COPIES_FILES_SINCE = 150000
"""The release that can copy a template's files instead of logging every page: a quarter of the time, in memory."""


class PostgresMissing(Exception):
    """No server is installed; `make test` installs the Debian package postgresql."""


def find_programs() -> Path:
    """The folder of initdb and pg_ctl, the newest release first."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    found = installed[-1] if installed else shutil.which("pg_ctl")
    if found is None:
        raise PostgresMissing
    return Path(found).parent


def in_memory() -> Path | None:
    """Where files need no disk, if there is room: a database is some seven hundred files, made anew for each test."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run_as_owner(*command: str | Path) -> None:
    """PostgreSQL refuses to run as root, so root runs it as postgres."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*prefix, *map(str, command)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")


def start_postgres(folder: Path) -> str:
    """Makes a cluster in the folder, starts it and returns the URL of its database postgres."""
    programs, port = find_programs(), find_free_port()
    data = folder / "data"
    run_as_owner(
        programs / "initdb",
        "-D",
        data,
        "-A",
        "trust",
        "-U",
        USER,
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    )
    settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {HASTE}"
    run_as_owner(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start")
    return f"postgresql+psycopg://{USER}@127.0.0.1:{port}/postgres"


def stop_postgres(folder: Path) -> None:
    run_as_owner(find_programs() / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")


def ensure_postgres(run: Path) -> str:
    """The URL of the test run's one server; whichever worker asks first starts it."""
    folder, known = run / "postgres", run / "postgres.url"
    with FileLock(run / "postgres.lock"):
        if not known.exists():
            run.chmod(0o711)
            folder.mkdir(mode=0o711)
            if os.geteuid() == 0:
                shutil.chown(folder, "postgres")
            known.write_text(start_postgres(folder), encoding="utf-8")
        return known.read_text(encoding="utf-8")


def end_run(run: Path) -> None:
    """Stops what the run has started and leaves nothing behind."""
    try:
        if (run / "postgres.url").exists():
            stop_postgres(run / "postgres")
    finally:
        shutil.rmtree(run, ignore_errors=True)


@contextmanager
def database_on(server: str, *, template: str | None = None) -> Iterator[str]:
    """A database with a name of its own, empty or as the template's URL has it; dropped afterwards."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"laurels_{uuid4().hex}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    like = f' TEMPLATE "{make_url(template).database}"' if template else ""
    try:
        with engine.connect() as connection:
            version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
            how = " STRATEGY FILE_COPY" if like and version >= COPIES_FILES_SINCE else ""
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"{like}{how}')
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
