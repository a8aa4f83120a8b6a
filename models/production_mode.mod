# production_mode.mod - which option makes each product line in each period, how much is made and sold,
# and what to invest in, so that the expected net present value of profit is largest.
#
# This is the specification of the model in GNU MathProg, on its own: plain rather than tight. The data
# section comes from an instance (prodmode export --format gmpl) or is written by hand; then
#
#     glpsol --model production_mode.mod --data portfolio.dat
#
# Parameters carry the names of the table columns. A blank cell is the default given here, or, where a blank
# is not a number, absence from a set HAS_...; a blank name is ''. Costs and prices may be negative,
# quantities may not. Amounts are in one currency, emissions in kg CO2e.


# ------------------------------------------------------------------------------------ settings and periods

param T integer, >= 1;                              # number of periods
set PERIODS := 1..T;
param label{PERIODS} symbolic default '';           # what people call the period

param months_per_period > 0, default 12;
param discount_rate > -1, default 0;                # a year
param carbon_price default 0;                       # per tonne CO2e
param budget_carryover binary, default 1;           # unspent budget can be spent later
param risk_aversion >= 0, <= 1, default 0;          # weight of CVaR in the objective
param cvar_level > 0, < 1, default 0.95;

# present value at the start of period 1 of one unit of money in period t
param rho{t in PERIODS} := (1 + discount_rate) ^ (-(t - 1) * months_per_period / 12);


# --------------------------------------------------------------------------------------------------- lines

set LINES;                                          # product lines: what the market wants
param family{LINES} symbolic default '';
param price{LINES} default 0;                       # of a unit
param current_option{LINES} symbolic default '';    # in force before period 1
param required{LINES} binary, default 1;            # must be offered while on the market
param min_fill_rate{LINES} >= 0, <= 1, default 0;   # least share of demand to serve while offered
param lost_sale_penalty{LINES} default 0;           # per unit unserved
param initial_stock{LINES} >= 0, default 0;         # belongs to the current option
param max_options{LINES} integer, >= 1, default 1;  # in force at once
param max_switches{LINES} integer, >= 0, default 1; # starts over the horizon
param line_first{LINES} integer, default 1;         # first and last period on the market
param line_last{LINES} integer, default T;

set HAS_MAX_LEAD_TIME within LINES, default {};
param max_lead_time_days{HAS_MAX_LEAD_TIME};
set HAS_MIN_QUALITY within LINES, default {};
param min_quality{HAS_MIN_QUALITY};
set HAS_HOLDING_COST within LINES, default {};      # the others cannot be stocked
param holding_cost{HAS_HOLDING_COST};               # of a unit in stock at the end of a period

param units{LINES, PERIODS} >= 0, default 0;        # demand, before the scenarios
param price_in{l in LINES, t in PERIODS} default price[l];


# --------------------------------------------------------------------------- investments, bought in copies

set INVESTMENTS, default {};
param investment_site{INVESTMENTS} symbolic default '';
param capex{INVESTMENTS};                           # of a copy
param upkeep_cost{INVESTMENTS} default 0;           # of a copy in service, per period
param lead_time_periods{INVESTMENTS} integer, >= 0, default 0;
param max_copies{INVESTMENTS} integer, >= 0, default 1;
param salvage_share{INVESTMENTS} >= 0, <= 1, default 0;
param investment_first{INVESTMENTS} integer, default 1;  # first and last period of purchase
param investment_last{INVESTMENTS} integer, default T;

set BUDGETED within PERIODS, default {};            # every period, or none: capex is then free of limits
param capex_limit{BUDGETED};


# ------------------------------------------------------------------------- options: ways to make one line

