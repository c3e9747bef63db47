"""The demo's two processes: the server of the pages, and the worker that writes its mails. They stop together.

Also where the demo is killed without a word: the kernel of Linux then asks both to stop.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

from awards.config import ROOT

BIND = "127.0.0.1:5000"
GLANCE = 0.2
PATIENCE = 10.0
SIGNAL_WHEN_PARENT_DIES = 1
"""PR_SET_PDEATHSIG of Linux's prctl."""


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
            preexec_fn=_end_with(os.getpid()),  # noqa: PLW1509 (nothing runs beside it here)
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


def _end_with(parent: int) -> Callable[[], None] | None:
    """What a child does before it begins: ask to be told when its parent is gone. Only Linux can tell."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)

    def ask() -> None:
        library.prctl(SIGNAL_WHEN_PARENT_DIES, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask


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
