//! References to offers, `model@host:REGION`: a message says which part of a wrong one is wrong.

use super::countries;
use super::names::{Known, remedy};
use crate::ids::{OfferId, SELF_HOST};
use crate::input::at::At;
use crate::input::diagnostic::quoted;

/// Largest number of offers in a help line.
const SHOWN_OFFERS: usize = 4;
/// Help once similar offers are no longer looked up.
const ANOTHER_OFFER: &str = "choose an offer that exists, or add it under 'catalog.offers'";

impl Known<'_> {
    /// An offer that exists; on `self`, only where the company has a site.
    pub(super) fn offer(&self, at: &At<'_>, text: &str) {
        if text.is_empty() {
            return;
        }
        let Some(id) = OfferId::parse(text) else {
            let help = Some("write 'model@host:REGION', such as 'mistral-large-3@azure:SE'".into());
            return at.error("invalid-offer-id", format!("{} is not an offer", quoted(text)), help);
        };
        let gaps = self.gaps;
        let has_gap = gaps.offers || gaps.models || gaps.suppliers || gaps.jurisdictions;
        let lacks_site = self.lacks_site(&id);
        if has_gap || (self.offers.contains_key(&id) && !lacks_site) {
            return;
        }
        let (message, help) = self.missing_offer(at, &id);
        let code = if lacks_site { "self-hosted-without-site" } else { "unknown-offer" };
        at.error(code, format!("unknown offer {}: {message}", quoted(text)), help);
    }

    fn lacks_site(&self, id: &OfferId) -> bool {
        id.is_self_hosted() && self.sites.is_some_and(|sites| !sites.contains(&id.region))
    }

    /// Why there is no such offer, and what to write instead.
    fn missing_offer(&self, at: &At<'_>, id: &OfferId) -> (String, Option<String>) {
        if !self.models.contains(id.model.as_str()) {
            let help = remedy(at, &id.model, self.models.iter().copied());
            return (format!("there is no model {}", quoted(&id.model)), help);
        }
        if !id.is_self_hosted() && !self.suppliers.contains_key(id.host.as_str()) {
            let hosts = self.suppliers.keys().copied().chain([SELF_HOST]);
            return (format!("there is no host {}", quoted(&id.host)), remedy(at, &id.host, hosts));
        }
        if self.lacks_site(id) {
            let help = format!("add {} to 'company.sites', or choose another region", id.region);
            return (format!("the company has no site in {}", quoted(&id.region)), Some(help));
        }
        let message = if self.jurisdictions.contains_key(id.region.as_str()) {
            format!("{} does not offer it in {}", quoted(&id.host), quoted(&id.region))
        } else {
            countries::unknown(&id.region)
        };
        let help = if at.log.suggests() { self.offers_like(id) } else { ANOTHER_OFFER.to_owned() };
        (message, Some(help))
    }

    /// Offers of the same model, those at the same host first.
    fn offers_like(&self, id: &OfferId) -> String {
        let mut like: Vec<&OfferId> =
            self.offers.keys().filter(|o| o.model == id.model && !self.lacks_site(o)).collect();
        if like.is_empty() {
            return "this model has no offer; add one under 'catalog.offers'".into();
        }
        like.sort_by_key(|o| (o.host != id.host, o.region != id.region));
        let shown: Vec<String> = like.iter().take(SHOWN_OFFERS).map(ToString::to_string).collect();
        let n_more = like.len().saturating_sub(SHOWN_OFFERS);
        let more = if n_more > 0 { format!(" and {n_more} more") } else { String::new() };
        format!("offered: {}{more}", shown.join(", "))
    }
}
