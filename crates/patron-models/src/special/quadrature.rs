//! Integrals of positive functions given as logarithms.

use super::ln_sum_exp;

/// Nodes of Gauss's rule of 16 points on [−1, 1], the positive half, with their weights.
pub(crate) const GAUSS_16: [(f64, f64); 8] = [
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_096),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_894),
    (0.865_631_202_387_831_8, 0.095_158_511_682_492_79),
    (0.755_404_408_355_003, 0.124_628_971_255_533_88),
    (0.617_876_244_402_643_8, 0.149_595_988_816_576_74),
    (0.458_016_777_657_227_37, 0.169_156_519_395_002_54),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_58),
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
];

/// Nodes of Gauss's rule of 5 points on [−1, 1], with their weights.
pub(crate) const GAUSS_5: [(f64, f64); 5] = [
    (-0.906_179_845_938_664, 0.236_926_885_056_189_1),
    (-0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
    (0.0, 0.568_888_888_888_888_9),
    (0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
    (0.906_179_845_938_664, 0.236_926_885_056_189_1),
];

/// Intervals after which what is left is taken as it is.
const MOST_PANELS: u32 = 20_000;

/// ln ∫ e^`ln_f` over [`low`, `high`], for a smooth `ln_f` with one hump; −∞ for an empty interval.
///
/// Gauss's rule of 16 points, on halves of an interval until they agree with the whole, measured against the largest
/// part seen: where the function is negligible nothing is refined. Nothing overflows, whatever the size of `ln_f`. A
/// plateau that ends within the last 200th of the interval is not seen to end: cut the interval there.
pub(crate) fn ln_integral(ln_f: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    if high.partial_cmp(&low) != Some(std::cmp::Ordering::Greater) {
        return f64::NEG_INFINITY;
    }
    let mut total = f64::NEG_INFINITY;
    let whole = Panel::new(&ln_f, low, high, (low, ln_f(low)));
    let mut largest = whole.ln_integral;
    let mut panels = 0;
    let mut open = vec![whole];
    while let Some(panel) = open.pop() {
        let middle = panel.low + 0.5 * (panel.high - panel.low);
        let halves = [(panel.low, middle), (middle, panel.high)]
            .map(|(low, high)| Panel::new(&ln_f, low, high, panel.highest));
        let [left, right] = [halves[0].ln_integral, halves[1].ln_integral];
        let (sum, whole) = (ln_sum_exp(left, Some(right)), panel.ln_integral);
        largest = largest.max(left).max(right);
        panels += 1;
        // the halves are exact to the 32nd power of what the whole is: the bound is wide
        let difference = (sum - whole).abs();
        let agree = difference < 1e-6 && difference * (sum - largest).exp() < 1e-11;
        let most = panel.ln_most().max(halves[0].ln_most()).max(halves[1].ln_most());
        let negligible = most < largest - 45.0 || most == f64::NEG_INFINITY;
        if agree || negligible || panels > MOST_PANELS {
            total = ln_sum_exp(total, Some(sum));
        } else {
            open.extend(halves);
        }
    }
    total
}

/// One interval.
struct Panel {
    low: f64,
    high: f64,
    ln_integral: f64,
    /// Where the function is highest of all places looked at, and its logarithm there. With the ends among them a narrow
    /// hump hides nowhere: the end next to it is above all that lies beyond.
    highest: (f64, f64),
}

impl Panel {
    /// `known`: the highest place seen in an interval that holds this one.
    fn new(ln_f: &impl Fn(f64) -> f64, low: f64, high: f64, known: (f64, f64)) -> Self {
        let (middle, half) = (0.5 * (low + high), 0.5 * (high - low));
        let mut highest = if (low..=high).contains(&known.0) { known } else { (low, f64::NEG_INFINITY) };
        let mut look = |at: f64| {
            let value = ln_f(at);
            if value > highest.1 {
                highest = (at, value);
            }
            value
        };
        look(low);
        look(high);
        let values: [f64; 16] = std::array::from_fn(|i| {
            let node = GAUSS_16[i / 2].0;
            look(middle + if i % 2 == 0 { half * node } else { -half * node })
        });
        let top = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let part = |(i, value): (usize, &f64)| GAUSS_16[i / 2].1 * (value - top).exp();
        let ln_integral = match top {
            f64::NEG_INFINITY => top,
            _ => top + (half * values.iter().enumerate().map(part).sum::<f64>()).ln(),
        };
        Self { low, high, ln_integral, highest }
    }

    fn ln_most(&self) -> f64 {
        self.highest.1 + (self.high - self.low).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrals_known_in_closed_form() {
        let check =
            |got: f64, expected: f64| assert!((got / expected - 1.0).abs() < 1e-13, "{got} {expected}");
        check(ln_integral(|v| -v, 0.0, 700.0).exp(), 1.0);
        check(ln_integral(|v| -1e4 * v, 0.0, 700.0).exp(), 1e-4);
        // a narrow hump on a wide interval, and one whose size no f64 holds
        check(
            ln_integral(|v| -0.5 * (1e3 * (v - 31.7)).powi(2), -1e3, 1e3).exp(),
            2.506_628_274_631_000_5e-3,
        );
        let huge = ln_integral(|v| 5e3 - 0.5 * v * v, -40.0, 40.0);
        check(huge, 5e3 + 0.918_938_533_204_672_8);
        check(ln_integral(|v| 3.0 * v.ln(), 0.0, 2.0).exp(), 4.0);
        assert_eq!(ln_integral(|_| 0.0, 2.0, 2.0), f64::NEG_INFINITY);
    }
}
