"""The data section keeps every name apart and every digit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("swiglpk")

import prodmode as pm
from prodmode.io.gmpl import write_gmpl_data
from tests.differential.compare import agree, disagreements
from tests.differential.gmpl_oracle import gmpl_optima

if TYPE_CHECKING:
    from pathlib import Path

LONG = "a very long name of a product line, " * 5
NAMES = [
    "plain",
    "with  two blanks",
    "it's",
    "'quoted'",
    'double "quotes"',
    "Möbel für 日本",
    "12",
    "012",
    "-1.5e3",
    ".",
    ":= ; data; end;",
    "# no comment",
    "end",
    "*",
    "(tr)",
    "back\\slash",
    LONG + "one",
    LONG + "two",
    "長" * 60,
]


def portfolio(names: list[str]) -> pm.Instance:
    numbers = range(1, len(names) + 1)
    tables: dict[str, list[dict[str, Any]]] = {
        "lines": [
            {"line": name, "price": 10 + number, "family": name}
            for name, number in zip(names, numbers, strict=True)
        ],
        "demand": [{"line": name, "period": names[0], "units": 1} for name in names],
        "sites": [{"site": name} for name in names],
        "resources": [
            {"resource": name, "site": name, "capacity": number / 20}
            for name, number in zip(names, numbers, strict=True)
        ],
        "options": [
            {"option": name, "line": name, "mode": "mass", "site": name, "requires": name} for name in names
        ],
        "usage": [{"option": name, "resource": name, "per_unit": 1} for name in names],
        "investments": [{"investment": name, "site": name, "capex": 1} for name in names],
        "limits": [{"limit": name, "measure": "units", "family": name, "max": 0.9} for name in names],
        "scenarios": [{"scenario": name, "probability": 1 / len(names)} for name in names],
        "changes": [{"scenario": name, "quantity": "price", "site": name, "factor": 0.5} for name in names],
    }
    for line in tables["lines"]:
        line["required"] = False
    return pm.Instance.from_tables({"name": f"portfolio of {names[0]}\n", "periods": names[:2]}, tables)


def test_names_of_every_kind(tmp_path: Path) -> None:
    known = portfolio([f"n{number}" for number in range(len(NAMES))])
    odd = portfolio(NAMES)
    witnesses = gmpl_optima({"known": known, "odd": odd}, tmp_path)
    assert agree(witnesses["known"].optimum, witnesses["odd"].optimum)


def test_digits(tmp_path: Path) -> None:
    instance = pm.Instance.from_tables(
        {"name": "digits", "periods": 1},
        {
            "lines": [{"line": "l", "price": 1e7 / 3}],
            "demand": [{"line": "l", "period": 1, "units": math.pi * 1e-5}],
            "options": [{"option": "o", "line": "l", "mode": "mass", "unit_cost": -1e-12, "yield": 1 / 3}],
        },
    )
    write_gmpl_data(instance, tmp_path / "digits.dat")
    text = (tmp_path / "digits.dat").read_text(encoding="utf-8")
    for number in (1e7 / 3, math.pi * 1e-5, -1e-12, 1 / 3):
        assert f" {number!r} " in text
    assert disagreements({"digits": instance}, tmp_path) == []


def test_aversion_to_risk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the futures earn 100 and half 50: the worst half is worth 50, the mean 75."""
    instance = pm.Instance.from_tables(
        {"name": "risk", "periods": 1, "cvar_level": 0.5},
        {
            "lines": [{"line": "l", "price": 10}],
            "demand": [{"line": "l", "period": 1, "units": 10}],
            "options": [{"option": "o", "line": "l", "mode": "mass"}],
            "scenarios": [{"scenario": "good", "probability": 0.5}, {"scenario": "bad", "probability": 0.5}],
            "changes": [{"scenario": "bad", "quantity": "price", "factor": 0.5}],
        },
    )

    def averse(instance: pm.Instance, path: Path) -> None:
        # prodmode itself takes no risk_aversion yet
        write_gmpl_data(instance, path)
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("risk_aversion := 0.0", "risk_aversion := 0.4"), encoding="utf-8")

    monkeypatch.setattr("tests.differential.gmpl_oracle.write_gmpl_data", averse)
    witness = gmpl_optima({"risk": instance}, tmp_path)["risk"]
    assert agree(witness.optimum, 0.6 * 75 + 0.4 * 50)


def test_solver_that_cannot_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nonsense(_: pm.Instance, path: Path) -> None:
        path.write_text("data;\nparam T := two;\nend;\n", encoding="utf-8")

    monkeypatch.setattr("tests.differential.gmpl_oracle.write_gmpl_data", nonsense)
    with pytest.raises(AssertionError, match="broken"):
        gmpl_optima({"broken": portfolio(["n", "m"])}, tmp_path)
