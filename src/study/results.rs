//! All answers about one portfolio that a report puts together.

use std::collections::BTreeMap;

use super::plan::outcome::{Optimized, Recommended};
use super::session::{Checked, OptimizeSettings, Session};
use super::simulate::Simulated;
use crate::exposure::diversity::Diversity;
use crate::exposure::profile::ExposureProfile;
use crate::exposure::shares::DimensionExposure;
use crate::input::Loaded;
use crate::model::limit::Dimension;
use crate::planning::outcome::Status;
use crate::stress::outcome::StressOutcome;
use jiff::civil::Date;

/// What a report is made of.
pub struct StudyResults<'a> {
    pub loaded: &'a Loaded,
    pub session: &'a Session<'a>,
    pub origin: RunProvenance,
    pub optimize_settings: OptimizeSettings,
    /// Of today's allocation.
    pub checked: Checked,
    pub exposure: ExposureProfile,
    /// The standard scenario first.
    pub stress: Vec<StressOutcome>,
    pub simulated: Simulated,
    /// `Err`: why the planner gave no answer.
    pub optimized: Result<Optimized, String>,
    /// `None` where no plan is recommended.
    pub outlook: Option<PlanResults>,
}

/// Where the answers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunProvenance {
    /// Name of the portfolio's file, without its folder.
    pub portfolio_file: String,
    /// As given; `None`: the one inside the program.
    pub catalog: Option<String>,
    /// As given; `None`: those inside the program.
    pub jurisdictions: Option<String>,
    /// Day on which exceptions to limits were judged.
    pub today: Date,
}

/// The recommended plan, measured like today's allocation.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanResults {
    pub checked: Checked,
    pub dimensions: BTreeMap<Dimension, DimensionExposure>,
    pub diversity: Diversity,
    /// In the order of the results's scenarios.
    pub stress: Vec<StressOutcome>,
    pub simulated: Simulated,
}

impl StudyResults<'_> {
    /// The plan to change to; `None` when there is none, or today's allocation is best.
    #[must_use]
    pub fn recommended(&self) -> Option<&Recommended> {
        self.optimized.as_ref().ok().and_then(recommended)
    }
}

/// The plan to change to; `None` when there is none, or today's allocation is best.
#[must_use]
pub fn recommended(optimized: &Optimized) -> Option<&Recommended> {
    match optimized.status {
        Status::Optimal | Status::WithinGap => optimized.plan.as_ref(),
        Status::CurrentIsBest | Status::Infeasible => None,
    }
}
