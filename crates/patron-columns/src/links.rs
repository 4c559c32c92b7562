//! Which purchase a cancellation takes back.

use patron_domain::LineKind;
use rayon::prelude::*;

use crate::SalesTable;

impl SalesTable {
    /// Pairs (row of a return line, row of the sale line it cancels), where that sale is unique: the only earlier
    /// line of the same customer and product at the same unit price with at least as many units.
    pub fn cancellation_links(&self) -> Vec<(u32, u32)> {
        let of_customer = |customer: usize| {
            let rows = self.rows_of(customer);
            let returns = rows.clone().filter(|&row| self.kind[row] == LineKind::Return);
            let links: Vec<(u32, u32)> =
                returns.filter_map(|row| Some((row as u32, self.only_match(row)?))).collect();
            links
        };
        (0..self.customers()).into_par_iter().with_min_len(256).flat_map_iter(of_customer).collect()
    }

    fn only_match(&self, cancelled: usize) -> Option<u32> {
        let start = self.customer_starts[self.customer[cancelled] as usize] as usize;
        let mut matches = (start..cancelled).filter(|&row| self.could_be_cancelled_by(row, cancelled));
        let only = matches.next()?;
        matches.next().is_none().then_some(only as u32)
    }

    fn could_be_cancelled_by(&self, sale: usize, cancelled: usize) -> bool {
        let same_price = || {
            let cross = |amount: usize, quantity: usize| {
                i128::from(self.amount[amount].ten_thousandths()) * i128::from(self.quantity[quantity])
            };
            cross(sale, cancelled) == cross(cancelled, sale)
        };
        self.product[sale] == self.product[cancelled]
            && self.kind[sale] == LineKind::Sale
            && i64::from(self.quantity[sale]) >= -i64::from(self.quantity[cancelled])
            && same_price()
    }
}
