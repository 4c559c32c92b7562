//! ψ′, the derivative of the digamma function.

/// ψ′(x), for x > 0: the recurrence up to 12, then the asymptotic series (Abramowitz & Stegun 6.4.6, 6.4.12).
pub fn trigamma(x: f64) -> f64 {
    let (mut x, mut sum) = (x, 0.0);
    while x < 12.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    const BERNOULLI: [f64; 6] =
        [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0];
    let series = BERNOULLI.iter().rev().fold(0.0, |inner, b| square * (b + inner));
    sum + (1.0 + series) / x + square / 2.0
}
