//! From the rows of an order to its lines.

use patron_domain::{LineKind, Money, Timestamp};

use super::backs::not_back_yet;
use super::items::Reading;
use super::money::{Charges, ItemKind, Net, Settled, Told, settle};
use super::read::{ITEM_FIELDS, Role};
use super::{Assembled, Code, Common, Content, Orders};
use crate::field::{Field, FieldBits};
use crate::line::{Fault, Faulty, LineReader, OrderTells, ServiceName, per_unit};
use crate::rows::Row;
use crate::tally::money;

impl Orders {
    /// Makes lines of the rows collected; they wait to be taken.
    pub(crate) fn assemble(&mut self, reader: &mut LineReader) {
        let roles: Vec<Role> = self.rows.iter().map(|row| self.role(row, reader)).collect();
        let is_back = self.is_collecting_a_back(reader);
        self.counts.orders += u64::from(!is_back);
        self.counts.refunds_dated |= is_back;
        self.counts.order_rows += roles.iter().filter(|&&role| role != Role::Item).count() as u64;
        self.order = self.common(&roles, is_back, reader);
        let mut faults = Vec::new();
        let date = self.date(&roles, Field::Date, reader);
        let (readings, mut told) = self.told(&roles, reader, &mut faults);
        if told.refund.is_none() && !self.plan.has_items {
            told.refund = self.not_back_yet(is_back, &told, reader);
        }
        // of several items packed in one row, all but the first were made
        self.counts.lines_made += readings.iter().filter(|reading| reading.is_further).count() as u64;
        let back_on = self.refund_date(&roles, reader, &mut faults);
        let settled = settle(&told);
        self.count(&told, &settled);
        let mut lines = Vec::new();
        lines.extend(readings.iter().zip(&settled.items).map(|(reading, net)| {
            let content = self.item_line(reading, *net, settled.tax_taken_out, reader);
            Assembled { row: reading.row, made: false, content }
        }));
        let items = lines.len();
        self.made_lines(&readings, &settled, &mut lines);
        for (place, line) in lines.iter_mut().enumerate() {
            let is_back = place >= items && line.content.as_ref().is_ok_and(is_money_back);
            stamp(line, &date, if is_back { back_on } else { None }, reader);
        }
        lines.extend(faults);
        lines.sort_by_key(|line| (line.made, if line.made { 0 } else { line.row }));
        self.counts.lines_made += lines.iter().filter(|line| line.made).count() as u64;
        self.lines = lines;
        if self.lines.is_empty() {
            self.begin_next();
        }
    }

    /// What a status alone gives back: everything, but for what rows of their own give back.
    fn not_back_yet(&mut self, is_back: bool, told: &Told, reader: &LineReader) -> Option<i128> {
        if is_back || self.backs.has(&self.number) {
            return Some(0);
        }
        let row = self.rows.row(0);
        let goods = || told.items.iter().map(|item| item.gross - item.discount).sum();
        let all = told.total.unwrap_or_else(goods);
        let customer = reader.customer_text(row);
        let unassigned = self.unassigned.get(customer).copied().unwrap_or(0);
        if unassigned == 0 {
            return None;
        }
        Some(not_back_yet(&mut self.unassigned, customer, all))
    }

    fn count(&mut self, told: &Told, settled: &Settled) {
        let currency = &self.order.currency;
        let is_other =
            self.told_currency.as_ref().is_some_and(|told| !crate::survey::is_currency(currency, told));
        if !self.plan.has_total || is_other && !currency.is_empty() {
            return;
        }
        let parts: i128 = settled.items.iter().map(|item| item.amount).sum();
        let Charges { shipping, tax, tip, fee, duties } = settled.charges;
        let difference = settled.difference.unwrap_or(-(parts + shipping + tax + tip + fee + duties));
        self.counts.total += told.total.unwrap_or(0);
        if settled.edited > 0 && self.plan.has_order_discount {
            self.counts.edited_orders += 1;
            self.counts.edited_amount += settled.edited;
        }
        // less than a cent is what rounding to four decimals leaves
        if difference.abs() >= 100 {
            self.counts.disagreeing_orders += 1;
            self.counts.disagreeing_amount += difference;
        }
    }

