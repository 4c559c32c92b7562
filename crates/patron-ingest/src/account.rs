//! The account of an import, from what was counted.

use patron_domain::{Day, ImportReport, Money, Overview, RuleAction, RuleCount};

use crate::cleaner::{ALREADY_IMPORTED, Cleaner, Owned};
use crate::field::Field;
use crate::inspect::Inspection;
use crate::line::Fault;
use crate::reader::Finished;
use crate::tally::money;

impl Cleaner {
    /// Closes the account.
    pub(crate) fn finish(self, inspection: &Inspection) -> Finished {
        let fields: Vec<Field> = self.plan.map.iter().map(|(field, _)| field).collect();
        let before = Overview {
            customers: self.customers.len(),
            products: self.products.len(),
            orders: self.orders.len(),
            countries: self.countries.len(),
            ..self.before.overview(&fields, self.span_before)
        };
        let after = Overview {
            customers: self.customers.accepted(),
            products: self.products.accepted(),
            orders: self.orders.accepted(),
            countries: self.countries.accepted(),
            ..self.before.without(&self.rejected).overview(&fields, self.span_after)
        };
        let (first_day, last_day) = match self.span_after {
            Some((first, last)) => (Some(Day::of(first)), Some(Day::of(last))),
            None => (None, None),
        };
        let report = ImportReport {
            file: inspection.file.clone(),
            mapping: inspection.mapping.clone(),
            dates: inspection.dates.clone(),
            profile: inspection.profile.clone(),
            settings_sha256: inspection.settings_sha256.clone(),
            purchase_rule: inspection.purchase_rule,
            lines_read: self.lines(),
            lines_accepted: after.lines,
            lines_quarantined: self.lines() - after.lines,
            rules: self.rule_counts(),
            known_customer_amount: money(self.known_customer),
            sales_amount: money(self.sales.amount),
            returns_amount: money(self.returns.amount),
            services_amount: money(self.services.amount),
            derived_orders: inspection.derived_orders,
            before,
            after,
            ..ImportReport::default()
        };
        Finished { report, descriptions: self.products.best_descriptions(), first_day, last_day }
    }

    /// What could not be read, then the profile's rules, then what earlier imports hold; fixed rules only where they
    /// own a line.
    fn rule_counts(&self) -> Vec<RuleCount> {
        let count = |rule: &str, action, meaning: &str, owned: &Owned| RuleCount {
            rule: rule.to_owned(),
            action,
            meaning: meaning.to_owned(),
            lines: owned.lines,
            amount: money(owned.amount),
            discount: Money::ZERO,
        };
        let faults = Fault::ALL.into_iter().zip(&self.faults).filter(|(_, owned)| owned.lines > 0);
        let faults =
            faults.map(|(fault, owned)| count(fault.rule(), RuleAction::Reject, fault.meaning(), owned));
        let rules = self.rules.rules.iter().zip(&self.owned);
        let rules = rules.map(|(rule, owned)| count(&rule.name, rule.action, &rule.meaning, owned));
        let meaning = "an earlier import holds the line";
        let known = count(ALREADY_IMPORTED, RuleAction::Reject, meaning, &self.already_imported);
        let meaning = "the quantity is no whole number: rounded for display, the amount is exact";
        let fractional = count("fractional-quantity", RuleAction::Flag, meaning, &self.fractional);
        let fixed = [known, fractional].into_iter().filter(|rule| rule.lines > 0);
        faults.chain(rules).chain(fixed).collect()
    }
}
