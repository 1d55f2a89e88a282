//! The fifteen templates of the register: their columns, keys and references (Implementing Regulation (EU) 2024/2956, annex I).

/// Whether a cell must be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellNeed {
    /// A part of the primary key.
    Key,
    Mandatory,
    /// Mandatory where a critical or important function is supported, or another cell says so.
    Conditional,
    Optional,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoraColumn {
    /// `c0010`.
    pub code: &'static str,
    pub name: &'static str,
    pub need: CellNeed,
    /// Template and column whose values it may have.
    pub refers_to: Option<(&'static str, &'static str)>,
}

/// A template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoraTemplate {
    /// `B_05.02`.
    pub id: &'static str,
    pub name: &'static str,
    pub columns: &'static [DoraColumn],
}

use CellNeed::{Conditional as C, Key as K, Mandatory as M, Optional as O};

const fn column(code: &'static str, name: &'static str, need: CellNeed) -> DoraColumn {
    DoraColumn { code, name, need, refers_to: None }
}

const fn reference(
    code: &'static str,
    name: &'static str,
    need: CellNeed,
    to: (&'static str, &'static str),
) -> DoraColumn {
    DoraColumn { code, name, need, refers_to: Some(to) }
}

const ENTITY: (&str, &str) = ("B_01.02", "c0010");
const CONTRACT: (&str, &str) = ("B_02.01", "c0010");
const PROVIDER: (&str, &str) = ("B_05.01", "c0010");
const FUNCTION: (&str, &str) = ("B_06.01", "c0010");

