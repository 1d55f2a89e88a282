"""AAL and CVaR of a portfolio by Monte Carlo, vectorized over trials: the peer of `multipolar simulate`.

The model is that of docs/src/methodology (shocks, supply-graph, routing-and-loss, simulation). Reads tables written by
`benches/simulate.rs`, prints one line of JSON. README.md says how to run it.

Words. A *cause* is what strikes offers together: a shock, one developer's part in it (collateral, withdrawal), or what
follows later (a buffer that runs out). An *event* is the beginning or end of a cause in a trial. A *row* is the time
from one event to the next, for one cell; arrays over rows are flat, trial after trial. Loops run over cells, shocks,
carriers and levels of capacity, never over trials.

Simplified; what that does together is too small to be seen beside the error of 100,000 trials (README.md):

- Stops and cuts of each shock go through the supply graph alone: alternatives of one need that are stopped by different
  shocks, and a buffer that only several shocks in a row outlast, are left out. (Stale offers are done in full.)
- A cold offer under `no_new` is closed to every slice, also to those that were ready before. (Warm standbys are done in
  full.)
- If several causes begin at the very same instant, the first one's warning counts, not the smallest.
- Factors are in single precision; levels of capacity are rounded to 5 digits.
- What triggers itself without end is not cut off.
"""

import argparse
import json
import time

import numpy as np

from draws import DAYS_PER_YEAR, Draws, Events

