"""AAL and CVaR of a portfolio by Monte Carlo, vectorized over trials: the peer of `multipolar simulate`.

The model is that of docs/src/methodology (shocks, supply-graph, routing-and-loss, simulation); README.md says how to
run this and what is simplified. Reads tables written by `benches/simulate.rs`, prints one line of JSON.

Words. A *cause* is what strikes offers together: a shock, one developer's share in it (collateral, withdrawal), or its
later consequence (a buffer that runs out). An *event* is the beginning or end of a cause in a trial. A *row* is the
time from one event to the next within a trial, for one cell; arrays over rows are flat, trial after trial.
"""

import argparse
import json
import time

import numpy as np

TRIALS_PER_CHUNK = 4000
DAYS_PER_YEAR = 365.0
NORMAL_P90 = 1.2815515655
CONFIDENCE_LEVEL = 0.95
BITS = 63  # causes per word of a row's key
LEAST_FACTOR = 1e-30  # stands for a capacity factor of 0, whose logarithm would be infinite


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


class Cell:
    """One cell: what each cause does to each class of offers, and today's plan."""

    def __init__(self, table, causes, one_off_usd, horizon, surge):
        self.members, self.classes, self.surge = table["members"], table["classes"], surge
        self.value, self.fallback = table["value_usd_per_day"], table["fallback_usd_per_day"]
        self.fallback_after = table["fallback_after_days"]
        self.objective = table["recovery_objective_days"]
        self.mtok_per_day, self.switch_usd = table["mtok_per_day"], table["switch_usd"]
        self.horizon = horizon
        n = len(self.classes)
        share = np.bincount([m["class"] for m in self.members], [m["share"] for m in self.members], n)
        # By cause: what it does to the classes, `[4, n_classes]`: down, closed to newcomers, log factors.
        effects = {}

        def strike(what, classes, amount, shocks, part="always", developer=None, delay=0.0):
            if delay < horizon:
                key = (tuple(shocks), part, developer, delay)
                effect = effects.setdefault(causes.setdefault(key, len(causes)), np.zeros((4, n), np.float32))
                effect[what, classes] += amount

        def charge(classes, usd, shocks, part="always", developer=None):
            key = (tuple(shocks), part, developer, 0.0)
            cause = causes.setdefault(key, len(causes))
            usd = usd * table["users_share"] * share[classes].sum()
            one_off_usd[cause] = one_off_usd.get(cause, 0.0) + usd

        stale_by_class = {}
        for s in table["strikes"]:
            shock = [s["shock"]]
            strike(0, s.get("unavailable", []), 1, shock)
            strike(1, s.get("no_new", []), 1, shock)
            for factor, classes in s.get("capacities", []):
                strike(2, classes, np.log(max(factor, LEAST_FACTOR)), shock)
            for factor, classes in s.get("prices", []):
                strike(3, classes, np.log(factor), shock)
            for usd, classes in s.get("one_offs", []):
                charge(classes, usd, shock)
            for developer, classes in s.get("collateral", []):
                strike(0, classes, 1, shock, "collateral", developer)
            for developer, classes in s.get("withdrawal", []):
                strike(0, classes, 1, shock, "withdrawal", developer)
                strike(3, classes, np.log(s["withdrawal_price"]), shock, "complies", developer)
                charge(classes, s["withdrawal_one_off"], shock, "complies", developer)
            for c, delay in s.get("down_after", []):
                strike(0, [c], 1, shock, delay=delay)
            for c, delay in s.get("no_new_after", []):
                strike(1, [c], 1, shock, delay=delay)
            for c in s.get("stale", []) + [c for c, _ in s.get("stale_after", [])]:
                stale_by_class.setdefault(c, set()).add(s["shock"])
        for c, shocks in stale_by_class.items():
            buffer = self.classes[c]["stale_buffer_days"]
            strike(0, [c], 1, sorted(shocks), delay=np.inf if buffer is None else buffer)

        self.causes = [cause for cause in sorted(effects) if effects[cause].any()]
        self.effects = np.array([effects[cause] for cause in self.causes]).reshape(len(self.causes), 4 * n)
        self.carriers = [(m, x["class"], x["share"]) for m, x in enumerate(self.members) if x["share"] > 0]
        self.standbys = [(x["class"], x["hot"], x["warm"]) for x in self.members if x["hot"] + x["warm"] > 0]
        carrying = [c for _, c, _ in self.carriers]
        on_carriers = [effects[cause][[0, 2, 3]][:, carrying].any() for cause in self.causes]
        self.carrier_causes = np.flatnonzero(on_carriers)
        self.price = np.array([m["price"] for m in self.members])
        self.quality = np.array([-np.inf if m["quality"] is None else m["quality"] for m in self.members])
        self.class_of = np.array([m["class"] for m in self.members])
        self.onboarding = np.array([c["onboarding_days"] if c["may_be_cold"] else np.inf for c in self.classes])
        self.eligible = np.array([c["is_eligible"] for c in self.classes])
        self.replacements = [self.cheapest(m) for m, _, _ in self.carriers]

    def cheapest(self, replaced):
        """By class, without the member itself: the best price at its quality, the best quality, its best price."""
        n = len(self.classes)
        as_good, best, best_price = np.full(n, np.inf), np.full(n, -np.inf), np.full(n, np.inf)
        for m in np.flatnonzero(self.eligible[self.class_of]):
            if m != replaced:
                c, quality, price = self.class_of[m], self.quality[m], self.price[m]
                if quality >= self.quality[replaced]:
                    as_good[c] = min(as_good[c], price)
                if (-quality, price) < (-best[c], best_price[c]):
                    best[c], best_price[c] = quality, price
        return as_good, best, best_price

    def states(self, active):
        """`active`: `[n_states, n_causes]`. By state and class: usable, kept level, closed to newcomers, price factor."""
        n = len(self.classes)
        total = (active.astype(np.float32) @ self.effects).reshape(len(active), 4, n)
        usable = total[:, 0] == 0
        kept = np.where(usable, np.exp(total[:, 2]).round(5), 0.0)
        return usable, kept, total[:, 1] > 0, np.exp(total[:, 3].astype(float))

    def extra_usd_per_day(self, usable, kept, price_factor):
        """By state: dearer primaries and dearer substitutes."""
        usd = np.zeros(len(usable))
        for (m, c, share), (as_good, best, best_price) in zip(self.carriers, self.replacements):
            own = self.price[m]
            usd += share * kept[:, c] * own * np.maximum(price_factor[:, c] - 1, 0)
            lost = np.flatnonzero(kept[:, c] < 1)
            if len(lost) == 0:
                continue
            factor = np.where(usable[lost], price_factor[lost], np.inf)
            replacement = (factor * as_good).min(axis=1)
            none = np.flatnonzero(np.isinf(replacement))
            if len(none):
                quality = np.where(np.isinf(factor[none]), -np.inf, best)
                of_best = quality == quality.max(axis=1, keepdims=True)
                price = np.where(of_best, factor[none] * best_price, np.inf).min(axis=1)
                replacement[none] = np.where(np.isinf(price), own, price)
            usd[lost] += share * (1 - kept[lost, c]) * np.maximum(replacement - own, 0)
        return usd * self.mtok_per_day

    def loss(self, events, n_trials):
        """`[n_trials]`: outage, extra cost and switches; `events` are those of all causes, by trial and time."""
        loss = np.zeros(n_trials)
        n_words = -(-len(self.causes) // BITS)
        role = np.zeros(events.n_causes, np.uint8)
        role[self.causes] = 1
        role[np.array(self.causes)[self.carrier_causes]] = 2
        of_event = role[events.cause]
        touched = np.zeros(n_trials, bool)
        touched[events.trial[of_event == 2]] = True
        at = np.flatnonzero((of_event > 0) & touched[events.trial])
        if len(at) == 0:
            return loss
        trial, day, warning, cause = events.trial[at], events.day[at], events.warning[at], events.cause[at]
        # Each event turns one bit of the trial's key; all bits are off again when the trial ends.
        bit = np.zeros((n_words, events.n_causes), np.uint64)
        place = np.arange(len(self.causes))
        bit[place // BITS, self.causes] = np.uint64(1) << (place % BITS).astype(np.uint64)
        key = np.bitwise_xor.accumulate(bit[:, cause], axis=1)
        mask = np.bitwise_or.reduce(bit[:, np.array(self.causes)[self.carrier_causes]], axis=1, keepdims=True)
        rows = np.flatnonzero(((key & mask) != 0).any(axis=0))
        until = np.append(day[1:], 0.0)[rows]
        row_key = key[:, rows]
        # Rows with the same causes active have the same state; words are mixed into one to compare them.
        mixed = np.bitwise_xor.reduce([w * np.uint64(0x9E3779B97F4A7C15 + 2 * i) for i, w in enumerate(row_key)])
        _, example, state = np.unique(mixed, return_index=True, return_inverse=True)
        active = (row_key[place // BITS][:, example] >> (place % BITS).astype(np.uint64)[:, None] & np.uint64(1)).T
        usable, kept, no_new, price_factor = self.states(active)
        extra = self.extra_usd_per_day(usable, kept, price_factor)
        start = day[rows]
        loss += np.bincount(trial[rows], extra[state] * (until - start), n_trials)

        slices, switched = self.slices(rows, trial, day, warning, kept[state])
        loss += self.switch_usd * switched(n_trials)
        if not slices:
            return loss
        displaced = np.flatnonzero(np.any([s[0] > 0 for s in slices], axis=0) & (until > start))
        amount, date, announced = (np.stack([s[k][displaced] for s in slices], axis=1) for k in range(3))
        at_row, state = rows[displaced], state[displaced]
        ready = np.zeros(len(kept))
        for _, c, share in self.carriers:
            if not self.classes[c]["has_declared_capacity"]:
                ready += self.surge * share * (kept[:, c] == 1)
        for c, hot, _ in self.standbys:
            ready += hot * kept[:, c]
        free = usable & (kept == 1) & ~no_new
        cold = np.where(free, self.onboarding, np.inf).min(axis=1)
        warm = [
            (self.classes[c]["warm_lead_days"], cover * kept[state, c], self.closed_since(key, bit, c, day)[at_row])
            for c, _, cover in self.standbys
            if cover > 0
        ]
        when = start[displaced], until[displaced]
        usd = self.outage(*when, amount, date, announced, ready[state], cold[state], warm)
        return loss + np.bincount(trial[at_row], usd, n_trials)

    def slices(self, rows, trial, day, warning, kept):
        """Displaced slices by carrier and level of kept: (amount, date, announced) by row, 0 where not displaced.

        A level of 0.7 and one of 0 make slices (0.7, 1] and (0, 0.7], each dated when kept last fell below its top.
        """
        slices, switched = [], []
        follows = np.append(False, rows[1:] == rows[:-1] + 1)
        for _, c, share in self.carriers:
            own = kept[:, c]
            levels = np.unique(np.append(own, 1.0))
            for low, high in zip(levels[:-1], levels[1:]):
                below = own <= low
                before = np.append(False, below[:-1]) & follows
                first = np.flatnonzero(below & ~before)
                last = np.flatnonzero(below & ~np.append(below[1:] & follows[1:], False))
                length = last - first + 1
                amount = share * (high - low)
                date, end = day[rows[first]], day[rows[last] + 1]
                table = np.zeros((3, len(rows)))
                table[0, below] = amount
                table[1, below] = np.repeat(date, length)
                table[2, below] = np.repeat(date - warning[rows[first]], length)
                slices.append(table)
                due = date + self.objective
                switched.append((trial[rows[first]][(due < self.horizon) & (end > due)], amount))
        return slices, lambda n: sum((amount * np.bincount(at, minlength=n) for at, amount in switched), np.zeros(n))

    def closed_since(self, key, bit, c, day):
        """By event: since when a class is closed to newcomers without a break; infinite while it is not."""
        closing = self.effects.reshape(len(self.causes), 4, -1)[:, 1, c] > 0
        mask = np.bitwise_or.reduce(bit[:, np.array(self.causes)[closing]], axis=1, keepdims=True)
        closed = ((key & mask) != 0).any(axis=0)
        begins = closed & ~np.append(False, closed[:-1])
        since = day[np.maximum.accumulate(np.where(begins, np.arange(len(day)), 0))]
        return np.where(closed, since, np.inf)

    def outage(self, start, until, amount, date, announced, ready, cold, warm):
        """`[n_rows]`: USD. `amount`, `date`, `announced`: `[n_rows, n_slices]`; rows with as many slices go together."""
        usd = np.zeros(len(start))
        date = np.where(amount > 0, date, np.inf)
        announced = np.where(amount > 0, announced, -np.inf)
        matters = (until > date.min(axis=1) + self.objective) & (start < announced.max(axis=1) + cold)
        order = np.argsort(-announced, axis=1, kind="stable")
        amount, date, announced = (np.take_along_axis(x, order, axis=1) for x in (amount, date, announced))
        is_new = np.append(np.ones((len(start), 1), bool), announced[:, 1:] != announced[:, :-1], axis=1) & (amount > 0)
        slot, n_slices = is_new.cumsum(axis=1) - 1, is_new.sum(axis=1)
        for n in np.unique(n_slices[matters]):
            at = np.flatnonzero(matters & (n_slices == n))
            merged = np.zeros((3, len(at), n))
            for column in range(amount.shape[1]):
                some = np.flatnonzero(amount[at, column] > 0)
                where = (some, slot[at[some], column])
                merged[0][where] += amount[at[some], column]
                merged[1][where] = date[at[some], column]
                merged[2][where] = announced[at[some], column]
            own_warm = [(lead, cover[at], since[at]) for lead, cover, since in warm]
            usd[at] = self.moments(start[at], until[at], merged, ready[at], cold[at], own_warm)
        return usd

    def moments(self, start, until, merged, ready, cold, warm):
        """Integrates the cost of what is unserved over rows, cut where a slice passes a lead or its objective."""
        amount, date, announced = merged
        due = date + self.objective
        cuts = [start[:, None], until[:, None], due, announced + cold[:, None]]
        cuts += [announced + lead for lead, _, _ in warm]
        if self.fallback is not None:
            cuts.append(announced + self.fallback_after)
        cuts = np.sort(np.clip(np.concatenate(cuts, axis=1), start[:, None], until[:, None]), axis=1)
        days, middle = np.diff(cuts, axis=1), (cuts[:, 1:] + cuts[:, :-1]) / 2
        # [n_rows, n_moments, n_slices], slices by rising elapsed: what is displaced so far less what is open to it.
        elapsed = middle[:, :, None] - announced[:, None, :]
        waiting = np.cumsum(np.where(middle[:, :, None] >= due[:, None, :], amount[:, None, :], 0.0), axis=2)
        waiting -= ready[:, None, None]
        for lead, cover, since in warm:
            is_open = (elapsed >= lead) & (announced + lead < since[:, None])[:, None, :]
            waiting -= np.where(is_open, cover[:, None, None], 0.0)
        waiting = np.where(elapsed >= cold[:, None, None], 0.0, np.maximum(waiting, 0.0))
        unserved = waiting.max(axis=2)
        if self.fallback is None:
            return self.value * (unserved * days).sum(axis=1)
        early = np.where(elapsed < self.fallback_after, waiting, 0.0).max(axis=2)
        return ((self.value * early + self.fallback * (unserved - early)) * days).sum(axis=1)


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


def alike(cells):
    """Cells that differ in the number of their users only, as one."""
    scaled = ["users_share", "value_usd_per_day", "fallback_usd_per_day", "mtok_per_day", "switch_usd"]
    groups = {}
    for cell in cells:
        per_user = [cell[k] and round(cell[k] / cell["users_share"], 6) for k in scaled] if cell["users_share"] else None
        rest = {k: v for k, v in cell.items() if k not in scaled and k != "users"}
        groups.setdefault(json.dumps([per_user, rest]), []).append(cell)
    for group in groups.values():
        total = {k: group[0][k] if group[0][k] is None else sum(c[k] for c in group) for k in scaled}
        yield {**group[0], **total}


def simulate(tables, n_trials, seed):
    """`[n_trials]`: losses over the horizon, USD."""
    rng = np.random.default_rng(seed)
    causes, one_off_usd = {}, {}
    cells = [Cell(c, causes, one_off_usd, tables["horizon_days"], tables["surge"]) for c in alike(tables["cells"])]
    cells = [cell for cell in cells if len(cell.carrier_causes)]
    losses = np.zeros(n_trials)
    for first in range(0, n_trials, TRIALS_PER_CHUNK):
        chunk = losses[first : first + TRIALS_PER_CHUNK]
        events = Events(Draws(tables, rng, len(chunk)), causes)
        for cause, usd in one_off_usd.items():
            chunk += usd * events.n_spells[cause]
        for cell in cells:
            chunk += cell.loss(events, len(chunk))
    return losses


def measures(losses, horizon):
    """AAL and CVaR with standard errors (Rockafellar and Uryasev 2002)."""
    root = np.sqrt(len(losses))
    var = np.sort(losses)[int(np.ceil(CONFIDENCE_LEVEL * len(losses) - 1e-9)) - 1]
    excess = np.maximum(losses - var, 0.0) / (1 - CONFIDENCE_LEVEL)
    years = horizon / DAYS_PER_YEAR
    return {
        "aal": losses.mean() / years,
        "aal_std_error": losses.std(ddof=1) / root / years,
        "cvar_95": var + excess.mean(),
        "cvar_95_std_error": excess.std(ddof=1) / root,
    }


def main():
    parser = argparse.ArgumentParser(description="AAL and CVaR of a portfolio's tables by Monte Carlo in numpy.")
    parser.add_argument("tables")
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with open(arguments.tables, encoding="utf-8") as file:
        tables = json.load(file)
    start = time.perf_counter()
    losses = simulate(tables, arguments.trials, arguments.seed)
    seconds = time.perf_counter() - start
    answer = measures(losses, tables["horizon_days"])
    print(json.dumps({**answer, "trials": arguments.trials, "seconds": seconds}))


if __name__ == "__main__":
    main()
