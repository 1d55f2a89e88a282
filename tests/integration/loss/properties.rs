//! Two properties of every plan in every state: the rows give the unserved share of the routing, and the loss is convex.

use std::sync::LazyLock;

use multipolar::model::instance::{Instance, Standby};
use multipolar::model::plan::Plan;
use multipolar::model::portfolio::Readiness;
use multipolar::model::selector::Selector;
use multipolar::model::shock::{Action, DurationLaw, EffectEntry, Shock};
use multipolar::service::cell_model::{CellModel, Roles};
use multipolar::service::cell_plan::CellPlan;
use multipolar::service::disruption::{Disruption, Occurrence};
use multipolar::service::loss::plan_loss;
use multipolar::service::routing::route;
use multipolar::service::setting::Setting;
use multipolar::service::state::{Alternatives, sub_intervals};
use multipolar::service::trajectory::simulate_cell;
use multipolar::shocks::resolve::ResolvedShock;
use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::Config;

use crate::world::World;

const DEVELOPERS: [&str; 3] = ["alpha", "beta", "gamma"];

/// Five offers of three developers, one with a declared capacity and one with an onboarding of 20 days; with a fallback.
static INSTANCE: LazyLock<Instance> = LazyLock::new(|| {
    World::new()
        .with("surge: 0", "surge: 0.5")
        .with("switch_usd: 0", "switch_usd: 500")
        .with("users: {DE: 1.0}", "users: {DE: 0.7, FR: 0.3}")
        .with("recovery_objective: 0d", "recovery_objective: 2d")
        .with("quality_drift_per_year: 0", "quality_drift_per_year: 100")
        .offer("weak", "north", "NO", 2.0, "onboarding: 20d")
        .offer("d", "cloud", "SE", 3.0, "onboarding: 1000d, capacity_mtok_per_month: 50")
        .workload_keys("min_quality: 1290\nfallback: {after: 12d, usd_per_day: 300}")
        .load()
});

#[derive(Debug, Clone)]
struct Event {
    what: usize,
    developer: usize,
    start: f64,
    days: f64,
    notice: f64,
    factor: f64,
}

fn event() -> impl Strategy<Value = Event> {
    let day = |most: u32| (0..most).prop_map(f64::from);
    (0..6_usize, 0..3_usize, day(90), day(60), day(12), 1..10_u32).prop_map(
        |(what, developer, start, days, notice, tenths)| Event {
            what,
            developer,
            start,
            days,
            notice,
            factor: f64::from(tenths) / 10.0,
        },
    )
}

fn shock(n: usize, event: &Event) -> Shock {
    let selector =
        Selector { developer: Some(vec![DEVELOPERS[event.developer].to_owned()]), ..Selector::default() };
    let entry = match event.what {
        0 => EffectEntry::Unavailable(selector),
        1 => EffectEntry::NoNew(selector),
        2 => EffectEntry::CapacityTimes { factor: event.factor, selector },
        3 => EffectEntry::PriceTimes { factor: 0.5 + 2.0 * event.factor, selector },
        4 => EffectEntry::OneOff { usd_per_workload: 900.0, selector },
        _ => EffectEntry::Stop {
            suppliers: vec![DEVELOPERS[event.developer].to_owned()],
            hosts: vec![],
            host_sites: vec![],
            hardware: vec![],
        },
    };
    Shock {
        id: format!("shock_{n}"),
        name: None,
        action: Action::Effects(vec![entry]),
        by: None,
        frequency: None,
        duration: DurationLaw::Permanent,
        notice_days: event.notice,
        collateral: None,
        tensions: Default::default(),
        triggers: Vec::new(),
        crowding: None,
        watch: Vec::new(),
        in_force: false,
        each: None,
        template: None,
        provenance: Default::default(),
    }
}

/// Integer weights, so that shares are often 0; and for each offer no standby, or a hot or warm one with its cover.
#[derive(Debug, Clone)]
struct Choice {
    weights: Vec<u32>,
    standbys: Vec<(usize, f64)>,
}

fn choice() -> impl Strategy<Value = Choice> {
    let weights = prop::collection::vec(0..4_u32, 5);
    let standbys =
        prop::collection::vec((0..3_usize, (0..11_u32).prop_map(|tenths| f64::from(tenths) / 10.0)), 5);
    (weights, standbys).prop_map(|(weights, standbys)| Choice { weights, standbys })
}

fn plan(instance: &Instance, choice: &Choice) -> Plan {
    let total = f64::from(choice.weights.iter().sum::<u32>());
    let share = |w: u32| if total > 0.0 { f64::from(w) / total } else { 1.0 / choice.weights.len() as f64 };
    let shares: Vec<(usize, f64)> = choice.weights.iter().enumerate().map(|(o, &w)| (o, share(w))).collect();
    let ready = |(offer, &(kind, cover)): (usize, &(usize, f64))| match kind {
        0 => None,
        1 => Some(Standby { offer, readiness: Readiness::Hot, cover, lead_days: 0.0 }),
        _ => Some(Standby { offer, readiness: Readiness::Warm, cover, lead_days: 7.0 }),
    };
    let standby = choice.standbys.iter().enumerate().filter_map(ready).collect();
    Plan { allocation: vec![shares; instance.cells.len()], standby: vec![standby] }
}

