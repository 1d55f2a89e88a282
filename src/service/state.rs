//! The state of a cell over a sub-interval, as rows that bound the unserved share of any plan
//! (methodology/routing-and-loss.md).
//!
//! The value of a row is the sum of the slices with elapsed ≤ b, minus the bounds of the alternatives open at elapsed b.
//! The unserved share past the recovery objective is the largest row value, or 0. Rows name only what differs from a calm
//! day, so equal sub-intervals of different trials give equal states.

use super::cell_model::{CellModel, Class, Local};
use super::trajectory::{ClassState, Interval, Slice};

/// Displaced slices up to one elapsed value, and the alternatives open to them.
#[derive(Debug, Clone, PartialEq)]
pub struct LossRow {
    /// Displaced part of the share, by class of primaries, ascending.
    pub displaced: Vec<(Class, f64)>,
    /// Classes of primaries without declared capacity whose surge is lost, ascending.
    pub lost_surge: Vec<Class>,
    /// Lost part of a hot cover, by class of possible standbys, ascending.
    pub lost_hot: Vec<(Class, f64)>,
    /// Number of the cell's warm leads that have passed.
    pub n_warm_leads_open: usize,
    /// Lost part of a warm cover, by class of possible standbys whose lead has passed, ascending.
    pub lost_warm: Vec<(Class, f64)>,
}

/// The state of each class of a cell at one time.
pub trait ClassStates {
    /// The class's state.
    fn state(&self, class: Class) -> ClassState;

    /// Whether the class is usable, according to its state.
    fn is_usable(&self, class: Class) -> bool {
        self.state(class).is_usable
    }

    /// The price factor of the class; `None` if it is not usable.
    fn price_factor_if_usable(&self, class: Class) -> Option<f64> {
        self.is_usable(class).then(|| self.state(class).price_factor)
    }

    /// The state without its price: the price factor may be any number.
    fn unpriced(&self, class: Class) -> ClassState {
        self.state(class)
    }
}

impl ClassStates for Interval {
    #[inline]
    fn state(&self, class: Class) -> ClassState {
        self.states.get(class).unwrap_or_else(|| ClassState::untouched(class))
    }
}

/// The loss rows of a cell over one sub-interval, valid for any plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CellState {
    /// By ascending elapsed; only rows that can be the largest.
    pub rows: Vec<LossRow>,
    /// Number of leading rows with elapsed < the fallback's `after`.
    pub n_rows_before_fallback: usize,
}

/// A part of an interval in which no slice ages past a threshold.
#[derive(Debug, Clone, Copy)]
pub struct SubInterval<'a> {
    pub start: f64,
    pub end: f64,
    pub interval: &'a Interval,
}

impl SubInterval<'_> {
    /// Days.
    #[must_use]
    pub fn days(&self) -> f64 {
        self.end - self.start
    }

    /// An instant inside the sub-interval; no threshold lies there.
    #[must_use]
    pub fn instant(&self) -> f64 {
        f64::midpoint(self.start, self.end)
    }

    /// Whether the slice has passed the recovery objective.
    #[must_use]
    pub fn is_past_objective(&self, cell_model: &CellModel, slice: &Slice) -> bool {
        slice.time(self.instant()) >= cell_model.recovery_objective_days
    }

    /// Days since the slice's announcement.
    #[must_use]
    pub fn elapsed(&self, slice: &Slice) -> f64 {
        self.instant() - slice.announced()
    }

    /// Whether an alternative is open to a slice announced on day `announced`. It is ready `lead` days after the
    /// announcement and may not start under `no_new`.
    #[must_use]
    pub fn is_open(&self, announced: f64, lead: f64, state: &ClassState) -> bool {
        let ready = announced + lead;
        self.instant() >= ready && state.no_new_since.is_none_or(|since| ready < since)
    }
}

/// Splits an interval at the instants at which a slice passes the recovery objective, a lead, or the fallback's `after`.
///
/// `onboardings`: onboarding times to split at, days. Use [`CellModel::onboardings`] to find out who takes over;
/// [`Alternatives::onboardings`] is enough for the share unserved past the objective.
pub fn sub_intervals<'a>(
    cell_model: &'a CellModel,
    interval: &'a Interval,
    onboardings: &[f64],
) -> impl Iterator<Item = SubInterval<'a>> + use<'a> {
    let mut cuts = vec![interval.start, interval.end];
    for slice in &interval.slices {
        cuts.push(slice.date + cell_model.recovery_objective_days);
        let leads = cell_model.warm_leads.iter().chain(onboardings).chain([&cell_model.fallback_after_days]);
        cuts.extend(leads.map(|lead| slice.announced() + lead));
    }
    cuts.retain(|t| *t >= interval.start && *t <= interval.end);
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    let pairs: Vec<(f64, f64)> = cuts.windows(2).map(|w| (w[0], w[1])).collect();
    pairs.into_iter().map(move |(start, end)| SubInterval { start, end, interval })
}