set OPTIONS;
param line{OPTIONS} symbolic, in LINES;
param mode{OPTIONS} symbolic, in {'mass', 'custom', 'outsourced'};
param site{OPTIONS} symbolic default '';
param unit_cost{OPTIONS} default 0;                 # of a unit made; tiers give it where there are tiers
param fixed_cost{OPTIONS} default 0;                # of a period in force
param startup_cost{OPTIONS} default 0;
param tooling_capex{OPTIONS} default 0;             # at a start; counts against the budget
param exit_cost{OPTIONS} default 0;
param setup_cost{OPTIONS} default 0;
param min_lot{OPTIONS} >= 0, default 0;
set HAS_MAX_UNITS within OPTIONS, default {};
param max_units{HAS_MAX_UNITS} >= 0;                # made in a period
param yield{OPTIONS} > 0, <= 1, default 1;          # good units per unit made
param lead_time_days{OPTIONS} >= 0, default 0;
set HAS_QUALITY within OPTIONS, default {};
param quality{HAS_QUALITY};
param price_factor{OPTIONS} >= 0, default 1;
param demand_factor{OPTIONS} > 0, default 1;        # its own market relative to the line's demand
param emissions_per_unit{OPTIONS} >= 0, default 0;  # kg
param requires{OPTIONS} symbolic default '';        # an investment
param option_first{OPTIONS} integer, default 1;     # first and last period in which it can be in force
param option_last{OPTIONS} integer, default T;

set OPTIONS_OF{l in LINES} := setof{o in OPTIONS: line[o] = l} o;

# Tiers 1, 2, ... of an option start at from_units 0 and rise; they are per period.
param tier_kind{OPTIONS} symbolic, in {'', 'incremental', 'all_units'}, default '';
param tiers{o in OPTIONS} integer, >= 0, default 0;                 # how many
param from_units{o in OPTIONS, k in 1..tiers[o]} >= 0;
param tier_cost{o in OPTIONS, k in 1..tiers[o]};                    # of a unit
check{o in OPTIONS: tiers[o] > 0}: from_units[o, 1] = 0;
check{o in OPTIONS, k in 2..tiers[o]}: from_units[o, k] > from_units[o, k - 1];
check{o in OPTIONS}: (tiers[o] > 0 and tier_kind[o] <> '') or (tiers[o] = 0 and tier_kind[o] = '');

set INCREMENTAL := setof{o in OPTIONS: tier_kind[o] = 'incremental'} o;
set ALL_UNITS := setof{o in OPTIONS: tier_kind[o] = 'all_units'} o;


# ---------------------------------------------------------------------------------------------- resources

set RESOURCES, default {};
param resource_site{RESOURCES} symbolic default '';
param capacity{RESOURCES} >= 0;                     # per period
param capacity_in{r in RESOURCES, t in PERIODS} >= 0, default capacity[r];
param overtime_max{RESOURCES} >= 0, default 0;
param overtime_cost{RESOURCES} default 0;           # per unit of the resource

set USAGE within OPTIONS cross RESOURCES, default {} cross {};
param per_unit{USAGE} >= 0, default 0;              # taken by a unit made,
param per_setup{USAGE} >= 0, default 0;             # by a setup
param per_period{USAGE} >= 0, default 0;            # and by a period in force

set EXPANSIONS within INVESTMENTS cross RESOURCES, default {} cross {};
param capacity_added{EXPANSIONS} >= 0;              # by a copy in service


# -------------------------------------------------------------------------------- limits: policies

set LIMITS, default {};
param measure{LIMITS} symbolic,
    in {'lines', 'units', 'spend', 'revenue', 'emissions', 'setups', 'capex'};
param limit_mode{LIMITS} symbolic default '';       # filters; '' lets all pass
param limit_site{LIMITS} symbolic default '';
param limit_family{LIMITS} symbolic default '';
param limit_line{LIMITS} symbolic default '';
param limit_period{LIMITS} integer, default 0;      # a period; 0: the whole horizon
set EACH within LIMITS, default {};                 # limits that hold in every period on its own
set HAS_MIN within LIMITS, default {};
set HAS_MAX within LIMITS, default {};
set HAS_MIN_SHARE within LIMITS, default {};
set HAS_MAX_SHARE within LIMITS, default {};
param limit_min{HAS_MIN};
param limit_max{HAS_MAX};
param min_share{HAS_MIN_SHARE} >= 0, <= 1;          # of the same measure without filters
param max_share{HAS_MAX_SHARE} >= 0, <= 1;

set COUNTED{j in LIMITS} := setof{o in OPTIONS:
    (limit_mode[j] = '' or limit_mode[j] = mode[o]) and
    (limit_site[j] = '' or limit_site[j] = site[o]) and
    (limit_family[j] = '' or limit_family[j] = family[line[o]]) and
    (limit_line[j] = '' or limit_line[j] = line[o])} o;

