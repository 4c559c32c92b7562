//! What known customers carried home on each day, and what chance alone would make of it.

use patron_columns::{CustomerProductDay, RollupSource};
use patron_domain::{Day, PurchaseRule};
use rayon::prelude::*;

use super::{Calendar, bought};
use crate::AnalyticsError;

/// The days of known customers with a product in them, and how many products each held.
///
/// A visit stands for a customer's orders of a day. By chance a visit of s products in a month of S products in all (each
/// counted once a visit) holds a product that n visits of the month hold with probability n · s ÷ S: visits keep their
/// size, products their popularity, month by month.
#[derive(Clone, Debug, Default)]
pub(crate) struct VisitFacts {
    /// Where each customer's visits begin, by code; one more entry at the end.
    starts: Vec<usize>,
    day: Vec<Day>,
    products: Vec<u32>,
    /// Products of all visits of each month.
    month_products: Vec<u64>,
}

/// How often a product was bought again, and how often it would have been by chance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Again {
    pub(crate) product: u32,
    /// Visits with it after the same customer's first one with it.
    pub(crate) visits: u64,
    /// How many of the customers' later visits would hold it by chance.
    pub(crate) by_chance: f64,
}

impl VisitFacts {
    pub(crate) fn read(source: &dyn RollupSource, calendar: &Calendar) -> Result<Self, AnalyticsError> {
        let mut facts = Self { starts: vec![0], month_products: vec![0; calendar.len()], ..Self::default() };
        for batch in source.customer_days() {
            for customer in batch?.iter() {
                facts.starts.resize(customer.customer as usize + 1, facts.day.len());
                for day in customer.days.iter().filter(|day| day.products > 0) {
                    facts.month_products[calendar.place_of_day(day.day)] += u64::from(day.products);
                    facts.day.push(day.day);
                    facts.products.push(day.products);
                }
                facts.starts.push(facts.day.len());
            }
        }
        Ok(facts)
    }

    /// Number of visits.
    pub(crate) fn len(&self) -> usize {
        self.day.len()
    }

    /// Product by product, in order of their codes, those with a buyer.
    pub(crate) fn again(
        &self,
        source: &dyn RollupSource,
        calendar: &Calendar,
    ) -> Result<Vec<Again>, AnalyticsError> {
        let rule = source.purchase_rule();
        let mut all = Vec::new();
        for batch in source.customer_product_days() {
            let pieces: Vec<Vec<Again>> = batch?
                .par_chunk_by(|a, b| a.product == b.product)
                .fold(Vec::new, |mut piece, rows| {
                    piece.extend(self.again_of(rows, calendar, rule));
                    piece
                })
                .collect();
            all.extend(pieces.into_iter().flatten());
        }
        Ok(all)
    }

    fn again_of(
        &self,
        rows: &[CustomerProductDay],
        calendar: &Calendar,
        rule: PurchaseRule,
    ) -> Option<Again> {
        let is_bought = |row: &&CustomerProductDay| bought(row, rule);
        // of each month, the share of its products that are this one
        let mut shares = vec![0.0; calendar.len()];
        rows.iter().filter(is_bought).for_each(|row| shares[calendar.place_of_day(row.day)] += 1.0);
        let of_all = |(share, &all): (&mut f64, &u64)| *share /= all.max(1) as f64;
        shares.iter_mut().zip(&self.month_products).for_each(of_all);
        let mut again = Again { product: rows.first()?.product, ..Again::default() };
        for own in rows.chunk_by(|a, b| a.customer == b.customer) {
            let mut days = own.iter().filter(is_bought);
            let Some(first) = days.next() else { continue };
            again.visits += days.count() as u64;
            let visits = self.visits_of(first.customer);
            let later = visits.start + self.day[visits.clone()].partition_point(|day| *day <= first.day);
            for visit in later..visits.end {
                let share = shares[calendar.place_of_day(self.day[visit])];
                again.by_chance += (share * f64::from(self.products[visit])).min(1.0);
            }
        }
        Some(again)
    }

    fn visits_of(&self, customer: u32) -> std::ops::Range<usize> {
        let at = |place: usize| self.starts.get(place).copied().unwrap_or(self.day.len());
        at(customer as usize)..at(customer as usize + 1)
    }
}
