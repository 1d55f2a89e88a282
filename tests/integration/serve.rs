//! The server of `serve` as a program meets it: who may ask, that its figures are those of the commands, and that nothing that
//! is sent breaks it.

mod answers;
mod client;
mod jobs;
mod refusals;

use client::Served;