# Purchases count as capex where no filter asks for a line, a family or a mode.
set PURCHASES{j in LIMITS} := setof{k in INVESTMENTS:
    limit_mode[j] = '' and limit_family[j] = '' and limit_line[j] = '' and
    (limit_site[j] = '' or limit_site[j] = investment_site[k])} k;

# The rows of a limit: one for each period, one for a single period p, or one (p = 0) for the whole horizon.
# A count of lines is of a moment: over the whole horizon it holds in every period.
set ROWS{j in LIMITS} :=
    if j in EACH or (measure[j] = 'lines' and limit_period[j] = 0) then PERIODS else {limit_period[j]};


# ------------------------------------------------------------------- scenarios: possible futures, and what
#                                                                     each changes

set SCENARIOS;
param probability{SCENARIOS} >= 0, <= 1;
check: abs(sum{w in SCENARIOS} probability[w] - 1) <= 1e-5;

set CHANGES, default {};
param change_scenario{CHANGES} symbolic, in SCENARIOS;
param quantity{CHANGES} symbolic, in {'demand', 'price', 'unit_cost', 'capacity', 'yield'};
param change_line{CHANGES} symbolic default '';     # filters; '' lets all pass
param change_family{CHANGES} symbolic default '';
param change_mode{CHANGES} symbolic default '';
param change_site{CHANGES} symbolic default '';
param change_resource{CHANGES} symbolic default '';
param change_period{CHANGES} integer, default 0;    # 0: every period
param factor{CHANGES} >= 0;

# Several matching factors multiply.
set CHANGES_OF{w in SCENARIOS, a in {'demand', 'price', 'unit_cost', 'capacity', 'yield'}} :=
    setof{c in CHANGES: change_scenario[c] = w and quantity[c] = a} c;

param demand_change{w in SCENARIOS, l in LINES, t in PERIODS} :=
    prod{c in CHANGES_OF[w, 'demand']:
        (change_line[c] = '' or change_line[c] = l) and
        (change_family[c] = '' or change_family[c] = family[l]) and
        (change_period[c] = 0 or change_period[c] = t)} factor[c];

param option_change{w in SCENARIOS, a in {'price', 'unit_cost', 'yield'}, o in OPTIONS, t in PERIODS} :=
    prod{c in CHANGES_OF[w, a]:
        (change_line[c] = '' or change_line[c] = line[o]) and
        (change_family[c] = '' or change_family[c] = family[line[o]]) and
        (change_mode[c] = '' or change_mode[c] = mode[o]) and
        (change_site[c] = '' or change_site[c] = site[o]) and
        (change_period[c] = 0 or change_period[c] = t)} factor[c];

param capacity_change{w in SCENARIOS, r in RESOURCES, t in PERIODS} :=
    prod{c in CHANGES_OF[w, 'capacity']:
        (change_resource[c] = '' or change_resource[c] = r) and
        (change_site[c] = '' or change_site[c] = resource_site[r]) and
        (change_period[c] = 0 or change_period[c] = t)} factor[c];


# ----------------------------------------------------------------------- figures that follow from the data

# the demand D of a line, and the demand g·D that an option meets in its own market
param D{w in SCENARIOS, l in LINES, t in PERIODS} := units[l, t] * demand_change[w, l, t];
param market{w in SCENARIOS, o in OPTIONS, t in PERIODS} := demand_factor[o] * D[w, line[o], t];

param unit_price{w in SCENARIOS, o in OPTIONS, t in PERIODS} :=
    price_in[line[o], t] * price_factor[o] * option_change[w, 'price', o, t];
param good{w in SCENARIOS, o in OPTIONS, t in PERIODS} := yield[o] * option_change[w, 'yield', o, t];

param on_market{l in LINES, t in PERIODS} := if line_first[l] <= t and t <= line_last[l] then 1 else 0;

# Too slow or too poor for its line: an option that cannot be chosen. A blank passes.
param eligible{o in OPTIONS} :=
    if (line[o] in HAS_MAX_LEAD_TIME and
            lead_time_days[o] > (if line[o] in HAS_MAX_LEAD_TIME then max_lead_time_days[line[o]])) or
       (line[o] in HAS_MIN_QUALITY and o in HAS_QUALITY and
            (if o in HAS_QUALITY then quality[o]) <
            (if line[o] in HAS_MIN_QUALITY then min_quality[line[o]]))
    then 0 else 1;

