//! What is served, and the landscape, whose weights can be changed.

use super::refusal::Refusal;
use super::requests::LandscapeRequest;
use super::shared::ServedPortfolio;
use super::studies::unknown;
use crate::landscape::enablers::ScoreTerms;
use crate::report::answer::about::AboutAnswer;
use crate::report::answer::landscape::LandscapeAnswer;
use crate::report::money::DisplayCurrency;
use crate::study::landscape::{Landscape, LandscapeQuestion};

impl ServedPortfolio {
    pub(super) fn about(&self) -> AboutAnswer {
        let file = self.file.display().to_string();
        let today = self.today.to_string();
        let served = (file.as_str(), self.version.as_str(), today.as_str());
        let own = DisplayCurrency::own(&self.base.instance.portfolio.currency);
        let currency = if self.in_usd { DisplayCurrency::USD } else { own };
        AboutAnswer::of(&self.base.instance, &self.base.jurisdictions, served, self.trials, currency)
    }

    /// What `landscape` answers.
    pub(super) fn landscape(&self, request: &LandscapeRequest) -> Result<LandscapeAnswer, Refusal> {
        let (instance, file) = (&self.base.instance, &self.base.jurisdictions);
        let ids = || file.enablers.iter().map(|e| e.id.as_str());
        if let Some(id) = request.weights.keys().find(|id| !ids().any(|known| known == **id)) {
            return Err(unknown("enabler", id, ids()));
        }
        let is_sound = |weight: &f64| weight.is_finite() && *weight >= 0.0;
        let is_any =
            request.weights.len() < file.enablers.len() || request.weights.values().any(|w| *w > 0.0);
        if !request.weights.values().all(is_sound) || !is_any {
            return Err(Refusal::invalid("weights must be 0 or more, and one of them above 0"));
        }
        let weights = request.weights.iter().map(|(id, weight)| (id.clone(), *weight)).collect();
        let terms = ScoreTerms { set: None, weights, uses_proxies: true, uses_unscored: false };
        let question = LandscapeQuestion { terms, ..LandscapeQuestion::default() };
        let landscape = Landscape::new(instance, file, &question);
        Ok(LandscapeAnswer::of(instance, &landscape, Some(&instance.portfolio.name)))
    }
}