/// All templates, in their order.
pub const TEMPLATES: [DoraTemplate; 15] = [
    DoraTemplate {
        id: "B_01.01",
        name: "Entity maintaining the register",
        columns: &[
            column("c0010", "LEI", K),
            column("c0020", "name", M),
            column("c0030", "country", M),
            column("c0040", "type of entity", M),
            column("c0050", "competent authority", M),
            column("c0060", "reporting date", M),
        ],
    },
    DoraTemplate {
        id: "B_01.02",
        name: "Entities in scope",
        columns: &[
            column("c0010", "LEI", K),
            column("c0020", "name", M),
            column("c0030", "country", M),
            column("c0040", "type of entity", M),
            column("c0050", "hierarchy in the group", M),
            reference("c0060", "LEI of the parent", C, ENTITY),
            column("c0070", "last update", M),
            column("c0080", "date of integration", M),
            column("c0090", "date of deletion", O),
            column("c0100", "currency", C),
            column("c0110", "total assets", C),
        ],
    },
    DoraTemplate {
        id: "B_01.03",
        name: "Branches",
        columns: &[
            column("c0010", "branch", K),
            reference("c0020", "LEI of the head office", K, ENTITY),
            column("c0030", "name", M),
            column("c0040", "country", M),
        ],
    },
    DoraTemplate {
        id: "B_02.01",
        name: "Contracts, general",
        columns: &[
            column("c0010", "contract", K),
            column("c0020", "type of arrangement", M),
            reference("c0030", "overarching contract", C, CONTRACT),
            column("c0040", "currency", M),
            column("c0050", "expense of the past year", M),
        ],
    },
    DoraTemplate {
        id: "B_02.02",
        name: "Contracts, specific",
        columns: &[
            reference("c0010", "contract", K, CONTRACT),
            reference("c0020", "LEI of the entity that uses it", K, ENTITY),
            reference("c0030", "provider", K, PROVIDER),
            column("c0040", "type of the provider's code", M),
            reference("c0050", "function", K, FUNCTION),
            column("c0060", "type of ICT service", K),
            column("c0070", "start", M),
            column("c0080", "end", M),
            column("c0090", "reason of termination", O),
            column("c0100", "notice period of the entity, days", C),
            column("c0110", "notice period of the provider, days", C),
            column("c0120", "governing law", C),
            column("c0130", "country of provision", K),
            column("c0140", "stores data", C),
            column("c0150", "country of data at rest", K),
            column("c0160", "country of processing", K),
            column("c0170", "sensitiveness of the data", C),
            column("c0180", "reliance on the service", C),
        ],
    },
    DoraTemplate {
        id: "B_02.03",
        name: "Contracts within the group",
        columns: &[
            reference("c0010", "contract", K, CONTRACT),
            reference("c0020", "linked contract", K, CONTRACT),
            column("c0030", "link", M),
        ],
    },
    DoraTemplate {
        id: "B_03.01",
        name: "Entities that sign",
        columns: &[
            reference("c0010", "contract", K, CONTRACT),
            reference("c0020", "LEI of the entity that signs", K, ENTITY),
            column("c0030", "link", M),
        ],
    },
    DoraTemplate {
        id: "B_03.02",
        name: "Providers that sign",
        columns: &[
            reference("c0010", "contract", K, CONTRACT),
            reference("c0020", "provider", K, PROVIDER),
            column("c0030", "type of the provider's code", M),
        ],
    },
    DoraTemplate {
        id: "B_03.03",
        name: "Providers within the group that sign",
        columns: &[
            reference("c0010", "contract", K, CONTRACT),
            reference("c0020", "LEI of the provider", K, ENTITY),
            column("c0031", "link", M),
        ],
    },
    DoraTemplate {
        id: "B_04.01",
        name: "Entities that use the services",
        columns: &[
            reference("c0010", "contract", K, CONTRACT),
            reference("c0020", "LEI of the entity that uses it", K, ENTITY),
            column("c0030", "nature of the entity", K),
            column("c0040", "branch", C),
        ],
    },
    DoraTemplate {
        id: "B_05.01",
        name: "Providers",
        columns: &[
            column("c0010", "provider", K),
            column("c0020", "type of the provider's code", M),
            column("c0030", "additional code", O),
            column("c0040", "type of the additional code", O),
            column("c0050", "legal name", M),
            column("c0060", "name in Latin alphabet", C),
            column("c0070", "type of person", M),
            column("c0080", "country of the headquarters", M),
            column("c0090", "currency", C),
            column("c0100", "expense of the past year", C),
            reference("c0110", "ultimate parent", M, PROVIDER),
            column("c0120", "type of the parent's code", M),
        ],
    },
    DoraTemplate {
        id: "B_05.02",
        name: "Supply chain",
        columns: &[
            reference("c0010", "contract", K, CONTRACT),
            column("c0020", "type of ICT service", K),
            reference("c0030", "provider", K, PROVIDER),
            column("c0040", "type of the provider's code", M),
            column("c0050", "rank", K),
            reference("c0060", "recipient", K, PROVIDER),
            column("c0070", "type of the recipient's code", M),
        ],
    },
    DoraTemplate {
        id: "B_06.01",
        name: "Functions",
        columns: &[
            column("c0010", "function", K),
            column("c0020", "licensed activity", K),
            column("c0030", "name", M),
            reference("c0040", "LEI", K, ENTITY),
            column("c0050", "critical or important", M),
            column("c0060", "reasons", O),
            column("c0070", "last assessment", M),
            column("c0080", "recovery time objective, hours", M),
            column("c0090", "recovery point objective, hours", M),
            column("c0100", "impact of discontinuing", M),
        ],
    },
    DoraTemplate {
        id: "B_07.01",
        name: "Assessment of the services",
        columns: &[
            reference("c0010", "contract", K, CONTRACT),
            reference("c0020", "provider", K, PROVIDER),
            column("c0030", "type of the provider's code", M),
            column("c0040", "type of ICT service", K),
            column("c0050", "substitutability", M),
            column("c0060", "reason", C),
            column("c0070", "last audit", M),
            column("c0080", "exit plan", M),
            column("c0090", "reintegration", M),
            column("c0100", "impact of discontinuing", M),
            column("c0110", "alternatives identified", M),
            column("c0120", "alternative provider", O),
        ],
    },
    DoraTemplate {
        id: "B_99.01",
        name: "Own definitions",
        columns: &[
            column("c0010", "standalone arrangement", O),
            column("c0020", "overarching arrangement", O),
            column("c0030", "subsequent or associated arrangement", O),
            column("c0040", "sensitiveness: low", O),
            column("c0050", "sensitiveness: medium", O),
            column("c0060", "sensitiveness: high", O),
            column("c0070", "impact on the function: low", O),
            column("c0080", "impact on the function: medium", O),
            column("c0090", "impact on the function: high", O),
            column("c0100", "not substitutable", O),
            column("c0110", "highly complex to substitute", O),
            column("c0120", "medium complexity to substitute", O),
            column("c0130", "easily substitutable", O),
            column("c0140", "reintegration: easy", O),
            column("c0150", "reintegration: difficult", O),
            column("c0160", "reintegration: highly complex", O),
            column("c0170", "impact of the service: low", O),
            column("c0180", "impact of the service: medium", O),
            column("c0190", "impact of the service: high", O),
        ],
    },
];

/// Index of a column in a template; `None` when either is unknown.
#[must_use]
pub fn place(template: &str, column: &str) -> Option<(usize, usize)> {
    let t = TEMPLATES.iter().position(|known| known.id == template)?;
    Some((t, TEMPLATES[t].columns.iter().position(|known| known.code == column)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_to_columns_and_codes_rise() {
        for template in &TEMPLATES {
            let codes: Vec<&str> = template.columns.iter().map(|column| column.code).collect();
            assert!(codes.is_sorted() && codes[0] == "c0010", "{}", template.id);
            for to in template.columns.iter().filter_map(|column| column.refers_to) {
                assert!(place(to.0, to.1).is_some(), "{} to {to:?}", template.id);
            }
        }
        assert_eq!(TEMPLATES[14].columns.len(), 19);
    }
}
