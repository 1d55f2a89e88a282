//! A mixed-integer linear program as plain data with named rows: minimize cost · x subject to low ≤ row · x ≤ high.

/// Index of a variable.
pub type VariableIdx = usize;

/// A variable: cost per unit and bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variable {
    pub cost: f64,
    pub low: f64,
    pub high: f64,
    pub is_integer: bool,
    /// A semicontinuous variable is 0 or at least this; 0 for other variables.
    pub smallest: f64,
}

impl Variable {
    /// Whether it is an integer, or 0 or at least a smallest value.
    #[must_use]
    pub fn is_discrete(&self) -> bool {
        self.is_integer || self.smallest > 0.0
    }
}

/// A row `low ≤ terms ≤ high`; a side without a bound is infinite.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraint {
    /// The constraint's name in code, docs and messages.
    pub name: &'static str,
    pub terms: Vec<(VariableIdx, f64)>,
    pub low: f64,
    pub high: f64,
}

impl Constraint {
    /// `terms ≥ low`.
    #[must_use]
    pub fn at_least(name: &'static str, terms: Vec<(VariableIdx, f64)>, low: f64) -> Self {
        Self { name, terms: summed(terms), low, high: f64::INFINITY }
    }

    /// `terms ≤ high`.
    #[must_use]
    pub fn at_most(name: &'static str, terms: Vec<(VariableIdx, f64)>, high: f64) -> Self {
        Self { name, terms: summed(terms), low: f64::NEG_INFINITY, high }
    }

    /// Value of the row's terms at a point, `[n_variables]`.
    #[must_use]
    pub fn activity(&self, values: &[f64]) -> f64 {
        self.terms.iter().map(|(variable, factor)| factor * values[*variable]).sum()
    }
}

/// The program.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LinearProgram {
    pub variables: Vec<Variable>,
    pub constraints: Vec<Constraint>,
}

impl LinearProgram {
    /// Adds a continuous variable within `[low, high]`.
    pub fn add_continuous(&mut self, cost: f64, low: f64, high: f64) -> VariableIdx {
        self.variables.push(Variable { cost, low, high, is_integer: false, smallest: 0.0 });
        self.variables.len() - 1
    }

    /// Adds an integer variable within `[low, high]`.
    pub fn add_integer(&mut self, cost: f64, low: f64, high: f64) -> VariableIdx {
        self.variables.push(Variable { cost, low, high, is_integer: true, smallest: 0.0 });
        self.variables.len() - 1
    }

    /// Adds a variable that is 0 or within `[smallest, 1]`.
    pub fn add_semicontinuous(&mut self, cost: f64, smallest: f64) -> VariableIdx {
        self.variables.push(Variable { cost, low: 0.0, high: 1.0, is_integer: false, smallest });
        self.variables.len() - 1
    }

    /// Adds `terms ≤ high`.
    pub fn add_at_most(&mut self, name: &'static str, terms: Vec<(VariableIdx, f64)>, high: f64) {
        self.constraints.push(Constraint::at_most(name, terms, high));
    }

    /// Adds `terms ≥ low`.
    pub fn add_at_least(&mut self, name: &'static str, terms: Vec<(VariableIdx, f64)>, low: f64) {
        self.constraints.push(Constraint::at_least(name, terms, low));
    }

    /// Adds `terms = value`.
    pub fn add_equal(&mut self, name: &'static str, terms: Vec<(VariableIdx, f64)>, value: f64) {
        self.add(name, terms, value, value);
    }

    fn add(&mut self, name: &'static str, terms: Vec<(VariableIdx, f64)>, low: f64, high: f64) {
        self.constraints.push(Constraint { name, terms: summed(terms), low, high });
    }

    /// Number of integer and semicontinuous variables.
    #[must_use]
    pub fn n_integers(&self) -> usize {
        self.variables.iter().filter(|v| v.is_integer || v.smallest > 0.0).count()
    }

    /// Cost of a point, `[n_variables]`.
    #[must_use]
    pub fn cost(&self, values: &[f64]) -> f64 {
        self.variables.iter().zip(values).map(|(v, x)| v.cost * x).sum()
    }
}

/// Merges terms of the same variable and drops zeros; ascending by variable.
fn summed(mut terms: Vec<(VariableIdx, f64)>) -> Vec<(VariableIdx, f64)> {
    terms.sort_by_key(|t| t.0);
    let mut sums: Vec<(VariableIdx, f64)> = Vec::with_capacity(terms.len());
    for (variable, factor) in terms {
        match sums.last_mut() {
            Some(last) if last.0 == variable => last.1 += factor,
            _ => sums.push((variable, factor)),
        }
    }
    sums.retain(|t| t.1 != 0.0);
    sums
}
