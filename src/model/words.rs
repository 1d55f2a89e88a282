//! Closed lists of words: each enum stands for the words that a key of the files may hold.

/// What a supplier does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Developer,
    Host,
    Hardware,
}

/// How far a model is given away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Openness {
    Closed,
    OpenWeights,
    OpenSource,
}

impl Openness {
    /// Models whose weights anyone can hold.
    pub const OPEN: [Self; 2] = [Self::OpenWeights, Self::OpenSource];

    /// The word of the files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::OpenWeights => "open_weights",
            Self::OpenSource => "open_source",
        }
    }
}

/// How an offer is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    Api,
    SelfHosted,
}

impl Access {
    /// The word of the files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::SelfHosted => "self_hosted",
        }
    }
}

/// Sensitivity of a workload's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataClass {
    Public,
    Internal,
    Personal,
    Regulated,
}

impl DataClass {
    /// The word of the files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Personal => "personal",
            Self::Regulated => "regulated",
        }
    }
}

/// Where a jurisdiction set is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    Users,
    Region,
    Company,
}

impl Reach {
    /// The word of the files and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Region => "region",
            Self::Company => "company",
        }
    }
}