impl Alternatives {
    /// The state of a cell over a sub-interval of the interval.
    #[must_use]
    pub fn state_at(&self, cell_model: &CellModel, sub_interval: &SubInterval<'_>) -> CellState {
        let mut past: Vec<&Slice> = sub_interval
            .interval
            .slices
            .iter()
            .filter(|s| sub_interval.is_past_objective(cell_model, s))
            .collect();
        past.sort_by(|a, b| b.announced().total_cmp(&a.announced()).then(a.class.cmp(&b.class)));
        let mut state = CellState::default();
        let mut displaced: Vec<(Class, f64)> = Vec::new();
        for group in past.chunk_by(|a, b| a.announced() == b.announced()) {
            let announced = group[0].announced();
            if self.is_cold_open(cell_model, sub_interval, announced) {
                break;
            }
            for slice in group {
                match displaced.binary_search_by_key(&slice.class, |d| d.0) {
                    Ok(at) => displaced[at].1 += slice.amount(),
                    Err(at) => displaced.insert(at, (slice.class, slice.amount())),
                }
            }
            let (n_warm_leads_open, lost_warm) = self.warm(cell_model, sub_interval, announced);
            let row = LossRow {
                displaced: displaced.clone(),
                lost_surge: self.lost_surge.clone(),
                lost_hot: self.lost_hot.clone(),
                n_warm_leads_open,
                lost_warm,
            };
            push_row(&mut state, row, sub_interval.elapsed(group[0]) < cell_model.fallback_after_days);
        }
        state
    }
}

/// Adds a row. It replaces the last row if that has the same alternatives, because the new row covers more slices.
fn push_row(state: &mut CellState, row: LossRow, is_before_fallback: bool) {
    let is_implied = |earlier: &LossRow| {
        earlier.n_warm_leads_open == row.n_warm_leads_open && earlier.lost_warm == row.lost_warm
    };
    let same_side = is_before_fallback || state.rows.len() > state.n_rows_before_fallback;
    if same_side && state.rows.last().is_some_and(is_implied) {
        state.rows.pop();
        state.n_rows_before_fallback = state.n_rows_before_fallback.min(state.rows.len());
    }
    state.rows.push(row);
    if is_before_fallback {
        state.n_rows_before_fallback = state.rows.len();
    }
}

/// The alternatives that an interval takes away, whatever the age of a slice; the same in all its sub-intervals.
#[derive(Debug, Clone)]
pub struct Alternatives {
    lost_surge: Vec<Class>,
    lost_hot: Vec<(Class, f64)>,
    /// Possible standbys that some effect limits.
    affected_standbys: Vec<ClassState>,
    cold: ColdLeads,
}

/// The cold offers that decide when displaced demand is served again, with their onboarding times.
#[derive(Debug, Clone, PartialEq)]
pub struct ColdLeads {
    /// Shortest onboarding of a usable offer that may start at any time, days; infinite if there is none.
    pub free: f64,
    /// Usable offers under `no_new` with a shorter onboarding. Offers with a longer one would change nothing.
    pub closed: Vec<(f64, ClassState)>,
}

impl ColdLeads {
    /// Checks the offers that may be activated cold, shortest onboarding first, until one may start at any time.
    #[must_use]
    pub fn new(cell_model: &CellModel, states: &impl ClassStates) -> Self {
        let mut closed = Vec::new();
        for &class in cell_model.cold.iter().filter(|class| states.is_usable(**class)) {
            let state = states.unpriced(class);
            if state.capacity == 1.0 {
                let onboarding = cell_model.classes[class].onboarding_days;
                if state.no_new_since.is_none() {
                    closed.retain(|(sooner, _)| *sooner < onboarding);
                    return Self { free: onboarding, closed };
                }
                closed.push((onboarding, state));
            }
        }
        Self { free: f64::INFINITY, closed }
    }
}

impl Alternatives {
    /// Checks the active classes, and the cold classes with the shortest onboarding.
    #[must_use]
    pub fn new(cell_model: &CellModel, states: &impl ClassStates) -> Self {
        let mut open = Self {
            lost_surge: Vec::new(),
            lost_hot: Vec::new(),
            affected_standbys: Vec::new(),
            cold: ColdLeads::new(cell_model, states),
        };
        for &idx in &cell_model.active_classes {
            let (class, state) = (&cell_model.classes[idx], states.state(idx));
            if class.is_primary && !class.has_declared_capacity && state.kept() < 1.0 {
                open.lost_surge.push(idx);
            }
            if class.warm_lead.is_some() {
                if state.kept() < 1.0 {
                    open.lost_hot.push((idx, 1.0 - state.kept()));
                }
                if state.kept() < 1.0 || state.no_new_since.is_some() {
                    open.affected_standbys.push(state);
                }
            }
        }
        open
    }

