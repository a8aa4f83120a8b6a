"""Write what is answered now into the pages that show it: ``python -m tests.docs [--slow] PAGE ...``.

With ``--slow`` the blocks marked so are run too. Outputs that leave parts out ("...") are yours to mend; look
at the difference before you keep it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.docs.blocks import blocks
from tests.docs.reader import Reader

ROOT = Path(__file__).parents[2]


def renew(name: str, *, slow: bool) -> None:
    """Read a page and put the outputs of now in place of those that are not the same."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found: list[tuple[int, int, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for part in ("instances", "models"):
            shutil.copytree(ROOT / part, Path(folder) / part)
        os.chdir(folder)
        reader = Reader(Path(folder))
        for block in (block for block in blocks(ROOT / name, name) if slow or not block.slow):
            try:
                reader.read([block])
            except AssertionError as error:
                if block.kind != "output" or "..." in block.text:
                    sys.stderr.write(f"{error}\n")
                    continue
                found.append((block.line, block.text.count("\n") + 1, reader.shown.rstrip()))
        os.chdir(ROOT)
    for line, count, shown in reversed(found):
        lines[line : line + count] = shown.splitlines()
    (ROOT / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    words = sys.argv[1:]
    for page in (word for word in words if word != "--slow"):
        renew(page, slow="--slow" in words)