struct Stage {
    setting: Setting<'static>,
    shocks: Vec<ResolvedShock>,
    occurrences: Vec<Occurrence>,
}

impl Stage {
    fn new(events: &[Event]) -> Self {
        let instance: &'static Instance = &INSTANCE;
        let shocks =
            events.iter().enumerate().map(|(n, e)| ResolvedShock::new(instance, &shock(n, e))).collect();
        let occurrence = |(n, e): (usize, &Event)| Occurrence {
            shock: n,
            start: e.start,
            end: e.start + e.days,
            collateral: Vec::new(),
            withdrawn: Vec::new(),
            family: n,
        };
        let occurrences = events.iter().enumerate().map(occurrence).collect();
        Self { setting: Setting::new(instance), shocks, occurrences }
    }

    fn disruption(&self) -> Disruption<'_> {
        Disruption::new(&self.setting.graph, &self.shocks, &self.occurrences, self.setting.horizon_days())
    }

    fn cell_models(&self) -> Vec<CellModel> {
        CellModel::all(&self.setting, &Roles::all(&self.setting), &self.shocks)
    }
}

fn cell_plans(cell_models: &[CellModel], plan: &Plan) -> Vec<CellPlan> {
    cell_models.iter().map(|cell_model| CellPlan::new(cell_model, 0, plan)).collect()
}

proptest! {
    #![proptest_config(Config { cases: 300, failure_persistence: None, ..Config::default() })]

    /// The rows of a state give the share that the routing leaves unserved past the objective.
    #[test]
    fn the_rows_give_the_unserved_share_of_the_routing(
        events in prop::collection::vec(event(), 1..6),
        choice in choice(),
    ) {
        let stage = Stage::new(&events);
        let cell_models = stage.cell_models();
        let plans = cell_plans(&cell_models, &plan(stage.setting.instance, &choice));
        for (cell_model, plan) in cell_models.iter().zip(&plans) {
            for interval in simulate_cell(cell_model, &stage.disruption()).intervals.iter().filter(|s| !s.slices.is_empty()) {
                let alternatives = Alternatives::new(cell_model, interval);
                for sub_interval in sub_intervals(cell_model, interval, &cell_model.onboardings) {
                    let state = alternatives.state_at(cell_model, &sub_interval);
                    let (before, all) = plan.unserved(cell_model, &state.rows, state.n_rows_before_fallback);
                    let routed = route(cell_model, plan, &sub_interval).unserved_past_objective;
                    prop_assert!((routed - all).abs() < 1e-9, "day {}: routed {routed}, rows {all}", sub_interval.instant());
                    prop_assert!(before <= all);
                }
            }
        }
    }

    /// Between two plans with the same standbys, the loss of a mixture is at most the same mixture of their losses.
    #[test]
    fn the_loss_is_convex_in_shares_and_covers(
        events in prop::collection::vec(event(), 1..6),
        first in choice(),
        second in choice(),
        part in 0.0..1.0_f64,
    ) {
        let stage = Stage::new(&events);
        let cell_models = stage.cell_models();
        let disruption = stage.disruption();
        let (x, mut y) = (plan(stage.setting.instance, &first), plan(stage.setting.instance, &second));
        // Both plans have the standbys of the first, each with its own covers.
        let kinds = |s: &[Standby]| s.iter().map(|s| (s.offer, s.readiness)).collect::<Vec<_>>();
        y.standby[0] = x.standby[0].iter().map(|s| Standby { cover: 1.0 - s.cover * second.standbys[s.offer].1, ..*s }).collect();
        prop_assert_eq!(kinds(&x.standby[0]), kinds(&y.standby[0]));
        let mixed = |a: f64, b: f64| part * a + (1.0 - part) * b;
        let mut between = x.clone();
        for (cell, shares) in between.allocation.iter_mut().enumerate() {
            for (at, share) in shares.iter_mut().enumerate() {
                share.1 = mixed(x.allocation[cell][at].1, y.allocation[cell][at].1);
            }
        }
        for (at, standby) in between.standby[0].iter_mut().enumerate() {
            standby.cover = mixed(x.standby[0][at].cover, y.standby[0][at].cover);
        }
        let loss = |plan: &Plan| plan_loss(&cell_models, &cell_plans(&cell_models, plan), &disruption).total_usd();
        let (line, curve) = (mixed(loss(&x), loss(&y)), loss(&between));
        prop_assert!(curve <= line + 1e-6, "{curve} lies above {line}");
        prop_assert!(curve >= 0.0);
    }
}