    fn item_line(
        &self,
        reading: &Reading,
        net: Net,
        tax_taken_out: bool,
        reader: &LineReader,
    ) -> Result<Content, Faulty> {
        let Reading { row, quantity, units, price, service, item, .. } = *reading;
        let amount = money(net.amount);
        let tag = money(net.amount + net.discount);
        let unit_price = match price {
            Some(price) if !tax_taken_out => price,
            _ => per_unit(tag, quantity),
        };
        let kind = match (item.kind, net.amount < 0 || quantity.is_some_and(|quantity| quantity < 0)) {
            (ItemKind::GiftCard | ItemKind::Tip, _) => LineKind::Service,
            (ItemKind::Goods, true) => LineKind::Return,
            (ItemKind::Goods, false) => LineKind::Sale,
        };
        // a discount is kept without a sign; on goods taken back it is what lessens the money back
        let discount =
            if quantity.is_some_and(|quantity| quantity < 0) { -net.discount } else { net.discount };
        Ok(Content {
            product: reading.code.clone(),
            timestamp: 0,
            quantity,
            units,
            price,
            unit_price,
            discount: money(discount),
            amount,
            missing: self.missing_in(self.rows.row(row), reader),
            tells: self.tells(kind, service, false),
        })
    }

    fn tells(&self, kind: LineKind, service: ServiceName, made: bool) -> OrderTells {
        let Common { owner, unknown_status, .. } = self.order;
        OrderTells { kind, service, owner, made, unknown_status }
    }

    fn missing_in(&self, row: Row<'_>, reader: &LineReader) -> FieldBits {
        let of_items = ITEM_FIELDS.into_iter().filter(|&field| reader.column(field).is_some());
        of_items.fold(self.order.missing, |bits, field| {
            let bit = field.bit();
            if reader.text(row, field).is_empty() { bits | bit } else { bits & !bit }
        })
    }

    /// Lines for what the order charges beside its goods, and for what was given back.
    fn made_lines(&self, readings: &[Reading], settled: &Settled, lines: &mut Vec<Assembled>) {
        let no_customer = self.order.missing & Field::Customer.bit();
        let content = |product, kind, service, net: Net| Content {
            product,
            timestamp: 0,
            quantity: None,
            units: 1,
            price: None,
            unit_price: money((net.amount + net.discount).abs()),
            discount: money(net.discount),
            amount: money(net.amount),
            missing: no_customer,
            tells: self.tells(kind, service, true),
        };
        let mut push = |row, content| lines.push(Assembled { row, made: true, content: Ok(content) });
        let Settled { charges, charges_back, .. } = settled;
        let charged = |amount| Net { amount, discount: 0 };
        let services = [
            ("(shipping)", "Shipping", ServiceName::Shipping, settled.shipping, charges_back.shipping),
            ("(tax)", "Tax", ServiceName::Tax, charged(charges.tax), charges_back.tax),
            ("(tip)", "Tip", ServiceName::Tip, charged(charges.tip), charges_back.tip),
            ("(fee)", "Fee", ServiceName::Fee, charged(charges.fee), charges_back.fee),
            ("(duties)", "Import duties", ServiceName::Duties, charged(charges.duties), charges_back.duties),
        ];
        for (code, description, service, net, _) in services {
            if net != Net::default() {
                push(0, content(Code::Made(code, description), LineKind::Service, service, net));
            }
        }
        for ((reading, net), &back) in readings.iter().zip(&settled.items).zip(&settled.items_back) {
            if back == 0 {
                continue;
            }
            let kind =
                if reading.item.kind == ItemKind::Goods { LineKind::Return } else { LineKind::Service };
            let is_whole = back == net.amount;
            push(
                reading.row,
                Content {
                    quantity: Some(if is_whole { -reading.quantity.unwrap_or(Money::SCALE) } else { 0 }),
                    units: if is_whole { reading.units.saturating_neg() } else { 0 },
                    ..content(reading.code.clone(), kind, reading.service, charged(-back))
                },
            );
        }
        let beyond = ("(refund beyond the total)", "Refund beyond the order's total", ServiceName::Other);
        let beyond = (beyond.0, beyond.1, beyond.2, Net::default(), settled.beyond);
        for (code, description, service, _, back) in services.into_iter().chain([beyond]) {
            if back != 0 {
                let back = content(Code::Made(code, description), LineKind::Service, service, charged(-back));
                push(0, Content { units: 0, quantity: Some(0), ..back });
            }
        }
    }
}

/// Gives a line its time, or the fault of the order's date.
fn stamp(
    line: &mut Assembled,
    date: &Result<(usize, Timestamp), (usize, Fault)>,
    back_on: Option<Timestamp>,
    reader: &LineReader,
) {
    let Ok(content) = &mut line.content else { return };
    match date {
        Ok((_, timestamp)) => content.timestamp = back_on.unwrap_or(*timestamp),
        Err((row, fault)) => {
            line.row = if line.made { *row } else { line.row };
            let amount = Some(content.amount);
            line.content = Err(Faulty { fault: *fault, column: reader.column(Field::Date), amount });
        }
    }
}

fn is_money_back(content: &Content) -> bool {
    content.amount < Money::ZERO && content.quantity.is_some()
}
