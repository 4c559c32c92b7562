//! What a part's share of a total does from month to month.

use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use super::slope::{Design, long_run_variance};

/// A log-linear trend of a share, and what speaks for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShareTrend {
    /// b: change per month of the logarithm of the share.
    pub(crate) slope: f64,
    /// Deviance that b explains.
    pub(crate) explained: f64,
    /// Deviance that the months of the year explain beside it, and how many levels they add; zero without them.
    pub(crate) season_explained: f64,
    pub(crate) season_levels: usize,
    /// Pearson's χ² ÷ degrees of freedom.
    pub(crate) dispersion: f64,
    /// Degrees of freedom: months that can differ, less what was fitted to them.
    pub(crate) freedom: f64,
    /// Long-run variance of the score of b ÷ what independent months of this dispersion would have; 0 where unknown.
    pub(crate) persistence: f64,
}

/// A model at its maximum.
struct Fitted {
    slope: f64,
    deviance: f64,
    /// Pearson's χ² ÷ degrees of freedom of the months that can differ.
    dispersion: f64,
    freedom: f64,
    /// Long-run variance of the score of b ÷ its information.
    long_run: f64,
}

/// The steepest change per month that is told from an even steeper one: sevenfold, or to a seventh.
const STEEPEST: f64 = 2.0;

impl Design {
    /// Quasi-Poisson fit of y with the logarithm of `total` as offset: E yₜ = totalₜ · exp(levelₜ + b·t), with one level, or
    /// one for each month of the year.
    ///
    /// What grows or shrinks with the whole shop, and the shop's own season, drop out; months count by what they weigh.
    /// The levels drop out of the likelihood in closed form; b is found by Newton's method on the concave rest
    /// (McCullagh & Nelder 1989, chapter 9). Negative values count as zero. `None` where y or the total is zero
    /// throughout.
    pub(crate) fn share(&self, y: &[f64], total: &[f64]) -> Option<ShareTrend> {
        let counted = |(y, total): (&f64, &f64)| if *total > 0.0 { (y.max(0.0), *total) } else { (0.0, 0.0) };
        let (y, total): (Vec<f64>, Vec<f64>) = y.iter().zip(total).map(counted).unzip();
        let flat = self.fit_share(&y, &total, &self.group, Some(0.0))?;
        let sloped = self.fit_share(&y, &total, &self.group, None)?;
        let plain = self.fit_share(&y, &total, &vec![0; y.len()], None)?;
        Some(ShareTrend {
            slope: sloped.slope,
            explained: (flat.deviance - sloped.deviance).max(0.0),
            season_explained: (plain.deviance - sloped.deviance).max(0.0),
            season_levels: self.groups - 1,
            dispersion: sloped.dispersion,
            freedom: sloped.freedom,
            persistence: if sloped.dispersion > 0.0 { sloped.long_run / sloped.dispersion } else { 0.0 },
        })
    }

    fn fit_share(&self, y: &[f64], total: &[f64], group: &[u8], fixed: Option<f64>) -> Option<Fitted> {
        let middle = (y.len() as f64 - 1.0) / 2.0;
        let x = |time: usize| time as f64 - middle;
        let mut slope = fixed.unwrap_or(0.0);
        let mut fit = Means::new(y, total, group, slope, x)?;
        for _ in 0..if fixed.is_some() { 0 } else { 60 } {
            let step = (fit.score / fit.information.max(f64::MIN_POSITIVE)).clamp(-0.5, 0.5);
            let next = (slope + step).clamp(-STEEPEST, STEEPEST);
            let done = (next - slope).abs() < 1e-10;
            slope = next;
            fit = Means::new(y, total, group, slope, x)?;
            if done || fit.information <= 0.0 {
                break;
            }
        }
        let term = |(y, mean): (&f64, &f64)| if *y > 0.0 { y * (y / mean).ln() } else { 0.0 };
        let deviance = 2.0 * y.iter().zip(&fit.mean).map(term).sum::<f64>();
        let can_differ = fit.mean.iter().filter(|mean| **mean > 0.0).count();
        let freedom = can_differ.saturating_sub(fit.levels + 1) as f64;
        let pearson: f64 = y
            .iter()
            .zip(&fit.mean)
            .filter(|(_, mean)| **mean > 0.0)
            .map(|(y, mean)| (y - mean).powi(2) / mean)
            .sum();
        let scores: Vec<f64> = (0..y.len()).map(|t| (x(t) - fit.centre[t]) * (y[t] - fit.mean[t])).collect();
        let correction = y.len() as f64 / self.freedom() as f64;
        let long_run = if fit.information > 0.0 {
            correction * long_run_variance(&scores).max(0.0) / fit.information
        } else {
            0.0
        };
        Some(Fitted { slope, deviance, dispersion: pearson / freedom.max(1.0), freedom, long_run })
    }
}

