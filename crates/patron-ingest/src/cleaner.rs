//! Row by row: read, look up, apply the rules, accept or set aside, and count.

mod accept;

use std::path::Path;

use patron_domain::{JoinedByEmail, LineKind, Money, QuarantinedLine, RuleAction, Timestamp};
use rustc_hash::FxHashMap;

use crate::IngestError;
use crate::contacts::{ContactTexts, Contacts};
use crate::dictionary::{Dictionary, Goods, Products};
use crate::field::{Field, FieldBits};
use crate::inspect::{Inspection, Plan};
use crate::known::{Comparison, Known};
use crate::line::{Fault, Faulty, LineReader, SaleLine, ServiceName, zero_byte};
use crate::mark::SeenLines;
use crate::orders::{CONTACT_FIELDS, Orders, WaitingLine};
use crate::overlay::ProductCase;
use crate::profile::Profile;
use crate::reader::CleanBatch;
use crate::rows::Row;
use crate::rules::{LineFacts, RuleBook};
use crate::survey::is_currency;
use crate::tally::{LineNumbers, Tally};
use crate::unreadable::{FirstFault, Unreadable};

/// Name of the rule by which a line is set aside because its amount is in another currency than the one told.
pub(crate) const OTHER_CURRENCY: &str = "other-currency";

/// Name of the rule by which a line is set aside because an earlier import holds it.
pub const ALREADY_IMPORTED: &str = "already-imported";

/// Name of the rule that counts lines of orders whose status nobody knows.
pub(crate) const UNKNOWN_STATUS: &str = "unknown-status";

/// Lines and money of one rule.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Owned {
    pub(crate) lines: u64,
    pub(crate) amount: i128,
    pub(crate) discount: i128,
}

impl Owned {
    fn add(&mut self, amount: Money) {
        self.lines += 1;
        self.amount += i128::from(amount.ten_thousandths());
    }

    fn add_line(&mut self, line: &SaleLine<'_>) {
        self.add(line.amount);
        self.discount += i128::from(line.discount_taken().ten_thousandths());
    }

    fn take_off(&mut self, line: &SaleLine<'_>) {
        self.lines -= 1;
        self.amount -= i128::from(line.amount.ten_thousandths());
        self.discount -= i128::from(line.discount_taken().ten_thousandths());
    }
}

/// The state of a reading.
pub(crate) struct Cleaner {
    pub(crate) plan: Plan,
    pub(crate) reader: LineReader,
    pub(crate) rules: RuleBook,
    marked_columns: Vec<usize>,
    seen: SeenLines,
    pub(crate) known: Comparison,
    pub(crate) customers: Dictionary,
    pub(crate) orders: Dictionary,
    pub(crate) products: Products,
    pub(crate) countries: Dictionary,
    derived: FxHashMap<(u32, i32), u32>,
    pub(crate) before: Tally,
    pub(crate) rejected: Tally,
    pub(crate) faults: [Owned; Fault::ALL.len()],
    first_faults: [Option<FirstFault>; Fault::ALL.len()],
    pub(crate) owned: Vec<Owned>,
    pub(crate) already_imported: Owned,
    pub(crate) other_currency: Owned,
    /// Rule by rule of those for whole orders.
    pub(crate) owned_orders: Vec<Owned>,
    pub(crate) service_names: [Owned; ServiceName::ALL.len()],
    pub(crate) joined: JoinedByEmail,
    pub(crate) contacts: Option<Contacts>,
    last_currency: (Vec<u8>, bool),
    pub(crate) fractional: Owned,
    pub(crate) unknown_status: Owned,
    /// Products that are goods, where lines of orders tell them from services.
    pub(crate) goods: Option<Goods>,
    pub(crate) sales: Owned,
    pub(crate) returns: Owned,
    pub(crate) services: Owned,
    pub(crate) known_customer: i128,
    pub(crate) span_before: Option<(Timestamp, Timestamp)>,
    pub(crate) span_after: Option<(Timestamp, Timestamp)>,
    /// Sum of all amounts without their signs: while it fits, every sum of any of them does.
    magnitude: i64,
    lines: u64,
}

/// Numbers under which the dictionaries know the texts of a line.
struct Numbers {
    customer: Option<u32>,
    order: u32,
    order_is_derived: bool,
    product: Option<u32>,
    country: Option<u32>,
}

