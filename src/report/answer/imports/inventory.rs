//! `import cyclonedx` and `import inventory`: what a list of uses says of a portfolio.

use schemars::JsonSchema;
use serde::Serialize;

use super::{ImportQuestionAnswer, ImportedValueAnswer, KnownDeploymentAnswer, values_and_questions};
use crate::model::inventory::Inventory;
use crate::report::answer::FORMAT_VERSION;
use crate::study::imports::inventory::{InventoryImport, MappedUse};

/// A list of what a company uses as a portfolio: what it says, what follows by a rule, and what must be asked.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ImportInventoryAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the file that was read.
    pub file: String,
    /// What it is, such as `CycloneDX 1.7`.
    pub form: String,
    /// The portfolio file that was written; null when none was.
    pub portfolio_file: Option<String>,
    /// Ids of the workloads, in the order of the portfolio file.
    pub workloads: Vec<String>,
    /// Every entry of the list, in its order.
    pub uses: Vec<ListedUseAnswer>,
    /// Every value of the portfolio, in the order of its file.
    pub values: Vec<ImportedValueAnswer>,
    /// What must be asked, in the order of the portfolio file.
    pub questions: Vec<ImportQuestionAnswer>,
    /// Entries that are no use of a model.
    pub set_aside: Vec<SetAsideEntry>,
}

/// An entry of the list in the words of the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedUseAnswer {
    /// Id of the workload.
    pub workload: String,
    /// What the list calls it.
    pub name: String,
    /// Where it stands in the file.
    pub place: String,
    /// `primary`, `hot` or `warm`.
    pub role: String,
    /// Share of the demand that the list states; null where it states none.
    pub share: Option<f64>,
    #[serde(flatten)]
    pub known: KnownDeploymentAnswer,
}

/// An entry that is no use of a model.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SetAsideEntry {
    /// What the list calls it.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl ImportInventoryAnswer {
    /// The documented answer. `lines`: line of each value in the portfolio file. The rest: name and form of the file, and the
    /// portfolio that was written.
    #[must_use]
    pub fn of(
        import: &InventoryImport,
        inventory: &Inventory,
        lines: &[usize],
        (file, form, portfolio_file): (String, String, Option<String>),
    ) -> Self {
        let (values, questions) = values_and_questions(&import.draft, lines);
        let workloads: Vec<String> = import.draft.workloads.iter().map(|w| w.id.clone()).collect();
        let uses = import.uses.iter().map(|used| ListedUseAnswer::of(used, &workloads)).collect();
        let aside =
            |(name, reason): &(String, String)| SetAsideEntry { name: name.clone(), reason: reason.clone() };
        Self {
            format_version: FORMAT_VERSION,
            file,
            form,
            portfolio_file,
            uses,
            workloads,
            values,
            questions,
            set_aside: inventory.set_aside.iter().map(aside).collect(),
        }
    }
}

impl ListedUseAnswer {
    fn of(used: &MappedUse, workloads: &[String]) -> Self {
        let (entry, mapped) = (&used.entry, &used.mapped);
        Self {
            workload: workloads[used.workload].clone(),
            name: entry.name.clone(),
            place: entry.place.clone(),
            role: entry.standby.map_or("primary", |readiness| readiness.as_str()).to_owned(),
            share: entry.share,
            known: KnownDeploymentAnswer::of(mapped),
        }
    }
}
