"""The page in a real browser, without a screen: nothing is refused, and search, filters and sorting work."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

# What a person does on the page, one thing after another; each notes the lines then shown, in their order.
DRIVER = """
const rows = () => Array.from(document.querySelectorAll("#plan-table tbody tr"))
  .filter((row) => !row.hidden).map((row) => row.querySelector("th bdi").textContent);
const told = { all: rows() };
const search = document.getElementById("search");
const enter = (control, value, kind) => { control.value = value; control.dispatchEvent(new Event(kind)); };
enter(search, "bar SEATS", "input");
told.searched = rows();
told.words = document.getElementById("shown").textContent;
enter(search, "nothing of the kind", "input");
told.nothing = rows();
told.hint = !document.getElementById("none").hidden;
enter(search, "", "input");
enter(document.getElementById("by-mode"), "custom", "change");
told.custom = rows();
enter(document.getElementById("by-family"), "1", "change");
told.neither = rows();
document.querySelector("#controls button[type=reset]").click();
setTimeout(() => {
  told.reset = rows();
  const head = document.querySelector("#plan-table thead th");
  head.querySelector("button").click();
  told.ascending = [head.getAttribute("aria-sort"), ...rows()];
  head.querySelector("button").click();
  told.descending = [head.getAttribute("aria-sort"), ...rows()];
  const made = document.querySelectorAll("#plan-table thead th.n")[0];
  made.querySelector("button").click();
  told.made = [made.getAttribute("aria-sort"), head.getAttribute("aria-sort"), ...rows()];
  document.body.dataset.told = JSON.stringify(told);
}, 10);
"""


def opened(file: Path) -> tuple[str, str]:
    """Return a page as it stands once its script has run, and what the browser's console says."""
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        f"--user-data-dir={file.parent / 'profile'}", "--virtual-time-budget=2000", "--enable-logging=stderr",
        "--dump-dom", file.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    if done.returncode != 0:
        pytest.skip(f"Chromium does not run here: {done.stderr[-300:]}")
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


def test_the_page_runs_under_its_own_policy(text: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.html"
    file.write_text(text, encoding="utf-8")
    dumped, console = opened(file)
    assert console == ""
    # The script has run: it shows the controls, which are hidden without it.
    assert re.search(r'<form class="controls"[^>]*>', dumped)
    assert not re.search(r'<form class="controls"[^>]*hidden', dumped)


def test_search_filter_and_sort(text: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.html"
    without_policy = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    assert without_policy != text
    file.write_text(without_policy.replace("</body>", f"<script>{DRIVER}</script></body>"), encoding="utf-8")
    dumped, console = opened(file)
    assert console == ""
    found = re.search(r'data-told="([^"]*)"', dumped)
    assert found, dumped[-500:]
    told: dict[str, Any] = json.loads(found[1].replace("&quot;", '"'))
    both = ["Bar stool", "chair"]
    assert told == {
        "all": both,
        "searched": ["Bar stool"],
        "words": "1 of 2 lines",
        "nothing": [],
        "hint": True,
        "custom": ["chair"],
        "neither": [],
        "reset": both,
        "ascending": ["ascending", *both],
        "descending": ["descending", *both[::-1]],
        "made": ["descending", None, *both],
    }
