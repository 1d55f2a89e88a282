//! What binds a company to its hosts, what change costs, and how finely demand can be routed (methodology/change.md).

use jiff::civil::Date;

/// Terms with one host, signed or offered.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// Supplier id.
    pub host: String,
    pub status: ContractStatus,
    pub fixed_usd_per_year: f64,
    /// Part taken off the list price of the host's API offers, from 0 to below 1.
    pub discount: f64,
    pub commitment: Option<Commitment>,
    /// Least token spend a month while the host is used, USD.
    pub minimum_usd_per_month: f64,
    /// Paid once when a signed host that is used today is left, USD.
    pub exit_usd: f64,
    /// Last day of its term; `None` if it is not written. It is told, and changes no figure.
    pub ends: Option<Date>,
}

/// Whether a contract binds already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContractStatus {
    #[default]
    Signed,
    /// A quotation: it binds only if the host is used.
    Offered,
}

/// Spend promised to a host.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Commitment {
    /// Token spend promised, USD.
    pub usd: f64,
    /// Days from day 0 within which it is due.
    pub within_days: f64,
}

/// What change costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangeTerms {
    /// To qualify one model for one workload, USD.
    pub qualify_model_usd: f64,
    /// To qualify one host for the company, USD.
    pub qualify_host_usd: f64,
    /// Fixed cost of a host without a contract, USD a year.
    pub host_fixed_usd_per_year: f64,
    /// Days over which the planner spreads the cost of change.
    pub spread_over_days: f64,
}

/// Default days over which the cost of change is spread: three years (reference/portfolio-file.md).
const SPREAD_OVER_DAYS: f64 = 3.0 * crate::units::DAYS_PER_YEAR;

/// Default cost of qualifying a model for a workload, USD (reference/portfolio-file.md).
const QUALIFY_MODEL_USD: f64 = 15_000.0;
/// Default cost of qualifying a host, USD (reference/portfolio-file.md).
const QUALIFY_HOST_USD: f64 = 25_000.0;

impl Default for ChangeTerms {
    fn default() -> Self {
        Self {
            qualify_model_usd: QUALIFY_MODEL_USD,
            qualify_host_usd: QUALIFY_HOST_USD,
            host_fixed_usd_per_year: 0.0,
            spread_over_days: SPREAD_OVER_DAYS,
        }
    }
}

/// How finely the demand of a workload can be routed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoutingTerms {
    /// Smallest share of a cell's demand on one offer; 0 switches it off.
    pub smallest_share: f64,
    /// Most distinct (model, host) pairs with a share; `None` switches it off.
    pub most_offers: Option<usize>,
}

/// Default smallest share (reference/portfolio-file.md).
const SMALLEST_SHARE: f64 = 0.1;
/// Default number of (model, host) pairs (reference/portfolio-file.md).
const MOST_OFFERS: usize = 4;

impl Default for RoutingTerms {
    fn default() -> Self {
        Self { smallest_share: SMALLEST_SHARE, most_offers: Some(MOST_OFFERS) }
    }
}

/// Default of `keep_quality`, points: models nearer than this cannot be told apart (reference/portfolio-file.md).
pub const KEEP_QUALITY_POINTS: f64 = 40.0;

/// What a workload says about change, routing and quality; `None` takes the portfolio's value.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct WorkloadTerms {
    pub qualify_model_usd: Option<f64>,
    pub smallest_share: Option<f64>,
    pub most_offers: Option<Option<usize>>,
    pub keep_quality: Option<Option<f64>>,
    /// What a capability point is worth, USD a month.
    pub quality_usd_per_point_per_month: f64,
}
