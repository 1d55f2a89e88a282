"""The draws of trials: tensions, rates, arrivals, durations, collateral, withdrawals, triggers; and their causes."""

import numpy as np

DAYS_PER_YEAR = 365.0
NORMAL_P90 = 1.2815515655


class Draws:
    """The occurrences of a chunk of trials, by shock: trial, start, end and who is hit."""

    def __init__(self, tables, rng, n_trials):
        self.tables, self.rng, self.n_trials = tables, rng, n_trials
        self.horizon = tables["horizon_days"]
        shocks = tables["shocks"]
        tensions = rng.standard_normal((n_trials, tables["n_tensions"]))
        waves = {}
        for s, shock in enumerate(shocks):
            if shock["frequency"] is not None:
                n = rng.poisson(self.rate(shock, tensions) * self.horizon / DAYS_PER_YEAR)
                waves[s] = [(np.repeat(np.arange(n_trials), n), rng.random(n.sum()) * self.horizon)]
        found = [[] for _ in shocks]
        while waves:
            triggered = {}
            for s, parts in waves.items():
                trial, start = (np.concatenate(column) for column in zip(*parts))
                found[s].append((trial, start))
                for child, probability, after in shocks[s]["triggers"]:
                    fires = (rng.random(len(trial)) < probability) & (start + after < self.horizon)
                    if fires.any():
                        triggered.setdefault(child, []).append((trial[fires], start[fires] + after))
            waves = triggered
        nothing = (np.zeros(0, int), np.zeros(0))
        self.occurrences = [tuple(np.concatenate(c) for c in zip(nothing, *f)) for f in found]
        self.end = [self.ends(shock, *self.occurrences[s]) for s, shock in enumerate(shocks)]
        self.choices = {}

    def rate(self, shock, tensions):
        law = shock["frequency"]
        if "per_year" in law:
            rate = np.full(self.n_trials, law["per_year"])
        else:
            rate = self.rng.gamma(law["events"] + 0.5, 1.0 / law["years"], self.n_trials)
        for tension, loading in shock["loadings"]:
            rate *= np.exp(loading * tensions[:, tension] - loading**2 / 2)
        return rate

    def ends(self, shock, trial, start):
        """Ends of occurrences, at most the horizon."""
        law = shock["duration"]
        days = np.full(len(start), law.get("days", np.inf))
        if "median_days" in law:
            sigma = np.log(law["p90_days"] / law["median_days"]) / NORMAL_P90
            days = law["median_days"] * np.exp(sigma * self.rng.standard_normal(len(start)))
        if "events" in law:
            reversed_ = self.rng.beta(1 + law["events"], 1 + law["of"] - law["events"], self.n_trials)
            days = np.where(self.rng.random(len(start)) < reversed_[trial], days, np.inf)
        return np.minimum(start + days, self.horizon)

    def chosen(self, s, part, developer):
        """Which occurrences hit a developer that cannot comply selectively, or that withdraws."""
        if (s, part, developer) not in self.choices:
            drawn = self.rng.random(len(self.end[s])) < self.tables["shocks"][s][part + "_probability"]
            self.choices[s, part, developer] = drawn
        return self.choices[s, part, developer]

    def intervals(self, cause):
        """Trial, start and end of a cause, and the warning before each."""
        shocks, part, developer, delay = cause
        columns = []
        for s in shocks:
            (trial, start), end = self.occurrences[s], self.end[s]
            notice = np.full(len(start), self.tables["shocks"][s]["notice_days"])
            row = (trial, start, end, notice)
            if part != "always":
                hit = self.chosen(s, "withdrawal" if part == "complies" else part, developer)
                row = tuple(column[~hit if part == "complies" else hit] for column in row)
            columns.append(row)
        trial, start, end, warning = union(*(np.concatenate(c) for c in zip(*columns)), self.horizon)
        lasts = start + delay < end
        return trial[lasts], start[lasts] + delay, end[lasts], warning[lasts] + delay


def union(trial, start, end, warning, horizon):
    """Joins the intervals of a trial that overlap or touch; the first one's warning stays."""
    if len(trial) == 0:
        return trial, start, end, warning
    offset = trial * (2 * horizon)
    order = np.argsort(offset + start, kind="stable")
    trial, start, warning, offset = trial[order], start[order], warning[order], offset[order]
    reach = np.maximum.accumulate(offset + end[order])
    first = np.flatnonzero(np.append(True, start[1:] + offset[1:] > reach[:-1]))
    last = np.append(first[1:], len(trial)) - 1
    return trial[first], start[first], reach[last] - offset[first], warning[first]


class Events:
    """Beginnings and ends of all causes in a chunk, by trial and day; a beginning comes before an end on its day."""

    def __init__(self, draws, causes):
        self.n_causes = len(causes)
        spells = [draws.intervals(cause) for cause in causes]
        self.n_spells = [np.bincount(s[0], minlength=draws.n_trials) for s in spells]
        which = np.repeat(np.arange(len(causes)), [len(s[0]) for s in spells])
        trial, start, end, warning = (np.concatenate(column) for column in zip(*spells))
        order = np.argsort(np.concatenate([start, end]) + np.tile(trial * (2 * draws.horizon), 2), kind="stable")
        self.trial, self.cause = np.tile(trial, 2)[order], np.tile(which, 2)[order]
        self.day, self.warning = np.concatenate([start, end])[order], np.tile(warning, 2)[order]