# whether an option can be in force in a period, what it requires apart
param can{o in OPTIONS, t in PERIODS} :=
    if eligible[o] = 1 and on_market[line[o], t] = 1 and option_first[o] <= t and t <= option_last[o]
    then 1 else 0;

# x[o,0]: the current option alone
param before{o in OPTIONS} := if current_option[line[o]] = o then 1 else 0;

# Custom production is made to order; the others can be made to stock where the line can be stocked.
set STOCKED := setof{o in OPTIONS: line[o] in HAS_HOLDING_COST and mode[o] <> 'custom'} o;

# what an option can still sell after period t
param later{w in SCENARIOS, o in OPTIONS, t in PERIODS} :=
    sum{s in PERIODS: s > t and can[o, s] = 1} market[w, o, s];

# U: the most that an option makes in a period. Nobody makes units only to scrap them, except to fill a lot
# or to reach the price of a larger quantity.
param worth_making{w in SCENARIOS, o in OPTIONS, t in PERIODS} :=
    if good[w, o, t] > 0
    then (market[w, o, t] + (if o in STOCKED then later[w, o, t])) / good[w, o, t]
    else 0;
param enough{w in SCENARIOS, o in OPTIONS, t in PERIODS} :=
    max(worth_making[w, o, t], min_lot[o], if o in ALL_UNITS then from_units[o, tiers[o]]);
param U{w in SCENARIOS, o in OPTIONS, t in PERIODS} :=
    if can[o, t] = 0 then 0
    else if o in HAS_MAX_UNITS then min(max_units[o], enough[w, o, t])
    else enough[w, o, t];

# where a setup is counted
set WITH_SETUP := setof{o in OPTIONS: setup_cost[o] <> 0 or min_lot[o] > 0 or tiers[o] > 0} o
    union setof{(o, r) in USAGE: per_setup[o, r] > 0} o;

# the end of a tier
param to_units{w in SCENARIOS, o in OPTIONS, t in PERIODS, k in 1..tiers[o]} :=
    if k < tiers[o] then min(U[w, o, t], from_units[o, k + 1]) else U[w, o, t];
param width{w in SCENARIOS, o in OPTIONS, t in PERIODS, k in 1..tiers[o]} :=
    max(0, to_units[w, o, t, k] - from_units[o, k]);


# ---------------------------------------------------- first stage: decided once, the same in every scenario

var x{o in OPTIONS, t in PERIODS} integer, >= 0, <= can[o, t];   # 1: the option is in force
var u{OPTIONS, PERIODS} >= 0;                                    # 1: it starts
var e{OPTIONS, PERIODS} >= 0;                                    # 1: it is left
var m{l in LINES, t in PERIODS} integer, >= 0, <= on_market[l, t];  # 1: the line is offered

var z{k in INVESTMENTS, t in PERIODS} integer, >= 0,             # copies bought
    <= if investment_first[k] <= t and t <= investment_last[k] then max_copies[k] else 0;
var Z{INVESTMENTS, PERIODS} >= 0;                                # copies in service


# --------------------------------------------------- second stage: decided when the scenario has come true

var q{SCENARIOS, OPTIONS, PERIODS} >= 0;                         # units made or ordered
var y{SCENARIOS, WITH_SETUP, PERIODS} binary;                    # 1: setup
var s{SCENARIOS, OPTIONS, PERIODS} >= 0;                         # units sold
var i{SCENARIOS, STOCKED, PERIODS} >= 0;                         # stock at the end of the period
var v{SCENARIOS, r in RESOURCES, PERIODS} >= 0, <= overtime_max[r];  # overtime

var in_tier{SCENARIOS, o in OPTIONS, PERIODS, 1..tiers[o]} >= 0; # units made at the cost of the tier
var reached{SCENARIOS, o in OPTIONS, PERIODS, 1..tiers[o]} binary;
    # incremental: 1 if the tier before is full, so that units can fall in this one
    # all_units:   1 if this is the tier whose cost all units have

var making{SCENARIOS, OPTIONS, PERIODS};                         # unit or tier cost of what is made
var profit{SCENARIOS};                                           # present value over the horizon


# ---------------------------------------------------------------------------------------------- assignment

