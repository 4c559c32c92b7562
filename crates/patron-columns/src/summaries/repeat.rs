//! Which products customers come back for.

use patron_domain::{LineKind, NO_CODE};
use rayon::prelude::*;

use super::Today;
use crate::lines::each_customer;
use crate::{Column, LineSource, Lines, RollupError};

/// The known customers who bought a product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RepeatCustomers {
    /// Product code.
    pub product: u32,
    /// Customers with a sale line of it.
    pub customers: u32,
    /// Those with sale lines of it on two days or more.
    pub repeat_customers: u32,
}

const COLUMNS: [Column; 4] = [Column::Customer, Column::Product, Column::Time, Column::Kind];

/// Every product that a known customer bought, in order of the codes.
///
/// # Errors
/// As the source fails.
pub fn repeat_customers(source: &impl LineSource) -> Result<Vec<RepeatCustomers>, RollupError> {
    let none = || vec![(0, 0); source.products()];
    let counts = (0..source.pieces())
        .into_par_iter()
        .try_fold(none, |mut counts, piece| {
            source.with_lines(piece, &COLUMNS, |lines| add(&mut counts, lines))?;
            Ok::<_, RollupError>(counts)
        })
        .try_reduce(none, |mut left, right| {
            left.iter_mut().zip(right).for_each(|(left, right)| {
                left.0 += right.0;
                left.1 += right.1;
            });
            Ok(left)
        })?;
    let found = (0_u32..).zip(counts).filter(|(_, (customers, _))| *customers > 0);
    let found = found.map(|(product, (customers, repeat_customers))| RepeatCustomers {
        product,
        customers,
        repeat_customers,
    });
    Ok(found.collect())
}

fn add(counts: &mut [(u32, u32)], lines: &Lines<'_>) {
    let mut bought: Vec<u64> = Vec::new();
    let mut today = Today::new();
    each_customer(&lines.customer, |customer, rows| {
        if customer == NO_CODE {
            return;
        }
        bought.clear();
        // product and day in one word, so that sorting compares one number
        for row in rows.filter(|&row| lines.kind[row] == LineKind::Sale && lines.product[row] != NO_CODE) {
            today.moves_to(lines.time[row]);
            bought.push(u64::from(lines.product[row]) << 32 | u64::from(today.day.number().cast_unsigned()));
        }
        bought.sort_unstable();
        for days in bought.chunk_by(|a, b| a >> 32 == b >> 32) {
            let (customers, repeat) = &mut counts[(days[0] >> 32) as usize];
            *customers += 1;
            *repeat += u32::from(days[0] != days[days.len() - 1]);
        }
    });
}