    /// The onboarding times after which a cold offer may start to serve, days.
    #[must_use]
    pub fn onboardings(&self) -> Vec<f64> {
        let closed = self.cold.closed.iter().map(|(onboarding, _)| *onboarding);
        closed.chain(self.cold.free.is_finite().then_some(self.cold.free)).collect()
    }

    fn is_cold_open(&self, cell_model: &CellModel, sub_interval: &SubInterval<'_>, announced: f64) -> bool {
        let free = ClassState::untouched(cell_model.classes.len());
        let is_open =
            |(onboarding, state): &(f64, ClassState)| sub_interval.is_open(announced, *onboarding, state);
        sub_interval.is_open(announced, self.cold.free, &free) || self.cold.closed.iter().any(is_open)
    }

    /// Number of warm leads that have passed for a slice announced on that day, and the lost part of those covers by class.
    fn warm(
        &self,
        cell_model: &CellModel,
        sub_interval: &SubInterval<'_>,
        announced: f64,
    ) -> (usize, Vec<(Class, f64)>) {
        let n_open = cell_model.warm_leads.partition_point(|lead| sub_interval.instant() >= announced + lead);
        let lost = self.affected_standbys.iter().filter_map(|state| {
            let lead = cell_model.classes[state.class].warm_lead.filter(|lead| *lead < n_open)?;
            let kept = if sub_interval.is_open(announced, cell_model.warm_leads[lead], state) {
                state.kept()
            } else {
                0.0
            };
            (kept < 1.0).then_some((state.class, 1.0 - kept))
        });
        (n_open, lost.collect())
    }
}

/// Extra cost per unit of share during an interval, by primary, USD per day (methodology/routing-and-loss.md).
#[must_use]
pub fn extra_costs(cell_model: &CellModel, interval: &Interval) -> Vec<(Local, f64)> {
    let mut extra = Vec::new();
    let primaries = cell_model.active_classes.iter().filter(|class| cell_model.classes[**class].is_primary);
    for state in primaries.filter_map(|&class| interval.states.get(class)) {
        for &local in &cell_model.classes[state.class].members {
            let usd_per_day =
                cell_model.mtok_per_day * extra_usd_per_mtok(cell_model, interval, &state, local);
            if usd_per_day > 0.0 {
                extra.push((local, usd_per_day));
            }
        }
    }
    extra.sort_unstable_by_key(|e| e.0);
    extra
}

/// κ·p·max(0, F − 1) + (1 − κ)·max(0, p* − p) of a primary in the state of its class, USD per mtok of its share.
#[must_use]
pub fn extra_usd_per_mtok(
    cell_model: &CellModel,
    states: &impl ClassStates,
    state: &ClassState,
    primary: Local,
) -> f64 {
    let (kept, price) = (state.kept(), cell_model.members[primary].price);
    let mut usd = kept * price * (state.price_factor - 1.0).max(0.0);
    if kept < 1.0 {
        usd += (1.0 - kept) * (replacement_price(cell_model, states, primary) - price).max(0.0);
    }
    usd
}

/// p*: the lowest effective price among the cell's other usable eligible offers of at least the model's quality. Without
/// one, the price of the best offer (ties: the cheapest); without any offer, the member's own planned price.
fn replacement_price(cell_model: &CellModel, states: &impl ClassStates, replaced: Local) -> f64 {
    let own = &cell_model.members[replaced];
    let effective = |local: Local| {
        let member = &cell_model.members[local];
        states.price_factor_if_usable(member.class).map(|factor| member.price * factor)
    };
    let mut cheapest = f64::INFINITY;
    for &local in &own.replacements {
        if cell_model.members[local].price * cell_model.least_price_factor >= cheapest {
            break;
        }
        cheapest = cheapest.min(effective(local).unwrap_or(f64::INFINITY));
    }
    if cheapest.is_finite() {
        return cheapest;
    }
    let mut best: Option<(f64, f64)> = None;
    for &local in cell_model.best_first.iter().filter(|m| **m != replaced) {
        let quality = cell_model.members[local].quality;
        if best.is_some_and(|(q, _)| quality < q) {
            break;
        }
        if let Some(price) = effective(local) {
            best = Some((quality, best.map_or(price, |(_, p)| p.min(price))));
        }
    }
    best.map_or(own.price, |(_, price)| price)
}