impl Cleaner {
    pub(crate) fn new(inspection: &Inspection, profile: &Profile, known: Known) -> Self {
        let plan = inspection.plan.clone();
        let rules = RuleBook::new(profile, plan.overlay.as_ref(), &plan.map);
        let upper_case =
            plan.overlay.as_ref().is_some_and(|overlay| overlay.product_case == ProductCase::Upper);
        let order_rules = plan.orders.as_ref().map_or(0, |orders| orders.rules.len());
        let contacts = Contacts::new(&plan.map);
        let goods = plan.orders.as_ref().map(|_| Goods::default());
        let known = Comparison::new(known, plan.orders.as_ref().map(|orders| orders.row_by_row));
        let mut marked_columns: Vec<usize> = plan.map.iter().map(|(_, column)| column).collect();
        marked_columns.sort_unstable();
        marked_columns.dedup();
        Self {
            reader: LineReader::new(&plan),
            owned: vec![Owned::default(); rules.rules.len()],
            plan,
            rules,
            marked_columns,
            seen: SeenLines::default(),
            known,
            customers: Dictionary::default(),
            orders: Dictionary::default(),
            products: Products::new(upper_case),
            countries: Dictionary::default(),
            derived: FxHashMap::default(),
            before: Tally::default(),
            rejected: Tally::default(),
            faults: Default::default(),
            first_faults: Default::default(),
            already_imported: Owned::default(),
            other_currency: Owned::default(),
            owned_orders: vec![Owned::default(); order_rules],
            service_names: Default::default(),
            joined: JoinedByEmail::default(),
            contacts,
            last_currency: (Vec::new(), false),
            fractional: Owned::default(),
            unknown_status: Owned::default(),
            goods,
            sales: Owned::default(),
            returns: Owned::default(),
            services: Owned::default(),
            known_customer: 0,
            span_before: None,
            span_after: None,
            magnitude: 0,
            lines: 0,
        }
    }

    pub(crate) fn lines(&self) -> u64 {
        self.lines
    }

    /// Takes one row into the batch: as a sale or as a line set aside.
    pub(crate) fn take(
        &mut self,
        path: &Path,
        row: Row<'_>,
        batch: &mut CleanBatch,
    ) -> Result<(), IngestError> {
        self.lines += 1;
        if let Some(fault) = self.damage(row) {
            let faulty = Faulty { fault, column: None, amount: None };
            self.set_aside_unreadable(row, &faulty, 0, batch);
            return Ok(());
        }
        let read = self.reader.read(row).and_then(|line| self.within_range(line));
        let line = match read {
            Ok(line) => line,
            Err(faulty) => {
                let missing = self.reader.missing(row);
                self.set_aside_unreadable(row, &faulty, missing, batch);
                return Ok(());
            }
        };
        let duplicate = self.rules.asks_for_duplicates && self.seen.is_repeated(row, &self.marked_columns);
        let contact = if self.contacts.is_some() {
            CONTACT_FIELDS.map(|field| self.reader.text(row, field))
        } else {
            [&b""[..]; CONTACT_FIELDS.len()]
        };
        self.take_line(path, row, &line, duplicate, &contact, batch)
    }

    /// Takes a row that belongs to no order, because it is damaged; `false` where it is not.
    pub(crate) fn take_damaged(&mut self, row: Row<'_>, batch: &mut CleanBatch) -> bool {
        let faulty = if let Some(fault) = self.damage(row) {
            Faulty { fault, column: None, amount: None }
        } else if let Some(faulty) = zero_byte(row) {
            faulty
        } else {
            return false;
        };
        self.lines += 1;
        self.set_aside_unreadable(row, &faulty, 0, batch);
        true
    }

    /// Why a row can be no line, whatever its fields say.
    fn damage(&self, row: Row<'_>) -> Option<Fault> {
        if !self.plan.fits(row) {
            return Some(Fault::RaggedRow);
        }
        self.plan.is_header(row).then_some(Fault::RepeatedHeader)
    }