/// The expected values under one slope, with the levels at their best.
struct Means {
    mean: Vec<f64>,
    /// x̄ of the level of each month, weighted by the expected values.
    centre: Vec<f64>,
    /// Levels with something in them.
    levels: usize,
    score: f64,
    information: f64,
}

impl Means {
    fn new(y: &[f64], total: &[f64], group: &[u8], slope: f64, x: impl Fn(usize) -> f64) -> Option<Self> {
        let mut sums = [(0.0_f64, 0.0_f64, 0.0_f64); 12];
        let weight = |time: usize| total[time] * (slope * x(time)).exp();
        for (time, &level) in group.iter().enumerate() {
            let sum = &mut sums[usize::from(level)];
            sum.0 += y[time];
            sum.1 += weight(time);
            sum.2 += weight(time) * x(time);
        }
        let levels = sums.iter().filter(|sum| sum.0 > 0.0).count();
        let of = |level: u8| sums[usize::from(level)];
        let mean: Vec<f64> = (0..y.len())
            .map(|time| match of(group[time]) {
                (sold, all, _) if all > 0.0 => sold * weight(time) / all,
                _ => 0.0,
            })
            .collect();
        let centre: Vec<f64> = group
            .iter()
            .map(|&level| of(level))
            .map(|(_, all, moment)| if all > 0.0 { moment / all } else { 0.0 })
            .collect();
        let score = (0..y.len()).map(|t| x(t) * (y[t] - mean[t])).sum();
        let information = (0..y.len()).map(|t| mean[t] * (x(t) - centre[t]).powi(2)).sum();
        (levels > 0).then_some(Self { mean, centre, levels, score, information })
    }
}

/// Upper tail of (explained ÷ extra) ÷ scale under F(extra, freedom).
pub(crate) fn f_tail(explained: f64, extra: f64, scale: f64, freedom: f64) -> f64 {
    if explained <= 0.0 {
        return 1.0;
    }
    if scale <= 0.0 {
        return 0.0;
    }
    FisherSnedecor::new(extra, freedom).map_or(1.0, |f| f.sf(explained / extra / scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2, 4, 6 of equal totals: e^b solves 2u² − u − 4 = 0, worked out with pencil and paper.
    #[test]
    fn three_months_by_hand() {
        let found = Design::plain(3).unwrap().share(&[2.0, 4.0, 6.0], &[7.0; 3]).unwrap();
        assert!((found.slope - ((1.0 + 33.0_f64.sqrt()) / 4.0).ln()).abs() < 1e-9, "{found:?}");
        assert!((found.explained - 2.043_764_993_394_177).abs() < 1e-9, "{found:?}");
        assert!(
            (found.dispersion - 0.049_759_898_425_088_49).abs() < 1e-9 && found.freedom == 1.0,
            "{found:?}"
        );
        assert_eq!((found.season_levels, found.season_explained), (0, 0.0));
    }

    #[test]
    fn what_the_shop_does_drops_out() {
        let shop: Vec<f64> =
            (0..24).map(|t| 100.0 * 1.1_f64.powi(t) * if t % 12 > 9 { 4.0 } else { 1.0 }).collect();
        let design = Design::seasonal(1, 24).unwrap();
        let steady: Vec<f64> = shop.iter().map(|total| total / 50.0).collect();
        let found = design.share(&steady, &shop).unwrap();
        assert!(
            found.slope.abs() < 1e-9 && found.explained < 1e-6 && found.season_explained < 1e-6,
            "{found:?}"
        );
        let growing: Vec<f64> =
            steady.iter().zip(0..).map(|(y, t)| y * (0.05 * f64::from(t)).exp()).collect();
        let found = design.share(&growing, &shop).unwrap();
        assert!((found.slope - 0.05).abs() < 1e-9 && found.explained > 10.0, "{found:?}");
        assert!(found.season_explained < 1e-6, "{found:?}");
        let summer = |t: usize| if (5..8).contains(&(t % 12)) { 6.0 } else { 1.0 };
        let seasonal: Vec<f64> = steady.iter().enumerate().map(|(t, y)| y * summer(t)).collect();
        let found = design.share(&seasonal, &shop).unwrap();
        assert!(found.slope.abs() < 1e-9 && found.season_explained > 10.0, "{found:?}");
        assert_eq!(found.season_levels, 11);
    }

    #[test]
    fn nothing_sold_has_no_trend_and_a_dead_product_a_steep_one() {
        let design = Design::plain(12).unwrap();
        assert!(design.share(&[0.0; 12], &[5.0; 12]).is_none());
        assert!(design.share(&[1.0; 12], &[0.0; 12]).is_none());
        let mut dead = [0.0; 12];
        (dead[0], dead[1]) = (-3.0, 9.0);
        let found = design.share(&dead, &[5.0; 12]).unwrap();
        assert!(found.slope.is_finite() && found.explained.is_finite(), "{found:?}");
    }
}
