//! Times `multipolar simulate` against the same model in numpy (benches/peers/), in the same run.

#[path = "timing/process.rs"]
mod process;
#[path = "peers/tables.rs"]
mod tables;

use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let catalog = arguments.get(2).map(Path::new);
    let tables = tables::tables(Path::new(&arguments[0]), catalog);
    std::fs::write(&arguments[1], tables.to_string()).expect("the tables can be written");
    let _ = process::multipolar;
}
