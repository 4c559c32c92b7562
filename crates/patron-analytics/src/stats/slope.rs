//! A straight line through monthly numbers, with errors robust to autocorrelation.

use statrs::distribution::{ContinuousCDF, FisherSnedecor, StudentsT};

use crate::SlopeInterval;

/// Equally spaced times 0, 1, … n − 1, with an intercept or with one level for each month of the year.
#[derive(Clone, Debug)]
pub(crate) struct Design {
    /// Group (0, or the month of the year) of each time.
    pub(super) group: Vec<u8>,
    /// Number of groups.
    pub(super) groups: usize,
    /// x̃: times less the mean of their group.
    x: Vec<f64>,
    /// Σ x̃².
    sum_xx: f64,
    /// Student t quantile at 0.975 with n − groups − 1 degrees of freedom.
    t_quantile: f64,
}

/// A fitted line.
#[derive(Clone, Debug)]
pub(crate) struct Fit {
    /// Slope with its 95 % interval.
    pub(crate) slope: SlopeInterval,
    /// Newey–West standard error of the slope.
    pub(crate) standard_error: f64,
    /// Two-sided p-value of slope zero.
    pub(crate) p_value: f64,
    /// Residual sum of squares.
    pub(crate) rss: f64,
}

impl Design {
    /// n times and one level; `None` below three times.
    pub(crate) fn plain(n: usize) -> Option<Self> {
        Self::new(vec![0; n])
    }

    /// n times and a level for each month of the year, the first being `month_of_year` (1 to 12); `None` when
    /// no degree of freedom is left.
    pub(crate) fn seasonal(month_of_year: u32, n: usize) -> Option<Self> {
        Self::new((0..n).map(|time| ((month_of_year as usize + time) % 12) as u8).collect())
    }

    /// Degrees of freedom left.
    pub(crate) fn freedom(&self) -> usize {
        self.x.len() - self.groups - 1
    }

    fn new(group: Vec<u8>) -> Option<Self> {
        let n = group.len();
        let mut seen = [false; 12];
        group.iter().for_each(|&g| seen[usize::from(g)] = true);
        let groups = seen.iter().filter(|&&s| s).count();
        if n < groups + 2 {
            return None;
        }
        let mut x: Vec<f64> = (0..n).map(|time| time as f64).collect();
        centre(&mut x, &group);
        let sum_xx: f64 = x.iter().map(|x| x * x).sum();
        let t = StudentsT::new(0.0, 1.0, (n - groups - 1) as f64).ok()?;
        (sum_xx > 0.0).then(|| Self { group, groups, x, sum_xx, t_quantile: t.inverse_cdf(0.975) })
    }

    /// Least squares of y on the design; the slope's variance after Newey & West (1987), Econometrica 55, with
    /// Bartlett weights, ⌊4 (n/100)^(2/9)⌋ lags and the factor n ÷ (n − parameters); Student t.
    ///
    /// By Frisch–Waugh–Lovell the levels are swept out first. A constant series has slope 0 and p-value 1.
    pub(crate) fn fit(&self, y: &[f64]) -> Fit {
        let mut e = y.to_vec();
        centre(&mut e, &self.group);
        let scale: f64 = y.iter().map(|y| y * y).sum();
        let negligible = scale * 1e-24;
        if e.iter().map(|e| e * e).sum::<f64>() <= negligible {
            let slope = SlopeInterval { slope: 0.0, low: 0.0, high: 0.0 };
            return Fit { slope, standard_error: 0.0, p_value: 1.0, rss: 0.0 };
        }
        let slope = self.x.iter().zip(&e).map(|(x, y)| x * y).sum::<f64>() / self.sum_xx;
        e.iter_mut().zip(&self.x).for_each(|(e, x)| *e -= slope * x);
        let rss: f64 = e.iter().map(|e| e * e).sum();
        let rss = if rss <= negligible { 0.0 } else { rss };
        let standard_error = if rss == 0.0 { 0.0 } else { self.newey_west(&e) };
        let p_value = match StudentsT::new(0.0, 1.0, self.freedom() as f64) {
            Ok(t) if standard_error > 0.0 => (2.0 * t.sf((slope / standard_error).abs())).min(1.0),
            _ => f64::from(u8::from(slope == 0.0)),
        };
        let reach = self.t_quantile * standard_error;
        Fit {
            slope: SlopeInterval { slope, low: slope - reach, high: slope + reach },
            standard_error,
            p_value,
            rss,
        }
    }

    /// y freed of the levels of the months of the year, around its own mean.
    pub(crate) fn without_season(&self, y: &[f64], slope: f64) -> Vec<f64> {
        let mean_y = y.iter().sum::<f64>() / y.len() as f64;
        let mean_time = (y.len() - 1) as f64 / 2.0;
        let mut level: Vec<f64> =
            y.iter().enumerate().map(|(time, y)| y - mean_y - slope * (time as f64 - mean_time)).collect();
        let flat = level.clone();
        centre(&mut level, &self.group);
        // flat − centred = the level of the group
        y.iter().zip(flat.iter().zip(&level)).map(|(y, (flat, centred))| y - (flat - centred)).collect()
    }

    fn newey_west(&self, e: &[f64]) -> f64 {
        let score: Vec<f64> = self.x.iter().zip(e).map(|(x, e)| x * e).collect();
        let correction = e.len() as f64 / self.freedom() as f64;
        (correction * long_run_variance(&score).max(0.0)).sqrt() / self.sum_xx
    }
}