# A required line is offered in every period on the market. A line is offered when between one and
# max_options of its options are in force.
s.t. required_line{l in LINES, t in PERIODS: required[l] = 1}: m[l, t] = on_market[l, t];
s.t. offered_by_some{l in LINES, t in PERIODS}: sum{o in OPTIONS_OF[l]} x[o, t] >= m[l, t];
s.t. offered_by_few{l in LINES, t in PERIODS}: sum{o in OPTIONS_OF[l]} x[o, t] <= max_options[l] * m[l, t];


# ----------------------------------------------------------------------------------------------- switching

# Starts and exits are the rises and falls of x, exactly, whatever they cost or earn.
s.t. switch_first{o in OPTIONS}: u[o, 1] - e[o, 1] = x[o, 1] - before[o];
s.t. switch{o in OPTIONS, t in 2..T}: u[o, t] - e[o, t] = x[o, t] - x[o, t - 1];
s.t. start_in_force{o in OPTIONS, t in PERIODS}: u[o, t] <= x[o, t];
s.t. exit_not_in_force{o in OPTIONS, t in PERIODS}: e[o, t] <= 1 - x[o, t];

# The starts of a line without a current option are not counted in its first period.
s.t. few_switches{l in LINES}:
    sum{o in OPTIONS_OF[l], t in PERIODS: current_option[l] <> '' or t <> line_first[l]} u[o, t]
    <= max_switches[l];


# ------------------------------------------------------------------------------------------------- balance

# Stock before and good units made cover what is sold and kept; the rest is scrapped. Stock stays with the
# option that made it and is lost when that is left; nobody keeps more than can still be sold.
s.t. balance_to_stock{w in SCENARIOS, o in STOCKED, t in PERIODS}:
    (if t > 1 then i[w, o, t - 1] else before[o] * initial_stock[line[o]]) + good[w, o, t] * q[w, o, t]
    >= s[w, o, t] + i[w, o, t];
s.t. balance_to_order{w in SCENARIOS, o in OPTIONS diff STOCKED, t in PERIODS}:
    good[w, o, t] * q[w, o, t] >= s[w, o, t];
s.t. stock_in_force{w in SCENARIOS, o in STOCKED, t in PERIODS}: i[w, o, t] <= later[w, o, t] * x[o, t];


# -------------------------------------------------------------------------------------------------- demand

# An option sells in its own market; together the options of a line in force serve its demand at least to
# min_fill_rate and at most once.
s.t. own_market{w in SCENARIOS, o in OPTIONS, t in PERIODS}: s[w, o, t] <= market[w, o, t] * x[o, t];
s.t. demand_once{w in SCENARIOS, l in LINES, t in PERIODS}:
    sum{o in OPTIONS_OF[l]} s[w, o, t] / demand_factor[o] <= D[w, l, t] * m[l, t];
s.t. fill_rate{w in SCENARIOS, l in LINES, t in PERIODS: min_fill_rate[l] > 0}:
    sum{o in OPTIONS_OF[l]} s[w, o, t] / demand_factor[o] >= min_fill_rate[l] * D[w, l, t] * m[l, t];


# ---------------------------------------------------------------------------------------------------- lots

s.t. made_in_force{w in SCENARIOS, o in OPTIONS, t in PERIODS}: q[w, o, t] <= U[w, o, t] * x[o, t];
s.t. setup_in_force{w in SCENARIOS, o in WITH_SETUP, t in PERIODS}: y[w, o, t] <= x[o, t];
s.t. made_after_setup{w in SCENARIOS, o in WITH_SETUP, t in PERIODS}: q[w, o, t] <= U[w, o, t] * y[w, o, t];
s.t. lot{w in SCENARIOS, o in WITH_SETUP, t in PERIODS: min_lot[o] > 0}:
    q[w, o, t] >= min_lot[o] * y[w, o, t];


# --------------------------------------------------------------------------------------------------- tiers

s.t. units_by_tier{w in SCENARIOS, o in OPTIONS, t in PERIODS: tiers[o] > 0}:
    sum{k in 1..tiers[o]} in_tier[w, o, t, k] = q[w, o, t];

# incremental: a tier is entered only when the one before is full
s.t. tier_entered{w in SCENARIOS, o in INCREMENTAL, t in PERIODS, k in 1..tiers[o]}:
    in_tier[w, o, t, k] <= width[w, o, t, k] * reached[w, o, t, k];
