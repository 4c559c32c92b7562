//! What holds for one file format only, as data: how the format is told, what its columns mean, its own rules.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use patron_domain::StatusMeaning;
use serde::Deserialize;

use crate::Field;
use crate::field::normalised;
use crate::profile::{Condition, Rule};

/// What holds for one file format only.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Overlay {
    pub(crate) name: String,
    /// Names of the published formats it belongs to.
    #[serde(default)]
    formats: Vec<String>,
    /// Sets of headings; a file that has all of one set is of this format.
    #[serde(default)]
    recognised_by: Vec<Vec<String>>,
    #[serde(default)]
    pub(crate) product_case: ProductCase,
    /// Which lines are cancellations.
    pub(crate) cancellation: Option<Condition>,
    /// Which lines are services.
    pub(crate) service: Option<Condition>,
    #[serde(default, rename = "rule")]
    pub(crate) rules: Vec<Rule>,
    /// Field by field its headings, the most telling first; a field that is named here is looked for nowhere else.
    #[serde(default)]
    columns: Vec<Columns>,
    /// How its orders are to be understood.
    pub(crate) orders: Option<OrderSettings>,
}

/// The headings of one field.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    field: Field,
    named: Vec<String>,
}

/// How the orders of a format are to be understood.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct OrderSettings {
    /// Whether the discount is already taken off where subtotal and prices agree.
    pub(crate) subtotal: SubtotalMeaning,
    /// Words in the payment of an order that is a test.
    pub(crate) test_payments: Vec<String>,
    /// Customer ids that mean a guest, beside the empty one.
    pub(crate) guests: Vec<String>,
    /// Headings of quantities that leave the refunded units out.
    pub(crate) quantities_less_refunds: Vec<String>,
    /// Rules for whole orders.
    #[serde(rename = "rule")]
    pub(crate) rules: Vec<OrderRule>,
}

/// What an order's subtotal is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SubtotalMeaning {
    /// To be told from the order's total.
    #[default]
    Either,
    /// The goods after all discounts on them.
    AfterDiscount,
}

/// A rule that sets whole orders aside.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderRule {
    pub(crate) name: String,
    pub(crate) meaning: String,
    pub(crate) when: OrderCondition,
}

/// What must hold for a rule to own an order; what is left out is not asked.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct OrderCondition {
    /// The status means this (`words.toml`).
    pub(crate) status: Option<StatusMeaning>,
    /// The order has a time of cancellation, a mark that it was cancelled, or such a status.
    pub(crate) cancelled: Option<bool>,
    /// The order is marked as a test, or was paid by a way of payment for tests.
    pub(crate) test: Option<bool>,
    /// The order's number stands further up too, with other orders between.
    pub(crate) repeated: Option<bool>,
}

/// How product codes compare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ProductCase {
    /// Exactly.
    #[default]
    AsWritten,
    /// Without regard to case; the canonical spelling is upper case.
    Upper,
}

/// A format that headings tell.
#[derive(Clone, Copy)]
pub(crate) struct Recognised {
    /// Its name.
    pub(crate) name: &'static str,
    /// What holds for it only, where something does.
    pub(crate) overlay: Option<&'static Overlay>,
}

/// The words of all order exports (`words.toml`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// What statuses mean.
    pub(crate) statuses: BTreeMap<StatusMeaning, Vec<String>>,
    /// What items are called that are no goods.
    pub(crate) items: ItemWords,
}

/// Names of items that are no goods.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemWords {
    pub(crate) gift_cards: Vec<String>,
    /// Words beside which a name of a gift card means goods.
    pub(crate) goods: Vec<String>,
    pub(crate) tips: Vec<String>,
}

/// The words of all order exports.
pub(crate) fn words() -> Words {
    shipped(include_str!("../overlays/words.toml"))
}

static SHIPPED: LazyLock<[Overlay; 4]> = LazyLock::new(|| {
    [
        shipped(include_str!("../overlays/online-retail.toml")),
        shipped(include_str!("../overlays/shopify.toml")),
        shipped(include_str!("../overlays/woocommerce.toml")),
        shipped(include_str!("../overlays/orders.toml")),
    ]
});

#[expect(clippy::expect_used, reason = "the shipped texts are constants, read in the tests")]
fn shipped<T: serde::de::DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).expect("the shipped text is valid")
}

/// The format whose headings these are.
pub(crate) fn recognised(headings: &[String]) -> Option<Recognised> {
    const PUBLISHED: [(&str, &[&str]); 3] = [
        ("Online Retail", &["invoiceno", "stockcode", "quantity", "invoicedate", "unitprice", "customerid"]),
        ("Online Retail II", &["invoice", "stockcode", "quantity", "invoicedate", "price", "customerid"]),
        ("CDNOW", &["customerid", "date", "cds", "amount"]),
    ];
    let present: Vec<String> = headings.iter().map(|heading| normalised(heading)).collect();
    let has = |name: &str| present.iter().any(|heading| heading == name);
    let published = PUBLISHED.into_iter().find(|(_, wanted)| wanted.iter().all(|name| has(name)));
    if let Some((name, _)) = published {
        let overlay = SHIPPED.iter().find(|overlay| overlay.formats.iter().any(|format| format == name));
        return Some(Recognised { name, overlay });
    }
    let has_set = |set: &Vec<String>| set.iter().all(|name| has(&normalised(name)));
    let overlay = SHIPPED.iter().find(|overlay| overlay.recognised_by.iter().any(has_set))?;
    Some(Recognised { name: &overlay.name, overlay: Some(overlay) })
}

impl Overlay {
    /// What holds for order exports of no known platform.
    pub(crate) fn of_any_orders() -> &'static Self {
        let [.., any] = &*SHIPPED;
        any
    }

    /// The headings of a field, as [`normalised`] writes them; `None` where the format says nothing of it.
    pub(crate) fn headings(&self, field: Field) -> Option<Vec<String>> {
        let columns = self.columns.iter().find(|columns| columns.field == field)?;
        Some(columns.named.iter().map(|name| normalised(name)).collect())
    }
}

/// Without the columns: what they came to stands in the mapping, and settings that are the same must read the same.
impl fmt::Debug for Overlay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overlay")
            .field("name", &self.name)
            .field("formats", &self.formats)
            .field("product_case", &self.product_case)
            .field("cancellation", &self.cancellation)
            .field("service", &self.service)
            .field("rules", &self.rules)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::check;

    fn format(headings: &str) -> Option<&'static str> {
        let headings: Vec<String> = headings.split(',').map(str::to_owned).collect();
        recognised(&headings).map(|recognised| recognised.name)
    }

    #[test]
    fn the_shipped_texts_are_valid_and_no_field_stands_twice() {
        for overlay in &*SHIPPED {
            assert!(check(&overlay.rules).is_ok(), "{}", overlay.name);
            for (index, columns) in overlay.columns.iter().enumerate() {
                let twice = overlay.columns[..index].iter().any(|earlier| earlier.field == columns.field);
                assert!(!twice, "{} in {}", columns.field, overlay.name);
            }
        }
    }

    #[test]
    fn formats_are_told_by_their_headings() {
        let invoices = "Invoice,StockCode,Quantity,InvoiceDate,Price,Customer ID";
        assert_eq!(format(invoices), Some("Online Retail II"));
        let shopify = "Name,Email,Financial Status,Lineitem quantity,Lineitem name,Lineitem price";
        assert_eq!(format(shopify), Some("Shopify orders"));
        assert_eq!(format("Date,Order #,Status,Customer,N. Revenue"), Some("WooCommerce orders"));
        assert_eq!(format("order,customer,date,total"), None);
    }
}