/// Sum of the autocovariances of the scores with Bartlett weights, up to ⌊4 (n/100)^(2/9)⌋ lags.
pub(super) fn long_run_variance(score: &[f64]) -> f64 {
    let n = score.len();
    let lags = (4.0 * (n as f64 / 100.0).powf(2.0 / 9.0)).floor() as usize;
    let autocovariance = |lag: usize| score[lag..].iter().zip(score).map(|(a, b)| a * b).sum::<f64>();
    let weighted = |lag: usize| 2.0 * (1.0 - lag as f64 / (lags + 1) as f64) * autocovariance(lag);
    autocovariance(0) + (1..=lags.min(n - 1)).map(weighted).sum::<f64>()
}

/// p-value of equal levels of the months of the year: the F test of `seasonal` against the line alone.
pub(crate) fn season_p_value(plain: &Fit, seasonal: &Fit, design: &Design) -> f64 {
    let (extra, freedom) = ((design.groups - 1) as f64, design.freedom() as f64);
    let explained = plain.rss - seasonal.rss;
    if explained <= 0.0 || extra == 0.0 {
        return 1.0;
    }
    if seasonal.rss <= 0.0 {
        return 0.0;
    }
    let f = (explained / extra) / (seasonal.rss / freedom);
    FisherSnedecor::new(extra, freedom).map_or(1.0, |distribution| distribution.sf(f))
}

/// Subtracts from each value the mean of its group.
fn centre(values: &mut [f64], group: &[u8]) {
    let mut sums = [(0.0_f64, 0.0_f64); 12];
    for (value, &g) in values.iter().zip(group) {
        let sum = &mut sums[usize::from(g)];
        sum.0 += value;
        sum.1 += 1.0;
    }
    for (value, &g) in values.iter_mut().zip(group) {
        let (sum, count) = sums[usize::from(g)];
        *value -= sum / count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: [f64; 13] = [12., 15., 9., 20., 22., 18., 30., 25., 27., 35., 31., 40., 38.];
    const TIED: [f64; 12] = [5., 5., 7., 5., 9., 7., 7., 2., 9., 9., 5., 11.];
    const LONG: [f64; 29] = [
        10., 12., 15., 13., 18., 22., 19., 25., 30., 41., 60., 72., 14., 15., 19., 16., 23., 25., 26., 28.,
        36., 43., 66., 75., 17., 20., 21., 22., 24.,
    ];

    /// Against slope, error, p-value, interval, residual sum of squares of statsmodels 0.15.0: `OLS.fit(cov_type=
    /// "HAC", cov_kwds={"maxlags": 2, "use_correction": True}, use_t=True)`, by `tests/oracle/statistics.py`.
    fn check(fit: &Fit, expected: [f64; 6]) {
        let SlopeInterval { slope, low, high } = fit.slope;
        let found = [slope, fit.standard_error, fit.p_value, low, high, fit.rss];
        for (found, wanted) in found.into_iter().zip(expected) {
            let tolerance = 1e-9_f64.max(1e-9 * wanted.abs());
            assert!((found - wanted).abs() < tolerance, "{found} is not {wanted}");
        }
    }

    #[test]
    fn a_line_with_newey_west_errors_as_statsmodels_fits_it() {
        let design = Design::plain(13).unwrap();
        let expected = [
            2.368_131_868_131_868_6,
            0.122_190_570_679_428_22,
            7.487_605_967_220_791e-10,
            2.099_192_235_363_318_6,
            2.637_071_500_900_418_6,
            145.642_857_142_857_1,
        ];
        check(&design.fit(&PLAIN), expected);
        let design = Design::plain(12).unwrap();
        let expected = [
            0.276_223_776_223_776_25,
            0.092_065_552_359_536_73,
            0.013_336_940_370_383_953,
            0.071_088_942_081_915_88,
            0.481_358_610_365_636_65,
            57.339_160_839_160_83,
        ];
        check(&design.fit(&TIED), expected);
    }

    #[test]
    fn a_season_is_swept_out_and_tested_as_statsmodels_does() {
        let (plain, seasonal) = (Design::plain(29).unwrap(), Design::seasonal(4, 29).unwrap());
        let fit = seasonal.fit(&LONG);
        let expected = [
            0.314_814_814_814_814_3,
            0.014_910_549_271_416_55,
            4.143_368_383_124_608e-13,
            0.283_205_862_400_038_75,
            0.346_423_767_229_589_9,
            22.000_000_000_000_014,
        ];
        check(&fit, expected);
        let p = season_p_value(&plain.fit(&LONG), &fit, &seasonal);
        assert!((p / 1.582_683_797_061_21e-18 - 1.0).abs() < 1e-3, "{p}");
        let flat = seasonal.without_season(&LONG, fit.slope.slope);
        let mean = |y: &[f64]| y.iter().sum::<f64>() / y.len() as f64;
        assert!((mean(&flat) - mean(&LONG)).abs() < 1e-9);
        let rest = Design::plain(29).unwrap().fit(&flat);
        assert!((rest.rss - 22.0).abs() < 1e-6 && (rest.slope.slope - fit.slope.slope).abs() < 1e-9);
    }

    #[test]
    fn constant_and_exact_series_stay_finite() {
        let design = Design::plain(8).unwrap();
        let flat = design.fit(&[0.1; 8]);
        assert_eq!((flat.slope.slope, flat.p_value, flat.standard_error), (0.0, 1.0, 0.0));
        let exact: Vec<f64> = (0..8).map(|t| 3.0 + 0.7 * f64::from(t)).collect();
        let exact = design.fit(&exact);
        assert!((exact.slope.slope - 0.7).abs() < 1e-12 && exact.p_value < 1e-9);
        assert!(Design::plain(2).is_none() && Design::seasonal(1, 13).is_none());
    }
}
