//! Past events: played over a portfolio by hand, counted against the tables of the hazard notes, and files that are wrong
//! (methodology/history.md).

mod calibration;
mod counted;
mod files;
mod replayed;
