//! Purchase histories straight from the columns.

use patron_domain::{CustomerHistory, Day};
use rayon::prelude::*;

use crate::{SalesTable, customer_days::fold_days};

impl SalesTable {
    /// Every customer with a purchase on or before `as_of`: code and folded history, in order of the codes.
    pub fn histories(&self, as_of: Day) -> Vec<(u32, CustomerHistory)> {
        (0..self.customers())
            .into_par_iter()
            .with_min_len(1024)
            .map_init(Vec::new, |days, customer| {
                fold_days::<false>(self, customer, days);
                let folded = CustomerHistory::fold(days, self.rule, as_of)?;
                Some((customer as u32, folded))
            })
            .flatten_iter()
            .collect()
    }
}
