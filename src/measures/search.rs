//! Roots of increasing functions by bisection.

/// Halvings after which two neighboring numbers are left, from any start.
const MAX_HALVINGS: usize = 2_200;

/// The root in (0, ∞) of a function that is negative near 0 and positive far out; `start` > 0 is where to look first.
pub(super) fn root_of_increasing(start: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (start, start);
    while high.is_finite() && f(high) < 0.0 {
        low = high;
        high *= 2.0;
    }
    while low > 0.0 && f(low) > 0.0 {
        high = low;
        low /= 2.0;
    }
    bisected(low, high, f)
}

/// The root in [0, 1] of a function that increases from negative to positive.
pub(super) fn root_in_unit(f: impl Fn(f64) -> f64) -> f64 {
    bisected(0.0, 1.0, f)
}

fn bisected(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..MAX_HALVINGS {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if f(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_is_found_far_from_the_start() {
        for root in [1e-9_f64, 0.5, 3.0, 1e12] {
            let found = root_of_increasing(1.0, |x| x.ln() - root.ln());
            assert!((found / root - 1.0).abs() < 1e-12, "{found} instead of {root}");
        }
        assert!((root_in_unit(|x| x - 0.25) - 0.25).abs() < 1e-15);
    }
}
