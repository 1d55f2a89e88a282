//! A public price list of another project, as read: what callers write for an offer, its price, and its end.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// Which list it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceListKind {
    /// LiteLLM's map of prices and context windows.
    LiteLlm,
    /// The snapshot of model-prices.
    ModelPrices,
}

impl PriceListKind {
    /// The list as it is named in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LiteLlm => "LiteLLM",
            Self::ModelPrices => "model-prices",
        }
    }
}

/// A price list.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceList {
    pub kind: PriceListKind,
    /// The day that the list itself states; LiteLLM's states none.
    pub dated: Option<Date>,
    /// In the order of their keys.
    pub entries: Vec<ListedPrice>,
    /// Keys that are no entry, with the reason, in the order of the keys.
    pub set_aside: Vec<(String, SetAside)>,
}

/// Why a key of a price list stands for no offer of the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SetAside {
    /// A reserved key, or another name of an entry.
    NoEntry,
    /// Not for text: images, speech, search.
    Mode,
    /// A field of another type, a date that does not exist, a price out of bounds.
    Unreadable,
    /// A host that the catalog does not have.
    Host,
    /// A region that the rules do not know, such as one for governments.
    Region,
    /// A model that the catalog does not have, or a build of it with a name of its own.
    Model,
    /// Another key says the same offer better.
    Repeated,
}

impl SetAside {
    /// All reasons, in the order of reports.
    pub const ALL: [Self; 7] =
        [Self::NoEntry, Self::Mode, Self::Unreadable, Self::Host, Self::Region, Self::Model, Self::Repeated];

    /// The word of reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoEntry => "no_entry",
            Self::Mode => "mode",
            Self::Unreadable => "unreadable",
            Self::Host => "host",
            Self::Region => "region",
            Self::Model => "model",
            Self::Repeated => "repeated",
        }
    }

    /// The reason in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NoEntry => "reserved keys and other names of entries",
            Self::Mode => "not for text",
            Self::Unreadable => "fields that cannot be read",
            Self::Host => "hosts that the catalog does not have",
            Self::Region => "regions that the rules do not know",
            Self::Model => "models that the catalog does not have, or other builds of them",
            Self::Repeated => "another key says the same offer better",
        }
    }
}

/// What a list says of one key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListedPrice {
    /// What callers write.
    pub key: String,
    /// Host, or family of hosts, in the list's own words.
    pub provider: String,
    /// USD per million tokens; `None` when the list has no price by the token.
    pub price: Option<ListedTokenPrice>,
    /// Factors on the price of regional offers, by region in the list's own words; `endpoint` stands for every region.
    pub regional_factors: BTreeMap<&'static str, f64>,
    pub retires: Option<Date>,
    /// Page that states the end.
    pub retires_source: Option<String>,
    /// The host's name for what comes in its place.
    pub successor: Option<String>,
    /// Page that states the price.
    pub source: Option<String>,
    /// Day from which the price holds.
    pub valid_from: Option<Date>,
    /// Whether the price differs by the hour, and this is the one off peak.
    pub is_off_peak: bool,
    /// Whether the model is no longer sold.
    pub is_removed: bool,
}

/// A price by the token, USD per million.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ListedTokenPrice {
    pub input_usd_per_mtok: f64,
    pub output_usd_per_mtok: f64,
}
