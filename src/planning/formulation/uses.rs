//! What a plan uses and what using it costs: hosts of the company, models of a workload, and pairs of both
//! (methodology/change.md).
//!
//! Uses of a workload belong to its block; hosts are shared, so their rows link workloads.

use std::collections::{BTreeMap, BTreeSet};

use super::linear_program::{LinearProgram, VariableIdx};
use super::variables::{ShareVariable, Variables};
use crate::costs::planned::{HostTerms, change_factor};
use crate::costs::today::quality_points;
use crate::limits::sizes::{least_quality, most_offers, smallest_share};
use crate::model::instance::{ModelIdx, OfferIdx, SupplierIdx, WorkloadIdx};
use crate::planning::{USD_PER_UNIT, horizon_months};
use crate::service::setting::Setting;

/// Points by which a plan keeps above the least capability, so that the solver's rounding does not fall short of it.
const QUALITY_MARGIN: f64 = 1e-4;

/// Factors beyond this are left to rounding: a share of today that is smaller than its inverse.
const LARGEST_FACTOR: f64 = 1e4;

/// Variables of what a plan uses, and of what that costs.
#[derive(Debug, Clone, Default)]
pub struct UseVariables {
    /// 1 if the company uses the host: where that makes a difference.
    pub hosts: BTreeMap<SupplierIdx, VariableIdx>,
    /// 1 if the workload uses the host.
    pub workload_hosts: BTreeMap<(WorkloadIdx, SupplierIdx), VariableIdx>,
    /// 1 if the workload uses the model, which it does not know today.
    pub models: BTreeMap<(WorkloadIdx, ModelIdx), VariableIdx>,
    /// 1 if some primary of the workload is of this model and host: where their number is limited.
    pub pairs: BTreeMap<(WorkloadIdx, ModelIdx, Option<SupplierIdx>), VariableIdx>,
    /// `[n_workloads]`: most pairs, where their number is limited.
    pub most_pairs: BTreeMap<WorkloadIdx, usize>,
    /// What is missing to the minimums of hosts, in units of money; part of the monthly cost.
    pub minimums: Vec<VariableIdx>,
    /// What is missing to commitments, in units of money.
    pub shortfalls: Vec<VariableIdx>,
    /// The part of a variable's cost that is not monthly: cost of change, and what capability is worth.
    pub not_monthly: BTreeMap<VariableIdx, f64>,
}

impl UseVariables {
    /// Variables that are 1 when the workload uses the offer, as primary or (`is_primary` false) as standby.
    pub fn of(
        &self,
        setting: &Setting<'_>,
        workload: WorkloadIdx,
        offer: OfferIdx,
        is_primary: bool,
    ) -> impl Iterator<Item = VariableIdx> + use<> {
        let o = &setting.instance.offers[offer];
        let host = o.host.and_then(|host| self.workload_hosts.get(&(workload, host)));
        let model = self.models.get(&(workload, o.model));
        let pair = is_primary.then(|| self.pairs.get(&(workload, o.model, o.host))).flatten();
        [host.copied(), model.copied(), pair.copied()].into_iter().flatten()
    }

    /// Variables of workloads, each with its workload.
    pub fn owned(&self) -> impl Iterator<Item = (WorkloadIdx, VariableIdx)> + '_ {
        let hosts = self.workload_hosts.iter().map(|(key, &variable)| (key.0, variable));
        let models = self.models.iter().map(|(key, &variable)| (key.0, variable));
        hosts.chain(models).chain(self.pairs.iter().map(|(key, &variable)| (key.0, variable)))
    }

    /// Integer variables: of workloads, and of the company.
    pub fn integers(&self) -> impl Iterator<Item = VariableIdx> + '_ {
        self.owned().map(|own| own.1).chain(self.hosts.values().copied())
    }
}

/// Adds the variables and rows of uses, hosts, models and capability to the program.
pub fn add_uses(setting: &Setting<'_>, variables: &mut Variables, lp: &mut LinearProgram) {
    let mut builder = Builder { setting, lp, used: UseVariables::default(), constant: 0.0 };
    builder.add_workload_hosts(users(setting, variables, |offer| setting.instance.offers[offer].host));
    builder.add_models(users(setting, variables, |offer| setting.instance.offers[offer].model));
    builder.add_pairs(variables);
    builder.add_hosts(variables);
    builder.add_quality(variables);
    if builder.constant != 0.0 {
        let constant = builder.lp.add_continuous(builder.constant, 1.0, 1.0);
        builder.used.not_monthly.insert(constant, builder.constant);
    }
    variables.used = builder.used;
}

