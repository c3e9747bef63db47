"""The worked example of docs/calibration.md is what the command prints."""

import re
from pathlib import Path
from typing import Any

from judging.calibration.door import main

TEXT = (Path(__file__).parents[2] / "docs" / "calibration.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"<!-- example: (\w+) -->\n```csv\n(.*?)```", TEXT, re.DOTALL))


def test_the_worked_example_is_what_the_command_prints(tmp_path: Path, capsys: Any) -> None:
    sheets, pairs = tmp_path / "sheets.csv", tmp_path / "pairs.csv"
    sheets.write_text(EXAMPLES["sheets"], encoding="utf-8")
    pairs.write_text(EXAMPLES["pairs"], encoding="utf-8")

    assert main([str(sheets), "--top", "2", "--seed", "spring"]) == 0
    assert capsys.readouterr().out == EXAMPLES["scores"]
    assert main([str(sheets), "--predict", str(pairs)]) == 0
    assert capsys.readouterr().out == EXAMPLES["predictions"]
