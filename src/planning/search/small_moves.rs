//! Moves that are too small to be worth making.
//!
//! A plan that is best to the last cent may move less of some users than the smallest share that an offer may have. Nobody
//! changes a contract for that.

use super::Searcher;
use crate::model::instance::CellIdx;
use crate::model::plan::Plan;
use crate::planning::sample::evaluate::evaluate;

/// What leaving small moves out may cost in all, relative to the objective.
const WORTH_MOVING: f64 = 1e-4;

impl Searcher<'_> {
    /// Leaves users where they are today if the plan moves less of them than the smallest share, as long as limits are kept
    /// and it costs next to nothing.
    pub(super) fn undo_small_moves(&mut self) {
        let Some((mut plan, mut evaluation)) = self.best.clone() else { return };
        let today = Plan::current(self.setting.instance);
        let most_usd = self.best_usd() + WORTH_MOVING * self.best_usd().abs();
        let tolerated = &self.request.freedom.tolerated;
        let small: Vec<CellIdx> =
            self.every_cell().filter(|&cell| self.moves_little(&today, &plan, cell)).collect();
        for cell in small {
            let mut without = plan.clone();
            without.allocation[cell].clone_from(&today.allocation[cell]);
            let tried = evaluate(self.setting, self.sample, &self.request.objective, &without);
            let is_kept = tried.broken.iter().all(|broken| tolerated.contains(broken));
            if is_kept && self.keeps_floors(&without) && self.charged_usd(&without, &tried) <= most_usd {
                (plan, evaluation) = (without, tried);
            }
        }
        self.best = Some((plan, evaluation));
    }

    /// Whether a plan moves some of a cell's users, but less of them than the smallest share.
    fn moves_little(&self, today: &Plan, plan: &Plan, cell: CellIdx) -> bool {
        let instance = self.setting.instance;
        let smallest = instance.routing(instance.cells[cell].workload).smallest_share;
        let gained = |&(offer, share): &(usize, f64)| (share - today.share(cell, offer)).max(0.0);
        let moved: f64 = plan.allocation[cell].iter().map(gained).sum();
        moved > 0.0 && moved < smallest
    }
}

#[cfg(test)]
mod tests {
    use crate::model::catalog::Price;
    use crate::model::contract::RoutingTerms;
    use crate::model::example::Example;
    use crate::model::words::Openness;
    use crate::planning::request::Request;
    use crate::planning::sample::CompiledSample;
    use crate::planning::sample::evaluate::Objective;
    use crate::planning::search::search;
    use crate::service::cell_model::Roles;
    use crate::service::setting::Setting;

    /// Half of 100 mtok is at `dear`, half at `cheap`, which has room for 50.4. Moving 0.4 % saves 0.2 % of the bill at half
    /// the price, which is worth it; at a price 1 % lower it saves 0.004 %, which is not.
    #[test]
    fn a_move_below_the_smallest_share_is_made_only_if_it_pays() {
        for (usd, moved) in [(0.5, 0.004), (0.99, 0.0)] {
            let mut example = Example::new();
            example.supplier("dear", "US", &[]).supplier("cheap", "US", &[]);
            example.model("open", "dear", Openness::OpenWeights, None);
            for (id, usd) in [("dear", 1.0), ("cheap", usd)] {
                let offer = example.offer("open", id, "DE", &[]);
                offer.price = Price::Tokens { input_usd_per_mtok: usd, output_usd_per_mtok: usd };
                offer.capacity_mtok_per_month = (id == "cheap").then_some(50.4);
            }
            let today = [("open@dear:DE", 0.5), ("open@cheap:DE", 0.5)];
            let workload = example.workload("w", &[("DE", 1.0)], &today);
            (workload.input_mtok, workload.output_mtok) = (50.0, 50.0);
            example.portfolio.routing = RoutingTerms { smallest_share: 0.1, most_offers: None };
            let instance = example.instance();
            let setting = Setting::new(&instance);
            let sample = CompiledSample::new(&setting, &[], &Roles::all(&setting), &[Vec::new()]);
            let request = Request::new(Objective::new(0.5, 0.95));
            let found = search(&setting, &sample, &request, &|_, _, _| ()).unwrap();
            let (plan, _) = found.best.unwrap();
            let cheap =
                instance.offers.iter().position(|offer| offer.id.to_string().contains("cheap")).unwrap();
            assert!((plan.share(0, cheap) - 0.5 - moved).abs() < 1e-5, "{:?}", plan.allocation);
        }
    }
}
