//! The rules of a profile and its overlay, made ready for one file.

use patron_domain::{Money, RuleAction};

use crate::mapping::ColumnMap;
use crate::profile::{Condition, Overlay, Profile, Rule};

/// What rules see of a line.
pub(crate) struct LineFacts<'a> {
    /// Bit per field: no value there.
    pub(crate) missing: u16,
    pub(crate) order: &'a [u8],
    pub(crate) product: &'a [u8],
    /// Ten-thousandths of a unit.
    pub(crate) quantity: Option<i64>,
    pub(crate) price: Option<Money>,
    pub(crate) amount: Money,
    pub(crate) duplicate: bool,
    pub(crate) cancellation: bool,
    pub(crate) service: bool,
}

/// A rule with its conditions as a list of tests.
#[derive(Clone, Debug)]
pub(crate) struct ReadyRule {
    pub(crate) name: String,
    pub(crate) action: RuleAction,
    pub(crate) meaning: String,
    tests: Vec<Test>,
}

#[derive(Clone, Debug)]
enum Test {
    Missing(u16),
    Duplicate(bool),
    Cancellation(bool),
    Service(bool),
    OrderBeginsWith(Vec<u8>),
    WithoutLeadingDigits(usize),
    ProductIs(Vec<String>),
    Price(Bound, i64),
    Quantity(Bound, i64),
    Amount(Bound, i64),
}

#[derive(Clone, Copy, Debug)]
enum Bound {
    AtMost,
    Below,
    AtLeast,
}

/// All rules that can hold for a file, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct RuleBook {
    pub(crate) rules: Vec<ReadyRule>,
    cancellation: Option<Vec<Test>>,
    service: Option<Vec<Test>>,
    /// Whether any rule asks for repeated lines.
    pub(crate) asks_for_duplicates: bool,
}

impl RuleBook {
    /// Rules that need a column the file does not have are left out.
    pub(crate) fn new(profile: &Profile, overlay: Option<&Overlay>, map: &ColumnMap) -> Self {
        let own = profile.rules();
        let place = own.iter().position(|rule| rule.action == RuleAction::Flag).unwrap_or(own.len());
        let (before, after) = own.split_at(place);
        let added = overlay.map_or(&[][..], |overlay| &overlay.rules);
        let all = before.iter().chain(added).chain(after);
        let fits = |rule: &&Rule| rule.when.mapped.iter().all(|&field| map.has(field));
        let rules: Vec<ReadyRule> = all.filter(fits).map(ready).collect();
        let duplicates = |rule: &ReadyRule| rule.tests.iter().any(|test| matches!(test, Test::Duplicate(_)));
        Self {
            asks_for_duplicates: rules.iter().any(duplicates),
            rules,
            cancellation: overlay.and_then(|overlay| overlay.cancellation.as_ref()).map(tests),
            service: overlay.and_then(|overlay| overlay.service.as_ref()).map(tests),
        }
    }

    /// Fills in what the overlay says of a line, and gives the index of the rule that owns it.
    pub(crate) fn owner(&self, facts: &mut LineFacts<'_>) -> Option<usize> {
        facts.cancellation = self.cancellation.as_ref().is_some_and(|tests| all_hold(tests, facts));
        facts.service = self.service.as_ref().is_some_and(|tests| all_hold(tests, facts));
        self.rules.iter().position(|rule| all_hold(&rule.tests, facts))
    }
}

fn ready(rule: &Rule) -> ReadyRule {
    let Rule { name, action, meaning, when } = rule;
    ReadyRule { name: name.clone(), action: *action, meaning: meaning.clone(), tests: tests(when) }
}

fn tests(when: &Condition) -> Vec<Test> {
    let scaled = |value: f64| (value * 10_000.0).round() as i64;
    let missing = when.missing.iter().fold(0, |bits, field| bits | 1 << field.index());
    let bounds = [
        when.price_at_most.map(|value| Test::Price(Bound::AtMost, scaled(value))),
        when.price_below.map(|value| Test::Price(Bound::Below, scaled(value))),
        when.quantity_at_most.map(|value| Test::Quantity(Bound::AtMost, scaled(value))),
        when.quantity_below.map(|value| Test::Quantity(Bound::Below, scaled(value))),
        when.quantity_at_least.map(|value| Test::Quantity(Bound::AtLeast, scaled(value))),
        when.amount_at_most.map(|value| Test::Amount(Bound::AtMost, scaled(value))),
        when.amount_below.map(|value| Test::Amount(Bound::Below, scaled(value))),
    ];
    let words = [
        when.duplicate.map(Test::Duplicate),
        when.cancellation.map(Test::Cancellation),
        when.service.map(Test::Service),
        (missing != 0).then_some(Test::Missing(missing)),
        when.order_begins_with.as_ref().map(|start| Test::OrderBeginsWith(start.clone().into_bytes())),
        when.product_without_leading_digits.map(Test::WithoutLeadingDigits),
        (!when.product_is.is_empty()).then(|| Test::ProductIs(when.product_is.clone())),
    ];
    words.into_iter().chain(bounds).flatten().collect()
}

fn all_hold(tests: &[Test], facts: &LineFacts<'_>) -> bool {
    tests.iter().all(|test| holds(test, facts))
}

fn holds(test: &Test, facts: &LineFacts<'_>) -> bool {
    match test {
        Test::Missing(fields) => facts.missing & fields == *fields,
        Test::Duplicate(wanted) => facts.duplicate == *wanted,
        Test::Cancellation(wanted) => facts.cancellation == *wanted,
        Test::Service(wanted) => facts.service == *wanted,
        Test::OrderBeginsWith(start) => facts.order.starts_with(start),
        Test::WithoutLeadingDigits(count) => {
            facts.product.iter().take(*count).filter(|byte| byte.is_ascii_digit()).count() < *count
        }
        Test::ProductIs(codes) => {
            codes.iter().any(|code| code.as_bytes().eq_ignore_ascii_case(facts.product))
        }
        Test::Price(bound, value) => {
            facts.price.is_some_and(|price| within(price.ten_thousandths(), *bound, *value))
        }
        Test::Quantity(bound, value) => {
            facts.quantity.is_some_and(|quantity| within(quantity, *bound, *value))
        }
        Test::Amount(bound, value) => within(facts.amount.ten_thousandths(), *bound, *value),
    }
}

fn within(value: i64, bound: Bound, limit: i64) -> bool {
    match bound {
        Bound::AtMost => value <= limit,
        Bound::Below => value < limit,
        Bound::AtLeast => value >= limit,
    }
}
