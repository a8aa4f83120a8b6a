"""The source of ten-calls.md and ten-calls.ipynb; `python -m tests.notebook` runs it and writes both."""

# %% [markdown]
# # From the planner's workbook to the board's page in ten calls
#
# A workshop turns wooden toys. Trains and puzzles could be made in series on a router that costs 32,000 EUR, by hand at
# the benches, or bought in; the rocking horse is only made by hand, and need not be offered at all. Which way is best for
# each in the next two years, what is that worth, and how sure is it? Ten calls answer that, from the planner's workbook to
# a page for the board.
#
# The workbook is one of the examples. Write it next to this notebook or script, and look into it:
#
# ```sh
# prodmode new toys.xlsx --example starter
# ```

# %% [markdown]
# ## 1. Load the workbook
#
# Every sheet is checked as it is read. Had anything been wrong, all of it would be listed here, by sheet, row and column.

# %%
import prodmode as pm

toys = pm.load("toys.xlsx")
toys

# %% [markdown]
# ## 2. Solve it
#
# The answer is a plan and a proof: no plan whatsoever can earn more than the proven bound, and a referee that shares no code
# with the solver has recomputed every rule and every amount.

# %%
result = pm.solve(toys)
result

# %%
print(f"{result.objective:,.0f} {toys.currency}, {result.status.value}, verified: {result.verified}")

# %% [markdown]
# ## 3. See how each line is made
#
# Colour, hatch and letter say the same, so that the picture works in print too. Each picture is a matplotlib figure: `ax=`
# draws it into one of yours, `.savefig("modes.svg")` writes it.

# %%
result.plan.plot.modes()

# %% [markdown]
# ## 4. Take the figures into pandas
#
# `plan.assignments`, `plan.cash_flow` and the other tables are plain data frames. `plan.indexed` gives the same table
# with a named index, which makes pivots short.

# %%
made = result.plan.indexed("assignments")["made"]
made.unstack("period").round()

# %% [markdown]
# ## 5. See the money
#
# What comes in, what goes out, and the present value that has been earned so far, year by year.

# %%
result.plan.plot.cash_flow()

# %% [markdown]
# ## 6. Ask why
#
# Why are puzzles bought, and not made on the router that is there for the trains anyway? Every other way is the best
# *whole* plan with it, solved anew, so that a difference is a difference.

# %%
why = result.explain("puzzle")
why

# %% [markdown]
# ## 7. Ask what if
#
# The same words as on the command line (`prodmode what-if`): trains sell a quarter more.

# %%
more = pm.what_if(result, set=["demand.line=train *1.25"])
more

# %%
print(f"that is worth {more.change.words(toys.currency)}")

# %% [markdown]
# ## 8. Ask what the budget is worth
#
# The board will ask what a larger or a smaller budget for investments would do. The frontier answers it point by point: each
# row is the best plan with that budget, solved on its own. Against `"emissions"`, `"outsourced"` or `"limit=NAME"` it works
# in the same way.

# %%
curve = pm.frontier(result, "budget", points=7)
curve

# %% [markdown]
# ## 9. Draw it

# %%
result.plan.plot.frontier(curve)

# %% [markdown]
# ## 10. Write the board's page
#
# One file that works offline, prints well, and needs nobody to explain it: the summary, the plan by line, money, capacity,
# and the proof.

# %%
result.report("toys.html")

# %% [markdown]
# Open `toys.html` in any browser. From here: [ask more questions](../how-to/explain.md),
# [write the plan as an Excel workbook](../how-to/report-and-excel.md), or [put in your own figures](../first-plan.md).
