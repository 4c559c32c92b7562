//! Exact integrals of polynomials over [0, 1].

use std::f64::consts::PI;

/// Points and weights of the Gauss–Legendre rule on \[0, 1\], which is exact for polynomials of degree below
/// 2 × `count`. All points lie inside the interval and all weights are positive.
///
/// Newton's method on the Legendre polynomial's recurrence (Abramowitz & Stegun 1964, 22.7.10 and 25.4.29).
pub(crate) fn gauss_legendre(count: usize) -> Vec<(f64, f64)> {
    let n = count as f64;
    let point = |index: usize| {
        let mut x = (PI * (index as f64 + 0.75) / (n + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut p, mut before) = (x, 1.0);
            for degree in 2..=count {
                let k = degree as f64;
                (p, before) = (((2.0 * k - 1.0) * x * p - (k - 1.0) * before) / k, p);
            }
            slope = n * (x * p - before) / (x * x - 1.0);
            let step = p / slope;
            x -= step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        // on [0, 1] both the point and the weight 2 ÷ ((1 − x²)·slope²) are halved
        ((1.0 + x) / 2.0, 1.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..count).map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_integrated_exactly() {
        for count in [1, 2, 4, 8, 12, 32] {
            let rule = gauss_legendre(count);
            assert!(rule.iter().all(|&(t, w)| t > 0.0 && t < 1.0 && w > 0.0));
            for power in 0..2 * count {
                let sum: f64 = rule.iter().map(|(t, w)| w * t.powi(power as i32)).sum();
                let exact = 1.0 / (power as f64 + 1.0);
                assert!((sum - exact).abs() < 1e-14, "{count} points, power {power}: {sum}");
            }
        }
    }
}
