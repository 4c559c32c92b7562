//! Orders from rows: neighbouring rows of one order number become the lines of that order.
//!
//! Shop systems export whole orders: one row per line item with what belongs to the order on its first row only, or on
//! all of them; or one row per order followed by one per item; or one row per order and no items at all. One rule
//! reads them all: rows that follow one another under one order number are one order, a field of the order is the
//! first value that any of them has, and a row without any field of an item describes the order alone.

mod assemble;
mod backs;
mod items;
mod kept;
mod lines;
mod money;
mod packed;
mod read;
mod words;

use std::sync::Arc;

use patron_domain::{Money, StatusCount, StatusMeaning, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::field::{Field, FieldBits};
use crate::inspect::Plan;
use crate::line::{Faulty, LineReader, OrderTells};
use crate::mapping::ColumnMap;
use crate::overlay::{OrderRule, OrderSettings, Overlay};
use crate::people::KnownBy;
use crate::profile::Profile;
use crate::rows::Row;
use crate::tally::money;
pub(crate) use backs::{Backs, SeenRows, money_text};
use kept::KeptRows;
pub(crate) use lines::WaitingLine;
pub(crate) use packed::PackedColumns;

/// How the orders of a file are read.
#[derive(Clone, Debug)]
pub(crate) struct OrderPlan {
    pub(crate) settings: OrderSettings,
    /// Rules that set whole orders aside; none where the profile leaves the rules of formats out.
    pub(crate) rules: Vec<OrderRule>,
    /// Whether rows name items; else each is a whole order.
    pub(crate) has_items: bool,
    /// Whether rows are lines that say nothing of their order's money: then each stands for itself, with its own status.
    pub(crate) row_by_row: bool,
    /// Whether an order number that comes again is a repetition.
    pub(crate) repeats: bool,
    pub(crate) has_order_numbers: bool,
    pub(crate) has_total: bool,
    pub(crate) has_order_discount: bool,
    /// Whether quantities are written without the refunded units.
    pub(crate) less_refunds: bool,
    pub(crate) packed: PackedColumns,
}

impl OrderPlan {
    pub(crate) fn new(
        map: &ColumnMap,
        columns: &[String],
        overlay: Option<&Overlay>,
        profile: &Profile,
    ) -> Self {
        let of_platform = overlay.and_then(|overlay| overlay.orders.as_ref());
        let settings = of_platform.or(Overlay::of_any_orders().orders.as_ref()).cloned().unwrap_or_default();
        let row_by_row = map.has_items() && !map.has_money_of_orders();
        let quantities = map.get(Field::Quantity).and_then(|column| columns.get(column));
        let less_refunds =
            quantities.is_some_and(|heading| settings.quantities_less_refunds.contains(heading));
        Self {
            rules: if profile.uses_overlay() { settings.rules.clone() } else { Vec::new() },
            settings,
            has_items: map.has_items(),
            row_by_row,
            repeats: !row_by_row && (of_platform.is_some() || map.has_money_of_orders()),
            has_order_numbers: map.has(Field::Order) && !row_by_row,
            has_total: map.has(Field::OrderTotal),
            has_order_discount: map.has(Field::OrderDiscount),
            less_refunds,
            packed: PackedColumns::new(map, columns),
        }
    }
}

/// What was counted of a file's orders.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OrderCounts {
    pub(crate) rows: u64,
    pub(crate) order_rows: u64,
    pub(crate) lines_made: u64,
    pub(crate) orders: u64,
    pub(crate) disagreeing_orders: u64,
    pub(crate) disagreeing_amount: i128,
    pub(crate) total: i128,
    pub(crate) refunds_dated: bool,
    pub(crate) edited_orders: u64,
    pub(crate) edited_amount: i128,
}

/// Collects the rows of one order, then yields its lines.
pub(crate) struct Orders {
    plan: OrderPlan,
    told_currency: Option<String>,
    rows: KeptRows,
    number: Vec<u8>,
    seen: FxHashSet<Box<[u8]>>,
    /// Refunds that are rows of their own, as the look at the whole file found them.
    backs: Arc<Backs>,
    /// What of them is left under no order of the file, customer by customer.
    unassigned: FxHashMap<Box<[u8]>, i128>,
    /// Number, date and money of those that were read.
    seen_backs: FxHashSet<Box<[u8]>>,
    statuses: FxHashMap<String, StatusCount>,
    order: Common,
    lines: Vec<Assembled>,
    next: usize,
    /// Whether the row that ended the last order still waits to begin the next.
    pub(crate) row_waits: bool,
    pub(crate) counts: OrderCounts,
}

/// What all lines of an order share.
#[derive(Clone, Debug, Default)]
struct Common {
    customer: Vec<u8>,
    known_by: KnownBy,
    number: Vec<u8>,
    country: Vec<u8>,
    payment: Vec<u8>,
    currency: Vec<u8>,
    /// E-mail, city, country, consent, name and surname.
    contact: [Vec<u8>; CONTACT_FIELDS.len()],
    /// Fields of the order that have no value.
    missing: FieldBits,
    owner: Option<usize>,
    unknown_status: bool,
}

/// What is kept of a customer beside the sales.
pub(crate) const CONTACT_FIELDS: [Field; 6] =
    [Field::Email, Field::City, Field::Country, Field::MayContact, Field::Name, Field::Surname];

/// A line of the order.
#[derive(Clone, Debug)]
struct Assembled {
    /// The row it comes from; for a line made from fields of the order, the row they stand in.
    row: usize,
    /// Whether it was made from fields of the order.
    made: bool,
    content: Result<Content, Faulty>,
}