/// Terms of one row "who uses an offer has paid for its use": the shares of a cell on offers with the same key, which sum to
/// at most 1, or one standby. The first entry is the workload, the second one of the offers.
type Users = (WorkloadIdx, OfferIdx, Vec<(VariableIdx, f64)>);

/// Users of offers, the shares of each cell together by `key`.
fn users<K: Ord>(setting: &Setting<'_>, variables: &Variables, key: impl Fn(OfferIdx) -> K) -> Vec<Users> {
    let mut shares: BTreeMap<(usize, K), Users> = BTreeMap::new();
    for share in &variables.primaries {
        let workload = setting.instance.cells[share.cell].workload;
        let own = shares.entry((share.cell, key(share.offer))).or_insert((workload, share.offer, Vec::new()));
        own.2.push((share.variable, 1.0));
    }
    let standbys = variables.standbys.iter().map(|s| (s.workload, s.offer, vec![(s.is_ready, 1.0)]));
    shares.into_values().chain(standbys).collect()
}

struct Builder<'a, 'b> {
    setting: &'a Setting<'a>,
    lp: &'b mut LinearProgram,
    used: UseVariables,
    /// Cost of every plan, in units of money.
    constant: f64,
}

impl Builder<'_, '_> {
    /// Rows "who uses an offer uses its host", for hosts whose use costs something.
    fn add_workload_hosts(&mut self, users: Vec<Users>) {
        let hosts: BTreeSet<SupplierIdx> =
            users.iter().filter_map(|user| self.setting.instance.offers[user.1].host).collect();
        let costly: BTreeSet<SupplierIdx> =
            hosts.into_iter().filter(|&host| !self.terms(host).is_free()).collect();
        for (workload, offer, mut terms) in users {
            let Some(host) = self.setting.instance.offers[offer].host.filter(|h| costly.contains(h)) else {
                continue;
            };
            let lp = &mut *self.lp;
            let uses = *self
                .used
                .workload_hosts
                .entry((workload, host))
                .or_insert_with(|| lp.add_integer(0.0, 0.0, 1.0));
            terms.push((uses, -1.0));
            lp.add_at_most("uses_host", terms, 0.0);
        }
    }

    fn terms(&self, host: SupplierIdx) -> HostTerms {
        HostTerms::of(self.setting.instance, &self.setting.known, host)
    }

    /// Rows "who uses an offer has qualified its model", for models that the workload does not know today.
    fn add_models(&mut self, users: Vec<Users>) {
        let instance = self.setting.instance;
        for (workload, offer, mut terms) in users {
            let key = (workload, instance.offers[offer].model);
            let usd = instance.qualify_model_usd(workload);
            if usd == 0.0 || self.setting.known.models.contains(&key) {
                continue;
            }
            let cost = usd * change_factor(self.setting.instance) / USD_PER_UNIT;
            let (lp, not_monthly) = (&mut *self.lp, &mut self.used.not_monthly);
            let uses = *self.used.models.entry(key).or_insert_with(|| {
                let uses = lp.add_integer(cost, 0.0, 1.0);
                not_monthly.insert(uses, cost);
                uses
            });
            terms.push((uses, -1.0));
            lp.add_at_most("qualify_model", terms, 0.0);
        }
    }

    /// Rows for the number of (model, host) pairs, where a workload could have more than it may.
    fn add_pairs(&mut self, variables: &Variables) {
        let instance = self.setting.instance;
        for (w, workload) in instance.workloads.iter().enumerate() {
            let shares = || workload.cells.clone().flat_map(|cell| variables.primaries_of(cell));
            let pair = |offer: OfferIdx| (instance.offers[offer].model, instance.offers[offer].host);
            let pairs: BTreeSet<_> = shares().map(|share| pair(share.offer)).collect();
            let Some(most) = most_offers(instance, w).filter(|most| pairs.len() > *most) else { continue };
            // A pair that serves at all counts, so one row for all its shares is enough.
            let n_cells = workload.cells.len() as f64;
            for (model, host) in pairs {
                let uses = self.lp.add_integer(0.0, 0.0, 1.0);
                self.used.pairs.insert((w, model, host), uses);
                let own = shares().filter(|share| pair(share.offer) == (model, host));
                let mut terms: Vec<(VariableIdx, f64)> =
                    own.map(|share| (share.variable, 1.0 / n_cells)).collect();
                terms.push((uses, -1.0));
                self.lp.add_at_most("uses_pair", terms, 0.0);
            }
            let own = self.used.pairs.range((w, 0, None)..(w + 1, 0, None)).map(|(_, &uses)| (uses, 1.0));
            self.lp.add_at_most("most_offers", own.collect(), most as f64);
            self.used.most_pairs.insert(w, most);
        }
    }

