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
    pub(crate) fn new(value: f64, standard_error: f64, quantile: f64) -> Self {
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

/// y = slope · x.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) slope: Estimate,
    /// What changes differ by beyond what counting explains.
    pub(super) spread: f64,
}

/// Weighted least squares through the origin with weights 1 ÷ (variance + τ²), τ² by the method of moments (DerSimonian &
/// Laird 1986, Control. Clin. Trials 7, for a line); the slope's error clustered (points of one cluster come together),
/// Student t with clusters − 1 degrees of freedom. `None` below three clusters.
pub(super) fn line(points: &[Point]) -> Option<Line> {
    let clusters = points.chunk_by(|a, b| a.cluster == b.cluster).count();
    if clusters < 3 {
        return None;
    }
    let (plain, xx) = slope(points, 0.0)?;
    let scatter: f64 = points.iter().map(|p| (p.y - plain * p.x).powi(2) / p.variance).sum();
    let all: f64 = points.iter().map(|p| 1.0 / p.variance).sum();
    let taken: f64 = points.iter().map(|p| (p.x / p.variance).powi(2)).sum::<f64>() / xx;
    let spread = ((scatter - (points.len() as f64 - 1.0)) / (all - taken)).max(0.0);
    let (value, xx) = slope(points, spread)?;
    let influence =
        |own: &[Point]| own.iter().map(|p| p.x * (p.y - value * p.x) / (p.variance + spread)).sum::<f64>();
    let squares: f64 = points.chunk_by(|a, b| a.cluster == b.cluster).map(|own| influence(own).powi(2)).sum();
    let count = clusters as f64;
    let error = (squares * count / (count - 1.0)).sqrt() / xx;
    let quantile = StudentsT::new(0.0, 1.0, count - 1.0).ok()?.inverse_cdf(0.975);
    Some(Line { slope: Estimate::new(value, error, quantile), spread })
}

/// Σ w x y ÷ Σ w x², and Σ w x².
pub(super) fn slope(points: &[Point], spread: f64) -> Option<(f64, f64)> {
    let sum = |of: fn(&Point) -> f64| points.iter().map(|p| of(p) / (p.variance + spread)).sum::<f64>();
    let xx = sum(|p| p.x * p.x);
    (xx > 0.0).then(|| (sum(|p| p.x * p.y) / xx, xx))
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
