//! A study: what the commands ask of the rooms to the left, put together once for all who show it.
//!
//! [`session`] prepares one portfolio and answers each question about it; [`simulate`] says which trials are run, and what comes
//! back; [`plan`] finds a better plan and explains it; [`results`] holds everything a report shows. [`evidence`] says how
//! well the figures behind a plan are known, [`if_signed`] what one more contract would change, [`replay`] plays past events over a portfolio and
//! [`calibrate`] counts them, [`reverse`] looks for the shocks that would cause a given loss, [`shocks`] looks things up in the library, [`listing`] says what there is to choose from, [`landscape`]
//! where it can come from, [`generate`] makes portfolios to measure with, [`footprint`] estimates what a run will need.
//! [`signals`] reads new events against the library. [`watch`] holds early warnings against the time to recover. [`compare`] says what changed between two portfolios and what it does to cost and risk. [`diversify`] measures what a supplier that is not in use would add. [`supply_chain`] says who stands behind each workload. [`freshness`] says how old the catalog is, [`refresh`] what a public price list says otherwise. [`gateway`]
//! reads the configuration of a model gateway in the words of the catalog. [`imports`] makes portfolios from what a company has.

pub mod calibrate;
pub mod compare;
pub mod diversify;
pub mod evidence;
pub mod footprint;
pub mod freshness;
pub mod gateway;
pub mod generate;
pub mod if_signed;
pub mod imports;
pub mod landscape;
pub mod listing;
pub mod plan;
pub mod progress;
pub mod refresh;
pub mod replay;
pub mod results;
pub mod reverse;
pub mod session;
pub mod shocks;
pub mod signals;
pub mod simulate;
pub mod supply_chain;
mod trials;
pub mod watch;
pub mod what_if;
