//! Rules on how far a figure may move between two portfolios, for automated checks.

use std::fmt;
use std::str::FromStr;

use super::PortfolioComparison;

/// Difference in figures that is rounding, as a part of them.
const ROUNDING: f64 = 1e-9;

/// A figure that a rule can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ComparedMeasure {
    MonthlyCost,
    AverageAnnualLoss,
    Cvar,
    Capability,
}

impl ComparedMeasure {
    /// Every measure, in the documented order.
    pub const ALL: [Self; 4] = [Self::MonthlyCost, Self::AverageAnnualLoss, Self::Cvar, Self::Capability];

    /// The word of the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MonthlyCost => "cost",
            Self::AverageAnnualLoss => "aal",
            Self::Cvar => "cvar",
            Self::Capability => "capability",
        }
    }
}

/// How far a figure may move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Allowance {
    /// As a part of the figure before.
    Relative(f64),
    /// USD, or points of capability.
    Absolute(f64),
}

/// A rule such as `cvar+10%`: the comparison fails if the CVaR rises by more than a tenth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FailRule {
    pub measure: ComparedMeasure,
    /// Whether it is about a rise; otherwise about a fall.
    pub is_rise: bool,
    pub allowance: Allowance,
}

/// What a rule must look like.
const FORM: &str = "write a measure (cost, aal, cvar or capability), + or -, and how far it may rise or fall: cvar+10%, \
                    aal+200000, capability-5";

impl FromStr for FailRule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let typed = text.trim();
        let at = typed.find(['+', '-']).ok_or(FORM)?;
        let (word, rest) = typed.split_at(at);
        let measure =
            ComparedMeasure::ALL.into_iter().find(|measure| measure.as_str() == word.trim()).ok_or(FORM)?;
        let (amount, is_relative) = match rest[1..].trim().strip_suffix('%') {
            Some(percent) => (percent.trim_end(), true),
            None => (rest[1..].trim(), false),
        };
        // A second sign is a slip.
        let amount: f64 = Some(amount)
            .filter(|text| !text.starts_with(['+', '-']))
            .and_then(|text| text.parse().ok())
            .ok_or(FORM)?;
        if !amount.is_finite() || amount < 0.0 {
            return Err(FORM.to_owned());
        }
        let allowance =
            if is_relative { Allowance::Relative(amount / 100.0) } else { Allowance::Absolute(amount) };
        Ok(Self { measure, is_rise: rest.starts_with('+'), allowance })
    }
}

impl fmt::Display for FailRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_rise { '+' } else { '-' };
        match self.allowance {
            Allowance::Relative(part) => {
                write!(f, "{}{sign}{}%", self.measure.as_str(), (part * 1e6).round() / 1e4)
            }
            Allowance::Absolute(amount) => write!(f, "{}{sign}{amount}", self.measure.as_str()),
        }
    }
}

/// Figures before and after: USD, and points of capability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FigurePairs {
    pub monthly_cost: (f64, f64),
    pub aal: (f64, f64),
    pub cvar: (f64, f64),
    /// `None`: not known.
    pub capability: Option<(f64, f64)>,
}

impl FigurePairs {
    /// A figure before and after; `None` where it is not known.
    #[must_use]
    pub fn of(&self, measure: ComparedMeasure) -> Option<(f64, f64)> {
        match measure {
            ComparedMeasure::MonthlyCost => Some(self.monthly_cost),
            ComparedMeasure::AverageAnnualLoss => Some(self.aal),
            ComparedMeasure::Cvar => Some(self.cvar),
            ComparedMeasure::Capability => self.capability,
        }
    }
}

impl PortfolioComparison {
    /// The figures before and after.
    #[must_use]
    pub fn figures(&self) -> FigurePairs {
        let usd = |cents: i128| cents as f64 / 100.0;
        let pair = |figure: &super::ComparedFigure| (usd(figure.from_cents), usd(figure.to_cents));
        FigurePairs {
            monthly_cost: pair(&self.monthly_cost),
            aal: pair(&self.aal),
            cvar: pair(&self.cvar),
            capability: Some((self.capability_from.points, self.capability_to.points)),
        }
    }
}

/// A rule with what was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TestedRule {
    pub rule: FailRule,
    /// The figure after less the figure before.
    pub change: f64,
    /// How far the figure may move in the direction of the rule, ≥ 0.
    pub allowed: f64,
    pub is_exceeded: bool,
}

impl FailRule {
    /// Tests the rule; `None` where its figure is not known.
    #[must_use]
    pub fn test(self, figures: &FigurePairs) -> Option<TestedRule> {
        let (from, to) = figures.of(self.measure)?;
        let change = to - from;
        let allowed = match self.allowance {
            Allowance::Relative(part) => part * from.abs(),
            Allowance::Absolute(amount) => amount,
        };
        let moved = if self.is_rise { change } else { -change };
        let rounding = ROUNDING * from.abs().max(to.abs());
        Some(TestedRule { rule: self, change, allowed, is_exceeded: moved > allowed + rounding })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIGURES: FigurePairs = FigurePairs {
        monthly_cost: (100.0, 110.0),
        aal: (0.0, 0.01),
        cvar: (200.0, 150.0),
        capability: Some((1400.0, 1393.0)),
    };

    fn exceeded(rule: &str) -> bool {
        rule.parse::<FailRule>().unwrap().test(&FIGURES).unwrap().is_exceeded
    }

    /// 100 becomes 110: a tenth more is allowed by 10 %, and not by 9.9 %.
    #[test]
    fn a_rule_holds_up_to_its_bound() {
        assert!(
            !exceeded("cost+10%") && !exceeded("cost+10") && exceeded("cost+9.9%") && exceeded("cost + 9.99")
        );
        assert!(!exceeded("cost-0"), "it rose");
        assert!(exceeded("aal+50%"), "any rise from 0 is too much");
        assert!(!exceeded("cvar+0%") && exceeded("cvar-10%") && !exceeded("cvar-25%"));
        assert!(exceeded("capability-5") && !exceeded("capability-0.5%"));
    }

    #[test]
    fn a_rule_prints_as_it_is_written_and_what_is_none_is_refused() {
        for rule in ["cvar+10%", "aal+200000", "capability-5", "cost-0.25%", "cost+33.3%"] {
            assert_eq!(rule.parse::<FailRule>().map(|rule| rule.to_string()), Ok(rule.to_owned()));
        }
        for text in [
            "", "cvar", "cvar10%", "loss+1", "cvar+", "cvar+%", "cvar++1", "cvar+-1", "cvar+NaN", "+10%",
            "cvar+inf",
        ] {
            assert!(text.parse::<FailRule>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_tested() {
        let figures = FigurePairs { capability: None, ..FIGURES };
        assert_eq!("capability-5".parse::<FailRule>().unwrap().test(&figures), None);
    }
}
