//! Closed lists of words: each enum lists the words that a key of the files may have.

/// What a supplier does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Developer,
    Host,
    Hardware,
}

/// How a supplier sells models: suppliers of one class share priors of what can happen to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SupplierClass {
    /// A cloud of many services and regions.
    Hyperscaler,
    /// A developer that sells its own models.
    Lab,
    /// A host of others' models, on hardware that it rents out or owns.
    Neocloud,
    /// A host for one country or region.
    Regional,
    /// The company itself, as host of its own machines; no supplier of a catalog is.
    Own,
}

impl SupplierClass {
    /// The word of the files and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hyperscaler => "hyperscaler",
            Self::Lab => "lab",
            Self::Neocloud => "neocloud",
            Self::Regional => "regional",
            Self::Own => "self",
        }
    }
}

/// How a model is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Openness {
    Closed,
    OpenWeights,
    OpenSource,
}

impl Openness {
    /// Models whose weights anyone can obtain.
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

/// How an offer is used.
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

    /// The class that a word of the files means.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let all = [Self::Public, Self::Internal, Self::Personal, Self::Regulated];
        all.into_iter().find(|class| class.as_str() == word)
    }
}

/// Who is hit by an act on a jurisdiction: users, offers or companies there.
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
