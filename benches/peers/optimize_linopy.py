"""The planner's problem with linopy and HiGHS: every state of every trial in one program (README.md)."""

import json
import time

import linopy
import numpy as np
import pandas as pd
import xarray as xr

import optimize_tables


def product(matrix, variable, name):
    """Rows of `matrix @ variable` that are not empty, by row number."""
    entries = matrix.tocoo()
    columns = xr.DataArray(entries.col, dims="entry")
    row = pd.Series(entries.row, name=name)
    (dimension,) = variable.dims
    terms = xr.DataArray(entries.data, dims="entry") * variable.isel({dimension: columns})
    return terms.groupby(row.rename_axis("entry")).sum()


def coordinate(n, name):
    return [pd.RangeIndex(n, name=name)]


def build(p, plan=None):
    """The program; `plan`: (columns, values) that are held fast."""
    m = linopy.Model()
    low, high = p.low.copy(), p.high.copy()
    if plan is not None:
        columns, values = plan
        low[columns] = high[columns] = values
    x = m.add_variables(low, high, coordinate(len(p.cost), "column"), name="x")
    whole = m.add_variables(
        low[p.integers], high[p.integers], [pd.Index(p.integers, name="column")], name="whole", integer=True
    )
    unserved = m.add_variables(0, np.inf, coordinate(p.n_states, "state"), name="unserved")
    loss = m.add_variables(0, np.inf, coordinate(p.n_trials, "trial"), name="loss")
    beyond = m.add_variables(0, np.inf, coordinate(p.n_trials, "trial"), name="beyond")
    var = m.add_variables(name="var")
    m.add_constraints(x.sel(column=p.integers) == whole, name="integers")
    rows = p.rows
    for name, side, bound in [("at_least", ">=", p.rows_low), ("at_most", "<=", p.rows_high)]:
        kept = np.flatnonzero(np.isfinite(bound) & (np.diff(rows.indptr) > 0))
        values = xr.DataArray(bound[kept], coords=coordinate(len(kept), "row"))
        m.add_constraints(product(rows[kept], x, "row"), side, values, name=name)
    kept = np.flatnonzero(np.diff(p.unserved_rows.indptr) > 0)
    shortfall = product(p.unserved_rows[kept], x, "row")
    own = unserved.isel(state=p.state_of_row[kept]).rename(state="row").assign_coords(row=np.arange(len(kept)))
    m.add_constraints(own - shortfall >= 0, name="unserved_rows")

    def sums(of_states, of_columns, left, name):
        used = np.flatnonzero((np.diff(of_states.indptr) > 0) | (np.diff(of_columns.indptr) > 0))
        total = left.isel({left.dims[0]: used}).rename({left.dims[0]: name}).assign_coords({name: used})
        expression = 1 * total
        for matrix, variable in [(of_states, unserved), (of_columns, x)]:
            part = product(matrix, variable, name)
            expression = linopy.merge([expression, -part], dim="_term", join="left")
        m.add_constraints(expression >= 0, name=name)

    sums(p.of_states, p.of_columns, loss, "in_trial")
    sums(p.mean_of_states, p.mean_of_columns, x.isel(column=p.expected), "in_cell")
    m.add_constraints(beyond - loss + var >= 0, name="beyond_var")
    tail = (1 - p.confidence_level) * p.n_trials
    m.add_constraints(x.sel(column=p.cvar) - var - beyond.sum() / tail >= 0, name="cvar")
    m.add_objective((xr.DataArray(p.cost, coords=coordinate(len(p.cost), "column")) * x).sum())
    return m


def main():
    given = optimize_tables.arguments()
    p = optimize_tables.read(given.tables)
    start = time.perf_counter()
    m = build(p)
    options = optimize_tables.options(given)
    _, condition = m.solve("highs", io_api="direct", progress=False, output_flag=False, **options)
    answer = {"seconds": time.perf_counter() - start, "status": condition}
    objective = m.objective.value
    if objective is not None and np.isfinite(objective):
        answer["objective_usd"] = float(objective) * p.usd_per_unit
    model = m.solver_model
    if model is not None:
        bound = model.getInfo().mip_dual_bound
        if np.isfinite(bound):
            answer["bound_usd"] = bound * p.usd_per_unit
    if given.plan:
        fixed = build(p, optimize_tables.fixed(p, given.plan))
        fixed.solve("highs", io_api="direct", progress=False, output_flag=False)
        if fixed.objective.value is not None:
            answer["plan_usd"] = float(fixed.objective.value) * p.usd_per_unit
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
