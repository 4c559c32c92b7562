//! Who has bought what, when first, when last and how often: cut at a day.

use patron_columns::{CustomerProductDay, RollupError, RollupSource};
use patron_domain::{Day, Money, PurchaseRule};

/// A customer and one product over all days that were looked at; 12 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purchased {
    /// Product code.
    pub product: u32,
    /// First and last day with it, counted from [`Purchases::origin`].
    first: u16,
    last: u16,
    /// Days with it.
    pub times: u16,
}

/// What customers bought between two days: customers × products, without the zeros.
///
/// A customer bought a product on a day with net units or net value above zero (under
/// [`PurchaseRule::AnyLine`] with any line). Memory: 12 bytes for each customer and product and as much again while it is
/// built, with the batch of the source beside it.
#[derive(Clone, Debug)]
pub struct Purchases {
    /// The day that days are counted from.
    origin: Day,
    /// The last day that was looked at.
    until: Day,
    products: usize,
    /// By customer code, where the customer's rows begin; one more entry for the end.
    starts: Vec<usize>,
    /// In order of the customers' codes, then of the products'.
    rows: Vec<Purchased>,
}

impl Purchases {
    /// Everything on or before `as_of`.
    ///
    /// # Errors
    /// As the source fails.
    pub fn until(source: &dyn RollupSource, as_of: Day) -> Result<Self, RollupError> {
        let origin = source.span().map_or(as_of, |span| span.first);
        Self::between(source, origin.plus_days(-1), as_of)
    }

    /// Everything later than `after` and not later than `until`; at most the first 179 years of it.
    ///
    /// # Errors
    /// As the source fails.
    pub fn between(source: &dyn RollupSource, after: Day, until: Day) -> Result<Self, RollupError> {
        let rule = source.purchase_rule();
        let counts = |row: &&CustomerProductDay| row.day > after && row.day <= until && is_bought(row, rule);
        let customers = source.catalog().customers.len();
        let mut starts = vec![0_usize; customers + 1];
        for batch in source.customer_product_days() {
            for own in of_one(&batch?) {
                starts[own[0].customer as usize + 1] += usize::from(own.iter().any(|row| counts(&row)));
            }
        }
        for customer in 0..customers {
            starts[customer + 1] += starts[customer];
        }
        let none = Purchased { product: 0, first: 0, last: 0, times: 0 };
        let mut rows = vec![none; starts[customers]];
        let mut next = starts.clone();
        for batch in source.customer_product_days() {
            for own in of_one(&batch?) {
                let mut row: Option<Purchased> = None;
                for bought in own.iter().filter(counts) {
                    let day = days(after, bought.day);
                    let first = Purchased { product: bought.product, first: day, last: day, times: 0 };
                    let row = row.get_or_insert(first);
                    row.last = day;
                    row.times = row.times.saturating_add(1);
                }
                if let Some(row) = row {
                    let slot = &mut next[own[0].customer as usize];
                    rows[*slot] = row;
                    *slot += 1;
                }
            }
        }
        Ok(Self { origin: after, until, products: source.catalog().skus.len(), starts, rows })
    }

    /// Customers in the dictionary.
    pub fn customers(&self) -> usize {
        self.starts.len() - 1
    }

    /// Products in the dictionary.
    pub fn products(&self) -> usize {
        self.products
    }

    /// What one customer bought, in order of the products' codes; empty for somebody unknown.
    pub fn of(&self, customer: u32) -> &[Purchased] {
        let at = customer as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&from), Some(&to)) => &self.rows[from..to],
            _ => &[],
        }
    }

    /// The last day that was looked at.
    pub fn last_day(&self) -> Day {
        self.until
    }

    /// The last day of a row.
    pub fn last(&self, row: &Purchased) -> Day {
        self.origin.plus_days(i32::from(row.last))
    }

    /// Days from the last day of a row to the end.
    pub fn since_last(&self, row: &Purchased) -> f64 {
        f64::from(days(self.origin, self.until) - row.last)
    }

    /// Days from the first day of a row to the end.
    pub fn since_first(&self, row: &Purchased) -> f64 {
        f64::from(days(self.origin, self.until) - row.first)
    }

    /// By product, its customers.
    pub fn buyers(&self) -> Vec<u32> {
        let mut buyers = vec![0; self.products];
        self.rows.iter().for_each(|row| buyers[row.product as usize] += 1);
        buyers
    }

    /// The same by product: where a product's customers begin, and their codes, ascending.
    pub(super) fn by_product(&self) -> (Vec<usize>, Vec<u32>) {
        let items = self.rows.iter().map(|row| row.product);
        transposed(self.products, &self.starts, items)
    }
}

/// Turns lists of columns by row into lists of rows by column.
pub(super) fn transposed(
    columns: usize,
    starts: &[usize],
    entries: impl Iterator<Item = u32> + Clone,
) -> (Vec<usize>, Vec<u32>) {
    let mut column_starts = vec![0_usize; columns + 1];
    entries.clone().for_each(|column| column_starts[column as usize + 1] += 1);
    for column in 0..columns {
        column_starts[column + 1] += column_starts[column];
    }
    let mut next = column_starts.clone();
    let mut rows = vec![0_u32; column_starts[columns]];
    let (mut row, mut at) = (0_u32, 0);
    for column in entries {
        while at >= starts[row as usize + 1] {
            row += 1;
        }
        let slot = &mut next[column as usize];
        rows[*slot] = row;
        *slot += 1;
        at += 1;
    }
    (column_starts, rows)
}

/// Whole days, at most 65,535.
fn days(from: Day, to: Day) -> u16 {
    u16::try_from(to.days_since(from).max(0)).unwrap_or(u16::MAX)
}

/// Groups of one product and customer.
fn of_one(rows: &[CustomerProductDay]) -> impl Iterator<Item = &[CustomerProductDay]> {
    rows.chunk_by(|a, b| (a.product, a.customer) == (b.product, b.customer))
}

pub(super) fn is_bought(row: &CustomerProductDay, rule: PurchaseRule) -> bool {
    row.quantity > 0 || row.revenue > Money::ZERO || rule == PurchaseRule::AnyLine
}
