//! Many variances of few months each, steadied by each other.

use statrs::function::gamma::digamma;

/// What many dispersions have in common: a scaled inverse χ².
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct DispersionPrior {
    /// Typical dispersion.
    scale: f64,
    /// Degrees of freedom it is worth; infinite where the dispersions differ by chance only.
    freedom: f64,
    /// Those of all dispersions together: no test has more.
    most: f64,
}

impl DispersionPrior {
    /// Fitted to dispersions with their degrees of freedom by the moments of their logarithms; zeros tell nothing. `None`
    /// below three.
    ///
    /// Smyth (2004), Stat. Appl. Genet. Mol. Biol. 3, section 6.2; for quasi-likelihood Lund et al. (2012), the same
    /// journal 11.
    pub(crate) fn fit(dispersions: &[(f64, f64)]) -> Option<Self> {
        let told: Vec<(f64, f64)> =
            dispersions.iter().copied().filter(|&(s, d)| s > 0.0 && d >= 1.0).collect();
        if told.len() < 3 {
            return None;
        }
        let n = told.len() as f64;
        let e = |&(s, d): &(f64, f64)| s.ln() - digamma(d / 2.0) + (d / 2.0).ln();
        let mean = told.iter().map(e).sum::<f64>() / n;
        let spread = told.iter().map(|own| (e(own) - mean).powi(2) * n / (n - 1.0) - trigamma(own.1 / 2.0));
        let spread = spread.sum::<f64>() / n;
        let most = told.iter().map(|(_, d)| d).sum();
        if spread <= 0.0 {
            return Some(Self { scale: mean.exp(), freedom: f64::INFINITY, most });
        }
        let half = trigamma_inverse(spread);
        Some(Self { scale: (mean + digamma(half) - half.ln()).exp(), freedom: 2.0 * half, most })
    }

    /// A dispersion drawn towards the typical one, with the degrees of freedom of both.
    pub(crate) fn moderated(&self, dispersion: f64, freedom: f64) -> (f64, f64) {
        if self.freedom.is_infinite() {
            return (self.scale, self.most);
        }
        let all = self.freedom + freedom;
        ((self.freedom * self.scale + freedom * dispersion) / all, all.min(self.most))
    }
}

/// ψ′(x) for x > 0, by recurrence and the asymptotic series (Abramowitz & Stegun 6.4.12).
fn trigamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 12.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    sum + 1.0 / x + y / 2.0 + y / x * (1.0 / 6.0 - y * (1.0 / 30.0 - y * (1.0 / 42.0 - y / 30.0)))
}

/// The x > 0 whose trigamma is `value`, by halving the interval of ln x.
fn trigamma_inverse(value: f64) -> f64 {
    let (mut low, mut high) = (-20.0_f64, 20.0_f64);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if trigamma(middle.exp()) > value { low = middle } else { high = middle }
    }
    f64::midpoint(low, high).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trigamma_and_its_inverse() {
        let pi = std::f64::consts::PI;
        assert!((trigamma(1.0) - pi * pi / 6.0).abs() < 1e-12);
        assert!((trigamma(0.5) - pi * pi / 2.0).abs() < 1e-11);
        for x in [0.01, 0.7, 5.5, 300.0] {
            assert!((trigamma_inverse(trigamma(x)) / x - 1.0).abs() < 1e-9, "{x}");
        }
    }

    #[test]
    fn equal_dispersions_become_one_and_wild_ones_stay() {
        let alike = DispersionPrior::fit(&[(2.0, 10.0), (2.1, 10.0), (1.9, 10.0), (2.0, 10.0)]).unwrap();
        let (scale, freedom) = alike.moderated(9.0, 10.0);
        assert!((freedom - 40.0).abs() < 1e-12 && (2.0..2.4).contains(&scale), "{scale} {freedom}");
        let wild: Vec<(f64, f64)> = (0..40).map(|n| (f64::from(n % 8 - 4).exp(), 10.0)).collect();
        let (scale, freedom) = DispersionPrior::fit(&wild).unwrap().moderated(9.0, 10.0);
        assert!((10.0..11.5).contains(&freedom) && (7.5..9.0).contains(&scale), "{scale} {freedom}");
        assert_eq!(DispersionPrior::fit(&[(1.0, 3.0), (0.0, 3.0), (2.0, 3.0)]), None);
    }
}
