//! Which products known customers buy on one day: counted in one pass over sorted keys.

use patron_columns::RollupSource;
use rayon::prelude::*;

use super::{Calendar, bought};
use crate::AnalyticsError;

/// Of some products, how often two of them share a visit, and how often by chance.
#[derive(Clone, Debug)]
pub(crate) struct Together {
    products: usize,
    /// By product: visits with it.
    pub(crate) visits: Vec<u64>,
    /// By pair, [`Together::place`].
    pub(crate) both: Vec<u32>,
    /// By pair.
    pub(crate) by_chance: Vec<f64>,
}

impl Together {
    /// Of these products, at most 65,536, by their codes.
    pub(crate) fn read(
        source: &dyn RollupSource,
        calendar: &Calendar,
        products: &[u32],
    ) -> Result<Self, AnalyticsError> {
        let (count, rule) = (products.len(), source.purchase_rule());
        let mut slots: Vec<(u32, u16)> = products.iter().copied().zip(0..=u16::MAX).collect();
        slots.sort_unstable();
        let slot =
            |product: u32| slots.binary_search_by_key(&product, |slot| slot.0).ok().map(|at| slots[at].1);
        let origin = calendar.month(0).first_day();
        let mut keys: Vec<(u32, u32, u16)> = Vec::new();
        for batch in source.customer_product_days() {
            for rows in batch?.chunk_by(|a, b| a.product == b.product) {
                let Some(slot) = slot(rows[0].product) else { continue };
                let is_bought = rows.iter().filter(|row| bought(row, rule));
                keys.extend(
                    is_bought
                        .map(|row| (row.customer, row.day.days_since(origin).max(0).cast_unsigned(), slot)),
                );
            }
        }
        keys.par_sort_unstable();
        let pairs = count * count.saturating_sub(1) / 2;
        let mut facts = Self {
            products: count,
            visits: vec![0; count],
            both: vec![0; pairs],
            by_chance: vec![0.0; pairs],
        };
        let mut months = vec![MonthSums::default(); calendar.len()];
        let mut by_month = vec![0_u32; count * calendar.len()];
        for visit in keys.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let place = calendar.place_of_day(origin.plus_days(visit[0].1.cast_signed()));
            months[place].add(visit.len());
            for (at, &(_, _, one)) in visit.iter().enumerate() {
                facts.visits[usize::from(one)] += 1;
                by_month[place * count + usize::from(one)] += 1;
                // slots ascend within a visit
                visit[at + 1..].iter().for_each(|&(_, _, other)| {
                    let pair = facts.place(usize::from(one), usize::from(other));
                    facts.both[pair] += 1;
                });
            }
        }
        for (sums, own) in months.iter().zip(by_month.chunks(count.max(1))) {
            facts.add_chance(sums, own);
        }
        Ok(facts)
    }

    /// Where two products, by their places with `one` before `other`, stand among the pairs.
    pub(crate) fn place(&self, one: usize, other: usize) -> usize {
        one * (2 * self.products - one - 1) / 2 + other - one - 1
    }

    /// Places of all pairs, in their order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let products = self.products;
        (0..products).flat_map(move |one| (one + 1..products).map(move |other| (one, other)))
    }

    /// Adds what chance makes of a month: the visits' pairs, Σ s(s − 1) ÷ 2, dealt out in proportion to nᵢ · nⱼ.
    fn add_chance(&mut self, sums: &MonthSums, own: &[u32]) {
        let all: f64 = own.iter().map(|&n| f64::from(n)).sum();
        let squares: f64 = own.iter().map(|&n| f64::from(n).powi(2)).sum();
        if sums.ordered_pairs == 0 || all * all <= squares {
            return;
        }
        let factor = sums.ordered_pairs as f64 / (all * all - squares);
        for (one, &n) in own.iter().enumerate().filter(|&(_, &n)| n > 0) {
            let start = one * (2 * self.products - one - 1) / 2;
            let rest = &mut self.by_chance[start..start + self.products - one - 1];
            let scale = factor * f64::from(n);
            rest.iter_mut().zip(&own[one + 1..]).for_each(|(chance, &m)| *chance += scale * f64::from(m));
        }
    }
}

/// The visits of a month.
#[derive(Clone, Copy, Debug, Default)]
struct MonthSums {
    /// Σ s(s − 1) over visits of s products.
    ordered_pairs: u64,
}

impl MonthSums {
    fn add(&mut self, products: usize) {
        let size = products as u64;
        self.ordered_pairs += size * (size - 1);
    }
}
