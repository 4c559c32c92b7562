//! A line through changes of price and demand.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A value with its error and 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Estimate {
    pub(super) fn new(value: f64, standard_error: f64, quantile: f64) -> Self {
        let reach = quantile * standard_error;
        Self { value, standard_error, low: value - reach, high: value + reach }
    }

    /// Whether 0 lies outside the interval.
    pub fn is_significant(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// One change: whose, how far the price moved, how far demand did, and how sure that is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub(super) cluster: u32,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) variance: f64,
}

/// y = intercept + slope · x.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) slope: Estimate,
    pub(super) intercept: f64,
    /// What changes differ by beyond what counting explains.
    pub(super) spread: f64,
}

/// Weighted least squares with weights 1 ÷ (variance + τ²), τ² by the method of moments (DerSimonian & Laird 1986, Control.
/// Clin. Trials 7, for a line); the slope's error clustered (points of one cluster come together), Student t with clusters
/// − 2 degrees of freedom. `None` below three clusters or where x does not vary.
pub(super) fn line(points: &[Point]) -> Option<Line> {
    let clusters = points.chunk_by(|a, b| a.cluster == b.cluster).count();
    if clusters < 3 {
        return None;
    }
    let plain = Sums::of(points, 0.0)?;
    let scatter: f64 = points.iter().map(|point| plain.rest(point).powi(2) / point.variance).sum();
    let spread = ((scatter - (points.len() as f64 - 2.0)) / plain.freedom(points)).max(0.0);
    let sums = Sums::of(points, spread)?;
    let influence = |own: &[Point]| {
        own.iter().map(|p| (p.x - sums.mean_x) * sums.rest(p) / (p.variance + spread)).sum::<f64>()
    };
    let squares: f64 = points.chunk_by(|a, b| a.cluster == b.cluster).map(|own| influence(own).powi(2)).sum();
    let count = clusters as f64;
    let error = (squares * count / (count - 2.0)).sqrt() / sums.xx;
    let quantile = StudentsT::new(0.0, 1.0, count - 2.0).ok()?.inverse_cdf(0.975);
    Some(Line {
        slope: Estimate::new(sums.slope, error, quantile),
        intercept: sums.mean_y - sums.slope * sums.mean_x,
        spread,
    })
}

struct Sums {
    mean_x: f64,
    mean_y: f64,
    /// Σ w (x − x̄)².
    xx: f64,
    slope: f64,
}

impl Sums {
    fn of(points: &[Point], spread: f64) -> Option<Self> {
        let weight = |point: &Point| 1.0 / (point.variance + spread);
        let all: f64 = points.iter().map(weight).sum();
        let mean = |of: fn(&Point) -> f64| points.iter().map(|p| weight(p) * of(p)).sum::<f64>() / all;
        let (mean_x, mean_y) = (mean(|p| p.x), mean(|p| p.y));
        let xx: f64 = points.iter().map(|p| weight(p) * (p.x - mean_x).powi(2)).sum();
        let xy: f64 = points.iter().map(|p| weight(p) * (p.x - mean_x) * (p.y - mean_y)).sum();
        // a thousandth of the price is no change
        (xx > all * 1e-6).then(|| Self { mean_x, mean_y, xx, slope: xy / xx })
    }

    fn rest(&self, point: &Point) -> f64 {
        point.y - self.mean_y - self.slope * (point.x - self.mean_x)
    }

    /// tr(W) − tr((X′WX)⁻¹ X′W²X) with the weights 1 ÷ variance.
    fn freedom(&self, points: &[Point]) -> f64 {
        let (mut all, mut squares, mut squares_xx) = (0.0, 0.0, 0.0);
        for point in points {
            let weight = 1.0 / point.variance;
            all += weight;
            squares += weight * weight;
            squares_xx += weight * weight * (point.x - self.mean_x).powi(2);
        }
        all - squares / all - squares_xx / self.xx
    }
}

/// Draws values towards their common centre: each is its own estimate and the centre, weighed by how sure the one is and
/// how much values differ (method of moments around the centre). In the order given: value and standard error.
pub(super) fn shrink(own: &[(f64, f64)], centre: (f64, f64)) -> Vec<(f64, f64)> {
    let weights: f64 = own.iter().map(|(_, error)| error.powi(-2)).sum();
    let squares: f64 = own.iter().map(|(_, error)| error.powi(-4)).sum();
    let scatter: f64 = own.iter().map(|(value, error)| ((value - centre.0) / error).powi(2)).sum();
    let left = weights - squares / weights;
    let between = if left > 0.0 { ((scatter - (own.len() as f64 - 1.0)) / left).max(0.0) } else { 0.0 };
    let drawn = |&(value, error): &(f64, f64)| {
        let trust = between / (between + error * error);
        let variance = trust * error * error + ((1.0 - trust) * centre.1).powi(2);
        (trust * value + (1.0 - trust) * centre.0, variance.sqrt())
    };
    own.iter().map(drawn).collect()
}
