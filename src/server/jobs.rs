//! Work that takes longer: one after the other, told as it goes, and cancelled on request.
//!
//! The planner has no way out of its middle. A job that is cancelled therefore unwinds from the place where it next tells its
//! progress; what it has computed is dropped, and nothing else sees it.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::{Semaphore, watch};

use super::refusal::Refusal;
use super::requests::{JobKind, JobRequest};
use super::shared::{ServedPortfolio, quoted};
use crate::report::answer::if_signed::IfSignedAnswer;
use crate::report::answer::job::{JobAnswer, JobState, KeyChange, PointChanges, RungChanges};
use crate::report::answer::ladder::RungWord;
use crate::report::answer::optimize::OptimizeAnswer;
use crate::report::answer::refusal::RefusalCode;
use crate::report::answer::reverse::ReverseAnswer;
use crate::report::answer::value_of;
use crate::report::answer::why::WhyAnswer;
use crate::report::progress::{share_done, words};
use crate::simulation::draws::Rates;
use crate::stress::reverse::{ReverseGoal, ReverseRequest};
use crate::study::if_signed::signed;
use crate::study::plan::changes::touched;
use crate::study::plan::frontier::Frontier;
use crate::study::plan::ladder::{Ladder, RungKind};
use crate::study::plan::questions::Questions;
use crate::study::progress::Progress;
use crate::study::results::StudySettings;
use crate::study::reverse::reverse;
use crate::study::session::{OptimizeSettings, Session};
use crate::study::simulate::SimulateSettings;

/// Jobs that are kept, ended ones included.
const N_JOBS: usize = 32;
/// Jobs that may wait or run.
const MAX_WAITING: usize = 8;
/// Default number of sets of `reverse`.
const N_SETS: usize = 10;
const MAX_SETS: usize = 200;
const MAX_SHOCKS: usize = 5;

/// The jobs of a server.
pub(super) struct Jobs {
    all: Mutex<VecDeque<Arc<Job>>>,
    next: AtomicU64,
    /// One job is computed at a time.
    turn: Semaphore,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { all: Mutex::default(), next: AtomicU64::new(1), turn: Semaphore::new(1) }
    }
}

/// One job.
pub(super) struct Job {
    told: watch::Sender<JobAnswer>,
    is_cancelled: AtomicBool,
}

/// What a job unwinds with when it is cancelled.
struct Cancelled;

impl Job {
    /// How far it is, and what follows.
    pub(super) fn follow(&self) -> watch::Receiver<JobAnswer> {
        self.told.subscribe()
    }

    pub(super) fn now(&self) -> JobAnswer {
        self.told.borrow().clone()
    }

    /// Ends it at its next step.
    pub(super) fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::SeqCst);
        self.told.send_if_modified(|now| {
            let may = !now.has_ended();
            if may {
                (now.state, now.doing) = (JobState::Cancelled, "cancelled".to_owned());
            }
            may
        });
    }

    /// Changes what is told, unless the job has ended.
    fn tell(&self, change: impl FnOnce(&mut JobAnswer)) {
        self.told.send_if_modified(|now| {
            let may = !now.has_ended();
            if may {
                change(now);
            }
            may
        });
    }
}

impl Jobs {
    pub(super) fn find(&self, id: &str) -> Option<Arc<Job>> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|job| job.told.borrow().id == id).cloned()
    }

    fn add(&self, command: String) -> Result<Arc<Job>, Refusal> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.iter().filter(|job| !job.told.borrow().has_ended()).count() >= MAX_WAITING {
            let message = "too many jobs wait: cancel one, or try later";
            return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, RefusalCode::Busy, message));
        }
        let id = self.next.fetch_add(1, Ordering::Relaxed).to_string();
        let (told, _) = watch::channel(JobAnswer::waiting(id, command));
        let job = Arc::new(Job { told, is_cancelled: AtomicBool::new(false) });
        all.push_front(Arc::clone(&job));
        while all.len() > N_JOBS && all.back().is_some_and(|job| job.told.borrow().has_ended()) {
            all.pop_back();
        }
        Ok(job)
    }
}

