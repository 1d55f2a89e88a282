//! A request's portfolio, read as its file would be, and the answers of the commands about it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::refusal::Refusal;
use super::requests::StudyRequest;
use super::scenario::{WHAT_IF, scenario};
use super::shared::{ServedPortfolio, TrialsKey, quoted};
use crate::exchange::patch::unified;
use crate::ids::nearest;
use crate::input::Loaded;
use crate::input::edit::edited;
use crate::measures::MeasureError;
use crate::model::instance::Instance;
use crate::model::shock::Scenario;
use crate::report::answer::check::CheckAnswer;
use crate::report::answer::exposure::ExposureAnswer;
use crate::report::answer::simulate::SimulateAnswer;
use crate::report::answer::stress::StressAnswer;
use crate::report::answer::what_if::{LossDifference, WhatIfAnswer};
use crate::report::check::CheckedPortfolio;
use crate::report::money::DisplayCurrency;
use crate::simulation::draws::Rates;
use crate::simulation::run::RunControl;
use crate::stress::outcome::StressOutcome;
use crate::study::session::Session;
use crate::study::simulate::{SimulateSettings, Simulated};
use crate::study::what_if::LossChange;

/// Notice of `check`, days.
const NOTICE_DAYS: f64 = 90.0;

/// A request's portfolio.
pub(super) struct Changed {
    pub(super) text: String,
    pub(super) loaded: Arc<Loaded>,
}

impl From<MeasureError> for Refusal {
    fn from(error: MeasureError) -> Self {
        Self::invalid(error.to_string())
    }
}

impl ServedPortfolio {
    /// Makes the changes and reads the portfolio.
    pub(super) fn changed(&self, request: &StudyRequest) -> Result<Changed, Refusal> {
        if !request.has_sound_trials() {
            return Err(Refusal::invalid("'trials' must be from 1 to 10,000,000"));
        }
        let mut text = edited(&self.text, &request.edits())?;
        let base = &self.base.instance;
        let has_own = base
            .scenarios
            .iter()
            .any(|own| own.id == WHAT_IF && !base.portfolio.catalog.scenarios.is_empty());
        if let Some(change) = scenario(base, &request.events, has_own)? {
            text = edited(&text, &[change])?;
        }
        let loaded = match self.kept(&text) {
            Some(loaded) => loaded,
            None => {
                let loaded = Arc::new(self.bookshelf.load_text(&self.file, &text)?);
                self.keep(&text, &loaded);
                loaded
            }
        };
        Ok(Changed { text, loaded })
    }

