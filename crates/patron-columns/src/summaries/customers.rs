//! What every customer has bought.

use patron_domain::{Day, LineKind, Money, NO_CODE};
use rayon::prelude::*;

use super::Today;
use crate::lines::each_customer;
use crate::{Column, LineSource, Lines, RollupError};

/// All sale and return lines of one customer; services are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerSummary {
    /// Customer code.
    pub customer: u32,
    /// Orders with a sale line.
    pub orders: u32,
    /// Days with a line.
    pub days: u32,
    /// The first of them.
    pub first: Day,
    /// The last of them.
    pub last: Day,
    /// Net units.
    pub quantity: i64,
    /// Net value.
    pub revenue: Money,
}

const COLUMNS: [Column; 6] =
    [Column::Customer, Column::Time, Column::Quantity, Column::Amount, Column::Kind, Column::OpensOrder];

/// Every known customer with a sale or return line, in order of their codes, in one batch a piece of `source`.
///
/// # Errors
/// As the source fails.
pub fn customer_summaries(source: &impl LineSource) -> Result<Vec<Vec<CustomerSummary>>, RollupError> {
    let pieces = (0..source.pieces()).into_par_iter();
    pieces.map(|piece| source.with_lines(piece, &COLUMNS, fold)).collect()
}

fn fold(lines: &Lines<'_>) -> Vec<CustomerSummary> {
    let mut customers = Vec::new();
    each_customer(&lines.customer, |customer, rows| {
        if customer == NO_CODE {
            return;
        }
        let (time, amount) = (&lines.time[rows.clone()], &lines.amount[rows.clone()]);
        let (quantity, kind) = (&lines.quantity[rows.clone()], &lines.kind[rows.clone()]);
        let opens = &lines.opens_order[rows];
        let mut found = CustomerSummary {
            customer,
            orders: 0,
            days: 0,
            first: Day::from_number(0),
            last: Day::from_number(0),
            quantity: 0,
            revenue: Money::ZERO,
        };
        let mut today = Today::new();
        let values = time.iter().zip(amount).zip(quantity.iter().zip(kind)).zip(opens);
        for (((&time, &amount), (&quantity, &kind)), &opens) in values {
            if kind == LineKind::Service {
                continue;
            }
            if today.moves_to(time) || found.days == 0 {
                if found.days == 0 {
                    found.first = today.day;
                }
                found.days += 1;
            }
            found.orders += u32::from(opens);
            found.quantity += i64::from(quantity);
            found.revenue += amount;
        }
        if found.days > 0 {
            found.last = today.day;
            customers.push(found);
        }
    });
    customers
}
