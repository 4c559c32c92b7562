//! What an import of the shop's log would have to report.

use std::collections::HashSet;

use patron_domain::{
    ColumnFacts, Day, FileFacts, ImportReport, LineKind, Money, NO_CODE, Overview, QuarantinedLine,
    RuleAction, RuleCount, SaleBatch, ServiceAmount,
};
use patron_ingest::Profile;
use patron_synth::{AsideLine, DirtKind};

/// Counts what goes into the database, and what is set aside.
pub(super) struct Account {
    profile: Profile,
    rules: Vec<RuleCount>,
    after: Overview,
    set_aside: Overview,
    products: HashSet<String>,
    products_set_aside: HashSet<String>,
    span: Option<(i64, i64)>,
    sales: Money,
    returns: Money,
    services: (u64, Money),
    known_customers: Money,
}

impl Account {
    pub(super) fn new() -> Self {
        let profile = Profile::default();
        let rules = profile.rules().iter().map(|rule| RuleCount {
            rule: rule.name.clone(),
            action: rule.action,
            meaning: rule.meaning.clone(),
            lines: 0,
            amount: Money::ZERO,
            discount: Money::ZERO,
        });
        Self {
            rules: rules.collect(),
            profile,
            after: Overview::default(),
            set_aside: Overview::default(),
            products: HashSet::new(),
            products_set_aside: HashSet::new(),
            span: None,
            sales: Money::ZERO,
            returns: Money::ZERO,
            services: (0, Money::ZERO),
            known_customers: Money::ZERO,
        }
    }

    pub(super) fn add(&mut self, batch: &SaleBatch) {
        self.after.lines += batch.len() as u64;
        self.after.customers += batch.added.customers.len() as u64;
        self.after.orders += batch.added.orders.len() as u64;
        self.after.countries += batch.added.countries.len() as u64;
        self.products.extend(batch.added.products.iter().map(|product| product.sku.clone()));
        for row in 0..batch.len() {
            let (amount, is_known) = (batch.amount[row], batch.customer[row] != NO_CODE);
            self.after.amount += amount;
            self.after.discount += batch.discount[row];
            match batch.kind[row] {
                LineKind::Sale => self.sales += amount,
                LineKind::Return => self.returns += amount,
                LineKind::Service => self.services = (self.services.0 + 1, self.services.1 + amount),
            }
            if is_known && batch.kind[row] != LineKind::Service {
                self.known_customers += amount;
            }
            if !is_known {
                self.count("no-customer", amount, batch.discount[row]);
            }
            let time = batch.timestamp[row];
            let (first, last) = self.span.unwrap_or((time, time));
            self.span = Some((first.min(time), last.max(time)));
        }
    }

    /// The line as the quarantine keeps it.
    pub(super) fn set_aside(&mut self, line: AsideLine) -> QuarantinedLine {
        let (rule, reason) = match line.kind {
            DirtKind::Duplicate => ("duplicate", format!("repeats line {} in every column", line.line - 1)),
            _ => ("price-not-positive", format!("the line is worth {}", line.amount)),
        };
        self.count(rule, line.amount, line.discount);
        self.set_aside.lines += 1;
        self.set_aside.orders += u64::from(line.kind == DirtKind::NegativePrice); // a debt is an order of its own
        self.set_aside.amount += line.amount;
        self.set_aside.discount += line.discount;
        self.products_set_aside.insert(line.sku);
        QuarantinedLine {
            line: line.line,
            rule: rule.to_owned(),
            reason,
            raw: line.raw,
            amount: Some(line.amount),
        }
    }

    /// The report of an import from `file`.
    pub(super) fn report(mut self, file: FileFacts, settings_sha256: String, currency: &str) -> ImportReport {
        self.after.products = self.products.len() as u64;
        (self.after.first_day, self.after.last_day) =
            self.span.map(|(first, last)| (Day::of(first), Day::of(last))).unzip();
        let without_customer =
            self.rules.iter().find(|rule| rule.rule == "no-customer").map_or(0, |rule| rule.lines);
        let column = |missing| ColumnFacts { field: "customer".to_owned(), missing, quantiles: Vec::new() };
        self.after.columns = vec![column(without_customer)];
        let before = Overview {
            lines: self.after.lines + self.set_aside.lines,
            products: self.products.union(&self.products_set_aside).count() as u64,
            orders: self.after.orders + self.set_aside.orders,
            amount: self.after.amount + self.set_aside.amount,
            discount: self.after.discount + self.set_aside.discount,
            ..self.after.clone()
        };
        let services =
            ServiceAmount { name: "shipping".to_owned(), lines: self.services.0, amount: self.services.1 };
        ImportReport {
            file,
            dates: "as invented".to_owned(),
            times: "as written".to_owned(),
            currency: Some(currency.to_owned()),
            profile: self.profile.name().to_owned(),
            settings_sha256,
            purchase_rule: self.profile.purchase_rule(),
            lines_read: before.lines,
            lines_accepted: self.after.lines,
            lines_quarantined: self.set_aside.lines,
            rules: self.rules,
            known_customer_amount: self.known_customers,
            sales_amount: self.sales,
            returns_amount: self.returns,
            services_amount: self.services.1,
            services: Some(services).filter(|services| services.lines > 0).into_iter().collect(),
            before,
            after: self.after,
            ..ImportReport::default()
        }
    }

    fn count(&mut self, rule: &str, amount: Money, discount: Money) {
        let Some(count) = self.rules.iter_mut().find(|count| count.rule == rule) else { return };
        debug_assert!(count.action != RuleAction::Keep, "the rules set aside or flag");
        count.lines += 1;
        count.amount += amount;
        count.discount += discount;
    }
}
