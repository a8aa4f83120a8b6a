from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodmode.errors import InputError
from prodmode.instance.cells import has_control
from prodmode.instance.instance import Instance
from prodmode.io import load, save
from tests.io.portfolio import CONTAINERS, FILES, portfolio

if TYPE_CHECKING:
    from prodmode.io.writing import Container

NASTY = [
    "=1+1", "+1", "-2", "@SUM(A1)", "{=1}", "007", "7", "1.0", "1e5", "0x10", "1_000", "NO", "no",
    "yes", "true", "null", "None", "NA", "nan", "inf", "~", "a,b", 'say "x"', "it's", "a: b", "- a",
    "#x", "x #y", "[a]", "{a}", "&a", "*a", "!a", "%a", "|", ">", "a\nb", "a\r\nb", "a\rb", "a\tb",
    "ü", "木のテーブル", "🪑", "http://x.org", "mailto:a@b", "<r>x</r>", "_x0041_", "&amp;", "<b>",
    "2025-01-01", "12:30", "\\", "a\\nb", "'q", "a;b", "...", "---", "? a", "=", "<<", "\u2028x",
    "a\x85b", "\x7f", "a\x01b", "\ufeffx",
]  # fmt: skip


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_table_comes_back(container: Container, tmp_path: Path) -> None:
    instance = portfolio()
    path = tmp_path / FILES[container]
    save(instance, path, container=container)
    assert load(path) == instance


@pytest.mark.parametrize("container", CONTAINERS)
def test_nasty_names_come_back(container: Container, tmp_path: Path) -> None:
    names = [name for name in NASTY if not has_control(name)]
    instance = Instance.from_tables(
        {"name": "nasty", "description": "\n".join(NASTY), "periods": names},
        {
            "lines": [
                {"line": name, "name": name, "family": name, "current_option": name, "first_period": name}
                for name in names
            ],
            "demand": [{"line": name, "period": names[-1], "units": 3} for name in names],
            "sites": [{"site": name, "region": name} for name in names],
            "options": [
                {"option": name, "line": name, "mode": "custom", "site": name, "requires": name}
                for name in names
            ],
            "investments": [{"investment": name, "capex": 1} for name in names],
        },
    )
    path = tmp_path / FILES[container]
    save(instance, path, container=container)
    assert load(path) == instance


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize(
    "periods",
    [("4",), ("Q1",), ("1", "2"), ("a, b", "c;d"), ('"x"', "y"), ("2025-01", "2025-02"), ("NO", "007")],
)
def test_period_labels_come_back(container: Container, periods: tuple[str, ...], tmp_path: Path) -> None:
    instance = portfolio(periods=periods)
    path = tmp_path / FILES[container]
    save(instance, path, container=container)
    assert load(path) == instance


LABELS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=12
).filter(lambda text: text == text.strip() and text.strip() and text != "each")
NUMBERS = st.floats(min_value=0, max_value=1e300, allow_nan=False, allow_infinity=False).map(
    lambda x: x + 0.0
)


@settings(max_examples=25, deadline=None)
@given(
    labels=st.lists(LABELS, min_size=3, max_size=3, unique=True),
    numbers=st.lists(NUMBERS, min_size=4, max_size=4),
    text=LABELS,
)
def test_any_names_and_numbers_come_back(labels: list[str], numbers: list[float], text: str) -> None:
    numbers[3] = max(numbers[3], 5e-324)
    try:
        instance = portfolio(labels, numbers, text=text)
    except InputError:
        return
    with tempfile.TemporaryDirectory() as folder:
        for container in CONTAINERS:
            path = Path(folder) / container / FILES[container]
            save(instance, path, container=container)
            assert load(path) == instance


def test_numbers_of_a_workbook_are_exact(tmp_path: Path) -> None:
    numbers = (0.1 + 0.2, math.pi * 1e10, 5e-324, 1.7976931348623157e300)
    instance = portfolio(numbers=numbers)
    save(instance, tmp_path / "book.xlsx")
    assert load(tmp_path / "book.xlsx") == instance


def test_saving_over_an_earlier_instance_leaves_none_of_it(tmp_path: Path) -> None:
    save(portfolio(), tmp_path / "x", container="parquet")
    (tmp_path / "x" / "README.md").write_text("kept")
    small = portfolio().replace(changes=[], limits=[])
    save(small, tmp_path / "x")
    assert load(tmp_path / "x") == small
    assert (tmp_path / "x" / "README.md").exists()
    assert not list((tmp_path / "x").glob("*.parquet"))


def test_a_failed_save_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    save(portfolio(), path)
    before = path.read_bytes()
    with pytest.raises(Exception, match="characters"):
        save(portfolio().replace(description="x" * 40_000), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["book.xlsx"]


def test_columns_of_defaults_are_left_out(tmp_path: Path) -> None:
    save(
        Instance.from_tables(
            {"name": "small", "periods": 1},
            {
                "lines": [{"line": "stool"}],
                "demand": [{"line": "stool", "period": "1", "units": 5}],
                "options": [{"option": "made", "line": "stool", "mode": "custom", "unit_cost": 2.5}],
            },
        ),
        tmp_path / "x",
    )
    assert sorted(file.name for file in (tmp_path / "x").iterdir()) == [
        "demand.csv",
        "instance.yaml",
        "lines.csv",
        "options.csv",
    ]
    assert (tmp_path / "x/lines.csv").read_text() == "line\nstool\n"
    assert (tmp_path / "x/options.csv").read_text() == "option,line,mode,unit_cost\nmade,stool,custom,2.5\n"
