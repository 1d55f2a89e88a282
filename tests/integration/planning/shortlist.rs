//! What a plan is made of where the catalog is long.

use std::collections::BTreeSet;

use multipolar::input::{Sources, load};
use multipolar::planning::sample::shortlist::shortlist;
use multipolar::service::cell_model::Roles;
use multipolar::study::session::Session;

/// Two workloads of an insurer in Spain on Azure and Bedrock, with no bound on the number of offers.
const INSURER: &str = "\
format_version: 1
company: {name: Insurer, headquarters: ES, sites: [ES]}
workloads:
  - id: claims
    demand: {input_mtok: 900, output_mtok: 220}
    users: {ES: 0.8, PT: 0.2}
    data: personal
    min_quality: 1400
    outage_cost_usd_per_day: 120000
    allocation: {gpt-5.4@azure:EU: 1.0}
  - id: agents
    demand: {input_mtok: 400, output_mtok: 90}
    users: {ES: 1.0}
    data: internal
    min_quality: 1380
    outage_cost_usd_per_day: 40000
    allocation: {claude-sonnet-5@aws-bedrock:EU: 1.0}
ROUTING";

/// However cheap offers elsewhere are, every cell keeps offers of two models or more at hosts in use, so that a plan without a
/// new host can be found; likewise every workload two standbys there.
#[test]
fn offers_at_hosts_in_use_are_not_pushed_out() {
    for routing in ["routing: {smallest_share: 0, most_offers: none}\n", "\n"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("insurer.yaml");
        std::fs::write(&path, INSURER.replace("ROUTING", routing)).unwrap();
        let loaded = load(Sources { portfolio: &path, catalog: None, jurisdictions: None }).unwrap();
        let instance = &loaded.instance;
        let session = Session::new(instance);
        let all = Roles::all(&session.setting);
        let kept = shortlist(&session.setting, &session.shocks, &[], &[]);
        let n = |roles: &Roles| roles.primaries.iter().map(Vec::len).sum::<usize>();
        assert!(n(&kept) * 3 < n(&all), "the shortlist is not short: {} of {}", n(&kept), n(&all));
        let is_in_use = |offer: usize| session.setting.known.is_in_use(instance.offers[offer].host);
        for (cell, offers) in kept.primaries.iter().enumerate() {
            let allowed =
                offers.iter().filter(|&&o| is_in_use(o) && session.setting.law.eligible.contains(cell, o));
            let models: BTreeSet<usize> = allowed.map(|&offer| instance.offers[offer].model).collect();
            assert!(models.len() >= 2, "cell {cell} keeps {} models at hosts in use", models.len());
        }
        for (workload, standbys) in kept.standbys.iter().enumerate() {
            let n = standbys.iter().filter(|standby| is_in_use(standby.0)).count();
            assert!(n >= 2, "workload {workload} keeps {n} standbys at hosts in use");
        }
    }
}
