//! The account of an import, from what was counted.

use patron_domain::{
    Day, ImportReport, OrderForm, Overview, RuleAction, RuleCount, ServiceAmount, StatusCount,
};

use crate::cleaner::{ALREADY_IMPORTED, Cleaner, OTHER_CURRENCY, Owned, UNKNOWN_STATUS};
use crate::field::Field;
use crate::inspect::Inspection;
use crate::line::{Fault, ServiceName};
use crate::reader::Finished;
use crate::tally::money;

impl Cleaner {
    /// Closes the account.
    pub(crate) fn finish(
        mut self,
        inspection: &Inspection,
        orders: Option<OrderForm>,
        statuses: Vec<StatusCount>,
    ) -> Finished {
        let fields: Vec<Field> = self.plan.map.iter().map(|(field, _)| field).collect();
        let before = Overview {
            customers: self.customers.len(),
            products: self.goods.as_ref().map_or_else(|| self.products.len(), |goods| goods.before()),
            orders: self.orders.len(),
            countries: self.countries.len(),
            ..self.before.overview(&fields, self.span_before)
        };
        let after = Overview {
            customers: self.customers.accepted(),
            products: self.goods.as_ref().map_or_else(|| self.products.accepted(), |goods| goods.after()),
            orders: self.orders.accepted(),
            countries: self.countries.accepted(),
            ..self.before.without(&self.rejected).overview(&fields, self.span_after)
        };
        let (first_day, last_day) = match self.span_after {
            Some((first, last)) => (Some(Day::of(first)), Some(Day::of(last))),
            None => (None, None),
        };
        let customers =
            self.contacts.take().map_or_else(Vec::new, |contacts| contacts.by_code(&self.customers));
        let known_orders = std::mem::take(&mut self.known).orders();
        let times = self.reader.offsets.words(self.plan.zone);
        let report = ImportReport {
            file: inspection.file.clone(),
            mapping: inspection.mapping.clone(),
            dates: inspection.dates.clone(),
            times,
            currency: inspection.currency.clone(),
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
            services: self.service_amounts(),
            order_form: orders,
            statuses,
            notices: inspection.notices.clone(),
            joined_by_email: self.joined,
            derived_orders: inspection.derived_orders,
            before,
            after,
        };
        Finished {
            report,
            descriptions: self.products.best_descriptions(),
            customers,
            first_day,
            last_day,
            known_orders,
        }
    }

    /// What services came to, kind by kind.
    fn service_amounts(&self) -> Vec<ServiceAmount> {
        let named =
            ServiceName::ALL.into_iter().zip(&self.service_names).filter(|(_, owned)| owned.lines > 0);
        let amount = |(name, owned): (ServiceName, &Owned)| ServiceAmount {
            name: name.word().to_owned(),
            lines: owned.lines,
            amount: money(owned.amount),
        };
        named.map(amount).collect()
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
            discount: money(owned.discount),
        };
        let faults = Fault::ALL.into_iter().zip(&self.faults).filter(|(_, owned)| owned.lines > 0);
        let faults =
            faults.map(|(fault, owned)| count(fault.rule(), RuleAction::Reject, fault.meaning(), owned));
        let meaning = "the amounts are in another currency than the one that was told";
        let currency = count(OTHER_CURRENCY, RuleAction::Reject, meaning, &self.other_currency);
        let currency = Some(currency).filter(|rule| rule.lines > 0);
        let orders = self.plan.orders.iter().flat_map(|orders| &orders.rules).zip(&self.owned_orders);
        let orders = orders.map(|(rule, owned)| count(&rule.name, RuleAction::Reject, &rule.meaning, owned));
        let rules = self.rules.rules.iter().zip(&self.owned);
        let rules = rules.map(|(rule, owned)| count(&rule.name, rule.action, &rule.meaning, owned));
        let meaning = "an earlier import holds the line";
        let known = count(ALREADY_IMPORTED, RuleAction::Reject, meaning, &self.already_imported);
        let meaning = "the quantity is no whole number: rounded for display, the amount is exact";
        let fractional = count("fractional-quantity", RuleAction::Flag, meaning, &self.fractional);
        let meaning = "nobody knows what the order's status means: it counts as a sale";
        let status = count(UNKNOWN_STATUS, RuleAction::Flag, meaning, &self.unknown_status);
        let fixed = [known, status, fractional].into_iter().filter(|rule| rule.lines > 0);
        faults.chain(currency).chain(orders).chain(rules).chain(fixed).collect()
    }
}
