"""The planner's problem with cvxpy and HiGHS: every state of every trial in one program (README.md)."""

import json
import time

import cvxpy as cp
import numpy as np

import optimize_tables


def build(p, plan=None):
    """The program; `plan`: (columns, values) that are held fast."""
    x = cp.Variable(len(p.cost))
    whole = cp.Variable(len(p.integers), integer=True)
    unserved = cp.Variable(p.n_states, nonneg=True)
    loss = cp.Variable(p.n_trials)
    var = cp.Variable()
    beyond = cp.Variable(p.n_trials, nonneg=True)
    tail = (1 - p.confidence_level) * p.n_trials
    has_low, has_high = np.isfinite(p.rows_low), np.isfinite(p.rows_high)
    limited = np.isfinite(p.high)
    constraints = [
        x >= p.low,
        x[limited] <= p.high[limited],
        x[p.integers] == whole,
        p.rows[has_low] @ x >= p.rows_low[has_low],
        p.rows[has_high] @ x <= p.rows_high[has_high],
        unserved[p.state_of_row] >= p.unserved_rows @ x,
        loss == p.of_states @ unserved + p.of_columns @ x,
        x[p.expected] >= p.mean_of_states @ unserved + p.mean_of_columns @ x,
        beyond >= loss - var,
        x[p.cvar] >= var + cp.sum(beyond) / tail,
    ]
    if plan is not None:
        columns, values = plan
        constraints.append(x[columns] == values)
    return cp.Problem(cp.Minimize(p.cost @ x), constraints)


def main():
    given = optimize_tables.arguments()
    p = optimize_tables.read(given.tables)
    start = time.perf_counter()
    problem = build(p)
    try:
        problem.solve(solver=cp.HIGHS, **optimize_tables.options(given))
    except cp.error.SolverError:
        pass  # no plan in time
    answer = {"seconds": time.perf_counter() - start, "status": problem.status}
    if problem.value is not None and np.isfinite(problem.value):
        answer["objective_usd"] = problem.value * p.usd_per_unit
    info = problem.solver_stats.extra_stats if problem.solver_stats else None
    if info is not None and hasattr(info, "mip_dual_bound"):
        answer["bound_usd"] = info.mip_dual_bound * p.usd_per_unit
    if given.plan:
        fixed = build(p, optimize_tables.fixed(p, given.plan))
        fixed.solve(solver=cp.HIGHS)
        answer["plan_usd"] = fixed.value * p.usd_per_unit
    print(json.dumps({key: finite(value) for key, value in answer.items()}))


def finite(value):
    return None if isinstance(value, float) and not np.isfinite(value) else value


if __name__ == "__main__":
    main()
