"""The field table: every table, column and setting of an instance, defined once.

Loaders, the constructors for scripts, blank templates, schemas and documentation all read names, types,
ranges, defaults, units, references and meanings from here.
"""

from __future__ import annotations

import types
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticUndefined

MODES = ("mass", "custom", "outsourced")
"""The three ways to make a line."""

QUANTITIES = ("demand", "price", "unit_cost", "capacity", "yield")
"""What a scenario may change."""

EACH = "each"
"""The value of ``limits.period`` that means every period on its own."""

Mode = Literal["mass", "custom", "outsourced"]
SiteKind = Literal["plant", "workshop", "supplier"]
TierKind = Literal["incremental", "all_units"]
Measure = Literal["lines", "units", "spend", "revenue", "emissions", "setups", "capex"]
Quantity = Literal["demand", "price", "unit_cost", "capacity", "yield"]
ColumnType = Literal["str", "float", "int", "bool", "choice"]


def _column(
    default: Any,
    meaning: str,
    *,
    unit: str | None = None,
    references: str | None = None,
    key: bool = False,
    alias: str | None = None,
    **bounds: float,
) -> Any:
    extra = {"unit": unit, "references": references, "key": key}
    field: Any = Field  # its overloads know no bounds given as a mapping
    return field(default, description=meaning, alias=alias, json_schema_extra=extra, **bounds)


def _key(meaning: str, *, references: str | None = None) -> Any:
    return _column(..., meaning, references=references, key=True)


def _ref(default: Any, meaning: str, references: str) -> Any:
    return _column(default, meaning, references=references)


