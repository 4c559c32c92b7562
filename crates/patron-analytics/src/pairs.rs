//! Products that go together.

use crate::facts::{Together, product_ref};
use crate::stats::{benjamini_hochberg, poisson_at_least, poisson_at_most, poisson_interval};
use crate::{Analysis, AnalyticsError, PairKind, ProductPair};

impl Analysis<'_> {
    /// Products that share more or fewer visits than by chance; see [`ProductPair`].
    ///
    /// # Errors
    /// As the source fails.
    pub fn product_pairs(&self) -> Result<Vec<ProductPair>, AnalyticsError> {
        let visits = self.visit_facts()?.len();
        if visits == 0 {
            return Ok(Vec::new());
        }
        let facts = self.product_facts()?;
        let mut popular: Vec<usize> = (0..facts.products.len()).collect();
        popular.sort_by_key(|&place| std::cmp::Reverse(facts.products[place].orders)); // stable: ties stay in SKU order
        popular.truncate(self.options.pair_products.min(usize::from(u16::MAX)));
        popular.sort_unstable();
        let codes: Vec<u32> = popular.iter().map(|&place| facts.products[place].product).collect();
        let together = Together::read(self.source, &self.orders().calendar, &codes)?;
        let p_value = |(&both, &chance): (&u32, &f64)| {
            // within one standard deviation nothing will be said, whatever the adjusting makes of it
            if (f64::from(both) - chance).powi(2) < chance {
                return 1.0;
            }
            let both = u64::from(both);
            (2.0 * poisson_at_least(both, chance).min(poisson_at_most(both, chance))).min(1.0)
        };
        let p_values: Vec<f64> = together.both.iter().zip(&together.by_chance).map(p_value).collect();
        let q_values = benjamini_hochberg(&p_values);
        let row = |(one, other): (usize, usize)| {
            let place = together.place(one, other);
            let (both, by_chance, q_value) =
                (u64::from(together.both[place]), together.by_chance[place], q_values[place]);
            if q_value >= self.options.level {
                return None;
            }
            let (low, high) = poisson_interval(both);
            let (low, high) = (low / by_chance, high / by_chance);
            let kind = match self.options.pair_factor {
                factor if low > factor => PairKind::Together,
                factor if high * factor < 1.0 => PairKind::Apart,
                _ => return None,
            };
            let of = |product: usize| both as f64 / together.visits[product].max(1) as f64;
            Some(ProductPair {
                kind,
                first: product_ref(self.source, codes[one]),
                second: product_ref(self.source, codes[other]),
                visits: both,
                by_chance,
                lift: both as f64 / by_chance,
                lift_low: low,
                lift_high: high,
                support: both as f64 / visits as f64,
                share_of_first: of(one),
                share_of_second: of(other),
                q_value,
            })
        };
        let mut rows: Vec<ProductPair> = together.pairs().filter_map(row).collect();
        let surplus = |row: &ProductPair| (row.visits as f64 - row.by_chance).abs();
        // stable: ties stay in SKU order
        rows.sort_by(|a, b| a.kind.cmp(&b.kind).then_with(|| surplus(b).total_cmp(&surplus(a))));
        Ok(rows)
    }
}
