//! The rules of a profile and its overlay, made ready for one file.

use patron_domain::{Money, RuleAction};

use crate::field::FieldBits;
use crate::mapping::ColumnMap;
use crate::overlay::Overlay;
use crate::profile::{Condition, Profile, Rule};

/// What rules see of a line.
pub(crate) struct LineFacts<'a> {
    /// Bit per field: no value there.
    pub(crate) missing: FieldBits,
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

/// A rule with its conditions made ready.
#[derive(Clone, Debug)]
pub(crate) struct ReadyRule {
    pub(crate) name: String,
    pub(crate) action: RuleAction,
    pub(crate) meaning: String,
    test: Test,
}

/// A condition as bits and ranges: nearly every line fails it at the first comparison.
#[derive(Clone, Debug)]
struct Test {
    /// Which of the line's marks are asked for, and what they must be.
    asked: u8,
    wanted: u8,
    missing: FieldBits,
    price: Range,
    quantity: Range,
    amount: Range,
    order_begins_with: Vec<u8>,
    without_leading_digits: Option<usize>,
    product_is: Vec<String>,
}

/// Both ends included, in ten-thousandths.
type Range = (i64, i64);

const DUPLICATE: u8 = 1;
const CANCELLATION: u8 = 2;
const SERVICE: u8 = 4;
const HAS_PRICE: u8 = 8;
const HAS_QUANTITY: u8 = 16;

/// All rules that can hold for a file, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct RuleBook {
    pub(crate) rules: Vec<ReadyRule>,
    cancellation: Option<Test>,
    service: Option<Test>,
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
        let duplicates = |rule: &ReadyRule| rule.test.asked & DUPLICATE != 0;
        Self {
            asks_for_duplicates: rules.iter().any(duplicates),
            rules,
            cancellation: overlay.and_then(|overlay| overlay.cancellation.as_ref()).map(Test::new),
            service: overlay.and_then(|overlay| overlay.service.as_ref()).map(Test::new),
        }
    }

    /// Fills in what the overlay says of a line beside what is known of it, and gives the index of the rule that owns it.
    pub(crate) fn owner(&self, facts: &mut LineFacts<'_>) -> Option<usize> {
        let mut marks = if facts.duplicate { DUPLICATE } else { 0 };
        marks |= if facts.price.is_some() { HAS_PRICE } else { 0 };
        marks |= if facts.quantity.is_some() { HAS_QUANTITY } else { 0 };
        facts.cancellation |= self.cancellation.as_ref().is_some_and(|test| test.holds(marks, facts));
        marks |= if facts.cancellation { CANCELLATION } else { 0 };
        facts.service |= self.service.as_ref().is_some_and(|test| test.holds(marks, facts));
        marks |= if facts.service { SERVICE } else { 0 };
        self.rules.iter().position(|rule| rule.test.holds(marks, facts))
    }
}

fn ready(rule: &Rule) -> ReadyRule {
    let Rule { name, action, meaning, when } = rule;
    ReadyRule { name: name.clone(), action: *action, meaning: meaning.clone(), test: Test::new(when) }
}

impl Test {
    fn new(when: &Condition) -> Self {
        let scaled = |value: f64| (value * 10_000.0).round() as i64;
        let at_most = |at_most: Option<f64>, below: Option<f64>| {
            let below = below.map_or(i64::MAX, |value| scaled(value).saturating_sub(1));
            at_most.map_or(i64::MAX, scaled).min(below)
        };
        let price = (i64::MIN, at_most(when.price_at_most, when.price_below));
        let least = when.quantity_at_least.map_or(i64::MIN, scaled);
        let quantity = (least, at_most(when.quantity_at_most, when.quantity_below));
        let amount = (i64::MIN, at_most(when.amount_at_most, when.amount_below));
        let (mut asked, mut wanted) = (0, 0);
        let everything = (i64::MIN, i64::MAX);
        let marks = [
            (when.duplicate, DUPLICATE),
            (when.cancellation, CANCELLATION),
            (when.service, SERVICE),
            ((price != everything).then_some(true), HAS_PRICE),
            ((quantity != everything).then_some(true), HAS_QUANTITY),
        ];
        for (mark, bit) in marks {
            asked |= if mark.is_some() { bit } else { 0 };
            wanted |= if mark == Some(true) { bit } else { 0 };
        }
        Self {
            asked,
            wanted,
            missing: when.missing.iter().fold(0, |bits, field| bits | field.bit()),
            price,
            quantity,
            amount,
            order_begins_with: when.order_begins_with.clone().unwrap_or_default().into_bytes(),
            without_leading_digits: when.product_without_leading_digits,
            product_is: when.product_is.clone(),
        }
    }

