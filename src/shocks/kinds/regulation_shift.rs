//! `regulation_shift` by Y: each affected developer withdraws with a probability; the pairs of the others cost more.

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::Kind;
use crate::model::words::Reach;
use crate::shocks::effect::{Effect, Predicate};
use crate::shocks::key::Key;
use crate::shocks::kind::{Expects, KindSpec};
use crate::shocks::named;
use crate::shocks::reach::{USERS_AND_REGION, within};

const WHAT: Key<Selector> =
    Key::selector("what", "What the rules apply to. By default everything.", Expects::SomeOffer);
/// That nobody is exempt today is no mistake.
const EXEMPT: Key<Selector> = Key::selector(
    "exempt",
    "What the rules do not apply to. By default nothing is exempt.",
    Expects::NotEveryOffer("every offer is exempt, so that the shock does nothing"),
)
.optional();
const REACH: Key<[Reach]> = Key::reach("Who is hit in that jurisdiction.", USERS_AND_REGION);
const WITHDRAWAL_PROBABILITY: Key<f64> =
    Key::share("withdrawal_probability", "Probability that a developer withdraws.").or(0.0);
const PRICE_TIMES: Key<f64> = Key::factor("price_times", "Factor on prices.").or(1.0);
const ONE_OFF_USD_PER_WORKLOAD: Key<f64> =
    Key::usd("one_off_usd_per_workload", "Cost at the onset, USD for each workload.").or(0.0);

pub(super) const KIND: KindSpec = KindSpec {
    name: "regulation_shift",
    about: "A jurisdiction changes its rules: developers may withdraw, the others become dearer.",
    needs_actor: true,
    keys: &[
        WHAT.spec,
        EXEMPT.spec,
        REACH.spec,
        WITHDRAWAL_PROBABILITY.spec,
        PRICE_TIMES.spec,
        ONE_OFF_USD_PER_WORKLOAD.spec,
    ],
    any_of: None,
    expand,
    names: |instance, kind| named::in_selector(instance, WHAT.of(kind)?),
};

fn expand(_: &Instance, by: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    let hit = within(by, REACH.of(kind)?).and(&Predicate::of(WHAT.of(kind)?.clone()));
    let predicate = match EXEMPT.of(kind) {
        Some(exempt) => hit.and(&Predicate::none_of(exempt.clone())),
        None => hit,
    };
    Some(vec![Effect::Withdrawal {
        probability: *WITHDRAWAL_PROBABILITY.of(kind)?,
        predicate,
        price_times: *PRICE_TIMES.of(kind)?,
        one_off_usd_per_workload: *ONE_OFF_USD_PER_WORKLOAD.of(kind)?,
    }])
}