class Record(BaseModel):
    """A row of a table."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        coerce_numbers_to_str=True,
        str_strip_whitespace=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )
    table: ClassVar[str]


class Line(Record):
    """A product line: what the market wants."""

    table = "lines"
    line: str = _key("name of the product line")
    name: str | None = _column(None, "longer name for people")
    family: str | None = _column(None, "product family, for limits and scenarios")
    price: float = _column(0.0, "sales price of a unit", unit="currency/unit")
    current_option: str | None = _ref(None, "the option in force before the first period", "options.option")
    required: bool = _column(True, "whether the line must be offered in every period it is on the market")
    min_fill_rate: float = _column(
        0.0, "least share of demand to serve while offered", unit="share", ge=0, le=1
    )
    lost_sale_penalty: float = _column(0.0, "cost of a unit of demand left unserved", unit="currency/unit")
    max_lead_time_days: float | None = _column(
        None, "options with a longer lead time cannot be chosen", unit="days", ge=0
    )
    min_quality: float | None = _column(None, "options of lower quality cannot be chosen")
    holding_cost: float | None = _column(
        None,
        "cost of a unit in stock at the end of a period; blank: cannot be stocked",
        unit="currency/unit/period",
    )
    initial_stock: float = _column(
        0.0, "stock at the start, which belongs to the current option", unit="units", ge=0
    )
    max_options: int = _column(
        1, "options in force at once; above 1 allows dual sourcing", unit="options", ge=1
    )
    max_switches: int = _column(1, "starts of an option over the horizon", unit="starts", ge=0)
    first_period: str | None = _ref(None, "first period on the market", "periods")
    last_period: str | None = _ref(None, "last period on the market", "periods")


class Demand(Record):
    """What the market asks of a line in a period."""

    table = "demand"
    line: str = _key("the product line", references="lines.line")
    period: str = _key("the period", references="periods")
    units: float = _column(..., "units asked for", unit="units", ge=0)
    price: float | None = _column(
        None, "sales price in this period, in place of the line's", unit="currency/unit"
    )


class Site(Record):
    """A plant, workshop or supplier."""

    table = "sites"
    site: str = _key("name of the site")
    name: str | None = _column(None, "longer name for people")
    kind: SiteKind | None = _column(None, "what the site is")
    region: str | None = _column(None, "where it is")


class Option(Record):
    """One way to make a line: a mode at a site, with its costs, lots, yield and lead time."""

    table = "options"
    option: str = _key("name of the option")
    line: str = _ref(..., "the line it makes", "lines.line")
    mode: Mode = _column(..., "mass, custom or outsourced")
    site: str | None = _ref(None, "where it is made", "sites.site")
    unit_cost: float = _column(0.0, "cost of a unit made; blank where tiers give it", unit="currency/unit")
    fixed_cost: float = _column(0.0, "cost of a period in force", unit="currency/period")
    startup_cost: float = _column(0.0, "cost of a start", unit="currency/start")
    tooling_capex: float = _column(
        0.0, "investment at a start, counted against the budget", unit="currency/start"
    )
    exit_cost: float = _column(0.0, "cost of leaving the option", unit="currency/exit")
    setup_cost: float = _column(
        0.0, "cost of a setup: one in each period with production", unit="currency/setup"
    )
    min_lot: float = _column(0.0, "least units in a period with production", unit="units", ge=0)
    max_units: float | None = _column(None, "most units made in a period", unit="units/period", ge=0)
    yield_: float = _column(1.0, "good units per unit made", unit="share", alias="yield", gt=0, le=1)
    lead_time_days: float = _column(0.0, "days from order to delivery", unit="days", ge=0)
    quality: float | None = _column(None, "quality score, compared with the line's min_quality")
    price_factor: float = _column(1.0, "sales price relative to the line's", unit="factor", ge=0)
    demand_factor: float = _column(
        1.0, "size of its market relative to the line's demand", unit="factor", gt=0
    )
    emissions_per_unit: float = _column(0.0, "emissions of a unit made", unit="kg CO2e/unit", ge=0)
    requires: str | None = _ref(None, "an investment that must be in service", "investments.investment")
    first_period: str | None = _ref(None, "first period it can be in force", "periods")
    last_period: str | None = _ref(None, "last period it can be in force", "periods")
    tier_kind: TierKind | None = _column(
        None, "how its tiers act: 'incremental' on the units above a threshold, 'all_units' on all of them"
    )


class Tier(Record):
    """A price or cost break of an option, by units made in a period."""

    table = "tiers"
    option: str = _key("the option", references="options.option")
    from_units: float = _column(
        ..., "units in a period from which it counts; the first is 0", unit="units", key=True, ge=0
    )
    unit_cost: float = _column(..., "cost of a unit in this tier", unit="currency/unit")


class Resource(Record):
    """What is scarce at a site per period: machine hours, skilled hours, quoted supplier units, energy."""

    table = "resources"
    resource: str = _key("name of the resource")
    site: str | None = _ref(None, "where it is", "sites.site")
    unit: str | None = _column(None, "unit it is measured in, such as hours")
    capacity: float = _column(..., "available in a period", unit="resource unit/period", ge=0)
    overtime_max: float = _column(
        0.0, "most that overtime adds in a period", unit="resource unit/period", ge=0
    )
    overtime_cost: float = _column(0.0, "cost of a unit of overtime", unit="currency/resource unit")


class Capacity(Record):
    """Capacity of a resource in one period, in place of the resource's own."""

    table = "capacity"
    resource: str = _key("the resource", references="resources.resource")
    period: str = _key("the period", references="periods")
    capacity: float = _column(..., "available in this period", unit="resource unit/period", ge=0)


class Usage(Record):
    """How much of a resource an option takes."""

    table = "usage"
    option: str = _key("the option", references="options.option")
    resource: str = _key("the resource", references="resources.resource")
    per_unit: float = _column(0.0, "taken by a unit made", unit="resource unit/unit", ge=0)
    per_setup: float = _column(0.0, "taken by a setup", unit="resource unit/setup", ge=0)
    per_period: float = _column(0.0, "taken by a period in force", unit="resource unit/period", ge=0)


