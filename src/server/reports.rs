//! A report about a request's portfolio, in a folder of its own: the only files that the server writes.

use std::path::PathBuf;

use super::refusal::Refusal;
use super::requests::StudyRequest;
use super::shared::ServedPortfolio;
use super::studies::Changed;
use crate::exchange::altered::sha256;
use crate::exchange::report_folder::{ReportFolder, RunFacts, file_names, portfolio_folder};
use crate::input::{InputFile, has_history, history_with_file};
use crate::planning::solver;
use crate::report::answer::job::WrittenReport;
use crate::report::answer::results::{ResultsAnswer, RunProvenance};
use crate::report::faces::{FaceSettings, rendered};
use crate::report::locale::{Locale, in_locale};
use crate::report::money::DisplayCurrency;
use crate::study::progress::Progress;
use crate::study::results::{StudyResults, StudySettings};
use crate::study::session::Session;
use crate::units::quarter::Quarter;

/// Digits of the portfolio's hash in the name of a folder.
const N_DIGITS: usize = 8;

impl ServedPortfolio {
    /// Writes what `report` writes, without a comparison with an earlier quarter.
    pub(super) fn report(
        &self,
        changed: &Changed,
        request: &StudyRequest,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<WrittenReport, Refusal> {
        let failed = |error: &dyn std::fmt::Display| Refusal::invalid(error.to_string());
        let loaded = &changed.loaded;
        let (catalog, jurisdictions) = &self.named;
        let history = has_history(catalog.as_deref())
            .then(|| history_with_file(catalog.as_deref(), &loaded.jurisdictions, &loaded.catalog).ok())
            .flatten();
        let session = Session::new(&loaded.instance);
        let settings = StudySettings {
            today: Some(self.today),
            ..StudySettings::new(request.n_trials(), request.seed())
        };
        let past = history.as_ref().map(|(history, _, _)| history);
        let results = StudyResults::compute(loaded, &session, past, settings, progress)
            .map_err(|error| failed(&error))?;
        let given = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        let provenance = RunProvenance {
            period: Quarter::of(self.today).to_string(),
            prepared_by: None,
            owner: None,
            portfolio_file: self.file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            catalog: given(catalog),
            jurisdictions: given(jurisdictions),
        };
        let answer = in_locale(Locale::English, || ResultsAnswer::of(&results, &provenance));
        let own = DisplayCurrency::own(&loaded.instance.portfolio.currency);
        let currency = if self.in_usd { DisplayCurrency::USD } else { own };
        let faces = rendered(&answer, &FaceSettings { currency, locale: Locale::English })
            .map_err(|error| failed(&error))?;
        let read = history.iter().map(|(_, _, file)| file.clone());
        let inputs: Vec<InputFile> = loaded.inputs().into_iter().chain(read).collect();
        let facts = RunFacts {
            commit: self.commit.clone(),
            solver: solver::name().to_owned(),
            written: (self.now)(),
        };
        let folder = self.folder(&changed.text);
        let report = ReportFolder::begin(&folder).map_err(|error| failed(&error))?;
        report.finish(&answer, &faces, &inputs, &facts).map_err(|error| failed(&error))?;
        Ok(WrittenReport {
            folder: folder.display().to_string(),
            files: file_names().into_iter().map(str::to_owned).collect(),
        })
    }

    /// The folder of a report: the same for the same portfolio, another for any other.
    fn folder(&self, text: &str) -> PathBuf {
        let hash = sha256(text.as_bytes());
        portfolio_folder(&self.reports, &self.file).join(format!("what-if-{}", &hash[..N_DIGITS]))
    }
}
