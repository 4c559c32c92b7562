//! The rollup `CustomerProductDay`, folded in one pass.

use patron_columns::{CustomerProductDay, RollupSource};
use patron_domain::{Day, Money, PurchaseRule};
use rayon::prelude::*;

use super::{Calendar, CustomerFacts, ProductFacts};
use crate::AnalyticsError;
use crate::stats::median;

/// One product and the known customers who bought it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PairRecord {
    pub(crate) product: u32,
    /// Customers with a day on which they bought it, and with two or more.
    pub(crate) customers: u64,
    pub(crate) repeat_customers: u64,
    /// Net revenue of it from these customers.
    pub(crate) revenue: Money,
    /// Median days from one such day to the next.
    pub(crate) median_gap: Option<f64>,
    /// Customers old enough to know who began with it, and those who came back in time.
    pub(crate) began: u64,
    pub(crate) began_and_returned: u64,
}

/// Net spend on one product, one entry per customer who bought it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spenders {
    pub(crate) product: u32,
    /// Net spend, bits 0–2 the customer's kinds over the log, bit 3 whether bought on two or more days.
    pub(crate) spend: Vec<(Money, u8)>,
}

/// From so many calendar months on, customers of the log's first month do not count where first purchases are asked
/// for: most of them bought before the log begins, so that their first line is no first purchase.
const LONG_LOG: usize = 6;

/// Who bought what.
#[derive(Clone, Debug, Default)]
pub(crate) struct PairFacts {
    /// By product code; products without a known customer are absent.
    pub(crate) products: Vec<PairRecord>,
    /// The product with the most customers who bought it on two or more days; ties by SKU.
    pub(crate) most_repeated: Option<Spenders>,
    /// The product with the most units.
    pub(crate) favourite: Option<Spenders>,
    /// New customers old enough to know whether they returned in time, and those who did.
    pub(crate) old_enough: u64,
    pub(crate) returned: u64,
}

/// What a pass over pairs must know of a customer.
#[derive(Clone, Copy, Default)]
struct Buyer {
    first: Option<Day>,
    kinds: u8,
    old_enough: bool,
    returned: bool,
}

impl PairFacts {
    /// A return within `return_days` of the first purchase counts.
    pub(crate) fn read(
        source: &dyn RollupSource,
        calendar: &Calendar,
        customers: &CustomerFacts,
        products: &ProductFacts,
        return_days: u32,
    ) -> Result<Self, AnalyticsError> {
        let rule = source.purchase_rule();
        let buyers = buyers(calendar, customers, source.catalog().customers.len(), return_days);
        let count = |wanted: fn(&&Buyer) -> bool| buyers.iter().filter(wanted).count() as u64;
        let (old_enough, returned) = (count(|b| b.old_enough), count(|b| b.old_enough && b.returned));
        let mut facts = Self { old_enough, returned, ..Self::default() };
        let mut most: Option<PairRecord> = None;
        for batch in source.customer_product_days() {
            let batch = batch?;
            let pieces: Vec<Vec<PairRecord>> = batch
                .par_chunk_by(|a, b| a.product == b.product)
                .fold(Vec::new, |mut piece, rows| {
                    piece.extend(fold(rows, &buyers, rule));
                    piece
                })
                .collect();
            let rows_of = |product: u32| {
                let start = batch.partition_point(|row| row.product < product);
                &batch[start..start + batch[start..].partition_point(|row| row.product == product)]
            };
            let mut better = false;
            for record in pieces.iter().flatten() {
                let key = |r: &PairRecord| (r.repeat_customers as i64, r.product);
                if record.repeat_customers > 0
                    && most.is_none_or(|most| products.by_units(key(record), key(&most)).is_lt())
                {
                    (most, better) = (Some(*record), true);
                }
                if Some(record.product) == products.favourite {
                    facts.favourite = Some(spenders(rows_of(record.product), &buyers, rule));
                }
            }
            if let Some(most) = most.filter(|_| better) {
                facts.most_repeated = Some(spenders(rows_of(most.product), &buyers, rule));
            }
            facts.products.extend(pieces.into_iter().flatten());
        }
        Ok(facts)
    }

    /// The record of a product.
    pub(crate) fn of(&self, product: u32) -> Option<&PairRecord> {
        let place = self.products.binary_search_by_key(&product, |record| record.product).ok()?;
        self.products.get(place)
    }
}

fn buyers(calendar: &Calendar, facts: &CustomerFacts, known: usize, return_days: u32) -> Vec<Buyer> {
    let highest = facts.customers.last().map_or(0, |customer| customer.customer as usize + 1);
    let mut buyers = vec![Buyer::default(); known.max(highest)];
    let is_new = |first: Day| calendar.len() < LONG_LOG || calendar.place_of_day(first) > 0;
    for customer in &facts.customers {
        let watched = |first: Day| calendar.span.map_or(0, |span| span.last.days_since(first));
        let within = |days: i32| days <= return_days as i32;
        buyers[customer.customer as usize] = Buyer {
            first: customer.first,
            kinds: customer.kinds,
            old_enough: customer
                .first
                .is_some_and(|first| is_new(first) && watched(first) >= return_days as i32),
            returned: customer.first.zip(customer.second).is_some_and(|(a, b)| within(b.days_since(a))),
        };
    }
    buyers
}

/// Whether a customer bought a product on a day.
pub(crate) fn bought(row: &CustomerProductDay, rule: PurchaseRule) -> bool {
    row.quantity > 0 || row.revenue > Money::ZERO || rule == PurchaseRule::AnyLine
}

fn fold(rows: &[CustomerProductDay], buyers: &[Buyer], rule: PurchaseRule) -> Option<PairRecord> {
    let mut gaps: Vec<i32> = Vec::new();
    let mut record = PairRecord {
        product: rows.first()?.product,
        customers: 0,
        repeat_customers: 0,
        revenue: Money::ZERO,
        median_gap: None,
        began: 0,
        began_and_returned: 0,
    };
    for own in rows.chunk_by(|a, b| a.customer == b.customer) {
        let buyer = buyers.get(own[0].customer as usize).copied().unwrap_or_default();
        let (mut days, mut last) = (0_u32, None);
        let mut revenue = Money::ZERO;
        for row in own {
            revenue += row.revenue;
            if !bought(row, rule) {
                continue;
            }
            days += 1;
            if let Some(last) = last.replace(row.day) {
                gaps.push(row.day.days_since(last));
            }
            if buyer.old_enough && buyer.first == Some(row.day) {
                record.began += 1;
                record.began_and_returned += u64::from(buyer.returned);
            }
        }
        if days > 0 {
            record.customers += 1;
            record.repeat_customers += u64::from(days > 1);
            record.revenue += revenue;
        }
    }
    record.median_gap = median(&mut gaps, f64::from);
    Some(record)
}

fn spenders(rows: &[CustomerProductDay], buyers: &[Buyer], rule: PurchaseRule) -> Spenders {
    let each = rows.chunk_by(|a, b| a.customer == b.customer).filter_map(|own| {
        let days = own.iter().filter(|row| bought(row, rule)).count();
        let buyer = buyers.get(own[0].customer as usize).copied().unwrap_or_default();
        let spend: Money = own.iter().map(|row| row.revenue).sum();
        (days > 0).then_some((spend, buyer.kinds | u8::from(days > 1) << 3))
    });
    Spenders { product: rows.first().map_or(0, |row| row.product), spend: each.collect() }
}