class Investment(Record):
    """A capital project that adds capacity or unlocks options."""

    table = "investments"
    investment: str = _key("name of the investment")
    name: str | None = _column(None, "longer name for people")
    site: str | None = _ref(None, "where it is", "sites.site")
    capex: float = _column(..., "price of a copy", unit="currency/copy")
    upkeep_cost: float = _column(0.0, "cost of a copy in service", unit="currency/copy/period")
    lead_time_periods: int = _column(0, "periods from purchase to service", unit="periods", ge=0)
    max_copies: int = _column(1, "copies that can be bought over the horizon", unit="copies", ge=0)
    first_period: str | None = _ref(None, "first period it can be bought", "periods")
    last_period: str | None = _ref(None, "last period it can be bought", "periods")
    salvage_share: float = _column(
        0.0, "share of capex recovered at the end of the horizon", unit="share", ge=0, le=1
    )


class Expansion(Record):
    """Capacity that a copy of an investment adds to a resource."""

    table = "expansions"
    investment: str = _key("the investment", references="investments.investment")
    resource: str = _key("the resource", references="resources.resource")
    capacity_added: float = _column(..., "added by a copy in service", unit="resource unit/period", ge=0)


class Budget(Record):
    """Capex allowed in a period."""

    table = "budgets"
    period: str = _key("the period", references="periods")
    capex_limit: float = _column(..., "purchases and tooling allowed", unit="currency/period", ge=0)


class Limit(Record):
    """A policy over many lines: a share of outsourced spend, an emissions cap, a count of lines."""

    table = "limits"
    limit: str = _key("name of the limit")
    measure: Measure = _column(..., "what is measured")
    mode: Mode | None = _column(None, "only options of this mode")
    site: str | None = _ref(None, "only options at this site", "sites.site")
    family: str | None = _ref(None, "only lines of this family", "lines.family")
    line: str | None = _ref(None, "only this line", "lines.line")
    period: str | None = _column(
        None, "a period, 'each' for every period on its own, blank for the whole horizon"
    )
    min: float | None = _column(None, "least of the measure", unit="measure")
    max: float | None = _column(None, "most of the measure", unit="measure")
    min_share: float | None = _column(
        None, "least share of the same measure over all lines and modes", unit="share", ge=0, le=1
    )
    max_share: float | None = _column(
        None, "largest share of the same measure over all lines and modes", unit="share", ge=0, le=1
    )


class Scenario(Record):
    """A possible future."""

    table = "scenarios"
    scenario: str = _key("name of the scenario")
    probability: float = _column(..., "its probability; all sum to 1", unit="share", ge=0, le=1)


class Change(Record):
    """What a scenario changes; several matching factors multiply."""

    table = "changes"
    scenario: str = _ref(..., "the scenario", "scenarios.scenario")
    quantity: Quantity = _column(..., "what changes")
    line: str | None = _ref(None, "only this line", "lines.line")
    family: str | None = _ref(None, "only lines of this family", "lines.family")
    mode: Mode | None = _column(None, "only options of this mode")
    site: str | None = _ref(None, "only options or resources at this site", "sites.site")
    resource: str | None = _ref(None, "only this resource", "resources.resource")
    period: str | None = _ref(None, "only this period", "periods")
    factor: float = _column(..., "multiplies the quantity", unit="factor", ge=0)


