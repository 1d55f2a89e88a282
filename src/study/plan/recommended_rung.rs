//! Which rung of a ladder is recommended (methodology/optimization.md#ladder).

use super::ladder::{KNEE, Rung, RungKind, risk};
use crate::model::contract::KEEP_QUALITY_POINTS;
use crate::planning::sample::evaluate::Objective;

/// Index of the recommended rung: the knee where it touches fewer workloads than the whole plan, else the whole plan; or
/// instead of it standbys only, or only hosts in use, where that is enough for less cash. `rungs` run from today to the whole
/// plan.
///
/// # Panics
/// If `rungs` is empty.
pub(super) fn recommended(objective: &Objective, rungs: &[Rung], knee: Option<usize>) -> usize {
    let all = rungs.len() - 1;
    let usual = knee.filter(|&at| rungs[at].workloads.len() < rungs[all].workloads.len()).unwrap_or(all);
    let risk = |at: usize| risk(objective, &rungs[at]);
    let usd = |at: usize| rungs[at].measured.fresh.score_usd(objective);
    let is_enough = |at: usize| {
        risk(0) - risk(at) >= KNEE * (risk(0) - risk(all)) && usd(0) - usd(at) >= KNEE * (usd(0) - usd(usual))
    };
    let is_candidate = |&at: &usize| {
        matches!(rungs[at].kind, RungKind::Standbys | RungKind::Hosts)
            && is_smaller(&rungs[at], &rungs[usual])
            && is_enough(at)
    };
    let cash = |at: usize| rungs[at].cost.change_usd();
    let candidates = (0..rungs.len()).filter(is_candidate);
    let least = candidates.min_by(|&a, &b| cash(a).total_cmp(&cash(b)).then(usd(a).total_cmp(&usd(b))));
    least.unwrap_or(usual)
}

