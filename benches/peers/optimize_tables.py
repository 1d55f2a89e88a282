"""The planner's problem as arrays: reads what `cargo bench --bench optimize -- --program` writes (README.md)."""

import argparse
import json
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array


@dataclass
class Problem:
    """Minimize cost · x, with x within bounds and rows, and x[expected], x[cvar] no lower than the risk of x.

    Money is in thousands of USD (`usd_per_unit`).
    """

    usd_per_unit: float
    confidence_level: float
    cost: np.ndarray
    low: np.ndarray
    high: np.ndarray
    integers: np.ndarray
    rows: csr_array
    rows_low: np.ndarray
    rows_high: np.ndarray
    # Columns of each cell's expected loss, and of the CVaR.
    expected: np.ndarray
    cvar: int
    # unserved[state_of_row] >= unserved_rows @ x. States of a fallback come twice: before it, and in all.
    unserved_rows: csr_array
    state_of_row: np.ndarray
    n_states: int
    # loss = of_states @ unserved + of_columns @ x, by trial; and its mean by cell.
    of_states: csr_array
    of_columns: csr_array
    mean_of_states: csr_array
    mean_of_columns: csr_array
    meaning: dict

    @property
    def n_trials(self):
        return self.of_states.shape[0]


class Entries:
    """Entries of a sparse matrix, piece by piece."""

    def __init__(self):
        self.pieces = []

    def add(self, row, column, value):
        row, column, value = np.broadcast_arrays(row, column, value)
        self.pieces.append((row, column, value))

    def matrix(self, shape):
        row, column, value = (np.concatenate(parts) for parts in zip(*self.pieces))
        return csr_array(coo_array((value, (row.astype(int), column.astype(int))), shape=shape))


def read(path):
    with open(path) as file:
        tables = json.load(file)
    columns, n_trials = tables["columns"], tables["n_trials"]
    n = len(columns["cost"])
    unit = tables["usd_per_unit"]
    rows, of_states, of_columns, mean_states, mean_columns = (Entries() for _ in range(5))
    state_of_row, n_rows, n_states = [], 0, 0
    for cell, own in enumerate(tables["cells"]):
        own_state = np.array(own["state_of_row"], dtype=int)
        before = np.array(own["is_before_fallback"], dtype=bool)
        row, column, factor = arrays(own["rows"])
        trial, state, days = arrays(own["days"])
        value, fallback = own["value_usd_per_day"], own["fallback_usd_per_day"]
        # Without a fallback all that is unserved costs the whole value.
        parts = [(np.ones(len(own_state), dtype=bool), value if fallback is None else fallback)]
        if fallback is not None:
            parts.append((before, value - fallback))
        for kept, usd_per_day in parts:
            number = np.cumsum(kept) - 1
            of_kept = kept[row]
            rows.add(n_rows + number[row[of_kept]], column[of_kept], factor[of_kept])
            state_of_row.append(n_states + own_state[kept])
            of_states.add(trial, n_states + state, days * usd_per_day / unit)
            mean_states.add(cell, n_states + state, days * usd_per_day / unit / n_trials)
            n_rows, n_states = n_rows + kept.sum(), n_states + own["n_states"]
        trial, column, usd = arrays(own["linear"])
        of_columns.add(trial, column, usd / unit)
        mean_columns.add(cell, column, usd / unit / n_trials)
    limits = tables["rows"]
    row, column, factor = arrays(limits["terms"])
    n_cells = len(tables["cells"])
    decisions = Entries()
    decisions.add(row, column, factor)
    return Problem(
        usd_per_unit=unit,
        confidence_level=tables["confidence_level"],
        cost=np.array(columns["cost"]),
        low=numbers(columns["low"], -np.inf),
        high=numbers(columns["high"], np.inf),
        integers=np.flatnonzero(columns["is_integer"]),
        rows=decisions.matrix((len(limits["low"]), n)),
        rows_low=numbers(limits["low"], -np.inf),
        rows_high=numbers(limits["high"], np.inf),
        expected=np.array(tables["expected"], dtype=int),
        cvar=tables["cvar"],
        unserved_rows=rows.matrix((n_rows, n)),
        state_of_row=np.concatenate(state_of_row),
        n_states=n_states,
        of_states=of_states.matrix((n_trials, n_states)),
        of_columns=of_columns.matrix((n_trials, n)),
        mean_of_states=mean_states.matrix((n_cells, n_states)),
        mean_of_columns=mean_columns.matrix((n_cells, n)),
        meaning=tables["meaning"],
    )


def arrays(terms):
    keys = ["row", "column", "factor"]
    return [np.array(terms[key], dtype=float if key == "factor" else int) for key in keys]


def numbers(values, otherwise):
    return np.array([otherwise if value is None else value for value in values], dtype=float)


def fixed(problem, path):
    """Columns and values of the plan that `multipolar optimize --format json` printed."""
    with open(path) as file:
        answer = json.load(file)
    values = {}
    for workload, users, offer, column in problem.meaning["primaries"]:
        values[column] = answer["allocation"][workload][users].get(offer, 0.0)
    standby = {(s["workload"], s["offer"], s["readiness"]): s["cover"] for s in answer["standby"]}
    for workload, offer, readiness, is_ready, cover in problem.meaning["standbys"]:
        values[cover] = standby.get((workload, offer, readiness), 0.0)
        values[is_ready] = float((workload, offer, readiness) in standby)
    for offer, column in problem.meaning["replicas"].items():
        values[column] = answer["replicas"].get(offer, 0)
    return np.array(list(values), dtype=int), np.array(list(values.values()), dtype=float)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("tables")
    parser.add_argument("--plan", help="also measure this plan")
    parser.add_argument("--gap", type=float, default=0.0, help="relative gap at which to stop")
    parser.add_argument("--seconds", type=float, default=600.0, help="when to give up")
    return parser.parse_args()


def options(given):
    """Of HiGHS, through either library."""
    return {
        "mip_rel_gap": given.gap,
        "mip_abs_gap": 0.0 if given.gap == 0 else 1e-6,
        "time_limit": given.seconds,
        "threads": 1,
        "mip_feasibility_tolerance": 1e-9 if given.gap == 0 else 1e-6,
        "primal_feasibility_tolerance": 1e-9 if given.gap == 0 else 1e-7,
        "dual_feasibility_tolerance": 1e-9 if given.gap == 0 else 1e-7,
    }
