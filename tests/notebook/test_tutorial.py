"""The notebook and the page of the tutorial are what their source says, and show what running it gives.

The page itself is run with all others by tests/docs.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import prodmode as pm
from prodmode.instance.examples import examples
from tests.notebook.tutorial import FOLDER, NOTEBOOK, PAGE, SOURCE, cells, notebook, page, run, without_style

RENEW = "run 'python -m tests.notebook'"
VARYING = re.compile(r"\d+\.\d+ to build, \d+\.\d+ to solve|HiGHS [\d.]+")


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return read


def test_the_notebook_has_the_cells_of_the_source(written: dict[str, Any]) -> None:
    told = [(cell.kind, cell.text) for cell in cells(SOURCE.read_text(encoding="utf-8"))]
    found = [(cell["cell_type"], "".join(cell["source"])) for cell in written["cells"]]
    assert found == told, RENEW
    assert sum(kind == "markdown" and text.startswith("## ") for kind, text in told) == 10


def test_the_page_has_them_too_and_shows_the_same(written: dict[str, Any]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    rest = text
    for cell in written["cells"]:
        code = "".join(cell["source"])
        wanted = [f"```python\n{code}\n```" if cell["cell_type"] == "code" else code]
        for output in cell.get("outputs", []):
            if output["output_type"] == "stream":
                wanted.append(f"```text\n{''.join(output['text']).rstrip()}\n```")
            elif "image/png" in output["data"]:
                wanted.append("![")
            else:
                wanted.append(without_style("".join(output["data"]["text/html"])))
        for part in wanted:
            assert part in rest, f"{RENEW}: {part[:200]}"
            rest = rest.partition(part)[2]
    pictures = re.findall(r"!\[.*\]\((.*)\)", text)
    assert len(pictures) == 3
    assert all((FOLDER / name).read_bytes().startswith(b"\x89PNG") for name in pictures)


def test_every_code_cell_was_run_and_none_failed(written: dict[str, Any]) -> None:
    ran = [cell for cell in written["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in ran] == [*range(1, len(ran) + 1)]
    kinds = {output["output_type"] for cell in ran for output in cell["outputs"]}
    assert kinds == {"stream", "execute_result"}
    assert NOTEBOOK.stat().st_size < 400_000


@pytest.mark.slow
def test_running_it_again_shows_the_same(written: dict[str, Any], tmp_path: Any) -> None:
    source = cells(SOURCE.read_text(encoding="utf-8"))
    pm.save(pm.load(examples()["starter"]), tmp_path / "toys.xlsx")
    outputs = run(source, tmp_path)
    assert steady(json.loads(notebook(source, outputs))) == steady(written), RENEW
    assert VARYING.sub("#", page(source, outputs)[0]) == VARYING.sub("#", PAGE.read_text(encoding="utf-8")), (
        RENEW
    )
    assert "<h1>starter" in (tmp_path / "toys.html").read_text(encoding="utf-8")


def steady(value: Any) -> Any:
    """Return a notebook without what differs from run to run: seconds, versions, bytes of pictures."""
    if isinstance(value, dict):
        return {key: "" if key == "image/png" else steady(part) for key, part in value.items()}
    if isinstance(value, list):
        return [steady(part) for part in value]
    return VARYING.sub("#", value) if isinstance(value, str) else value
