//! Counting lines for the overviews before and after cleaning.

use patron_domain::{ColumnFacts, Day, Money, Overview, QuantilePoint, Timestamp};
use rustc_hash::FxHashMap;

use crate::field::{FIELD_COUNT, Field, FieldBits};

const PROBABILITIES: [f64; 9] = [0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0];

/// What one line adds to an overview; numbers in ten-thousandths.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LineNumbers {
    /// Bit per field: no value there.
    pub(crate) missing: FieldBits,
    pub(crate) quantity: Option<i64>,
    pub(crate) price: Option<i64>,
    pub(crate) amount: Money,
    /// Discount already taken off the amount.
    pub(crate) discount: Money,
}

/// A count per field.
#[derive(Clone, Copy, Debug)]
struct PerField([u64; FIELD_COUNT]);

impl Default for PerField {
    fn default() -> Self {
        Self([0; FIELD_COUNT])
    }
}

/// Sums and counts over lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    lines: u64,
    amount: i128,
    discount: i128,
    missing: PerField,
    quantities: FxHashMap<i64, u64>,
    prices: FxHashMap<i64, u64>,
}

impl Tally {
    pub(crate) fn add(&mut self, line: &LineNumbers) {
        self.lines += 1;
        self.amount += i128::from(line.amount.ten_thousandths());
        self.discount += i128::from(line.discount.ten_thousandths());
        let mut missing = line.missing;
        while missing != 0 {
            if let Some(count) = self.missing.0.get_mut(missing.trailing_zeros() as usize) {
                *count += 1;
            }
            missing &= missing - 1;
        }
        if let Some(quantity) = line.quantity {
            *self.quantities.entry(quantity).or_insert(0) += 1;
        }
        if let Some(price) = line.price {
            *self.prices.entry(price).or_insert(0) += 1;
        }
    }

    /// What remains without the lines of another tally, all of which this one holds too.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let rest = |all: &FxHashMap<i64, u64>, taken: &FxHashMap<i64, u64>| {
            let left = |(&value, &count): (&i64, &u64)| {
                (value, count - taken.get(&value).copied().unwrap_or(0).min(count))
            };
            all.iter().map(left).filter(|&(_, count)| count > 0).collect()
        };
        let mut missing = self.missing;
        for (count, taken) in missing.0.iter_mut().zip(other.missing.0) {
            *count = count.saturating_sub(taken);
        }
        Self {
            lines: self.lines.saturating_sub(other.lines),
            amount: self.amount - other.amount,
            discount: self.discount - other.discount,
            missing,
            quantities: rest(&self.quantities, &other.quantities),
            prices: rest(&self.prices, &other.prices),
        }
    }

    /// The overview, but for what only dictionaries know (different customers, products, orders, countries).
    pub(crate) fn overview(&self, fields: &[Field], span: Option<(Timestamp, Timestamp)>) -> Overview {
        let column = |&field: &Field| ColumnFacts {
            field: field.word().to_owned(),
            missing: self.missing.0.get(field.index()).copied().unwrap_or(0),
            quantiles: match field {
                Field::Quantity => quantiles(&self.quantities),
                Field::Price => quantiles(&self.prices),
                _ => Vec::new(),
            },
        };
        Overview {
            lines: self.lines,
            first_day: span.map(|(first, _)| Day::of(first)),
            last_day: span.map(|(_, last)| Day::of(last)),
            amount: money(self.amount),
            discount: money(self.discount),
            columns: fields.iter().map(column).collect(),
            ..Overview::default()
        }
    }
}

/// Money within its range; sums of accepted amounts are held in it line by line.
pub(crate) fn money(ten_thousandths: i128) -> Money {
    let held = ten_thousandths.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    Money::from_ten_thousandths(held as i64)
}

/// For each probability the smallest value with at least that share of the lines at or below it.
fn quantiles(counts: &FxHashMap<i64, u64>) -> Vec<QuantilePoint> {
    let mut sorted: Vec<(i64, u64)> = counts.iter().map(|(&value, &count)| (value, count)).collect();
    sorted.sort_unstable();
    let total: u64 = sorted.iter().map(|&(_, count)| count).sum();
    let value_at = |probability: f64| {
        let wanted = (probability * total as f64).ceil().max(1.0) as u64;
        let mut below = 0;
        let reached = |&&(_, count): &&(i64, u64)| {
            below += count;
            below >= wanted
        };
        sorted.iter().find(reached).or(sorted.last()).map(|&(value, _)| value)
    };
    let point = |probability| {
        value_at(probability)
            .map(|value| QuantilePoint { probability, value: value as f64 / Money::SCALE as f64 })
    };
    PROBABILITIES.into_iter().filter_map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_occur() {
        let counts: FxHashMap<i64, u64> = (1..=100).map(|value| (value * 10_000, 1)).collect();
        let values: Vec<f64> = quantiles(&counts).iter().map(|point| point.value).collect();
        assert_eq!(values, [1.0, 1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0, 100.0]);
        assert!(quantiles(&FxHashMap::default()).is_empty());
    }

    #[test]
    fn what_was_taken_out_is_not_left() {
        let line =
            |quantity, missing| LineNumbers { missing, quantity: Some(quantity), ..LineNumbers::default() };
        let (mut all, mut taken) = (Tally::default(), Tally::default());
        for line in [line(1, 1), line(2, 0), line(2, 1)] {
            all.add(&line);
        }
        taken.add(&line(2, 1));
        let left = all.without(&taken);
        assert_eq!((left.lines, left.missing.0[0], left.quantities[&2]), (2, 1, 1));
    }
}
