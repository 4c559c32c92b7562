//! What a clean log leaves out, and what its cancellations take back.

use std::collections::{HashMap, HashSet};

use csv::Writer;
use patron_domain::{Money, NO_CODE};

use crate::DirtKind;
use crate::export::time;
use crate::orders::{Order, OrderLine, Origin, Service};
use crate::world::customer_id;

/// A line of the raw log that a clean one leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsideLine {
    /// Its number in the raw log, counted from 2 (the header is line 1).
    pub line: u64,
    /// [`DirtKind::Duplicate`], [`DirtKind::ZeroPrice`] or [`DirtKind::NegativePrice`].
    pub kind: DirtKind,
    /// Stock code.
    pub sku: String,
    /// The line as a CSV file in the columns of Online Retail has it, without the line feed.
    pub raw: String,
    /// Its value.
    pub amount: Money,
    /// What promotions take off it.
    pub discount: Money,
}

/// What is beside a clean log, since it was last asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aside {
    /// Lines left out, in order.
    pub lines: Vec<AsideLine>,
    /// Lines of cancellations and returns, each with the line whose goods go back: both counted from 0 over the
    /// lines that were not left out.
    pub links: Vec<(u64, u64)>,
}

/// Keeps [`Aside`] up to date.
#[derive(Default)]
pub(crate) struct Sorter {
    aside: Aside,
    /// Lines that were not left out.
    kept: u64,
    /// Orders that something takes back; `None`: any may be, and what takes it back follows before the next person's.
    taken_back: Option<HashSet<(u64, u32)>>,
    person: Option<u64>,
    /// By order and product, the number among the lines that were not left out.
    purchases: HashMap<((u64, u32), u32), u64>,
}

impl Sorter {
    /// For orders in any sequence.
    pub(crate) fn of(orders: &[Order]) -> Self {
        let taken_back = orders.iter().filter(|order| order.is_cancellation).map(|order| order.source);
        Self { taken_back: Some(taken_back.collect()), ..Self::default() }
    }

    pub(crate) fn take(&mut self) -> Aside {
        std::mem::take(&mut self.aside)
    }

    /// Notes a line that stays.
    pub(crate) fn keep(&mut self, order: &Order, line: &OrderLine) {
        let (number, product) = (self.kept, line.line.product);
        self.kept += 1;
        match line.origin {
            Origin::Sale => {
                let is_taken_back = match &self.taken_back {
                    Some(orders) => orders.contains(&order.source),
                    None => {
                        if self.person != Some(order.source.0) {
                            self.person = Some(order.source.0);
                            self.purchases.clear();
                        }
                        true
                    }
                };
                if is_taken_back {
                    self.purchases.insert((order.source, product), number);
                }
            }
            Origin::Cancellation | Origin::Return => {
                let purchase = self.purchases.get(&(order.source, product));
                self.aside.links.extend(purchase.map(|purchase| (number, *purchase)));
            }
            _ => {}
        }
    }

    /// Notes a line that is left out.
    pub(crate) fn leave_out(
        &mut self,
        kind: DirtKind,
        line: u64,
        order: (&str, &Order),
        article: &(String, String),
        sold: (&OrderLine, &str),
    ) {
        let ((number, order), (sold, country)) = (order, sold);
        let customer = if order.customer == NO_CODE { String::new() } else { customer_id(order.customer) };
        let (quantity, price) = (sold.line.quantity.to_string(), sold.line.price.to_string());
        let time = time(order.timestamp);
        let fields = [number, &article.0, &article.1, &quantity, &time, &price, &customer, country];
        self.aside.lines.push(AsideLine {
            line,
            kind,
            sku: article.0.clone(),
            raw: csv_line(&fields),
            amount: sold.line.amount(),
            discount: sold.line.discount(),
        });
    }
}

/// Why a clean log leaves the line out.
pub(crate) fn dirt(line: &OrderLine) -> Option<DirtKind> {
    match line.origin {
        Origin::Duplicate => Some(DirtKind::Duplicate),
        Origin::Sample => Some(DirtKind::ZeroPrice),
        Origin::Service(Service::BadDebt) => Some(DirtKind::NegativePrice),
        Origin::Sale | Origin::Cancellation | Origin::Return | Origin::Service(_) => None,
    }
}

fn csv_line(fields: &[&str]) -> String {
    let mut line = Writer::from_writer(Vec::new());
    // writing to memory does not fail, and what is lost with it is only how the line looked
    let written = line.write_record(fields).ok().and_then(|()| line.into_inner().ok()).unwrap_or_default();
    String::from_utf8_lossy(&written).trim_end().to_owned()
}
