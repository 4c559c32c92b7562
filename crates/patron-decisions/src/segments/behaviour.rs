//! What a segment is described by and what clusters are made of: how customers behave, in columns.

use patron_domain::{NO_CODE, Trait};
use serde::Serialize;

use crate::{Seen, Shop};

/// Words of a country, channel or the like that become columns of their own.
const WORDS: usize = 6;

/// Something personal that enters descriptions and clusters only where it is named in the options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonalAttribute {
    /// Gender, in the shop's own words.
    Gender,
    /// Age in years on the day of the decision.
    Birthday,
    /// City.
    City,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "feature", content = "word")]
pub enum Feature {
    /// Days with a purchase.
    PurchaseDays,
    /// Days from the last purchase to the as-of date.
    Inactivity,
    /// Days from the first purchase to the as-of date.
    CustomerAge,
    /// Net revenue to date.
    Revenue,
    /// Net revenue per day with a purchase.
    PurchaseValue,
    /// Lines per order.
    LinesPerOrder,
    /// Distinct products bought.
    Products,
    /// Country of the first line.
    Country(String),
    /// What brought the customer in first.
    Channel(String),
    /// Personal: gender.
    Gender(String),
    /// Personal: age in years.
    Age,
    /// Personal: city.
    City(String),
}

impl Feature {
    /// Whether it is 1 for those whom the word fits and 0 for all others.
    pub fn is_word(&self) -> bool {
        matches!(self, Self::Country(_) | Self::Channel(_) | Self::Gender(_) | Self::City(_))
    }
}

/// The columns, each in order of [`Shop::customers`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Behaviour {
    pub(crate) features: Vec<Feature>,
    /// Unknown ages are NaN, unknown words 0 in every column of their kind.
    pub(crate) columns: Vec<Vec<f64>>,
}

impl Behaviour {
    pub(crate) fn of(shop: &Shop<'_>, seen: &Seen, personal: &[PersonalAttribute]) -> Self {
        let mut all = Self { features: Vec::new(), columns: Vec::new() };
        let customers = || shop.customers.iter();
        let days = |customer: &crate::Customer<'_>| f64::from(customer.purchase_days());
        all.push(Feature::PurchaseDays, customers().map(days));
        all.push(Feature::Inactivity, customers().map(|customer| f64::from(customer.inactivity())));
        all.push(Feature::CustomerAge, customers().map(|c| f64::from(c.history.history.customer_age)));
        all.push(Feature::Revenue, customers().map(|customer| customer.revenue().to_f64()));
        all.push(Feature::PurchaseValue, customers().map(|c| c.revenue().to_f64() / days(c)));
        let per_order = |c: &crate::Customer<'_>| f64::from(c.lines) / f64::from(c.orders.max(1));
        all.push(Feature::LinesPerOrder, customers().map(per_order));
        all.push(Feature::Products, (0..shop.customers.len()).map(|place| f64::from(seen.breadth(place))));
        let countries: Vec<u32> = customers().map(|customer| customer.country).collect();
        all.push_words(&countries, |code| shop.source.catalog().countries.text(code), Feature::Country);
        all.push_trait(shop, &shop.attributes.channel, Feature::Channel);
        if personal.contains(&PersonalAttribute::Gender) {
            all.push_trait(shop, &shop.attributes.gender, Feature::Gender);
        }
        if personal.contains(&PersonalAttribute::City) {
            all.push_trait(shop, &shop.attributes.city, Feature::City);
        }
        if personal.contains(&PersonalAttribute::Birthday) {
            let age = |code: u32| {
                let days = shop.attributes.birthday(code).map(|born| shop.as_of.days_since(born));
                days.map_or(f64::NAN, |days| (f64::from(days) / 365.25).floor())
            };
            all.push(Feature::Age, customers().map(|customer| age(customer.code)));
        }
        all
    }

    fn push(&mut self, feature: Feature, values: impl Iterator<Item = f64>) {
        self.features.push(feature);
        self.columns.push(values.collect());
    }

    fn push_trait(&mut self, shop: &Shop<'_>, known: &Trait, feature: fn(String) -> Feature) {
        let code = |customer: &crate::Customer<'_>| known.code(customer.code).unwrap_or(NO_CODE);
        let codes: Vec<u32> = shop.customers.iter().map(code).collect();
        self.push_words(&codes, |code| known.words.text(code), feature);
    }

    /// A column of 0 and 1 for each of the commonest words; nothing where there is only one.
    fn push_words<'t>(
        &mut self,
        codes: &[u32],
        text: impl Fn(u32) -> &'t str,
        feature: fn(String) -> Feature,
    ) {
        let words = codes.iter().filter(|code| **code != NO_CODE).max().map_or(0, |most| *most as usize + 1);
        let mut counts = vec![0_u64; words];
        codes.iter().filter(|code| **code != NO_CODE).for_each(|&code| counts[code as usize] += 1);
        let mut order: Vec<u32> = (0..words as u32).filter(|&code| counts[code as usize] > 0).collect();
        order.sort_by(|a, b| counts[*b as usize].cmp(&counts[*a as usize]).then(a.cmp(b)));
        if order.len() < 2 {
            return;
        }
        for word in order.into_iter().take(WORDS) {
            let values = codes.iter().map(|&code| f64::from(u8::from(code == word)));
            self.push(feature(text(word).to_owned()), values);
        }
    }
}
