//! Early warnings as a table.

use super::SHOWN;
use crate::report::answer::watch::{WatchAnswer, WatchedShockAnswer};
use crate::report::figures::{ABSENT, days, usd};
use crate::report::grid::Grid;

/// The shocks that cost most, what announces each, and whether that is early enough.
#[must_use]
pub fn watched(shocks: &[WatchedShockAnswer]) -> Grid {
    let mut grid = Grid::new(
        "What to watch",
        &["shock", ">a year, USD", "what announces it", ">warning", ">restored after", "=in time"],
    );
    for shock in shocks.iter().take(SHOWN) {
        let said: Vec<String> = shock.watch.iter().map(watch_words).collect();
        grid.row([
            shock.name.clone(),
            usd(shock.aal_usd),
            if said.is_empty() { "nothing known".to_owned() } else { said.join("; ") },
            if shock.warning_days > 0.0 { days(shock.warning_days) } else { "none".to_owned() },
            match (shock.first_unserved_day, shock.time_to_recover_days) {
                (None, _) => "nothing stops".to_owned(),
                (Some(_), Some(day)) => days(day),
                (Some(_), None) => "not in the horizon".to_owned(),
            },
            shock.is_in_time.map_or(ABSENT, |is_in_time| if is_in_time { "yes" } else { "no" }).to_owned(),
        ]);
    }
    grid.note(
        "Warning: the notice, or how long before the effect what is watched usually shows, whichever is longer. Restored after: when the \
         shock comes unprepared and lasts its median; what has a probability below one half, such as collateral, is left out. In time: \
         who acts at the first sign is ready before anything stops; where not, only what is ready beforehand helps.",
    );
    grid
}

/// A sign in words: what, and where.
#[must_use]
pub fn watch_words(watch: &WatchAnswer) -> String {
    let place = watch.place.as_ref().map_or_else(String::new, |place| format!(" ({place})"));
    format!("{}{place}", watch.what)
}