#[derive(Clone, Debug)]
struct Content {
    product: Code,
    timestamp: Timestamp,
    quantity: Option<i64>,
    units: i32,
    price: Option<Money>,
    unit_price: Money,
    discount: Money,
    amount: Money,
    missing: FieldBits,
    tells: OrderTells,
}

/// Product code and description of a line.
#[derive(Clone, Debug)]
enum Code {
    /// Those of its row.
    OfRow,
    /// Those of an item packed in its row.
    Packed(Vec<u8>, Vec<u8>),
    Made(&'static str, &'static str),
}

impl Orders {
    pub(crate) fn new(plan: &Plan) -> Option<Self> {
        let orders = plan.orders.clone()?;
        Some(Self {
            plan: orders,
            told_currency: plan.currency.clone(),
            rows: KeptRows::default(),
            number: Vec::new(),
            seen: FxHashSet::default(),
            unassigned: plan.backs.unassigned.clone(),
            backs: Arc::clone(&plan.backs),
            seen_backs: FxHashSet::default(),
            statuses: FxHashMap::default(),
            order: Common::default(),
            lines: Vec::new(),
            next: 0,
            row_waits: false,
            counts: OrderCounts::default(),
        })
    }

    /// Takes a row into the order that is being collected; `false` where it begins another one.
    pub(crate) fn take(&mut self, row: Row<'_>, reader: &LineReader) -> bool {
        let number = reader.text(row, Field::Order);
        if self.rows.len() > 0 && !self.continues(row, number, reader) {
            return false;
        }
        if self.rows.len() == 0 {
            self.number.clear();
            self.number.extend_from_slice(number);
        }
        self.counts.rows += 1;
        self.rows.push(row);
        true
    }

    /// A row that cannot belong to any order counts as a row all the same.
    pub(crate) fn skip_row(&mut self) {
        self.counts.rows += 1;
    }

    fn continues(&self, row: Row<'_>, number: &[u8], reader: &LineReader) -> bool {
        if !self.plan.has_order_numbers || self.is_back(row, reader) || self.is_collecting_a_back(reader) {
            return false;
        }
        let bare = number.is_empty() && reader.text(row, Field::Date).is_empty() && self.plan.has_items;
        bare || !number.is_empty() && number == self.number
    }

    /// Whether a row is a refund of its own in a file whose rows are whole orders.
    fn is_back(&self, row: Row<'_>, reader: &LineReader) -> bool {
        let has_number = || !reader.text(row, Field::Order).is_empty();
        !self.plan.has_items
            && self.plan.has_order_numbers
            && reader.is_negative(money_text(|field| reader.text(row, field)))
            && has_number()
    }

    fn is_collecting_a_back(&self, reader: &LineReader) -> bool {
        self.rows.len() == 1 && self.is_back(self.rows.row(0), reader)
    }

    /// Whether rows were collected that are no lines yet.
    pub(crate) fn is_collecting(&self) -> bool {
        self.rows.len() > 0 && self.next >= self.lines.len()
    }

    /// Number of the order assembled last; empty where it has none.
    pub(crate) fn number(&self) -> &[u8] {
        &self.order.number
    }

    /// Whether lines of the finished order wait to be taken.
    pub(crate) fn has_lines(&self) -> bool {
        self.next < self.lines.len()
    }

    /// Goes past the line that was taken; after the last one the next order may begin.
    pub(crate) fn go_on(&mut self) {
        self.next += 1;
        if self.next >= self.lines.len() {
            self.begin_next();
        }
    }

    fn begin_next(&mut self) {
        self.lines.clear();
        self.next = 0;
        self.rows.clear();
    }

    /// Whether a line may repeat an earlier one by mistake; in an order whose money is told, equal items are two.
    pub(crate) fn may_repeat(&self) -> bool {
        self.plan.row_by_row && self.lines.get(self.next).is_some_and(|line| !line.made)
    }

    /// The account of the orders; `order_numbers` is how many different ones there are.
    pub(crate) fn form(&self, order_numbers: u64) -> patron_domain::OrderForm {
        let counts = self.counts;
        patron_domain::OrderForm {
            rows: counts.rows,
            order_rows: counts.order_rows,
            lines_made: counts.lines_made,
            orders: if self.plan.row_by_row { order_numbers } else { counts.orders },
            disagreeing_orders: counts.disagreeing_orders,
            disagreeing_amount: money(counts.disagreeing_amount),
            total: self.plan.has_total.then(|| money(counts.total)),
            refunds_dated: counts.refunds_dated,
            edited_orders: counts.edited_orders,
            edited_amount: money(counts.edited_amount),
        }
    }

    /// The statuses of the orders, the most frequent first.
    pub(crate) fn statuses(&self) -> Vec<StatusCount> {
        let mut statuses: Vec<StatusCount> = self.statuses.values().cloned().collect();
        statuses
            .sort_by(|one, other| other.orders.cmp(&one.orders).then_with(|| one.status.cmp(&other.status)));
        statuses
    }

    fn count_status(&mut self, text: &str, word: &str, meaning: StatusMeaning) {
        if word.is_empty() {
            return;
        }
        if let Some(count) = self.statuses.get_mut(word) {
            count.orders += 1;
            return;
        }
        let count = StatusCount { status: text.to_owned(), meaning, orders: 1 };
        self.statuses.insert(word.to_owned(), count);
    }
}
