"""A request beyond all limits, over a real connection: the answer arrives although the browser is still sending."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.servers import find_free_port
from tests.web import world

BODY = 40 * 1024 * 1024
HEADERS = {"Content-Type": "multipart/form-data; boundary=edge", "Content-Length": str(BODY)}


@pytest.fixture(scope="module")
def port(migrated_sqlite: Path) -> Iterator[int]:
    """A production server over an empty site."""
    found = find_free_port()
    environment = os.environ | {
        "LAURELS_DATA": str(migrated_sqlite.parent),
        "LAURELS_DATABASE_URL": f"sqlite:///{migrated_sqlite}",
    }
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{found}", "--threads", "2", "wsgi:app"]
    server = subprocess.Popen(
        command, cwd=world.ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", found)) == 0:
                    break
            time.sleep(0.1)
        yield found
    finally:
        server.terminate()
        server.wait(timeout=20)


def test_whoever_sends_too_much_reads_why(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("POST", "/en/nominations/abc/files/pictures")
    for name, value in HEADERS.items():
        connection.putheader(name, value)
    connection.endheaders()
    for _ in range(BODY // 65536):
        connection.send(bytes(65536))

    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()

    assert answer.status == 413
    assert "What you sent is too large" in text
    assert "Back to the form" in text
