"""Gunicorn as it serves the product, for as long as a test needs it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from flask import Flask

from awards.config import ROOT
from tests.servers import find_free_port


@contextmanager
def serving(app: Flask, folder: Path, *, workers: int, threads: int = 4) -> Iterator[tuple[int, int]]:
    """Its port, and the process that minds the workers."""
    port = find_free_port()
    environ = os.environ | {
        "LAURELS_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "LAURELS_DATA": app.config["LAURELS_DATA"],
        "LAURELS_SECRET_KEY": app.config["SECRET_KEY"],
    }
    command = [sys.executable, "-m", "gunicorn", "--workers", str(workers), "--threads", str(threads)]
    command += ["--bind", f"127.0.0.1:{port}", "--no-control-socket", "wsgi:app"]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
    try:
        _wait_for(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(20)


@contextmanager
def two_workers(app: Flask, folder: Path) -> Iterator[int]:
    with serving(app, folder, workers=2) as (port, _):
        yield port


def workers_of(server: int) -> list[int]:
    """The worker processes that a server has now."""
    try:
        return [int(it) for it in Path(f"/proc/{server}/task/{server}/children").read_text("ascii").split()]
    except OSError:
        return []


def _wait_for(port: int) -> None:
    for _ in range(300):
        with closing(HTTPConnection("127.0.0.1", port, timeout=1)) as line:
            try:
                line.connect()
            except OSError:
                time.sleep(0.1)
            else:
                return
    raise TimeoutError(port)
