//! Down times: sorted, disjoint intervals, each with its warning.

/// A time during which something is down: `[start, end)`, days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Down {
    pub start: f64,
    pub end: f64,
    /// Days between the announcement and `start`.
    pub warning: f64,
}

/// Joins intervals that overlap or touch; the joined interval keeps the start and warning of the first.
///
/// If several start at one instant, the smallest warning counts. Empty intervals are dropped.
#[must_use]
pub fn union(mut intervals: Vec<Down>) -> Vec<Down> {
    intervals.retain(|d| d.end > d.start);
    intervals.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.warning.total_cmp(&b.warning)));
    let mut joined: Vec<Down> = Vec::with_capacity(intervals.len());
    for next in intervals {
        match joined.last_mut() {
            Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
            _ => joined.push(next),
        }
    }
    joined
}

/// Times at which all alternatives are down. Each intersection has the warning of the alternative that went down last (if
/// several did at one instant, the smallest). Empty without alternatives.
#[must_use]
pub fn all_down(alternatives: &[Vec<Down>]) -> Vec<Down> {
    let Some((first, rest)) = alternatives.split_first() else {
        return Vec::new();
    };
    rest.iter().fold(first.clone(), |a, b| intersect(&a, b))
}

fn intersect(a: &[Down], b: &[Down]) -> Vec<Down> {
    let mut both = Vec::new();
    for x in a {
        for y in b {
            let (start, end) = (x.start.max(y.start), x.end.min(y.end));
            if end > start {
                let warning = match x.start.total_cmp(&y.start) {
                    std::cmp::Ordering::Less => y.warning,
                    std::cmp::Ordering::Greater => x.warning,
                    std::cmp::Ordering::Equal => x.warning.min(y.warning),
                };
                both.push(Down { start, end, warning });
            }
        }
    }
    both.sort_by(|x, y| x.start.total_cmp(&y.start));
    both
}

/// Down times of a consumer, given those of its provider and the buffer.
#[must_use]
pub fn after_buffer(down: &[Down], buffer_days: f64) -> Vec<Down> {
    down.iter()
        .map(|d| Down { start: d.start + buffer_days, end: d.end, warning: d.warning + buffer_days })
        .filter(|d| d.end > d.start)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn down(start: f64, end: f64, warning: f64) -> Down {
        Down { start, end, warning }
    }

    #[test]
    fn a_stop_that_begins_when_another_ends_keeps_the_first_date_and_warning() {
        assert_eq!(union(vec![down(5.0, 9.0, 3.0), down(0.0, 5.0, 1.0)]), [down(0.0, 9.0, 1.0)]);
    }

    #[test]
    fn of_causes_at_one_instant_the_smallest_warning_counts() {
        assert_eq!(union(vec![down(0.0, 5.0, 4.0), down(0.0, 2.0, 1.0)]), [down(0.0, 5.0, 1.0)]);
    }

    #[test]
    fn an_any_of_need_is_unmet_when_all_are_down_and_warned_by_the_last() {
        let a = vec![down(0.0, 10.0, 1.0)];
        let b = vec![down(4.0, 20.0, 2.0)];
        assert_eq!(all_down(&[a.clone(), b]), [down(4.0, 10.0, 2.0)]);
        assert_eq!(all_down(&[a, vec![]]), []);
        assert_eq!(all_down(&[]), []);
    }

    #[test]
    fn a_buffer_delays_the_start_and_adds_to_the_warning() {
        let stopped = [down(10.0, 100.0, 5.0), down(200.0, 210.0, 0.0)];
        assert_eq!(after_buffer(&stopped, 30.0), [down(40.0, 100.0, 35.0)]);
    }
}
