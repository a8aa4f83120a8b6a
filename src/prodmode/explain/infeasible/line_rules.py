"""The rows of rules on lines and options: what is required, how much, by which options and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.explain.infeasible.imposed import keys_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.explain.infeasible.imposed import Imposed
    from prodmode.explain.infeasible.rules import Kind


def impose_fill_rates(imposed: Imposed) -> None:
    """Least share of demand that is served."""
    lines, constants = imposed.instance.lines, imposed.context.constants
    names, fill = lines["line"].to_numpy(), lines["min_fill_rate"].to_numpy()
    for block in imposed.of_family("fill_rate"):
        scenario, option, period = keys_of(block, "scenario", "option", "period")
        line = constants.line[option]
        imposed.collector.add(
            imposed.rows_of(block), imposed.by_name("fill_rate", names[line], fill[line]),
            lower=0.0, period=period, slack=constants.market[scenario, option, period],
        )  # fmt: skip
    for block in imposed.of_family("line_fill_rate"):
        scenario, line, period = keys_of(block, "scenario", "line", "period")
        rows = imposed.rows_of(block)
        imposed.collector.add(
            rows, imposed.by_name("fill_rate", names[line], fill[line]),
            lower=imposed.mip.row_lower[rows], period=period,
            slack=constants.effective.demand[scenario, line, period],
        )  # fmt: skip


def impose_choices(imposed: Imposed) -> None:
    """Lines that must be offered, options at once, and switches."""
    lines, constants, columns = imposed.instance.lines, imposed.context.constants, imposed.context.columns
    names, add = lines["line"].to_numpy(), imposed.collector.add
    for block in imposed.of_family("assignment"):
        line, period = keys_of(block, "line", "period")
        row_of = np.full(constants.on_market.shape, -1)
        row_of[line, period] = np.arange(len(line))
        option, when = np.nonzero(columns.in_force >= 0)
        again = imposed.append(
            len(line), (row_of[constants.line[option], when], columns.in_force[option, when], 1.0)
        )
        must = lines["required"].to_numpy(dtype=bool)[line]
        add(
            again[must], imposed.by_name("required", names[line[must]], 1.0),
            lower=1.0, period=period[must], slack=1.0,
        )  # fmt: skip
        most = lines["max_options"].to_numpy(dtype=np.float64)
        some = (most < constants.tables["lines"]["max_options"].to_numpy())[line]
        add(
            imposed.rows_of(block)[some], imposed.by_name("max_options", names[line[some]], most[line[some]]),
            upper=most[line[some]], period=period[some], slack=-1.0,
        )  # fmt: skip
    for block in imposed.of_family("max_switches"):
        (line,) = keys_of(block, "line")
        figures = lines["max_switches"].to_numpy(dtype=np.float64)[line]
        rules = imposed.by_name("max_switches", names[line], figures)
        add(imposed.rows_of(block), rules, upper=figures, slack=-1.0)


def impose_quantities(imposed: Imposed) -> None:
    """Most units and minimum lots of options."""
    options, columns = imposed.instance.options, imposed.context.columns
    names, most = options["option"].to_numpy(), options["max_units"].to_numpy()
    scenario, option, period = np.nonzero((columns.made >= 0) & ~np.isnan(most)[:, None])
    rows = imposed.append(len(option), (np.arange(len(option)), columns.made[scenario, option, period], 1.0))
    imposed.collector.add(
        rows, imposed.by_name("max_units", names[option], most[option]),
        upper=most[option], period=period, slack=-1.0,
    )  # fmt: skip
    for block in imposed.of_family("min_lot"):
        option, period = keys_of(block, "option", "period")
        least = options["min_lot"].to_numpy()[option]
        imposed.collector.add(
            imposed.rows_of(block), imposed.by_name("min_lot", names[option], least),
            lower=0.0, period=period, slack=1.0,
        )  # fmt: skip


def impose_eligibility(imposed: Imposed) -> None:
    """Lead times and qualities that lines ask for, and the periods in which options can be used.

    An option that is kept out comes in where the figure moves by what it misses.
    """
    instance, constants = imposed.instance, imposed.context.constants
    lines, options, line = instance.lines, instance.options, constants.line
    periods, labels = len(instance.periods), instance.periods
    names, keys = lines["line"].to_numpy()[line], options["option"].to_numpy()
    on_market = imposed.context.columns.in_force >= 0

    longest, least = (lines[name].to_numpy()[line] for name in ("max_lead_time_days", "min_quality"))
    asked: tuple[tuple[Kind, NDArray[np.float64], NDArray[np.float64]], ...] = (
        ("lead_time", longest, options["lead_time_days"].to_numpy() - longest),
        ("quality", least, least - options["quality"].to_numpy()),
    )
    for kind, figures, missed in asked:
        out = on_market & (missed > 0)[:, None]
        option = np.nonzero(out)[0]
        _exclude(imposed, out, imposed.by_name(kind, names[option], figures[option]), missed[option])

    when = np.arange(periods)
    first, last = (
        options[name].cat.codes.to_numpy().astype(np.int64) for name in ("first_period", "last_period")
    )
    last = np.where(last < 0, periods - 1, last)
    kinds: tuple[tuple[Kind, NDArray[np.int64], NDArray[np.int64]], ...] = (
        ("first_period", first, first[:, None] - when), ("last_period", last, when - last[:, None]),
    )  # fmt: skip
    for end, ends, gap in kinds:
        out = on_market & (gap > 0)
        option = np.nonzero(out)[0]
        rules = [imposed.collector.rule(end, keys[o], period=labels[ends[o]]) for o in option]
        _exclude(imposed, out, np.array(rules, dtype=np.int64), gap[out])


def _exclude(
    imposed: Imposed, out: NDArray[np.bool_], rules: NDArray[np.int64], missed: NDArray[np.generic]
) -> None:
    """Keep options from being in force where ``out``, shape (O, T), is true; one rule a place."""
    option, period = np.nonzero(out)
    if not len(option):
        return
    in_force = imposed.context.columns.in_force[option, period]
    rows = imposed.append(len(option), (np.arange(len(option)), in_force, 1.0))
    imposed.collector.add(rows, rules, upper=0.0, period=period, slack=-1.0 / missed.astype(np.float64))
    imposed.exclusions.append(np.column_stack([rules, option, period]))