TRIALS_PER_CHUNK = 2000
CONFIDENCE_LEVEL = 0.95
BITS = 63  # causes per word of a row's key
LEAST_FACTOR = 1e-30  # stands for a capacity factor of 0, whose logarithm would be infinite
NEVER = 1e9  # days
UNUSABLE = 1e3  # log price of an offer that cannot be used, so that one sum per class says all


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

        self.carriers = [(m, x["class"], x["share"]) for m, x in enumerate(self.members) if x["share"] > 0]
        self.standbys = [(x["class"], x["hot"], x["warm"]) for x in self.members if x["hot"] + x["warm"] > 0]
        self.causes = np.array(sorted(effects), int)
        self.arrange(np.array([effects[cause] for cause in self.causes]).reshape(len(self.causes), 4, n))

    def arrange(self, effects):
        """Keeps the causes and classes that can matter: `effects` is `[n_causes, 4, n_classes]`."""
        on_price = effects[:, 3] + UNUSABLE * (effects[:, 0] > 0)
        on_cold = effects[:, :3].any(axis=1).astype(np.float32)
        eligible = np.flatnonzero([c["is_eligible"] for c in self.classes])
        cold = np.flatnonzero([c["may_be_cold"] for c in self.classes])
        onboarding = np.array([c["onboarding_days"] for c in self.classes])[cold]
        cold = cold[undominated(at_most(on_cold[:, cold].T) & at_most(onboarding[:, None]))]
        self.onboarding = np.array([c["onboarding_days"] for c in self.classes])[cold]
        self.replacements = []
        for m, _, _ in self.carriers:
            as_good, best, best_price = (x[eligible] for x in self.bargains(m))
            keep = undominated(at_most(on_price[:, eligible].T) & at_most(as_good[:, None]))
            keep = keep[np.isfinite(as_good[keep])]
            better = (best[None, :] > best[:, None]) & at_most(effects[:, 0, eligible].T)
            alike_ = (best[None, :] == best[:, None]) & at_most(on_price[:, eligible].T) & at_most(best_price[:, None])
            keep_best = undominated(better | alike_)
            keep_best = keep_best[np.isfinite(best_price[keep_best])]
            first = eligible[keep], log(as_good[keep])
            self.replacements.append((*first, eligible[keep_best], best[keep_best, None], log(best_price[keep_best])))
        on_carriers = effects[:, :, [c for _, c, _ in self.carriers]]
        on_standbys = effects[:, :, [c for c, _, _ in self.standbys]]
        used = [on_carriers, on_standbys, on_cold[:, cold]]
        used += [on_price[:, replacement[k]] for replacement in self.replacements for k in (0, 2)]
        matter = np.any([x.reshape(len(effects), -1).any(axis=1) for x in used], axis=0)
        self.causes = self.causes[matter]
        self.on_carriers = on_carriers[matter].reshape(matter.sum(), -1)
        self.strikes_carriers = on_carriers[matter][:, [0, 2, 3]].any(axis=(1, 2))
        self.on_standbys, self.on_cold = on_standbys[matter], on_cold[matter][:, cold].T.copy()
        self.on_price = on_price[matter].T.astype(np.float32)

    def bargains(self, replaced):
        """By class, without the member itself: the best price at its quality, the best quality, and its best price."""
        n = len(self.classes)
        as_good, best, best_price = np.full(n, np.inf), np.full(n, -np.inf), np.full(n, np.inf)
        quality = [-np.inf if x["quality"] is None else x["quality"] for x in self.members]
        for m, x in enumerate(self.members):
            c, price = x["class"], max(x["price"], LEAST_FACTOR)
            if m == replaced:
                continue
            if quality[m] >= quality[replaced]:
                as_good[c] = min(as_good[c], price)
            if (-quality[m], price) < (-best[c], best_price[c]):
                best[c], best_price[c] = quality[m], price
        return as_good, best, best_price

    def own_states(self, active):
        """By state and carrier: kept level and price factor. `active`: `[n_causes, n_states]`, as everywhere."""
        total = (self.on_carriers.T @ active).T.reshape(-1, 4, len(self.carriers))
        return np.where(total[:, 0] > 0, 0.0, np.exp(total[:, 2]).round(5)), np.exp(total[:, 3].astype(float))

    def replacement_usd_per_day(self, active, kept):
        """By state: what substitutes cost more than the primaries they replace."""
        usd = np.zeros(active.shape[1])
        for (m, _, share), replacement, own_kept in zip(self.carriers, self.replacements, kept.T):
            good, as_good, best, quality, best_price = replacement
            own = self.members[m]["price"]
            lost = np.flatnonzero(own_kept < 1)
            struck = active if len(lost) == len(usd) else active[:, lost]
            log_price = (self.on_price[good] @ struck + as_good).min(axis=0, initial=UNUSABLE)
            none = np.flatnonzero(log_price > UNUSABLE / 2)
            if len(none):
                factor = self.on_price[best] @ struck[:, none]
                rank = np.where(factor > UNUSABLE / 2, -np.inf, quality)
                is_best = rank == rank.max(axis=0, initial=-np.inf)
                log_price[none] = np.where(is_best, factor + best_price, UNUSABLE).min(axis=0, initial=UNUSABLE)
            price = np.where(log_price > UNUSABLE / 2, own, np.exp(np.minimum(log_price, 80).astype(float)))
            usd[lost] += share * (1 - own_kept[lost]) * np.maximum(price - own, 0)
        return usd * self.mtok_per_day

    def cold_days(self, active):
        """By state: the soonest onboarding of an offer that is free to take over."""
        days = np.full(active.shape[1], np.inf)
        for onboarding in np.unique(self.onboarding)[::-1]:
            blocked = self.on_cold[self.onboarding == onboarding] @ active
            days[(blocked == 0).any(axis=0)] = onboarding
        return days

    def loss(self, events, n_trials):
        """`[n_trials]`: outage, extra cost and switches; `events` are those of all causes, by trial and time."""
        loss = np.zeros(n_trials)
        role = np.zeros(events.n_causes, np.uint8)
        role[self.causes] = 1
        role[self.causes[self.strikes_carriers]] = 2
        of_event = role[events.cause]
        touched = np.zeros(n_trials, bool)
        touched[events.trial[of_event == 2]] = True
        at = np.flatnonzero((of_event > 0) & touched[events.trial])
        trial, day, warning = events.trial[at], events.day[at], events.warning[at]
        keys = Keys(self.causes, events.cause[at], events.n_causes)
        rows = np.flatnonzero(keys.any_of(self.strikes_carriers))
        if len(rows) == 0:
            return loss

        # What carriers lose by themselves, and their dearer prices.
        active, state = keys.distinct(rows, self.strikes_carriers)
        kept, price_factor = self.own_states(active)
        paid = np.array([share * self.members[m]["price"] for m, _, share in self.carriers])
        dearer = (kept * np.maximum(price_factor - 1, 0)) @ paid * self.mtok_per_day
        start, until = day[rows], day[rows + 1]
        loss += np.bincount(trial[rows], dearer[state] * (until - start), n_trials)
        slices = self.slices(rows, trial, day, warning, kept, state, loss)

        # What takes over, and what finds nobody.
        displaced = np.flatnonzero((kept < 1).any(axis=1)[state] & (until > start))
        if len(displaced) == 0:
            return loss
        kept, rows, start, until = kept[state[displaced]], rows[displaced], start[displaced], until[displaced]
        active, state, example = keys.distinct(rows, None, with_example=True)
        usd = self.replacement_usd_per_day(active, kept[example])[state] * (until - start)
        amounts = np.array([amount for amount, _, _ in slices])
        date, announced = (np.array([s[k][displaced] for s in slices]) for k in (1, 2))
        cold = self.cold_days(active)[state]
        is_open = (until > date.min(axis=0) + self.objective) & (start < announced.max(axis=0) + cold)
        waits = np.flatnonzero(is_open)
        if len(waits):
            ready, warm = self.prepared(kept, active, state, keys, rows, day)
            usd[waits] += self.outage(
                (start[waits], until[waits]),
                (amounts, date[:, waits], announced[:, waits]),
                (ready[waits], cold[waits], [(lead, cover[waits], since[waits]) for lead, cover, since in warm]),
            )
        return loss + np.bincount(trial[rows], usd, n_trials)

    def slices(self, rows, trial, day, warning, kept, state, loss):
        """Displaced slices by carrier and level of kept: amount, and by row date and announcement (never: none).

        A level of 0.7 and one of 0 make slices (0.7, 1] and (0, 0.7], each dated when kept last fell below its top. The
        switches of slices that outlast the recovery objective are added to `loss`.
        """
        slices = []
        follows = np.append(False, rows[1:] == rows[:-1] + 1)
        for (_, _, share), by_state in zip(self.carriers, kept.T):
            levels = np.unique(np.append(by_state, 1.0))
            for low, high in zip(levels[:-1], levels[1:]):
                below = (by_state <= low)[state]
                first = np.flatnonzero(below & ~(np.append(False, below[:-1]) & follows))
                last = np.flatnonzero(below & ~np.append(below[1:] & follows[1:], False))
                date, end, amount = day[rows[first]], day[rows[last] + 1], share * (high - low)
                length = last - first + 1
                by_row = np.full((2, len(rows)), [[NEVER], [-NEVER]])
                by_row[0, below] = np.repeat(date, length)
                by_row[1, below] = np.repeat(date - warning[rows[first]], length)
                slices.append((amount, *by_row))
                due = date + self.objective
                switched = trial[rows[first]][(due < self.horizon) & (end > due)]
                loss += self.switch_usd * amount * np.bincount(switched, minlength=len(loss))
        return slices

    def prepared(self, kept, active, state, keys, rows, day):
        """What surge and hot standbys take at once; of each warm standby the lead, what it takes, and since when it is
        closed to newcomers; all by row."""
        ready, warm = np.zeros(len(rows)), []
        for (_, c, share), own_kept in zip(self.carriers, kept.T):
            if not self.classes[c]["has_declared_capacity"]:
                ready += self.surge * share * (own_kept == 1)
        for s, (c, hot, cover) in enumerate(self.standbys):
            down, capacity = (self.on_standbys[:, k, s] @ active for k in (0, 2))
            standing = np.where(down > 0, 0.0, np.exp(capacity))[state]
            ready += hot * standing
            if cover > 0:
                since = keys.since(self.on_standbys[:, 1, s] > 0, day)[rows]
                warm.append((self.classes[c]["warm_lead_days"], cover * standing, since))
        return ready, warm

    def outage(self, spans, slices, alternatives):
        """`[n_rows]`: USD. Dates and announcements are `[n_slices, n_rows]`; most rows have one, others are sorted."""
        (start, until), (amounts, date, announced), (ready, cold, warm) = spans, slices, alternatives
        usd = np.zeros(len(start))
        displaced = date < NEVER
        latest = announced.max(axis=0)
        is_one = (~displaced | (announced == latest)).all(axis=0)
        for at, n in ((np.flatnonzero(is_one), 1), (np.flatnonzero(~is_one), len(amounts))):
            if n == 1:
                own = (amounts @ displaced[:, at])[:, None], date[:, at].min(axis=0)[:, None], latest[at, None]
            else:
                order = np.argsort(-announced[:, at], axis=0)
                own = (amounts[:, None] * displaced[:, at], date[:, at], announced[:, at])
                own = (np.take_along_axis(x, order, axis=0).T for x in own)
            own_warm = [(lead, cover[at], since[at]) for lead, cover, since in warm]
            if len(at):
                usd[at] = self.moments(start[at], until[at], own, ready[at], cold[at], own_warm)
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