    /// Takes a line that was made from the rows of an order.
    pub(crate) fn take_waiting(
        &mut self,
        path: &Path,
        orders: &Orders,
        batch: &mut CleanBatch,
    ) -> Result<(), IngestError> {
        let Some(WaitingLine { row, line, contact }) = orders.line(&self.reader) else { return Ok(()) };
        self.lines += 1;
        match line.and_then(|line| self.within_range(line)) {
            Ok(line) => {
                let asked = self.rules.asks_for_duplicates && orders.may_repeat();
                let duplicate = asked && self.seen.is_repeated(row, &self.marked_columns);
                self.take_line(path, row, &line, duplicate, &contact, batch)
            }
            Err(faulty) => {
                self.set_aside_unreadable(row, &faulty, 0, batch);
                Ok(())
            }
        }
    }

    /// Counts a line, applies the rules and takes it into the batch.
    fn take_line(
        &mut self,
        path: &Path,
        row: Row<'_>,
        line: &SaleLine<'_>,
        duplicate: bool,
        contact: &ContactTexts<'_>,
        batch: &mut CleanBatch,
    ) -> Result<(), IngestError> {
        let numbers = self.numbers(path, row, line)?;
        let counted = LineNumbers {
            missing: line.missing,
            quantity: line.quantity,
            price: line.price.map(Money::ten_thousandths),
            amount: line.amount,
            discount: line.discount_taken(),
        };
        self.before.add(&counted);
        self.note_goods(line, &numbers, Goods::met);
        widen(&mut self.span_before, line.timestamp);
        if let Some((rule, meaning)) = self.owner_of_whole_order(line) {
            batch.quarantined.push(set_aside(row, &rule, reason(&meaning, line), Some(line.amount)));
            self.rejected.add(&counted);
            self.withdraw(line, &numbers);
            return Ok(());
        }
        let told = line.order_tells.as_ref();
        let mut facts = LineFacts {
            missing: line.missing,
            order: line.order,
            product: line.product,
            quantity: line.quantity,
            price: line.price,
            amount: line.amount,
            duplicate,
            // in an order, money back is nothing that its rows forgot to call a cancellation
            cancellation: told.is_some_and(|told| told.kind == LineKind::Return || line.amount < Money::ZERO),
            service: told.is_some_and(|told| told.kind == LineKind::Service),
        };
        // shipping that a code made free is no line without a price
        let made_of_nothing = told.is_some_and(|told| told.made) && line.amount == Money::ZERO;
        let owner = if made_of_nothing { None } else { self.rules.owner(&mut facts) };
        if let Some(index) = owner {
            self.owned[index].add_line(line);
            let rule = &self.rules.rules[index];
            if rule.action == RuleAction::Reject {
                batch.quarantined.push(set_aside(
                    row,
                    &rule.name,
                    reason(&rule.meaning, line),
                    Some(line.amount),
                ));
                self.rejected.add(&counted);
                return Ok(());
            }
        }
        if self.is_known(line, &numbers) {
            let reason = "an earlier import holds this line: same order, product, time, quantity and amount";
            batch.quarantined.push(set_aside(row, ALREADY_IMPORTED, reason.to_owned(), Some(line.amount)));
            self.already_imported.add_line(line);
            self.rejected.add(&counted);
            // Flagged or kept as it was, the line is not accepted: its rule does not own it.
            if let Some(owned) = owner.and_then(|index| self.owned.get_mut(index)) {
                owned.take_off(line);
            }
            return Ok(());
        }
        let kind = line.order_tells.map_or_else(|| kind_of(line, &facts), |told| told.kind);
        self.note_goods(line, &numbers, Goods::accepted);
        self.accept(row.line, line, &numbers, kind, batch);
        if let (Some(contacts), Some(customer)) = (&mut self.contacts, numbers.customer) {
            contacts.note(customer, line.timestamp, contact);
        }
        Ok(())
    }

    /// Name and meaning of the rule that sets the whole order of a line aside: another currency, then the format's.
    fn owner_of_whole_order(&mut self, line: &SaleLine<'_>) -> Option<(String, String)> {
        if self.is_other_currency(line.currency) {
            self.other_currency.add_line(line);
            let currency = String::from_utf8_lossy(line.currency);
            return Some((OTHER_CURRENCY.to_owned(), format!("its amounts are in {currency}")));
        }
        let index = line.order_tells?.owner?;
        let rule = self.plan.orders.as_ref()?.rules.get(index)?;
        self.owned_orders.get_mut(index)?.add_line(line);
        Some((rule.name.clone(), rule.meaning.clone()))
    }

