//! How an export differs from the shop behind it.

use serde::{Deserialize, Serialize};

use super::zone::ExportZone;
use crate::SynthError;
use crate::scenario::check::{share, within};

/// What a shop system adds to the orders of a [`crate::Shop`], each kind at its own rate.
///
/// Rates are shares of the orders written, 0 to 1. An order meets at most one fate of `cancelled`, `unpaid`,
/// `voided` and `test_orders` (their sum must not pass 1); refunds happen to the other orders only and are shares of
/// those.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExportOptions {
    /// Orders whose customer is given by the e-mail address only. Shopify's export names no other customers, so
    /// this counts for WooCommerce.
    pub guests: f64,
    /// Orders with a discount on the whole order, a percentage or an odd amount, at most a third of the goods.
    pub discounts: f64,
    /// Orders of which some money, any amount, went back.
    pub refunds: f64,
    /// Orders of which all money went back.
    pub full_refunds: f64,
    /// Cancelled orders (in Shopify refunded as well).
    pub cancelled: f64,
    /// Orders that were never paid.
    pub unpaid: f64,
    /// Orders whose payment was voided (Shopify) or failed (WooCommerce, which counts them as unpaid).
    pub voided: f64,
    /// Orders placed to try the shop out; Shopify only, because WooCommerce does not mark them.
    pub test_orders: f64,
    /// Orders with one or two gift cards beside the goods.
    pub gift_cards: f64,
    /// Orders with a tip (Shopify) or a fee (WooCommerce).
    pub tips: f64,
    /// Tax on goods and shipping, 0 to 1 (0.19: 19 %), read to the millionth; gift cards, tips and fees bear none.
    pub tax_rate: f64,
    /// Whether the catalogue's prices and the shipping include the tax. Shopify then writes them so, and the total
    /// does not add the tax again; WooCommerce always writes amounts without tax, taken out line by line.
    pub prices_include_tax: bool,
    /// Orders moved into the hour before or after midnight of their day on the shop's clock.
    pub near_midnight: f64,
    /// The zone of the shop's own clock, in which days and months are counted.
    pub shop_zone: ExportZone,
    /// The zone in which the file writes its stamps.
    pub file_zone: ExportZone,
    /// ISO 4217 code: three capital letters.
    pub currency: String,
}

impl Default for ExportOptions {
    /// A shop in Berlin whose file is stamped in New York, 19 % tax on top of the prices, and a few per cent of
    /// everything.
    fn default() -> Self {
        Self {
            guests: 0.3,
            discounts: 0.2,
            refunds: 0.04,
            full_refunds: 0.02,
            cancelled: 0.03,
            unpaid: 0.02,
            voided: 0.01,
            test_orders: 0.01,
            gift_cards: 0.03,
            tips: 0.05,
            tax_rate: 0.19,
            prices_include_tax: false,
            near_midnight: 0.1,
            shop_zone: ExportZone::Berlin,
            file_zone: ExportZone::NewYork,
            currency: "EUR".to_owned(),
        }
    }
}

impl ExportOptions {
    /// Whether an export can be written with them.
    ///
    /// # Errors
    /// The first field, in the order of declaration, that is out of its range (NaN included); then sums of rates
    /// above 1; then a currency that is not three capital letters.
    pub fn check(&self) -> Result<(), SynthError> {
        share("guests", self.guests)?;
        share("discounts", self.discounts)?;
        share("refunds", self.refunds)?;
        share("full_refunds", self.full_refunds)?;
        share("cancelled", self.cancelled)?;
        share("unpaid", self.unpaid)?;
        share("voided", self.voided)?;
        share("test_orders", self.test_orders)?;
        share("gift_cards", self.gift_cards)?;
        share("tips", self.tips)?;
        share("tax_rate", self.tax_rate)?;
        share("near_midnight", self.near_midnight)?;
        within("refunds + full_refunds", self.refunds + self.full_refunds, 0.0..=1.0, "at most 1")?;
        let set_aside = self.cancelled + self.unpaid + self.voided + self.test_orders;
        within("cancelled + unpaid + voided + test_orders", set_aside, 0.0..=1.0, "at most 1")?;
        if self.currency.len() != 3 || !self.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(SynthError::NotACurrency { currency: self.currency.clone() });
        }
        Ok(())
    }

    /// The tax rate in millionths.
    pub(crate) fn tax_millionths(&self) -> i64 {
        (self.tax_rate * 1e6).round() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The defaults after a change are refused with `message`.
    fn check(change: impl FnOnce(&mut ExportOptions), message: &str) {
        let mut options = ExportOptions::default();
        change(&mut options);
        assert_eq!(options.check().unwrap_err().to_string(), message);
    }

    #[test]
    fn the_defaults_are_possible() {
        assert_eq!(ExportOptions::default().check(), Ok(()));
    }

    #[test]
    fn errors_name_the_field() {
        check(|o| o.guests = 1.5, "`guests` is 1.5, but must be between 0 and 1");
        check(|o| o.tips = -0.1, "`tips` is -0.1, but must be between 0 and 1");
        check(|o| o.tax_rate = 19.0, "`tax_rate` is 19, but must be between 0 and 1");
        check(|o| o.near_midnight = f64::NAN, "`near_midnight` is NaN, but must be between 0 and 1");
        check(
            |o| (o.refunds, o.full_refunds) = (0.75, 0.5),
            "`refunds + full_refunds` is 1.25, but must be at most 1",
        );
        check(
            |o| (o.cancelled, o.unpaid, o.voided, o.test_orders) = (0.5, 0.5, 0.25, 0.25),
            "`cancelled + unpaid + voided + test_orders` is 1.5, but must be at most 1",
        );
        check(
            |o| o.currency = "€".to_owned(),
            "`currency` is \"€\", but must be a code of three capital letters such as EUR",
        );
    }
}