/// Begins a job.
pub(super) fn begin(shared: &Arc<ServedPortfolio>, request: JobRequest) -> Result<JobAnswer, Refusal> {
    check(&request)?;
    let job = shared.jobs.add(command(shared, &request))?;
    let now = job.now();
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let Ok(_turn) = shared.jobs.turn.acquire().await else { return };
        if job.is_cancelled.load(Ordering::SeqCst) {
            return;
        }
        job.tell(|now| (now.state, now.doing) = (JobState::Running, "starting".to_owned()));
        let (own, all) = (Arc::clone(&job), Arc::clone(&shared));
        let ended = tokio::task::spawn_blocking(move || {
            catch_unwind(AssertUnwindSafe(|| all.slow.install(|| run(&all, &own, &request))))
        });
        let failed =
            |why: String| move |now: &mut JobAnswer| (now.state, now.doing) = (JobState::Failed, why);
        match ended.await {
            Ok(Ok(Ok(computed))) => job.tell(|now| {
                (now.state, now.doing, now.share_done) = (JobState::Done, "done".to_owned(), None);
                now.answer = Some(computed.answer);
                (now.accept, now.accept_points) = (computed.accept, computed.accept_points);
            }),
            Ok(Ok(Err(refusal))) => job.tell(failed(refusal.message().to_owned())),
            Ok(Err(unwound)) if unwound.is::<Cancelled>() => job.cancel(),
            _ => job.tell(failed(Refusal::bug().message().to_owned())),
        }
    });
    Ok(now)
}

/// Refuses what no job can do, before it waits.
fn check(request: &JobRequest) -> Result<(), Refusal> {
    let is_share = |share: f64| (0.0..=1.0).contains(&share);
    if !request.study.has_sound_trials() {
        return Err(Refusal::invalid("'trials' must be from 1 to 10,000,000"));
    }
    if request.cvar_weight.is_some_and(|weight| !is_share(weight)) {
        return Err(Refusal::invalid("'cvar_weight' must be from 0 to 1"));
    }
    if request.share.is_some_and(|share| !is_share(share) || share <= 0.0) {
        return Err(Refusal::invalid("'share' must be above 0 and at most 1"));
    }
    if request.loss_usd.is_some_and(|usd| !usd.is_finite() || usd <= 0.0) {
        return Err(Refusal::invalid("'loss_usd' must be above 0"));
    }
    if request.max_shocks.is_some_and(|n| !(1..=MAX_SHOCKS).contains(&n)) {
        return Err(Refusal::invalid("'max_shocks' must be from 1 to 5"));
    }
    if request.sets.is_some_and(|n| !(1..=MAX_SETS).contains(&n)) {
        return Err(Refusal::invalid("'sets' must be from 1 to 200"));
    }
    let needs_offer = matches!(request.job, JobKind::Why | JobKind::IfSigned);
    if needs_offer && request.offer.is_none() {
        return Err(Refusal::invalid("this job needs an 'offer'"));
    }
    Ok(())
}

/// The command line of a job.
pub(super) fn command(shared: &ServedPortfolio, request: &JobRequest) -> String {
    let file = quoted(&shared.file.display().to_string());
    let (flags, offer) = (&shared.flags, quoted(request.offer.as_deref().unwrap_or_default()));
    let trials = format!("--trials {} --seed {}", request.study.n_trials(), request.study.seed());
    let weight = request.cvar_weight.map_or_else(String::new, |weight| format!(" --cvar-weight {weight}"));
    match request.job {
        JobKind::Plan => {
            let frontier = if request.frontier { " --frontier" } else { "" };
            format!("multipolar optimize {file} --ladder{frontier} {trials}{weight}{flags}")
        }
        JobKind::Why => format!("multipolar optimize {file} --why {offer} {trials}{weight}{flags}"),
        JobKind::IfSigned => {
            let share = request.share.map_or_else(String::new, |share| format!("={share}"));
            let today = shared.today;
            format!("multipolar check {file} --if-signed {offer}{share} {trials} --today {today}{flags}")
        }
        JobKind::Report => {
            let (today, reports) = (shared.today, quoted(&shared.reports.display().to_string()));
            format!("multipolar report {file} {trials} --today {today} --reports {reports}{flags}")
        }
        JobKind::Reverse => {
            let goal = request
                .loss_usd
                .map_or_else(|| "--breaks-recovery".to_owned(), |usd| format!("--loss {usd}"));
            let (max, sets) = (request.max_shocks.unwrap_or(3), request.sets.unwrap_or(N_SETS));
            format!("multipolar reverse {file} {goal} --max-shocks {max} --sets {sets}{flags}")
        }
    }
}

/// Computes a job, and tells it how far it is.
fn run(shared: &ServedPortfolio, job: &Job, request: &JobRequest) -> Result<Computed, Refusal> {
    let n_simulated = AtomicU64::new(0);
    computed(shared, request, &|step: Progress| {
        if job.is_cancelled.load(Ordering::SeqCst) {
            resume_unwind(Box::new(Cancelled));
        }
        let n_simulated = match step {
            Progress::Simulation { n_more, .. } => n_simulated.fetch_add(n_more, Ordering::Relaxed) + n_more,
            _ => n_simulated.swap(0, Ordering::Relaxed),
        };
        job.tell(|now| {
            (now.doing, now.share_done) = (words(step, n_simulated), share_done(step, n_simulated));
        });
    })
}