    fn holds(&self, marks: u8, facts: &LineFacts<'_>) -> bool {
        let within = |value: i64, (least, most): Range| least <= value && value <= most;
        marks & self.asked == self.wanted
            && facts.missing & self.missing == self.missing
            && within(facts.price.unwrap_or_default().ten_thousandths(), self.price)
            && within(facts.quantity.unwrap_or_default(), self.quantity)
            && within(facts.amount.ten_thousandths(), self.amount)
            && facts.order.starts_with(&self.order_begins_with)
            && self.without_leading_digits.is_none_or(|count| leading_digits(facts.product) < count)
            && (self.product_is.is_empty() || is_one_of(facts.product, &self.product_is))
    }
}

fn leading_digits(code: &[u8]) -> usize {
    code.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn is_one_of(product: &[u8], codes: &[String]) -> bool {
    codes.iter().any(|code| code.as_bytes().eq_ignore_ascii_case(product))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALE: LineFacts<'static> = LineFacts {
        missing: 0,
        order: b"C536379",
        product: b"22423",
        quantity: Some(-10_000),
        price: Some(Money::from_ten_thousandths(5_000)),
        amount: Money::from_ten_thousandths(-5_000),
        duplicate: false,
        cancellation: false,
        service: false,
    };

    fn check(when: &str, facts: &LineFacts<'_>, expected: bool) {
        let rule = format!("[[rule]]\nname = 'r'\naction = 'reject'\nmeaning = 'm'\nwhen = {{ {when} }}");
        let text = format!("name = 'x'\npurchase_day = 'any-line'\noverlay = false\n{rule}");
        let book = RuleBook::new(&Profile::from_toml(&text).unwrap(), None, &ColumnMap::default());
        let facts = &mut LineFacts { ..*facts };
        assert_eq!(book.owner(facts).is_some(), expected, "{when}");
    }

    #[test]
    fn every_condition_holds_and_fails() {
        let cases = [
            ("quantity_below = 0", "quantity_below = -1"),
            ("quantity_at_most = -1", "quantity_at_most = -1.5"),
            ("quantity_at_least = -1", "quantity_at_least = 0"),
            ("price_at_most = 0.5", "price_at_most = 0.4999"),
            ("price_below = 0.5001", "price_below = 0.5"),
            ("amount_at_most = -0.5", "amount_below = -0.5"),
            ("order_begins_with = 'C'", "order_begins_with = 'A'"),
            ("product_without_leading_digits = 6", "product_without_leading_digits = 5"),
            ("product_is = ['x', '22423']", "product_is = ['2242']"),
            ("duplicate = false", "duplicate = true"),
            ("cancellation = false", "cancellation = true"),
            ("service = false", "service = true"),
            ("order_begins_with = 'C', price_below = 1", "order_begins_with = 'C', price_below = 0"),
        ];
        for (holds, fails) in cases {
            check(holds, &SALE, true);
            check(fails, &SALE, false);
        }
        let unnamed = LineFacts { missing: crate::Field::Customer.bit(), ..SALE };
        check("missing = ['customer']", &unnamed, true);
        check("missing = ['customer', 'country']", &unnamed, false);
        check("missing = ['customer']", &SALE, false);
    }

    #[test]
    fn a_number_that_is_not_there_fulfils_nothing() {
        let bare = LineFacts { price: None, quantity: None, ..SALE };
        check("price_at_most = 0", &bare, false);
        check("quantity_at_least = -5", &bare, false);
        check("amount_below = 0", &bare, true);
    }
}