    /// Hosts of the company with their fees, minimums and commitments.
    fn add_hosts(&mut self, variables: &Variables) {
        let mut of_host: BTreeMap<SupplierIdx, Vec<(WorkloadIdx, VariableIdx)>> = BTreeMap::new();
        for (&(workload, host), &uses) in &self.used.workload_hosts {
            of_host.entry(host).or_default().push((workload, uses));
        }
        let instance = self.setting.instance;
        let contracts = instance.portfolio.contracts.iter();
        let contracted = contracts.filter_map(|c| instance.supplier_idx(&c.host));
        let hosts: BTreeSet<SupplierIdx> = of_host.keys().copied().chain(contracted).collect();
        for host in hosts {
            self.add_host(variables, host, of_host.get(&host).map_or(&[], Vec::as_slice));
        }
    }

    /// One host: `uses` are the workloads that may use it, with their variables.
    fn add_host(&mut self, variables: &Variables, host: SupplierIdx, uses: &[(WorkloadIdx, VariableIdx)]) {
        let terms = self.terms(host);
        let (months, factor) =
            (horizon_months(self.setting), change_factor(self.setting.instance) / USD_PER_UNIT);
        let change = (terms.qualify_usd - terms.exit_usd) * factor;
        self.constant += terms.exit_usd * factor;
        let in_use = (!uses.is_empty()).then(|| {
            let cost = terms.fixed_usd_per_month * months / USD_PER_UNIT + change;
            let in_use = self.lp.add_integer(cost, 0.0, 1.0);
            self.used.not_monthly.insert(in_use, change);
            self.used.hosts.insert(host, in_use);
            for &(_, own) in uses {
                self.lp.add_at_most("host_in_use", vec![(own, 1.0), (in_use, -1.0)], 0.0);
            }
            // Without this, an unused host would be kept for its exit fee.
            if terms.exit_usd > 0.0 {
                let mut row: Vec<(VariableIdx, f64)> = uses.iter().map(|own| (own.1, -1.0)).collect();
                row.push((in_use, 1.0));
                self.lp.add_at_most("host_left", row, 0.0);
                uses.iter().for_each(|&own| self.add_kept(variables, host, own));
            }
            in_use
        });
        if terms.minimum_usd_per_month > 0.0
            && let Some(in_use) = in_use
        {
            let least = terms.minimum_usd_per_month * months / USD_PER_UNIT;
            let missing = self.add_missing("minimum", variables, host, (Some(in_use), least), months);
            self.used.minimums.push(missing);
        }
        if terms.committed_usd > 0.0 && (terms.is_bound || in_use.is_some()) {
            let due = if terms.is_bound { None } else { in_use };
            let committed = (due, terms.committed_usd / USD_PER_UNIT);
            let missing = self.add_missing("commitment", variables, host, committed, terms.committed_months);
            self.used.not_monthly.insert(missing, 1.0);
            self.used.shortfalls.push(missing);
        }
    }

    /// The row "a workload uses the host only if a share or a standby of it is there". Without it, a workload could say so
    /// to spare the company the exit fee.
    fn add_kept(
        &mut self,
        variables: &Variables,
        host: SupplierIdx,
        (workload, uses): (WorkloadIdx, VariableIdx),
    ) {
        let instance = self.setting.instance;
        let is_there = |offer: OfferIdx| instance.offers[offer].host == Some(host);
        let cells = instance.workloads[workload].cells.clone();
        let shares = cells.flat_map(|cell| variables.primaries_of(cell)).filter(|own| is_there(own.offer));
        let factor = |own: &ShareVariable| -1.0 / smallest_share(instance, own.cell, own.offer);
        let mut row: Vec<(VariableIdx, f64)> = shares.map(|own| (own.variable, factor(own))).collect();
        if row.iter().any(|own| own.1 < -LARGEST_FACTOR) {
            return;
        }
        let standbys = variables.standbys_of(workload).iter().filter(|own| is_there(own.offer));
        row.extend(standbys.map(|own| (own.is_ready, -1.0)));
        row.push((uses, 1.0));
        self.lp.add_at_most("host_kept", row, 0.0);
    }

