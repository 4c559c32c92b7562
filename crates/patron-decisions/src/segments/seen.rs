//! What was bought by the day of the decision, read once for segments and retention alike.

use patron_columns::CustomerProductDay;
use patron_domain::{Day, Money, PurchaseRule};

use crate::{DecisionError, Shop};

/// A purchase day of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The day.
    pub day: Day,
    /// Net value of the day.
    pub net: Money,
    /// Lines, returns included.
    pub lines: u32,
    /// Distinct products among the sale lines.
    pub products: u32,
}

/// A customer who bought a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bought {
    /// The product's code.
    pub product: u32,
    /// Place of the customer in [`Shop::customers`].
    pub place: u32,
    /// First day with it.
    pub first: Day,
    /// Second day with it.
    pub second: Option<Day>,
    /// Last day with it.
    pub last: Day,
}

/// Purchase days and products of everybody in a [`Shop`], none of them later than its as-of date.
///
/// A product is bought on a day with net units or net value above zero, as in `patron-analytics`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    starts: Vec<usize>,
    visits: Vec<Visit>,
    bought: Vec<Bought>,
    breadth: Vec<u32>,
}

impl Seen {
    /// Reads two rollups, each in one pass.
    ///
    /// # Errors
    /// [`DecisionError::Rollup`] as the source fails.
    pub fn read(shop: &Shop<'_>) -> Result<Self, DecisionError> {
        let mut seen = Self { starts: vec![0], breadth: vec![0; shop.customers.len()], ..Self::default() };
        let rule = shop.source.purchase_rule();
        for batch in shop.source.customer_days() {
            for customer in batch?.iter() {
                let next = shop.customers.get(seen.starts.len() - 1);
                if next.is_none_or(|next| next.code != customer.customer) {
                    continue;
                }
                let until = customer.days.partition_point(|day| day.day <= shop.as_of);
                let bought = customer.days[..until].iter().filter(|day| day.is_purchase(rule));
                let visit = |day: &patron_domain::CustomerDay| Visit {
                    day: day.day,
                    net: day.net(),
                    lines: day.lines,
                    products: day.products,
                };
                seen.visits.extend(bought.map(visit));
                seen.starts.push(seen.visits.len());
            }
        }
        let mut place_of = vec![None; shop.source.catalog().customers.len()];
        for (place, customer) in (0..).zip(&shop.customers) {
            place_of[customer.code as usize] = Some(place);
        }
        for batch in shop.source.customer_product_days() {
            for rows in batch?.chunk_by(|a, b| (a.product, a.customer) == (b.product, b.customer)) {
                let Some(place) = place_of[rows[0].customer as usize] else {
                    continue;
                };
                let mut days = rows.iter().filter(|row| row.day <= shop.as_of && is_bought(row, rule));
                let Some(first) = days.next().map(|row| row.day) else {
                    continue;
                };
                let second = days.next().map(|row| row.day);
                let last = days.next_back().map(|row| row.day).or(second).unwrap_or(first);
                seen.bought.push(Bought { product: rows[0].product, place, first, second, last });
                seen.breadth[place as usize] += 1;
            }
        }
        Ok(seen)
    }

    /// Purchase days of the customer at a place of [`Shop::customers`], in time order.
    pub fn visits(&self, place: usize) -> &[Visit] {
        match self.starts.get(place..place + 2) {
            Some(ends) => &self.visits[ends[0]..ends[1]],
            None => &[],
        }
    }

    /// Distinct products that the customer at a place has bought.
    pub fn breadth(&self, place: usize) -> u32 {
        self.breadth.get(place).copied().unwrap_or(0)
    }

    /// Buyers of each product, product by product in order of their codes, buyers in order of their places.
    pub fn products(&self) -> impl Iterator<Item = &[Bought]> {
        self.bought.chunk_by(|a, b| a.product == b.product)
    }
}

fn is_bought(row: &CustomerProductDay, rule: PurchaseRule) -> bool {
    row.quantity > 0 || row.revenue > Money::ZERO || rule == PurchaseRule::AnyLine
}
