//! Gauss–Hermite quadrature: the mean of a function of a standard normal variable.

/// Beyond this no node of a rule of at most 24 lies.
const BEYOND: f64 = 12.0;
/// Two nodes of such a rule are further apart than this.
const STEP: f64 = 0.05;
/// Halvings that leave an interval of one step no wider than rounding.
const HALVINGS: usize = 60;

/// Nodes and weights: E f(Z) ≈ Σ weight × f(node), exact for polynomials of degree below twice the number of nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct HermiteRule {
    /// Ascending, symmetric about 0.
    pub nodes: Vec<f64>,
    /// Their sum is 1.
    pub weights: Vec<f64>,
}

impl HermiteRule {
    /// The rule of `n` nodes, `n` even and at most 24 (Abramowitz and Stegun 25.4.46, for the weight of the normal law).
    #[must_use]
    pub fn new(n: usize) -> Self {
        let last = |x: f64| polynomials(n, x)[n];
        let n_steps = (BEYOND / STEP) as usize;
        let mut positive = Vec::with_capacity(n / 2);
        for step in 0..n_steps {
            let (mut low, mut high) = (step as f64 * STEP, (step + 1) as f64 * STEP);
            let sign = last(low).signum();
            if sign == last(high).signum() {
                continue;
            }
            for _ in 0..HALVINGS {
                let middle = f64::midpoint(low, high);
                if last(middle).signum() == sign { low = middle } else { high = middle }
            }
            positive.push(f64::midpoint(low, high));
        }
        let nodes: Vec<f64> = positive.iter().rev().map(|x| -x).chain(positive.iter().copied()).collect();
        // Christoffel numbers of orthonormal polynomials.
        let weight = |x: &f64| 1.0 / polynomials(n - 1, *x).iter().map(|h| h * h).sum::<f64>();
        let weights = nodes.iter().map(weight).collect();
        Self { nodes, weights }
    }
}

/// `[n + 1]`: the Hermite polynomials of degree 0 to n at `x`, orthonormal under the normal law.
fn polynomials(n: usize, x: f64) -> Vec<f64> {
    let mut h = vec![1.0, x];
    for k in 1..n {
        let next = (x * h[k] - (k as f64).sqrt() * h[k - 1]) / ((k + 1) as f64).sqrt();
        h.push(next);
    }
    h.truncate(n + 1);
    h
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Abramowitz and Stegun, table 25.10, n = 16: the largest node 4.68873893930582, times √2, and its weight, over √π.
    #[test]
    fn the_rule_of_sixteen_is_that_of_the_tables() {
        let rule = HermiteRule::new(16);
        assert_eq!(rule.nodes.len(), 16);
        assert!((rule.nodes[15] - 4.688_738_939_305_818 * 2.0_f64.sqrt()).abs() < 1e-12);
        let weight = 2.654_807_474_011_182e-10 / std::f64::consts::PI.sqrt();
        assert!((rule.weights[15] / weight - 1.0).abs() < 1e-9, "{}", rule.weights[15]);
    }

    /// Moments of the normal law: 1, 0, 1, 3, 15, 105; and E exp(sZ) = exp(s²/2).
    #[test]
    fn moments_are_those_of_the_normal_law() {
        let rule = HermiteRule::new(16);
        let mean = |f: &dyn Fn(f64) -> f64| -> f64 {
            rule.nodes.iter().zip(&rule.weights).map(|(x, w)| w * f(*x)).sum()
        };
        for (degree, moment) in [(0, 1.0), (1, 0.0), (2, 1.0), (4, 3.0), (6, 15.0), (8, 105.0)] {
            assert!((mean(&|x| x.powi(degree)) - moment).abs() < 1e-10 * moment.max(1.0), "{degree}");
        }
        assert!((mean(&|x| (0.8 * x).exp()) - 0.32_f64.exp()).abs() < 1e-12);
    }
}
