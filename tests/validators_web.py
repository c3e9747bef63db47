"""The Nu HTML checker, once for any number of pages: a test hands over texts and gets what is wrong, page by page."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from awards.config import ROOT

JAR = ROOT / ".build" / "node" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def nu(pages: Mapping[str, str]) -> dict[str, list[str]]:
    """The errors of each page, by its address; those without any are left out. One virtual machine for all."""
    with tempfile.TemporaryDirectory() as folder:
        names = {f"{number}.html": address for number, address in enumerate(pages)}
        for name, address in names.items():
            (Path(folder) / name).write_text(pages[address], encoding="utf-8")
        done = subprocess.run(
            [
                "java",
                "-XX:TieredStopAtLevel=1",
                "-Xss8m",
                "-jar",
                str(JAR),
                "--errors-only",
                "--format",
                "json",
                "--exit-zero-always",
                "--stdout",
                folder,
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    found: dict[str, list[str]] = {}
    for message in json.loads(done.stdout)["messages"]:
        address = names.get(Path(str(message.get("url", ""))).name, "")
        line = message.get("lastLine", 0)
        found.setdefault(address, []).append(f"{line}: {message['message']}")
    return found