class Keys:
    """By event of a cell: which causes are active after it, as bits of words. A trial ends with no bit set."""

    def __init__(self, causes, cause, n_causes):
        place = np.arange(len(causes))
        self.word, self.bit = place // BITS, np.uint64(1) << (place % BITS).astype(np.uint64)
        bits = np.zeros((-(-len(causes) // BITS), n_causes), np.uint64)
        bits[self.word, causes] = self.bit
        self.words = [np.bitwise_xor.accumulate(own[cause]) for own in bits]

    def mask(self, some):
        """Words with the bits of some causes (`None`: all)."""
        chosen = self.bit if some is None else np.where(some, self.bit, np.uint64(0))
        return [np.bitwise_or.reduce(chosen[self.word == w]) for w in range(len(self.words))]

    def any_of(self, some):
        """Whether any of some causes is active."""
        return np.any([(word & mask) != 0 for word, mask in zip(self.words, self.mask(some)) if mask], axis=0)

    def distinct(self, rows, some, with_example=False):
        """Distinct sets of active causes, `[n_causes, n_states]`, and which of them each row has."""
        words = [word[rows] & mask for word, mask in zip(self.words, self.mask(some))]
        # Several words are mixed into one to compare them.
        mixed = np.bitwise_xor.reduce([w * np.uint64(0x9E3779B97F4A7C15 + 2 * i) for i, w in enumerate(words)])
        _, example, state = np.unique(mixed, return_index=True, return_inverse=True)
        active = np.array([w[example] for w in words])[self.word] & self.bit[:, None] != 0
        active = active.astype(np.float32)
        return (active, state, example) if with_example else (active, state)

    def since(self, some, day):
        """By event: since when any of some causes is active without a break; infinite while none is."""
        if not np.any(some):
            return np.full(len(day), np.inf)
        is_on = self.any_of(some)
        begins = is_on & ~np.append(False, is_on[:-1])
        since = day[np.maximum.accumulate(np.where(begins, np.arange(len(day)), 0))]
        return np.where(is_on, since, np.inf)


def log(prices):
    """A column of logarithms, single precision."""
    return np.log(prices).astype(np.float32)[:, None]


def at_most(values):
    """`[a, b]`: no value of b is above that of a; `values`: `[n, n_values]`."""
    return (values[None, :, :] <= values[:, None, :]).all(axis=2)


def undominated(no_worse):
    """Those for which no other is at least as good; of equals the first. `no_worse[a, b]`: b is no worse than a."""
    earlier = np.tri(len(no_worse), k=-1, dtype=bool)
    return np.flatnonzero(~(no_worse & (~no_worse.T | earlier) & ~np.eye(len(no_worse), dtype=bool)).any(axis=1))


def alike(cells):
    """Cells that differ in the number of their users only, as one."""
    scaled = ["users_share", "value_usd_per_day", "fallback_usd_per_day", "mtok_per_day", "switch_usd"]
    groups = {}
    for cell in cells:
        users = cell["users_share"]
        per_user = [cell[k] and round(cell[k] / users, 6) for k in scaled] if users else None
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
    cells = [cell for cell in cells if cell.strikes_carriers.any()]
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
