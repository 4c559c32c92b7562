//! A customer's own margin rate, held back toward that of all: Bühlmann & Straub (1970).

use super::group::MarginSum;

/// How the rates of one customer's products differ; revenue is the weight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Spread {
    /// Products with a known margin and net revenue above zero.
    cells: u32,
    revenue: f64,
    margin: f64,
    /// Σ margin² ÷ revenue.
    squares: f64,
}

impl Spread {
    /// Adds what was earned on one product.
    pub(super) fn add(&mut self, cell: &MarginSum) {
        let (revenue, margin) = (cell.known_revenue().to_f64(), cell.margin_f64());
        if revenue > 0.0 {
            self.cells += 1;
            self.revenue += revenue;
            self.margin += margin;
            self.squares += margin * margin / revenue;
        }
    }

    /// Weighted squares of the products' rates around the customer's own.
    fn within(&self) -> f64 {
        if self.revenue > 0.0 {
            (self.squares - self.margin * self.margin / self.revenue).max(0.0)
        } else {
            0.0
        }
    }
}

/// Rate and weight of the own purchases for each customer; `None` for all where nothing is known of anybody.
///
/// With revenue vᵢ and rate xᵢ of customer i, x̄ = Σvᵢxᵢ ÷ Σvᵢ, s² the weighted variance of products within
/// customers and a that between them (both unbiased), the rate is z xᵢ + (1 − z) x̄ with z = vᵢ ÷ (vᵢ + s² ÷ a). Where
/// customers do not differ (a ≤ 0) everybody has x̄.
pub(super) fn rates(spreads: &[Spread]) -> Vec<Option<(f64, f64)>> {
    let known = || spreads.iter().filter(|spread| spread.revenue > 0.0);
    let revenue: f64 = known().map(|spread| spread.revenue).sum();
    if revenue <= 0.0 {
        return vec![None; spreads.len()];
    }
    let mean = known().map(|spread| spread.margin).sum::<f64>() / revenue;
    let freedom: f64 = known().map(|spread| f64::from(spread.cells) - 1.0).sum();
    let within = if freedom > 0.0 { known().map(Spread::within).sum::<f64>() / freedom } else { 0.0 };
    let squares: f64 = known().map(|spread| spread.revenue * spread.revenue).sum();
    let around = |spread: &Spread| spread.revenue * (spread.margin / spread.revenue - mean).powi(2);
    let customers = known().count() as f64;
    let scale = revenue - squares / revenue;
    let between = if scale > 0.0 {
        (known().map(around).sum::<f64>() - (customers - 1.0) * within) / scale
    } else {
        0.0
    };
    let one = |spread: &Spread| {
        if spread.revenue <= 0.0 || between <= 0.0 || freedom <= 0.0 {
            return Some((mean, 0.0));
        }
        let weight = spread.revenue / (spread.revenue + within / between);
        Some((weight * spread.margin / spread.revenue + (1.0 - weight) * mean, weight))
    };
    spreads.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cells: &[(f64, f64)]) -> Spread {
        let mut spread = Spread::default();
        for &(revenue, margin) in cells {
            spread.cells += 1;
            spread.revenue += revenue;
            spread.margin += margin;
            spread.squares += margin * margin / revenue;
        }
        spread
    }

    #[test]
    fn the_rate_is_worked_out_by_hand() {
        // rates .2 and .4 on 100 each; .6 and .8 on 100 each: x̄ = .5, s² = (2 + 2) ÷ 2 = 2
        // between: (200·.04 + 200·.04 − 1·2) ÷ (400 − 200) = 14 ÷ 200 = .07; K = 2 ÷ .07; z = 200 ÷ (200 + 28.571) = .875
        let found =
            rates(&[of(&[(100.0, 20.0), (100.0, 40.0)]), of(&[(100.0, 60.0), (100.0, 80.0)]), of(&[])]);
        let expected = [(0.325, 0.875), (0.675, 0.875), (0.5, 0.0)];
        for (found, expected) in found.iter().zip(expected) {
            let (rate, weight) = found.unwrap();
            assert!(
                (rate - expected.0).abs() < 1e-12 && (weight - expected.1).abs() < 1e-12,
                "{rate} {weight}"
            );
        }
    }

    #[test]
    fn customers_who_do_not_differ_have_the_rate_of_all() {
        let same = of(&[(10.0, 3.0), (20.0, 6.0)]);
        assert!(
            rates(&[same, same]).iter().all(|found| found.is_some_and(|(rate, z)| rate == 0.3 && z == 0.0))
        );
        assert_eq!(rates(&[of(&[]), of(&[])]), [None, None]);
    }
}