    fn is_other_currency(&mut self, currency: &[u8]) -> bool {
        let Some(told) = &self.plan.currency else { return false };
        if self.last_currency.0 != currency {
            let is_other = !currency.is_empty() && !is_currency(currency, told);
            self.last_currency = (currency.to_vec(), is_other);
        }
        self.last_currency.1
    }

    /// Holds the sum of all amounts within the range of exact money.
    fn within_range<'a>(&mut self, line: SaleLine<'a>) -> Result<SaleLine<'a>, Faulty> {
        let magnitude =
            line.amount.ten_thousandths().checked_abs().and_then(|m| self.magnitude.checked_add(m));
        match magnitude {
            Some(magnitude) => {
                self.magnitude = magnitude;
                Ok(line)
            }
            None => {
                let field = if line.valued_by_amount { Field::Amount } else { Field::Price };
                Err(Faulty { fault: Fault::NumberTooLarge, column: self.plan.map.get(field), amount: None })
            }
        }
    }

    fn set_aside_unreadable(
        &mut self,
        row: Row<'_>,
        faulty: &Faulty,
        missing: FieldBits,
        batch: &mut CleanBatch,
    ) {
        let amount = faulty.amount.filter(|amount| {
            let magnitude =
                amount.ten_thousandths().checked_abs().and_then(|m| self.magnitude.checked_add(m));
            self.magnitude = magnitude.unwrap_or(self.magnitude);
            magnitude.is_some()
        });
        let counted = LineNumbers { missing, amount: amount.unwrap_or_default(), ..LineNumbers::default() };
        self.before.add(&counted);
        self.rejected.add(&counted);
        let index = faulty.fault as usize;
        self.faults[index].add(counted.amount);
        let first = FirstFault::new(row, faulty);
        let reason = first.reason(&self.plan, faulty.fault);
        self.first_faults[index].get_or_insert(first);
        batch.quarantined.push(set_aside(row, faulty.fault.rule(), reason, amount));
    }

    /// What to tell of a file of which at most one line in `share` could be read.
    pub(crate) fn mostly_unreadable(&self, share: u64) -> Option<Unreadable> {
        let unreadable: u64 = self.faults.iter().map(|owned| owned.lines).sum();
        if self.lines == 0 || (self.lines - unreadable) * share >= self.lines {
            return None;
        }
        let most = Fault::ALL.into_iter().max_by_key(|&fault| self.faults[fault as usize].lines)?;
        let first = self.first_faults[most as usize].clone()?;
        let lines = if most == Fault::RaggedRow { self.faults[most as usize].lines } else { unreadable };
        Some(Unreadable {
            fault: most,
            first,
            unreadable: lines,
            lines: self.lines,
            expected: self.plan.widths.1,
        })
    }
}

fn kind_of(line: &SaleLine<'_>, facts: &LineFacts<'_>) -> LineKind {
    let taken_back = match line.quantity {
        Some(quantity) if quantity < 0 => true,
        _ => line.valued_by_amount && line.amount < Money::ZERO,
    };
    match (facts.service, taken_back || facts.cancellation) {
        (true, _) => LineKind::Service,
        (false, true) => LineKind::Return,
        (false, false) => LineKind::Sale,
    }
}

fn set_aside(row: Row<'_>, rule: &str, reason: String, amount: Option<Money>) -> QuarantinedLine {
    QuarantinedLine { line: row.line, rule: rule.to_owned(), reason, raw: row.raw(), amount }
}

/// The rule's meaning with the numbers of the line that offended.
fn reason(meaning: &str, line: &SaleLine<'_>) -> String {
    let mut parts = Vec::new();
    if let Some(made) = line.order_tells.filter(|told| told.made) {
        let what = if made.kind == LineKind::Return { "refund" } else { made.service.word() };
        parts.push(format!("{what} line"));
    }
    if let Some(quantity) = line.quantity {
        parts.push(format!("quantity {}", quantity as f64 / Money::SCALE as f64));
    }
    if let Some(price) = line.price {
        parts.push(format!("price {price}"));
    }
    if line.valued_by_amount {
        parts.push(format!("amount {}", line.amount));
    }
    format!("{meaning} ({})", parts.join(", "))
}

fn widen(span: &mut Option<(Timestamp, Timestamp)>, timestamp: Timestamp) {
    let (first, last) = span.get_or_insert((timestamp, timestamp));
    *first = timestamp.min(*first);
    *last = timestamp.max(*last);
}
