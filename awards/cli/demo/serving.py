"""The demo's two processes: the server of the pages, and the worker that writes its mails. They stop together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import FrameType

from awards.config import ROOT

BIND = "127.0.0.1:5000"
GLANCE = 0.2
PATIENCE = 10.0


def serve(bind: str = BIND) -> None:
    """Serve until stopped by Ctrl-C or a signal, or until one of the two ends."""
    environ = os.environ | {
        "LAURELS_DEMO": "1",
        "LAURELS_SMTP": "file:",
        "LAURELS_URL": f"http://{bind}",
        "FLASK_APP": str(ROOT / "wsgi.py"),
    }
    options = ["--bind", bind, "--threads", "4", "--no-control-socket", "wsgi:app"]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    processes = [
        subprocess.Popen(  # noqa: S603 (our own programs)
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environ,
            start_new_session=True,
        )
        for command in (["gunicorn", *options], ["flask", "worker"])
    ]
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(GLANCE)
    except KeyboardInterrupt:
        pass
    finally:
        _end(processes)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask each to stop, and make those stop that don't."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