def _period_labels(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return tuple(str(number) for number in range(1, value + 1))
    return value


class Settings(Record):
    """What holds for the whole instance."""

    table = "settings"
    name: str = _column(..., "name of the instance")
    description: str | None = _column(None, "what it is about")
    currency: str = Field("USD", description="ISO 4217 code", pattern="^[A-Z]{3}$")
    periods: Annotated[tuple[str, ...], BeforeValidator(_period_labels)] = Field(
        ..., description="labels of the periods, or a count n for the labels 1 to n", min_length=1
    )
    months_per_period: float = _column(12.0, "length of a period", unit="months", gt=0)
    discount_rate: float = _column(0.0, "annual rate at which money is discounted", unit="1/year", gt=-1)
    carbon_price: float = _column(0.0, "price of emissions", unit="currency/t CO2e")
    budget_carryover: bool = _column(True, "whether money not spent in a period can be spent later")
    risk_aversion: float = _column(0.0, "weight of CVaR in the objective", unit="share", ge=0, le=1)
    cvar_level: float = _column(0.95, "level of CVaR", unit="share", gt=0, lt=1)


RECORDS: tuple[type[Record], ...] = (
    Line, Demand, Site, Option, Tier, Resource, Capacity, Usage,
    Investment, Expansion, Budget, Limit, Scenario, Change,
)  # fmt: skip
"""The record model of every table, in the order in which tables are written and checked."""

TABLES: tuple[str, ...] = tuple(record.table for record in RECORDS)
"""The names of the tables."""

REQUIRED_TABLES = ("lines", "demand", "options")
"""Tables without which there is nothing to decide."""

WIDE_TABLES = {"demand": "units", "capacity": "capacity"}
"""Tables that may have a column per period, and the column that their cells then fill."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, or a setting, as the field table defines it.

    Attributes
    ----------
    name : str
        Its name in files and tables.
    type : {"str", "float", "int", "bool", "choice"}
        The type of its values.
    required : bool
        Whether a blank is an error.
    default : object
        What a blank means; None where a blank stays blank.
    key : bool
        Whether it is part of the key that no two rows of the table may share.
    references : str or None
        ``"table.column"`` whose values it names, or ``"periods"``.
    choices : tuple of str
        Allowed values where type is "choice".
    ge, gt, le, lt : float or None
        Bounds of a number.
    unit : str or None
        Unit of a number.
    meaning : str
        What it says, in a phrase.
    """

    name: str
    type: ColumnType
    required: bool
    default: Any
    key: bool
    references: str | None
    choices: tuple[str, ...]
    ge: float | None
    gt: float | None
    le: float | None
    lt: float | None
    unit: str | None
    meaning: str


def _type_of(annotation: Any) -> tuple[ColumnType, tuple[str, ...]]:
    if get_origin(annotation) in {Union, types.UnionType}:
        (annotation,) = (part for part in get_args(annotation) if part is not type(None))
    if get_origin(annotation) is Literal:
        return "choice", get_args(annotation)
    named: dict[Any, ColumnType] = {bool: "bool", int: "int", float: "float"}
    return named.get(annotation, "str"), ()


@cache
def columns(table: str) -> tuple[Column, ...]:
    """Return the columns of a table, or the settings for ``"settings"``.

    Parameters
    ----------
    table : str
        One of `TABLES`, or ``"settings"``.

    Raises
    ------
    KeyError
        If there is no such table.

    Examples
    --------
    >>> [column.name for column in columns("budgets")]
    ['period', 'capex_limit']
    """
    record = Settings if table == "settings" else record_of(table)
    found = []
    for attribute, info in record.model_fields.items():
        kind, choices = _type_of(info.annotation)
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        bounds = {
            name: getattr(item, name)
            for item in info.metadata
            for name in ("ge", "gt", "le", "lt")
            if hasattr(item, name)
        }
        found.append(
            Column(
                name=info.alias or attribute,
                type=kind,
                required=info.is_required(),
                default=None if info.default is PydanticUndefined else info.default,
                key=bool(extra.get("key")),
                references=extra.get("references"),  # type: ignore[arg-type]
                choices=choices,
                ge=bounds.get("ge"),
                gt=bounds.get("gt"),
                le=bounds.get("le"),
                lt=bounds.get("lt"),
                unit=extra.get("unit"),  # type: ignore[arg-type]
                meaning=info.description or "",
            )
        )
    return tuple(found)


@cache
def record_of(table: str) -> type[Record]:
    """Return the record model of a table; KeyError if there is no such table."""
    for record in RECORDS:
        if record.table == table:
            return record
    raise KeyError(table)