/// The answer of a job and, of a plan, the changes that make each rung and each point of the frontier the portfolio.
pub(super) struct Computed {
    pub(super) answer: Value,
    pub(super) accept: Vec<RungChanges>,
    pub(super) accept_points: Vec<PointChanges>,
}

impl Computed {
    fn of(answer: &impl Serialize) -> Self {
        Self { answer: value_of(answer), accept: Vec::new(), accept_points: Vec::new() }
    }
}

/// Computes the answer of a job.
pub(super) fn computed(
    shared: &ServedPortfolio,
    request: &JobRequest,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Computed, Refusal> {
    let changed = shared.changed(&request.study)?;
    let session = Session::new(&changed.loaded.instance);
    let (n_trials, seed) = (request.study.n_trials(), request.study.seed());
    let standard = StudySettings::new(n_trials, seed).optimize;
    let settings =
        OptimizeSettings { cvar_weight: request.cvar_weight.unwrap_or(standard.cvar_weight), ..standard };
    let failed = |error: &dyn std::fmt::Display| Refusal::invalid(error.to_string());
    let offer = request.offer.as_deref().unwrap_or_default();
    match request.job {
        JobKind::Plan => {
            let questions = Questions { ladder: true, frontier: request.frontier, ..Questions::default() };
            let answers = session.answers(settings, &questions, progress).map_err(|error| failed(&error))?;
            let ladder = answers.optimized.ladder.as_ref();
            Ok(Computed {
                accept: ladder.map_or_else(Vec::new, |ladder| accepted(&session, ladder)),
                accept_points: answers
                    .frontier
                    .as_ref()
                    .map_or_else(Vec::new, |f| accepted_points(&session, f)),
                ..Computed::of(&OptimizeAnswer::of(&session, &answers, seed))
            })
        }
        JobKind::Why => {
            let question = session.why_question(offer, None).map_err(|error| failed(&error))?;
            let why = session.why(question, settings, progress).map_err(|error| failed(&error))?;
            Ok(Computed::of(&WhyAnswer::of(session.instance, &why, settings)))
        }
        JobKind::IfSigned => {
            let offer = session.named_offer(offer).map_err(|error| failed(&error))?;
            let instance = signed(session.instance, offer);
            let after = Session::new(&instance);
            let settings = SimulateSettings { n_trials, seed, rates: Rates::Drawn };
            let found = session.if_signed(&after, (offer, request.share), settings, Some(shared.today))?;
            Ok(Computed::of(&IfSignedAnswer::of(session.instance, &found, settings)))
        }
        JobKind::Report => {
            let written = shared.report(&changed, &request.study, progress)?;
            Ok(Computed::of(&written))
        }
        JobKind::Reverse => {
            let asked = ReverseRequest {
                goal: request.loss_usd.map_or(ReverseGoal::BreaksRecovery, ReverseGoal::Loss),
                max_shocks: request.max_shocks.unwrap_or(3),
                n_sets: request.sets.unwrap_or(N_SETS),
                most_visited: u64::MAX,
            };
            let found = reverse(&session, asked, progress).map_err(|error| failed(&error))?;
            Ok(Computed::of(&ReverseAnswer::of(session.instance, &found)))
        }
    }
}

/// The changes that make each rung the portfolio.
fn accepted(session: &Session<'_>, ladder: &Ladder) -> Vec<RungChanges> {
    let word = |kind| match kind {
        RungKind::Today => (RungWord::Today, None),
        RungKind::Standbys => (RungWord::Standbys, None),
        RungKind::Hosts => (RungWord::Hosts, None),
        RungKind::Touched(k) => (RungWord::Touched, Some(k)),
        RungKind::All => (RungWord::All, None),
    };
    let rungs = ladder.rungs.iter().map(|rung| {
        let (word, touched) = word(rung.kind);
        let changes = KeyChange::of_plan(session.instance, &rung.workloads, &rung.measured.plan);
        RungChanges { rung: word, touched, changes }
    });
    rungs.collect()
}

/// The changes that make each point of the frontier the portfolio.
fn accepted_points(session: &Session<'_>, frontier: &Frontier) -> Vec<PointChanges> {
    let points = frontier.points.iter().enumerate().map(|(at, point)| {
        let plan = &point.measured.plan;
        let workloads = touched(session.instance, &session.current, plan);
        let id = |&workload: &usize| session.instance.workloads[workload].workload.id.clone();
        PointChanges {
            plan: at + 1,
            workloads: workloads.iter().map(id).collect(),
            changes: KeyChange::of_plan(session.instance, &workloads, plan),
        }
    });
    points.collect()
}