/// Whether the rung changes something for less cash than `other` without costing more than that cash to run within the horizon,
/// breaks no more limits, and has a capability that is not lower by more than the scale can tell.
fn is_smaller(rung: &Rung, other: &Rung) -> bool {
    let broken =
        |rung: &Rung| [&rung.measured.in_sample, &rung.measured.fresh].map(|measured| measured.broken.len());
    let ([planned, fresh], [other_planned, other_fresh]) = (broken(rung), broken(other));
    !rung.workloads.is_empty()
        && rung.cost.change_usd() < other.cost.change_usd()
        && rung.cost.paid_in_horizon_usd() <= other.cost.paid_in_horizon_usd()
        && planned <= other_planned
        && fresh <= other_fresh
        && rung.capability.points >= other.capability.points - KEEP_QUALITY_POINTS
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::example::Example;
    use crate::model::words::Openness;
    use crate::study::plan::questions::Questions;
    use crate::study::session::{OptimizeSettings, Session};
    use crate::units::DAYS_PER_MONTH;

    /// Average and tail alike lose `risk`, so that the objective is planned cost plus risk.
    struct Wanted {
        kind: RungKind,
        touched: usize,
        planned: f64,
        risk: f64,
        cash: f64,
    }

    const fn wanted(kind: RungKind, touched: usize, planned: f64, risk: f64, cash: f64) -> Wanted {
        Wanted { kind, touched, planned, risk, cash }
    }

    /// A rung of the smallest portfolio.
    pub(in crate::study::plan) fn any_rung() -> Rung {
        let mut example = Example::new();
        example.supplier("lab", "US", &[]).model("a", "lab", Openness::OpenWeights, None);
        example.offer("a", "lab", "US", &[]);
        example.workload("w", &[("DE", 1.0)], &[("a@lab:US", 1.0)]);
        let instance = example.instance();
        let settings = OptimizeSettings { n_trials: 20, ..OptimizeSettings::USUAL };
        let questions = Questions { ladder: true, ..Questions::default() };
        let answers = Session::new(&instance).answers(settings, &questions, &|_| ()).unwrap();
        answers.optimized.ladder.unwrap().rungs.remove(0)
    }

    fn rung(any: &Rung, wanted: &Wanted) -> Rung {
        let mut rung = Rung { kind: wanted.kind, workloads: (0..wanted.touched).collect(), ..any.clone() };
        let fresh = &mut rung.measured.fresh;
        (fresh.figures.planned_usd, fresh.figures.cvar_usd, fresh.mean_loss_usd) =
            (wanted.planned, wanted.risk, wanted.risk);
        rung.cost.hosts.clear();
        rung.cost.qualify = vec![(0, 0, wanted.cash)];
        rung
    }

    fn recommended_of(change: impl Fn(&mut Vec<Rung>), rungs: &[Wanted], knee: Option<usize>) -> usize {
        let any = any_rung();
        let mut rungs: Vec<Rung> = rungs.iter().map(|wanted| rung(&any, wanted)).collect();
        change(&mut rungs);
        recommended(&Objective::new(0.5, 0.95), &rungs, knee)
    }

    /// Today costs 100 and risks 1,000; the whole plan costs 80 and risks 100: it takes 900 off the risk, 920 off the objective.
    /// Hosts in use risk 150 for 120: 850 of 900 and 830 of 920, both more than 80 %, for a fifth of the cash.
    const RUNGS: [Wanted; 5] = [
        wanted(RungKind::Today, 0, 100.0, 1000.0, 0.0),
        wanted(RungKind::Standbys, 2, 300.0, 300.0, 5.0),
        wanted(RungKind::Hosts, 4, 120.0, 150.0, 10.0),
        wanted(RungKind::Touched(2), 2, 90.0, 250.0, 30.0),
        wanted(RungKind::All, 4, 80.0, 100.0, 50.0),
    ];

    #[test]
    fn what_is_enough_for_less_cash_comes_first() {
        // Standbys only take 700 of 900 off the risk, which is not enough.
        assert_eq!(recommended_of(|_| (), &RUNGS, None), 2);
        // A knee of 2 workloads, 750 of 900: hosts in use take its place as well.
        assert_eq!(recommended_of(|_| (), &RUNGS, Some(3)), 2);
        // With more cash than the knee they do not.
        assert_eq!(recommended_of(|rungs| rungs[2].cost.qualify[0].2 = 31.0, &RUNGS, Some(3)), 3);
        // A knee of all workloads is the whole plan.
        assert_eq!(recommended_of(|rungs| rungs[2].cost.qualify[0].2 = 51.0, &RUNGS, Some(4)), 4);
        // Both would be enough: less cash decides.
        let both = |rungs: &mut Vec<Rung>| rungs[1] = Rung { kind: RungKind::Standbys, ..rungs[2].clone() };
        let dearer = |rungs: &mut Vec<Rung>| {
            both(rungs);
            rungs[1].cost.qualify[0].2 = 11.0;
        };
        assert_eq!(recommended_of(dearer, &RUNGS, None), 2);
        assert_eq!(recommended_of(both, &RUNGS, None), 1, "the first of two alike");
    }

    #[test]
    fn what_costs_too_much_or_breaks_more_does_not() {
        // 850 of 900 off the risk, but 130 dearer than before: 700 of 920 off the objective.
        let dear = |rungs: &mut Vec<Rung>| rungs[2].measured.fresh.figures.planned_usd = 250.0;
        assert_eq!(recommended_of(dear, &RUNGS, None), 4);
        let breaks = |rungs: &mut Vec<Rung>| rungs[2].measured.fresh.broken.push("budget".to_owned());
        assert_eq!(recommended_of(breaks, &RUNGS, None), 4);
        let weaker = |rungs: &mut Vec<Rung>| rungs[2].capability.points -= KEEP_QUALITY_POINTS + 1.0;
        assert_eq!(recommended_of(weaker, &RUNGS, None), 4);
        // 20 less to change than the knee: that is gone when it costs more than 20 more to run in the 100 days of the horizon.
        let months = 100.0 / DAYS_PER_MONTH;
        let dearer_to_run =
            |usd: f64| move |rungs: &mut Vec<Rung>| rungs[2].cost.monthly.fixed_usd += usd / months;
        assert_eq!(recommended_of(dearer_to_run(19.9), &RUNGS, Some(3)), 2);
        assert_eq!(recommended_of(dearer_to_run(20.1), &RUNGS, Some(3)), 3);
        let idle = |rungs: &mut Vec<Rung>| rungs[2].workloads.clear();
        assert_eq!(recommended_of(idle, &RUNGS, None), 4);
    }
}