    /// A variable for what the spend of `months` at a host misses of an amount, which is due if `due` is 1 or absent.
    fn add_missing(
        &mut self,
        name: &'static str,
        variables: &Variables,
        host: SupplierIdx,
        (due, amount): (Option<VariableIdx>, f64),
        months: f64,
    ) -> VariableIdx {
        let setting = self.setting;
        let missing = self.lp.add_continuous(1.0, 0.0, amount);
        let own = variables.primaries.iter().filter(|p| setting.instance.offers[p.offer].host == Some(host));
        let spend = |cell: usize, offer: OfferIdx| {
            setting.instance.cells[cell].mtok_per_month() * setting.prices.usd_per_mtok(cell, offer)
        };
        let mut row: Vec<(VariableIdx, f64)> =
            own.map(|p| (p.variable, spend(p.cell, p.offer) * months / USD_PER_UNIT)).collect();
        row.push((missing, 1.0));
        row.extend(due.map(|due| (due, -amount)));
        self.lp.add_at_least(name, row, if due.is_some() { 0.0 } else { amount });
        missing
    }

    /// What capability is worth, and the rows that keep it.
    fn add_quality(&mut self, variables: &Variables) {
        let setting = self.setting;
        for (w, workload) in setting.instance.workloads.iter().enumerate() {
            let usd = workload.workload.terms.quality_usd_per_point_per_month;
            let per_point = usd * horizon_months(setting) / USD_PER_UNIT;
            let today = setting.known.quality_points[w];
            let mut row = Vec::new();
            for share in workload.cells.clone().flat_map(|cell| variables.primaries_of(cell)) {
                let users_share = setting.instance.cells[share.cell].users_share;
                let points = quality_points(setting.instance, w, share.offer);
                row.push((share.variable, users_share * points));
                if per_point > 0.0 {
                    // The shares of a cell sum to 1. Points above today's, not all points, keep costs small against
                    // differences between plans, and solvers stop at a part of the cost.
                    let gained = per_point * users_share * (points - today);
                    self.lp.variables[share.variable].cost -= gained;
                    self.used.not_monthly.insert(share.variable, -gained);
                }
            }
            if let Some(least) = least_quality(setting, w) {
                // Today's plan keeps it without a margin.
                let margin = QUALITY_MARGIN.min(setting.instance.keep_quality(w).unwrap_or(0.0));
                self.lp.add_at_least("keep_quality", row, least + margin);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::catalog::Price;
    use crate::model::contract::{Contract, ContractStatus, RoutingTerms};
    use crate::model::example::Example;
    use crate::model::words::Openness;
    use crate::planning::request::Request;
    use crate::planning::sample::CompiledSample;
    use crate::planning::sample::evaluate::Objective;
    use crate::planning::search::{Method, SearchOptions, search_with};
    use crate::service::cell_model::Roles;
    use crate::service::setting::Setting;

    /// 100 mtok a month cost 2 USD each at one host and 1 USD at the other. Leaving the first costs 50 USD of the horizon; to
    /// keep the smallest share there, 0.2, would cost 66 USD. The bound knows both: no workload says that it uses a host
    /// without a share of it.
    #[test]
    fn the_bound_pays_for_leaving_a_host() {
        let mut example = Example::new();
        for (id, usd) in [("dear", 2.0), ("cheap", 1.0)] {
            example.supplier(id, "DE", &[]);
            if id == "dear" {
                example.model("open", "dear", Openness::OpenWeights, None);
            }
            example.offer("open", id, "DE", &[]).price =
                Price::Tokens { input_usd_per_mtok: usd, output_usd_per_mtok: usd };
        }
        example.workload("w", &[("DE", 1.0)], &[("open@dear:DE", 1.0)]);
        example.portfolio.routing = RoutingTerms { smallest_share: 0.2, most_offers: None };
        let change = example.portfolio.change;
        example.portfolio.contracts.push(Contract {
            host: "dear".to_owned(),
            status: ContractStatus::Signed,
            fixed_usd_per_year: 0.0,
            discount: 0.0,
            commitment: None,
            minimum_usd_per_month: 0.0,
            exit_usd: 50.0 * change.spread_over_days / example.portfolio.horizon_days,
            ends: None,
        });
        let instance = example.instance();
        let setting = Setting::new(&instance);
        let sample = CompiledSample::new(&setting, &[], &Roles::all(&setting), &[Vec::new()]);
        let request = Request::new(Objective::new(0.5, 0.95));
        let months = instance.portfolio.horizon_days / crate::units::DAYS_PER_MONTH;
        let expected = 100.0 * months + 50.0;
        for method in [Method::Direct, Method::Decomposed] {
            let options = SearchOptions { method: Some(method), warm_start: None };
            let found = search_with(options, &setting, &sample, &request, &|_, _, _| ()).unwrap();
            let (_, evaluation) = found.best.unwrap();
            assert!((evaluation.figures.objective_usd - expected).abs() < 1e-6, "{method:?}");
            assert!((found.bound_usd - expected).abs() < 0.01 * expected, "{method:?}: {}", found.bound_usd);
        }
    }
}