    /// A session about a request's portfolio.
    fn session<'c>(&self, changed: &'c Changed) -> Session<'c> {
        let instance = &changed.loaded.instance;
        Session::on(instance, &self.ground(instance))
    }

    /// The portfolio that a change is compared with: as it was read, unless the request says otherwise.
    fn reference(&self, request: &StudyRequest) -> Result<Changed, Refusal> {
        match &request.against {
            None => Ok(Changed { text: self.text.clone(), loaded: Arc::clone(&self.base) }),
            Some(changes) => {
                self.changed(&StudyRequest { changes: changes.clone(), ..StudyRequest::default() })
            }
        }
    }

    /// The simulation of a portfolio; fewer trials when it is stopped.
    fn simulated(
        &self,
        changed: &Changed,
        session: &Session<'_>,
        request: &StudyRequest,
        stop: &AtomicBool,
    ) -> Result<Arc<Simulated>, Refusal> {
        let (n_trials, seed) = (request.n_trials(), request.seed());
        let key = trials_key(changed, request);
        if let Some(simulated) = self.kept_trials(&key) {
            return Ok(simulated);
        }
        let settings = SimulateSettings { n_trials, seed, rates: Rates::Drawn };
        let control = RunControl { done: &|_| (), stop };
        let plan = &session.current;
        let simulated = Arc::new(session.simulate_remembering(plan, settings, control, &self.memory)?);
        if simulated.remarks.asked_trials.is_none() {
            self.keep_trials(key, &simulated);
        }
        Ok(simulated)
    }

    /// What `exposure` answers.
    pub(super) fn exposure(&self, request: &StudyRequest) -> Result<ExposureAnswer, Refusal> {
        let changed = self.changed(request)?;
        let session = self.session(&changed);
        let exposure = session.exposure(&session.current);
        Ok(ExposureAnswer::of(session.instance, &exposure, None))
    }

    /// What `simulate` answers.
    pub(super) fn simulate(
        &self,
        request: &StudyRequest,
        stop: &AtomicBool,
    ) -> Result<SimulateAnswer, Refusal> {
        let changed = self.changed(request)?;
        let session = self.session(&changed);
        let simulated = self.simulated(&changed, &session, request, stop)?;
        Ok(SimulateAnswer::of(session.instance, &simulated))
    }

    /// What `stress` answers; every scenario, the costliest first, unless some are named.
    pub(super) fn stress(&self, request: &StudyRequest) -> Result<StressAnswer, Refusal> {
        let changed = self.changed(request)?;
        let session = self.session(&changed);
        if !request.events.is_empty() || !request.scenarios.is_empty() {
            return played(&session, request);
        }
        let all = session.instance.scenarios.iter();
        let mut outcomes = all.map(|one| outcome(&session, one)).collect::<Result<Vec<_>, _>>()?;
        outcomes.sort_by(|a, b| b.loss.total_usd().total_cmp(&a.loss.total_usd()));
        Ok(StressAnswer::of(session.instance, &outcomes))
    }

    /// What `check` answers, with the trials of the request where a limit is on losses.
    pub(super) fn check(&self, request: &StudyRequest, stop: &AtomicBool) -> Result<CheckAnswer, Refusal> {
        let changed = self.changed(request)?;
        let session = self.session(&changed);
        let simulated = session
            .has_risk_limits()
            .then(|| self.simulated(&changed, &session, request, stop))
            .transpose()?;
        Ok(self.checked(&changed, &session, simulated.as_deref()))
    }

    fn checked(
        &self,
        changed: &Changed,
        session: &Session<'_>,
        simulated: Option<&Simulated>,
    ) -> CheckAnswer {
        let plan = &session.current;
        let outcome = session.check(plan, simulated, Some(self.today));
        let retiring = session.retiring(plan, NOTICE_DAYS);
        let file = self.file.display().to_string();
        let currency = DisplayCurrency::own(&session.instance.portfolio.currency);
        CheckAnswer::of(&[CheckedPortfolio::new(&changed.loaded, &file, outcome, &retiring, currency)])
    }

    /// The changed portfolio with all that was asked of it.
    pub(super) fn what_if(&self, request: &StudyRequest, stop: &AtomicBool) -> Result<WhatIfAnswer, Refusal> {
        let changed = self.changed(request)?;
        let session = self.session(&changed);
        let is_played = !request.events.is_empty() || !request.scenarios.is_empty();
        let stress = is_played.then(|| played(&session, request)).transpose()?;
        let simulated =
            request.trials.map(|_| self.simulated(&changed, &session, request, stop)).transpose()?;
        let check = self.checked(&changed, &session, simulated.as_deref());
        let difference = simulated
            .as_ref()
            .map(|after| self.difference(request, (&changed, after)))
            .transpose()?
            .flatten();
        Ok(WhatIfAnswer {
            commands: self.commands(request, &changed, &session),
            patch: self.patch(&changed),
            stress,
            simulate: simulated.map(|simulated| SimulateAnswer::of(session.instance, &simulated)),
            difference,
            ..WhatIfAnswer::of(session.instance, &session.what_if(), check)
        })
    }

    /// What the change does to the loss; `None` where nothing is changed, or where the trials are not the same, as over another
    /// horizon.
    fn difference(
        &self,
        request: &StudyRequest,
        (changed, after): (&Changed, &Simulated),
    ) -> Result<Option<LossDifference>, Refusal> {
        let reference = self.reference(request)?;
        if reference.text == changed.text {
            return Ok(None);
        }
        let before = match self.kept_trials(&trials_key(&reference, request)) {
            Some(before) => before,
            None => {
                let session = self.session(&reference);
                self.simulated(&reference, &session, request, &AtomicBool::new(false))?
            }
        };
        let (after, before) = (&after.run, &before.run);
        if after.losses.len() != before.losses.len() || after.horizon_days != before.horizon_days {
            return Ok(None);
        }
        let change = LossChange::new(&after.losses, &before.losses, after.horizon_days)?;
        Ok(Some(LossDifference::of(&change)))
    }

    /// The change as a patch of the portfolio's file.
    fn patch(&self, changed: &Changed) -> String {
        unified(&self.file.display().to_string(), &self.text, &changed.text)
    }

    /// Command lines that give the same answers.
    fn commands(&self, request: &StudyRequest, changed: &Changed, session: &Session<'_>) -> Vec<String> {
        let file = quoted(&self.file.display().to_string());
        let flags = &self.flags;
        let mut commands = Vec::new();
        if changed.text != self.text {
            commands.push(format!("patch {file} change.patch"));
        }
        let trials = format!("--trials {} --seed {}", request.n_trials(), request.seed());
        if request.trials.is_some() {
            commands.push(format!("multipolar simulate {file} {trials}{flags}"));
        }
        let drawn = if session.has_risk_limits() { format!(" {trials}") } else { String::new() };
        commands.push(format!("multipolar check {file}{drawn} --today {}{flags}", self.today));
        commands.push(format!("multipolar exposure {file}{flags}"));
        let played = named(request);
        if !played.is_empty() {
            let ids = played.iter().map(|id| quoted(id)).collect::<Vec<_>>().join(",");
            commands.push(format!("multipolar stress {file} --scenario {ids}{flags}"));
        }
        commands
    }
}

fn trials_key(changed: &Changed, request: &StudyRequest) -> TrialsKey {
    (changed.text.clone(), request.seed(), request.n_trials())
}

/// Ids of the scenarios that a request plays.
fn named(request: &StudyRequest) -> Vec<&str> {
    let own = (!request.events.is_empty()).then_some(WHAT_IF);
    own.into_iter().chain(request.scenarios.iter().map(String::as_str)).collect()
}

/// The scenarios that a request names, in its order.
fn played(session: &Session<'_>, request: &StudyRequest) -> Result<StressAnswer, Refusal> {
    let instance: &Instance = session.instance;
    let find = |id: &str| {
        let found = instance.scenarios.iter().find(|scenario| scenario.id == id);
        found.ok_or_else(|| unknown("scenario", id, instance.scenarios.iter().map(|s| s.id.as_str())))
    };
    let outcomes = named(request).into_iter().map(|id| outcome(session, find(id)?));
    let outcomes = outcomes.collect::<Result<Vec<_>, _>>()?;
    Ok(StressAnswer::of(instance, &outcomes))
}

fn outcome(session: &Session<'_>, scenario: &Scenario) -> Result<StressOutcome, Refusal> {
    session.stress(scenario, &session.current).map_err(|error| Refusal::invalid(error.to_string()))
}

/// A name that is not there, with the nearest one that is.
pub(super) fn unknown<'k>(what: &str, id: &str, known: impl Iterator<Item = &'k str>) -> Refusal {
    let near = nearest(id, known).map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
    Refusal::invalid(format!("there is no {what} '{id}'{near}"))
}
