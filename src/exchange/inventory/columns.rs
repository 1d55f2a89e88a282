//! The columns of an inventory: one row for each offer of a workload.

/// A column with what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InventoryColumn {
    pub name: &'static str,
    pub says: &'static str,
}

const fn column(name: &'static str, says: &'static str) -> InventoryColumn {
    InventoryColumn { name, says }
}

/// In the order of the table. What concerns the company or a workload as a whole is written once, in its first row.
pub const COLUMNS: [InventoryColumn; 20] = [
    column("company", "name of the company; once"),
    column("headquarters", "country of its headquarters, two letters; once"),
    column("workload", "a short name of what the model is needed for; the same in all its rows"),
    column("name", "its name in words; once per workload"),
    column("data", "public, internal, personal or regulated; once per workload"),
    column("users", "countries with shares that sum to 1, such as DE=0.6; FR=0.4; once per workload"),
    column("input_mtok", "million tokens that go in a month; once per workload"),
    column("output_mtok", "million tokens that come out a month; once per workload"),
    column("outage_cost_usd_per_day", "what a day without it costs, USD; once per workload"),
    column("recovery_objective", "how long it may be out at no cost, such as 4h or 1d; once per workload"),
    column("min_quality", "quality floor, points; once per workload"),
    column("role", "primary, hot or warm; empty is primary"),
    column("users_in", "country whose users the row is for; empty is all of them"),
    column("share", "share of these users' demand that a primary carries, 0 to 1 or with a percent sign"),
    column("cover", "share of the demand that a standby is sized for"),
    column("lead", "how long a warm standby takes, such as 7d"),
    column("offer", "offer of the catalog, model@host:REGION; or else the next three"),
    column("model", "name of the model"),
    column("host", "who hosts it; self for the company's own machines"),
    column("region", "country or bloc in which it runs"),
];
