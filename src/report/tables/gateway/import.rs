//! `import litellm` as tables.

use crate::report::answer::gateway::import::ImportLitellmAnswer;
use crate::report::figures::{ABSENT, counted, percent};
use crate::report::grid::Grid;
use crate::report::tables::imports::{next_step, questions, told};

/// The answer in a sentence, the questions, what the deployments are, what became no workload, what was dropped.
#[must_use]
pub fn import_litellm(answer: &ImportLitellmAnswer) -> Vec<Grid> {
    let mut grids = vec![sentence(answer)];
    grids.extend(
        [questions(&answer.questions), deployments(answer), set_aside(answer), dropped(answer)]
            .into_iter()
            .filter(|g| !g.is_empty()),
    );
    grids
}

fn sentence(answer: &ImportLitellmAnswer) -> Grid {
    let n = |basis: &str| answer.values.iter().filter(|value| value.basis == basis).count();
    let known = answer.deployments.iter().filter(|d| d.known.offer.value.is_some()).count();
    let text = format!(
        "{} from {}: {known} of {} are offers of the catalog. Of {}, {} stated, {} inferred by a rule, {} missing.",
        counted(answer.workloads.len(), "workload"),
        counted(answer.deployments.len(), "deployment"),
        counted(answer.deployments.len(), "deployment"),
        counted(answer.values.len(), "value"),
        n("filled"),
        n("inferred"),
        n("missing"),
    );
    let mut grid = Grid::new(text, &[]);
    next_step(&mut grid, answer.portfolio_file.as_deref(), answer.questions.len());
    for key in &answer.unknown_router_keys {
        grid.note(format!(
            "The router does not know the key '{key}' and will not start: see multipolar routes."
        ));
    }
    grid
}

fn deployments(answer: &ImportLitellmAnswer) -> Grid {
    let mut grid =
        Grid::new("What are the deployments?", &["=deployment", "calls", "=offer", "known by", ">share"]);
    for deployment in &answer.deployments {
        let share = answer.workloads.iter().filter(|w| w.group == deployment.group).find_map(|workload| {
            let first = workload.first.iter().find(|first| first.deployment == deployment.deployment)?;
            Some(percent(first.share))
        });
        grid.row([
            deployment.deployment.clone(),
            deployment.calls.clone(),
            deployment.known.offer.value.clone().unwrap_or_else(|| "?".to_owned()),
            told(&deployment.known.offer),
            share.unwrap_or_else(|| ABSENT.to_owned()),
        ]);
    }
    grid.note(
        "Share of the requests of its group while nothing fails; none for what waits as a higher order.",
    );
    grid
}

fn set_aside(answer: &ImportLitellmAnswer) -> Grid {
    let mut grid = Grid::new("Groups that became no workload", &["=group", "because"]);
    for group in &answer.set_aside {
        grid.row([group.group.clone(), group.reason.clone()]);
    }
    grid
}

fn dropped(answer: &ImportLitellmAnswer) -> Grid {
    let mut grid =
        Grid::new("Secrets that were seen and not read", &["=key", "file", ">line", "written out"]);
    for secret in answer.dropped.iter().filter(|secret| secret.literal) {
        grid.row([secret.key.clone(), secret.file.clone(), secret.line.to_string(), "yes".to_owned()]);
    }
    let n = answer.dropped.iter().filter(|secret| !secret.literal).count();
    if n > 0 {
        grid.note(format!("{} come from the environment, as they should.", counted(n, "other key")));
    }
    grid
}
