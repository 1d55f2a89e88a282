//! The page as one file, with the answers about the portfolio as it is: to be read anywhere, and not changed.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::{Map, Value, json};

use super::jobs::{command, computed};
use super::page;
use super::refusal::Refusal;
use super::requests::{JobRequest, LandscapeRequest, StudyRequest};
use super::shared::ServedPortfolio;
use super::{ServeError, ServerSettings};
use crate::report::answer::value_of;
use crate::study::progress::Progress;

/// The lists that the page reads.
const LISTS: [&str; 5] = ["offers", "models", "suppliers", "shocks", "scenarios"];

/// The page of a portfolio, as the text of one file. `with_plan`: whether the ladder is in it; `progress` is called at its steps.
///
/// # Errors
/// [`ServeError::Input`] when the portfolio cannot be read; [`ServeError::Start`] when something cannot be computed.
pub fn snapshot(
    settings: ServerSettings,
    with_plan: bool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<String, ServeError> {
    let shared = Arc::new(ServedPortfolio::new(settings)?);
    let failed = |refusal: Refusal| ServeError::Start(refusal.message().to_owned());
    let answers = answers(&shared, with_plan, progress).map_err(failed)?;
    Ok(page::file(&Value::Object(answers).to_string()))
}

/// What the page asks, by address; `loss` is `what-if` with trials.
fn answers(
    shared: &Arc<ServedPortfolio>,
    with_plan: bool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Map<String, Value>, Refusal> {
    let never = AtomicBool::new(false);
    let (trials, seed) = shared.trials;
    let drawn = StudyRequest { trials: Some(trials), seed: Some(seed), ..StudyRequest::default() };
    let mut answers = Map::new();
    answers.insert("about".to_owned(), value_of(&shared.about()));
    for list in LISTS {
        let text = shared.list(list, None)?;
        answers.insert(format!("list/{list}"), serde_json::from_str(&text).map_err(|_| Refusal::bug())?);
    }
    answers.insert("what-if".to_owned(), value_of(&shared.what_if(&StudyRequest::default(), &never)?));
    answers.insert("loss".to_owned(), value_of(&shared.what_if(&drawn, &never)?));
    answers.insert("landscape".to_owned(), value_of(&shared.landscape(&LandscapeRequest::default())?));
    if with_plan {
        let request = JobRequest::plan(drawn);
        let answer = computed(shared, &request, progress)?.answer;
        answers.insert(
            "plan".to_owned(),
            json!({"answer": answer, "accept": [], "accept_points": [], "command": command(shared, &request)}),
        );
    }
    Ok(answers)
}
