//! The distributions that are drawn from.

use rand::RngExt;
use rand_distr::{Beta, Distribution, Exp1, Gamma};

use crate::SynthError;
use crate::seed::SynthRng;

/// A gamma distribution that knows its shape; the rate comes with each draw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GammaShape(Gamma<f64>);

impl GammaShape {
    /// # Errors
    /// [`SynthError::OutOfRange`] naming `field` unless the shape is positive and finite.
    pub(crate) fn new(field: &str, shape: f64) -> Result<Self, SynthError> {
        Gamma::new(shape, 1.0).map(Self).map_err(|_| SynthError::OutOfRange {
            field: field.to_owned(),
            value: shape,
            rule: "positive and finite",
        })
    }
}

/// A draw from Gamma(shape, *rate*): mean shape ÷ rate. The literature's α, ν and v are rates, the library's
/// distribution takes a scale; this is the one place that turns one into the other.
pub(crate) fn gamma_with_rate(rng: &mut SynthRng, shape: GammaShape, rate: f64) -> f64 {
    let scale = 1.0 / rate;
    shape.0.sample(rng) * scale
}

/// A draw from the exponential distribution with mean 1.
pub(crate) fn unit_wait(rng: &mut SynthRng) -> f64 {
    Exp1.sample(rng)
}

/// The drop-out probabilities of BG/NBD.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DropoutShape {
    /// a = 0.
    Never,
    /// Beta(a, b).
    Beta(Beta<f64>),
}

impl DropoutShape {
    /// # Errors
    /// [`SynthError::OutOfRange`] naming `buying.a` unless a ≥ 0 and b > 0.
    pub(crate) fn new(a: f64, b: f64) -> Result<Self, SynthError> {
        if a == 0.0 {
            return Ok(Self::Never);
        }
        let refused = SynthError::OutOfRange {
            field: "buying.a".to_owned(),
            value: a,
            rule: "finite, like `buying.b`",
        };
        Beta::new(a, b).map(Self::Beta).map_err(|_| refused)
    }

    pub(crate) fn draw(self, rng: &mut SynthRng) -> f64 {
        match self {
            Self::Never => 0.0,
            Self::Beta(beta) => beta.sample(rng),
        }
    }
}

/// Indices 0, 1, 2 … in proportion to weights: the first whose running sum passes a random point, found from a guide
/// that knows for each of as many equal stretches of the line where to begin to look (Chen & Asau 1974).
#[derive(Clone, Debug)]
pub(crate) struct Weighted {
    running: Vec<f64>,
    guide: Vec<u32>,
}

impl Weighted {
    /// From weights that are not negative, one of them positive.
    pub(crate) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        let running = weights.into_iter().map(|weight| {
            sum += weight;
            sum
        });
        let running: Vec<f64> = running.collect();
        let stretch = sum / running.len() as f64;
        let start = |number| running.partition_point(|&running| running <= number as f64 * stretch) as u32;
        let guide = (0..running.len()).map(start).collect();
        Self { running, guide }
    }

    /// One draw.
    pub(crate) fn draw(&self, rng: &mut SynthRng) -> usize {
        let uniform = rng.random::<f64>();
        let last = self.running.len().saturating_sub(1);
        let point = uniform * self.running.last().copied().unwrap_or(0.0);
        let start = self.guide.get((uniform * self.guide.len() as f64) as usize);
        let mut index = start.map_or(0, |&start| start as usize).min(last);
        // The guide may be off by a rounding error.
        while index > 0 && self.running[index - 1] > point {
            index -= 1;
        }
        while index < last && self.running[index] <= point {
            index += 1;
        }
        index
    }
}

/// Whether something of probability `chance` happens; always one draw, so that a rate moves nothing else.
pub(crate) fn happens(rng: &mut SynthRng, chance: f64) -> bool {
    rng.random::<f64>() < chance
}

/// 1, 2, 3 … from the geometric distribution with the mean `mean` (at least 1), held at `most`.
pub(crate) fn geometric(rng: &mut SynthRng, mean: f64, most: usize) -> usize {
    let failure = 1.0 - 1.0 / mean;
    let uniform = 1.0 - rng.random::<f64>();
    let extra = if failure > 0.0 { (uniform.ln() / failure.ln()).floor() } else { 0.0 };
    ((extra as usize).saturating_add(1)).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeedTree;

    const DRAWS: usize = 200_000;

    fn mean_of(mut draw: impl FnMut(&mut SynthRng) -> f64) -> f64 {
        let mut rng = SeedTree::new(3).child("test", 0);
        (0..DRAWS).map(|_| draw(&mut rng)).sum::<f64>() / DRAWS as f64
    }

    #[test]
    fn a_gamma_has_mean_shape_over_rate() {
        let shape = GammaShape::new("r", 0.25).unwrap();
        let mean = mean_of(|rng| gamma_with_rate(rng, shape, 4.0));
        // Standard deviation of the mean: √(0.25) ÷ 4 ÷ √200000 = 0.00028.
        assert!((mean - 0.0625).abs() < 4.0 * 0.000_28, "{mean}");
    }

    #[test]
    fn dropout_has_mean_a_over_a_plus_b() {
        let shape = DropoutShape::new(0.8, 2.4).unwrap();
        let mean = mean_of(|rng| shape.draw(rng));
        assert!((mean - 0.25).abs() < 0.002, "{mean}");
        assert_eq!(mean_of(|rng| DropoutShape::Never.draw(rng)), 0.0);
    }

    #[test]
    fn weights_are_hit_in_proportion_and_zeros_never() {
        let weighted = Weighted::new([0.0, 1.0, 0.0, 3.0, 0.0]);
        let mut hits = [0_u32; 5];
        mean_of(|rng| {
            hits[weighted.draw(rng)] += 1;
            0.0
        });
        assert_eq!((hits[0], hits[2], hits[4]), (0, 0, 0));
        assert!((f64::from(hits[3]) / DRAWS as f64 - 0.75).abs() < 0.004);
    }

    #[test]
    fn the_guide_finds_what_a_search_finds() {
        let weights: Vec<f64> = (1..=1_000).map(|rank| f64::from(rank).powf(-1.1)).collect();
        let weighted = Weighted::new(weights);
        let (mut one, mut other) = (SeedTree::new(3).child("test", 0), SeedTree::new(3).child("test", 0));
        for _ in 0..DRAWS {
            let point = other.random::<f64>() * weighted.running.last().unwrap();
            let searched = weighted.running.partition_point(|&running| running <= point).min(999);
            assert_eq!(weighted.draw(&mut one), searched);
        }
    }

    #[test]
    fn geometric_has_its_mean_and_its_cap() {
        let mean = mean_of(|rng| geometric(rng, 4.5, 10_000) as f64);
        assert!((mean - 4.5).abs() < 0.04, "{mean}");
        assert_eq!(mean_of(|rng| geometric(rng, 1.0, 10) as f64), 1.0);
        assert!(mean_of(|rng| geometric(rng, 40.0, 3) as f64) <= 3.0);
    }
}
