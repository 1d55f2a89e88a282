//! `routes` as tables.

use crate::report::answer::gateway::routes::{GroupRouteAnswer, RouteHopAnswer, RoutesAnswer};
use crate::report::figures::{ABSENT, counted, number, percent};
use crate::report::grid::Grid;

/// The answer in a sentence, what serves each group, what is left under the scenario, and the findings.
#[must_use]
pub fn routes(answer: &RoutesAnswer) -> Vec<Grid> {
    let mut grids = vec![Grid::new(sentence(answer), &[])];
    if answer.under.is_some() {
        grids.push(under(answer));
    }
    grids.push(findings(answer));
    grids.push(hops(answer));
    grids.retain(|grid| !grid.is_empty() || !grid.heading.is_empty());
    grids
}

fn sentence(answer: &RoutesAnswer) -> String {
    let n = |severity: &str| answer.findings.iter().filter(|f| f.severity == severity).count();
    let found = if answer.findings.is_empty() {
        "nothing to complain about".to_owned()
    } else {
        format!("{}, {}", counted(n("error"), "error"), counted(n("warning"), "warning"))
    };
    let groups = counted(answer.groups.len(), "group");
    match &answer.under {
        None => format!("{}: {groups}; {found}.", answer.file),
        Some(scenario) => {
            let lost = answer.groups.iter().filter(|g| g.under.iter().any(|u| u.serving.is_empty())).count();
            let left = match lost {
                0 => "every group is still served".to_owned(),
                _ => format!("{lost} of them lose their last deployment for some users"),
            };
            format!("{}: {groups}. Under '{scenario}' {left}; {found}.", answer.file)
        }
    }
}

fn findings(answer: &RoutesAnswer) -> Grid {
    let mut grid =
        Grid::new("What is wrong with the routes?", &[">line", "=severity", "=code", "what", "what helps"]);
    for finding in &answer.findings {
        let line = if finding.file == answer.file {
            finding.line.to_string()
        } else {
            format!("{}:{}", finding.file, finding.line)
        };
        grid.row([
            line,
            finding.severity.clone(),
            finding.code.clone(),
            finding.message.clone(),
            finding.help.clone(),
        ]);
    }
    if grid.is_empty() {
        grid.note("No finding.");
    }
    grid
}

fn hops(answer: &RoutesAnswer) -> Grid {
    let columns = [
        "=group",
        ">step",
        "=deployment",
        ">share",
        "=offer",
        "=developer",
        "=host",
        "=answers from",
        "through",
    ];
    let mut grid = Grid::new("What serves each group?", &columns);
    for group in &answer.groups {
        for hop in &group.hops {
            grid.row(row(group, hop));
        }
    }
    grid.note(
        "A request goes to one deployment of step 1, by share; the next step is tried when all of a step fail. Retries stay \
         inside a group, whatever its regions.",
    );
    let is_approximate = |hop: &RouteHopAnswer| hop.basis == "approximate";
    if answer.groups.iter().flat_map(|group| &group.hops).any(is_approximate) {
        grid.note("Where the strategy follows latency, load or usage, shares are approximate: a file does not show them.");
    }
    grid
}

fn row(group: &GroupRouteAnswer, hop: &RouteHopAnswer) -> [String; 9] {
    let or_unknown = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".to_owned());
    let through = match hop.depth {
        0 => ABSENT.to_owned(),
        _ => format!("fallback {}", hop.via),
    };
    [
        group.group.clone(),
        hop.step.to_string(),
        hop.deployment.clone(),
        percent(hop.share),
        or_unknown(&hop.offer),
        or_unknown(&hop.developer),
        or_unknown(&hop.host),
        hop.answers_from.clone(),
        through,
    ]
}

fn under(answer: &RoutesAnswer) -> Grid {
    let scenario = answer.under.as_deref().unwrap_or_default();
    let columns = ["=group", "users", "stops", "serves then"];
    let mut grid = Grid::new(format!("What serves each group under '{scenario}'?"), &columns);
    for group in &answer.groups {
        for under in &group.under {
            let stopped: Vec<String> = under
                .stopped
                .iter()
                .map(|s| {
                    if s.day > 0.0 {
                        format!("{} from day {}", s.deployment, number(s.day))
                    } else {
                        s.deployment.clone()
                    }
                })
                .collect();
            let serving: Vec<String> = under
                .serving
                .iter()
                .map(|hop| format!("{} {}", hop.deployment, percent(hop.share)))
                .collect();
            let or = |list: Vec<String>, none: &str| {
                if list.is_empty() { none.to_owned() } else { list.join(", ") }
            };
            grid.row([
                group.group.clone(),
                under.users.join(", "),
                or(stopped, "none"),
                or(serving, "NOTHING"),
            ]);
        }
    }
    grid.note("A deployment that may be one of several offers stops with the last of them; one of which nothing is known is taken to go on.");
    grid
}
