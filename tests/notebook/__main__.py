"""Run the tutorial, and write its notebook and its page: ``python -m tests.notebook``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import prodmode as pm
from prodmode.instance.examples import examples
from tests.notebook.tutorial import FOLDER, NOTEBOOK, PAGE, SOURCE, cells, notebook, page, run

if __name__ == "__main__":
    source = cells(SOURCE.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        pm.save(pm.load(examples()["starter"]), Path(folder) / "toys.xlsx")
        outputs = run(source, Path(folder))
    text, pictures = page(source, outputs)
    NOTEBOOK.write_text(notebook(source, outputs), encoding="utf-8")
    PAGE.write_text(text, encoding="utf-8")
    for name, picture in pictures.items():
        (FOLDER / name).write_bytes(picture)