s.t. tier_before_full{w in SCENARIOS, o in INCREMENTAL, t in PERIODS, k in 2..tiers[o]}:
    in_tier[w, o, t, k - 1] >= width[w, o, t, k - 1] * reached[w, o, t, k];

# all_units: one tier holds the whole quantity; at a threshold either of the two may
s.t. one_tier{w in SCENARIOS, o in ALL_UNITS, t in PERIODS}:
    sum{k in 1..tiers[o]} reached[w, o, t, k] = y[w, o, t];
s.t. tier_from{w in SCENARIOS, o in ALL_UNITS, t in PERIODS, k in 1..tiers[o]}:
    in_tier[w, o, t, k] >= from_units[o, k] * reached[w, o, t, k];
s.t. tier_to{w in SCENARIOS, o in ALL_UNITS, t in PERIODS, k in 1..tiers[o]}:
    in_tier[w, o, t, k] <= to_units[w, o, t, k] * reached[w, o, t, k];

s.t. making_cost{w in SCENARIOS, o in OPTIONS, t in PERIODS}:
    making[w, o, t] = option_change[w, 'unit_cost', o, t] *
        (if tiers[o] = 0 then unit_cost[o] * q[w, o, t]
         else sum{k in 1..tiers[o]} tier_cost[o, k] * in_tier[w, o, t, k]);


# ---------------------------------------------------------------------------------- capacity and unlocking

# Scenarios change the capacity that there is, not what investments add.
s.t. enough_capacity{w in SCENARIOS, r in RESOURCES, t in PERIODS}:
    sum{(o, r) in USAGE} (per_unit[o, r] * q[w, o, t] + per_period[o, r] * x[o, t]
        + (if o in WITH_SETUP then per_setup[o, r] * y[w, o, t]))
    <= capacity_in[r, t] * capacity_change[w, r, t]
        + sum{(k, r) in EXPANSIONS} capacity_added[k, r] * Z[k, t] + v[w, r, t];

s.t. few_copies{k in INVESTMENTS}: sum{t in PERIODS} z[k, t] <= max_copies[k];
s.t. in_service{k in INVESTMENTS, t in PERIODS}:
    Z[k, t] = sum{b in PERIODS: b <= t - lead_time_periods[k]} z[k, b];
s.t. unlocked{o in OPTIONS, t in PERIODS: requires[o] <> ''}: x[o, t] <= Z[requires[o], t];


# -------------------------------------------------------------------------------------------------- budget

# with carry-over the sums up to each period are compared
s.t. budget{t in BUDGETED}:
    sum{b in PERIODS: b = t or (budget_carryover = 1 and b < t)}
        (sum{k in INVESTMENTS} capex[k] * z[k, b] + sum{o in OPTIONS} tooling_capex[o] * u[o, b])
    <= sum{b in BUDGETED: b = t or (budget_carryover = 1 and b < t)} capex_limit[b];


# -------------------------------------------------------------------------------------------------- limits

# Measures are not discounted and hold in every scenario: of the options that the filters pass, and of all.
var measured{SCENARIOS, j in LIMITS, ROWS[j]};
var measured_all{SCENARIOS, j in LIMITS, ROWS[j]};

s.t. measure_filtered{w in SCENARIOS, j in LIMITS, p in ROWS[j]}:
    measured[w, j, p] = sum{t in PERIODS: p = 0 or p = t} (
        sum{o in COUNTED[j]} (
            (if measure[j] = 'lines' then x[o, t])
            + (if measure[j] = 'units' then q[w, o, t])
            + (if measure[j] = 'spend' then making[w, o, t] + fixed_cost[o] * x[o, t])
            + (if measure[j] = 'spend' and o in WITH_SETUP then setup_cost[o] * y[w, o, t])
            + (if measure[j] = 'revenue' then unit_price[w, o, t] * s[w, o, t])
            + (if measure[j] = 'emissions' then emissions_per_unit[o] * q[w, o, t])
            + (if measure[j] = 'setups' and o in WITH_SETUP then y[w, o, t])
            + (if measure[j] = 'capex' then tooling_capex[o] * u[o, t]))
        + sum{k in PURCHASES[j]: measure[j] = 'capex'} capex[k] * z[k, t]);
