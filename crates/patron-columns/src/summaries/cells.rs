//! What every product brought in each month and country.

use patron_domain::{LineKind, Money, Month, NO_CODE};
use rayon::prelude::*;

use super::Today;
use crate::{Column, LineSource, Lines, RollupError};

/// One product in one month and country, returns taken off; services are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProductCell {
    /// Product code.
    pub product: u32,
    /// Calendar month.
    pub month: Month,
    /// Country code ([`NO_CODE`] where unknown).
    pub country: u32,
    /// Net units.
    pub quantity: i64,
    /// Net value.
    pub revenue: Money,
}

const COLUMNS: [Column; 6] =
    [Column::Product, Column::Country, Column::Time, Column::Quantity, Column::Amount, Column::Kind];

/// Shares that the products are dealt into; each is summed by itself, in the processor's cache.
const SHARES: usize = 256;

/// Every product, month and country with a sale or return line, in this order, in one batch for some products.
///
/// Memory: 24 bytes a line beside the result.
///
/// # Errors
/// As the source fails.
pub fn product_cells(source: &impl LineSource) -> Result<Vec<Vec<ProductCell>>, RollupError> {
    let products = source.products().max(1);
    let pieces: Vec<Dealt> = (0..source.pieces())
        .into_par_iter()
        .map(|piece| source.with_lines(piece, &COLUMNS, |lines| Dealt::new(lines, products)))
        .collect::<Result<_, _>>()?;
    Ok((0..SHARES).into_par_iter().map(|share| fold(pieces.iter().map(|piece| piece.of(share)))).collect())
}

/// A line, or some of one cell.
#[derive(Clone, Copy, Default)]
struct Entry {
    product: u32,
    month: i32,
    country: u32,
    quantity: i32,
    amount: Money,
}

impl Entry {
    fn key(&self) -> (u32, i32, u32) {
        (self.product, self.month, self.country)
    }
}

/// The lines of a piece, share after share.
struct Dealt {
    starts: Vec<usize>,
    entries: Vec<Entry>,
}

impl Dealt {
    fn new(lines: &Lines<'_>, products: usize) -> Self {
        let share = |product: u32| product as usize * SHARES / products;
        let is_counted =
            |row: &usize| lines.kind[*row] != LineKind::Service && lines.product[*row] != NO_CODE;
        let rows = || (0..lines.product.len()).filter(is_counted);
        let mut starts = vec![0; SHARES + 1];
        rows().for_each(|row| starts[share(lines.product[row]) + 1] += 1);
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![Entry::default(); starts[SHARES]];
        let mut today = Today::new();
        let mut month = today.day.month();
        for row in rows() {
            if today.moves_to(lines.time[row]) {
                month = today.day.month();
            }
            let product = lines.product[row];
            let slot = &mut next[share(product)];
            entries[*slot] = Entry {
                product,
                month: month.number(),
                country: lines.country[row],
                quantity: lines.quantity[row],
                amount: lines.amount[row],
            };
            *slot += 1;
        }
        Self { starts, entries }
    }

    fn of(&self, share: usize) -> &[Entry] {
        &self.entries[self.starts[share]..self.starts[share + 1]]
    }
}

/// Sums one share.
fn fold<'a>(pieces: impl Iterator<Item = &'a [Entry]> + Clone) -> Vec<ProductCell> {
    let entries = || pieces.clone().flatten();
    match Grid::around(entries()) {
        Some(grid) => grid.fold(entries()),
        None => sort_and_sum(entries().copied().collect()),
    }
}

/// Few lines in many possible cells.
fn sort_and_sum(mut entries: Vec<Entry>) -> Vec<ProductCell> {
    entries.sort_unstable_by_key(Entry::key);
    let sum = |same: &[Entry]| ProductCell {
        product: same[0].product,
        month: Month::from_number(same[0].month),
        country: same[0].country,
        quantity: same.iter().map(|entry| i64::from(entry.quantity)).sum(),
        revenue: same.iter().map(|entry| entry.amount).sum(),
    };
    entries.chunk_by(|a, b| a.key() == b.key()).map(sum).collect()
}

/// Every cell that some products can have, where most of them have lines.
struct Grid {
    product: u32,
    month: i32,
    /// How many of each; the last country is the one that is not known.
    products: usize,
    months: usize,
    countries: usize,
}

impl Grid {
    /// `None` when it would have many more cells than there are lines.
    fn around<'a>(entries: impl Iterator<Item = &'a Entry>) -> Option<Self> {
        let (mut product, mut month, mut country, mut lines) =
            ((u32::MAX, 0), (i32::MAX, i32::MIN), 0, 0_usize);
        for entry in entries {
            product = (product.0.min(entry.product), product.1.max(entry.product));
            month = (month.0.min(entry.month), month.1.max(entry.month));
            if entry.country != NO_CODE {
                country = country.max(entry.country);
            }
            lines += 1;
        }
        let products = (product.1.checked_sub(product.0)? as usize).checked_add(1)?;
        let months = (month.1.abs_diff(month.0) as usize).checked_add(1)?;
        let countries = country as usize + 2;
        let cells = products.checked_mul(months)?.checked_mul(countries)?;
        (cells <= lines.saturating_mul(4)).then_some(Self {
            product: product.0,
            month: month.0,
            products,
            months,
            countries,
        })
    }

    fn fold<'a>(&self, entries: impl Iterator<Item = &'a Entry>) -> Vec<ProductCell> {
        let mut cells = vec![(0_u32, 0_i64, Money::ZERO); self.products * self.months * self.countries];
        for entry in entries {
            let (product, month) = (entry.product - self.product, entry.month.abs_diff(self.month));
            let country = (entry.country as usize).min(self.countries - 1);
            let (lines, quantity, revenue) =
                &mut cells[(product as usize * self.months + month as usize) * self.countries + country];
            *lines = lines.saturating_add(1);
            *quantity += i64::from(entry.quantity);
            *revenue += entry.amount;
        }
        let cell = |(place, (_, quantity, revenue)): (usize, (u32, i64, Money))| {
            let (row, country) = (place / self.countries, place % self.countries);
            ProductCell {
                product: self.product + (row / self.months) as u32,
                month: Month::from_number(self.month + (row % self.months) as i32),
                country: if country == self.countries - 1 { NO_CODE } else { country as u32 },
                quantity,
                revenue,
            }
        };
        cells.into_iter().enumerate().filter(|(_, (lines, ..))| *lines > 0).map(cell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_summing_agree() {
        let entry = |n: u32| Entry {
            product: 40 + n % 3,
            month: -3 + (n % 7) as i32,
            country: if n % 5 == 4 { NO_CODE } else { n % 5 },
            quantity: n as i32 - 300,
            amount: Money::from_ten_thousandths(i64::from(n) * 7 - 100),
        };
        let entries: Vec<Entry> = (0..600).filter(|n| n % 11 != 0).map(entry).collect();
        let grid = Grid::around(entries.iter()).expect("three products in seven months and five countries");
        let cells = grid.fold(entries.iter());
        assert_eq!(cells, sort_and_sum(entries.clone()));
        assert_eq!(cells.len(), 3 * 7 * 5);
        assert!(Grid::around(entries[..2].iter()).is_none(), "two lines need no grid");
        assert!(Grid::around([].iter()).is_none());
    }
}