s.t. measure_unfiltered{w in SCENARIOS, j in LIMITS, p in ROWS[j]}:
    measured_all[w, j, p] = sum{t in PERIODS: p = 0 or p = t} (
        sum{o in OPTIONS} (
            (if measure[j] = 'lines' then x[o, t])
            + (if measure[j] = 'units' then q[w, o, t])
            + (if measure[j] = 'spend' then making[w, o, t] + fixed_cost[o] * x[o, t])
            + (if measure[j] = 'spend' and o in WITH_SETUP then setup_cost[o] * y[w, o, t])
            + (if measure[j] = 'revenue' then unit_price[w, o, t] * s[w, o, t])
            + (if measure[j] = 'emissions' then emissions_per_unit[o] * q[w, o, t])
            + (if measure[j] = 'setups' and o in WITH_SETUP then y[w, o, t])
            + (if measure[j] = 'capex' then tooling_capex[o] * u[o, t]))
        + sum{k in INVESTMENTS: measure[j] = 'capex'} capex[k] * z[k, t]);

s.t. at_least{w in SCENARIOS, j in HAS_MIN, p in ROWS[j]}: measured[w, j, p] >= limit_min[j];
s.t. at_most{w in SCENARIOS, j in HAS_MAX, p in ROWS[j]}: measured[w, j, p] <= limit_max[j];
s.t. least_share{w in SCENARIOS, j in HAS_MIN_SHARE, p in ROWS[j]}:
    measured[w, j, p] >= min_share[j] * measured_all[w, j, p];
s.t. largest_share{w in SCENARIOS, j in HAS_MAX_SHARE, p in ROWS[j]}:
    measured[w, j, p] <= max_share[j] * measured_all[w, j, p];


# --------------------------------------------------------------------------------------------------- profit

s.t. present_value{w in SCENARIOS}: profit[w] =
    sum{t in PERIODS} rho[t] * (
        sum{o in OPTIONS} (
            unit_price[w, o, t] * s[w, o, t]                                # revenue
            - making[w, o, t]                                               # unit or tier cost
            - carbon_price / 1000 * emissions_per_unit[o] * q[w, o, t]
            - fixed_cost[o] * x[o, t]
            - (startup_cost[o] + tooling_capex[o]) * u[o, t]
            - exit_cost[o] * e[o, t])
        - sum{o in WITH_SETUP} setup_cost[o] * y[w, o, t]
        - sum{o in STOCKED} holding_cost[line[o]] * i[w, o, t]
        - sum{l in LINES} lost_sale_penalty[l] *                            # on what is unserved
            (D[w, l, t] * m[l, t] - sum{o in OPTIONS_OF[l]} s[w, o, t] / demand_factor[o])
        - sum{r in RESOURCES} overtime_cost[r] * v[w, r, t]
        - sum{k in INVESTMENTS} (capex[k] * z[k, t] + upkeep_cost[k] * Z[k, t]))
    + rho[T] * sum{k in INVESTMENTS, t in PERIODS} salvage_share[k] * capex[k] * z[k, t];

# Conditional value at risk: the mean profit of the worst (1 - cvar_level) of the futures.
var tail;                                                        # profit where that tail begins
var shortfall{SCENARIOS} >= 0;                                   # of the profit below it
s.t. below_tail{w in SCENARIOS: risk_aversion > 0}: shortfall[w] >= tail - profit[w];

maximize npv:
    (1 - risk_aversion) * sum{w in SCENARIOS} probability[w] * profit[w]
    + risk_aversion * (tail - sum{w in SCENARIOS} probability[w] * shortfall[w] / (1 - cvar_level));

solve;

printf "\nnet present value %.2f\n\n", npv;
printf "%-12s %-24s %-24s %12s %12s\n", "period", "line", "option", "made", "sold";
printf{t in PERIODS, o in OPTIONS: x[o, t] > 0.5} "%-12s %-24s %-24s %12.2f %12.2f\n",
    if label[t] <> '' then label[t] else t, line[o], o,
    sum{w in SCENARIOS} probability[w] * q[w, o, t], sum{w in SCENARIOS} probability[w] * s[w, o, t];
printf{t in PERIODS, k in INVESTMENTS: z[k, t] > 0.5} "%-12s buy %d of %s\n",
    if label[t] <> '' then label[t] else t, z[k, t], k;

end;
