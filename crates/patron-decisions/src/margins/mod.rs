//! What is earned on what is sold, and what stands behind each number: `docs/decisions/margins.md`.

mod costing;
mod group;
mod missing;
mod rates;
mod read;
#[cfg(test)]
pub(crate) mod test_shop;
#[cfg(test)]
mod tests;
mod value;

use patron_columns::Catalog;
use patron_domain::{Day, Money};
use patron_models::{MarginShares, PurchaseMargin};
use serde::Serialize;

use crate::{DecisionError, Shop};
pub(crate) use costing::Costing;
pub use group::{GroupMargin, MarginBasis, NamedMargin, RestsOn};
pub(crate) use group::{MarginSum, share};
pub use missing::Missing;
pub use rates::MarginRates;
pub use value::{MarginValue, YEARLY_DISCOUNT, margin_value};

/// Products that together make this share of the revenue *sell much* (the A of ABC).
const SELLS_MUCH: f64 = 0.8;

/// Margins of a shop up to its as-of date. Net of returns; what is brought back is taken to be sold again.
///
/// Lines without a customer count for products, categories, countries and the shop. Lines without a product are known
/// only for customers: they count in the customer's country, and one rate for all is all that can be known of them.
#[derive(Clone, Debug, Serialize)]
pub struct Margins {
    /// Everything.
    pub shop: GroupMargin,
    /// Every product with a line; highest margin first, unknown ones last, ties by revenue, then by SKU.
    pub products: Vec<NamedMargin>,
    /// By category, in the order of products; unknown: an empty name. Empty where no category is known.
    pub categories: Vec<NamedMargin>,
    /// By country of the line, in the order of products; unknown: an empty name.
    pub countries: Vec<NamedMargin>,
    /// Products among those that make the first 80 % of revenue whose known margin is zero or less; highest revenue
    /// first.
    pub sells_much_earns_nothing: Vec<NamedMargin>,
    /// What would make more of it known; empty where all is.
    pub missing: Vec<Missing>,
    #[serde(skip)]
    costing: Costing,
    /// By place in the shop's customers.
    #[serde(skip)]
    sums: Vec<MarginSum>,
    /// The same: own rate and how far it counts.
    #[serde(skip)]
    rates: Vec<Option<(f64, f64)>>,
    #[serde(skip)]
    codes: Vec<u32>,
    #[serde(skip)]
    as_of: Day,
}

/// What one customer's purchases earned so far.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CustomerMargin {
    /// The customer's code.
    pub customer: u32,
    /// What was earned so far.
    pub so_far: GroupMargin,
    /// Margin ÷ revenue to reckon with from now on: the customer's own, drawn toward that of all customers; `None`
    /// where no margin is known of anybody.
    pub rate: Option<f64>,
    /// Weight of the own purchases in `rate`, 0 to 1.
    pub own_weight: f64,
}

impl Margins {
    /// Reads what was sold to `shop.as_of` and what is known to have been earned on it. The unit cost of a product
    /// comes first, then the rate of its category, then one rate for all.
    ///
    /// # Errors
    /// As the source fails; [`DecisionError::CostsTooLarge`].
    pub fn new(shop: &Shop<'_>, rates: &MarginRates) -> Result<Self, DecisionError> {
        let catalog = shop.source.catalog();
        let costing = Costing::new(shop.attributes, catalog.skus.len(), rates);
        let facts = read::Facts::read(shop, &costing)?;
        let all = facts.shop();
        let products = sorted(facts.products(catalog))?;
        let any_category = shop.attributes.category.codes.iter().any(|&code| code != patron_domain::NO_CODE);
        let categories =
            if any_category { sorted(facts.categories(&shop.attributes.category))? } else { Vec::new() };
        let countries = sorted(facts.countries(catalog))?;
        let mut missing = Vec::new();
        if all.unknown_revenue() != Money::ZERO || !all.any_known() {
            missing.push(Missing::UnitCostsOrMarginRate);
        }
        Ok(Self {
            shop: all.group("the shop")?,
            sells_much_earns_nothing: earns_nothing(&products),
            products,
            categories,
            countries,
            missing,
            rates: rates_of(&facts.days),
            sums: facts.customers,
            codes: shop.customers.iter().map(|customer| customer.code).collect(),
            costing,
            as_of: shop.as_of,
        })
    }

    /// The customer at a place in the shop's customers.
    ///
    /// # Errors
    /// [`DecisionError::CostsTooLarge`].
    pub fn customer(&self, place: usize) -> Result<CustomerMargin, DecisionError> {
        let sum = self.sums.get(place).copied().unwrap_or_default();
        let known = self.rates.get(place).copied().flatten();
        Ok(CustomerMargin {
            customer: self.codes.get(place).copied().unwrap_or(patron_domain::NO_CODE),
            so_far: sum.group("a customer")?,
            rate: known.map(|(rate, _)| rate),
            own_weight: known.map_or(0.0, |(_, weight)| weight),
        })
    }

    /// Margin ÷ revenue to reckon with for the customer at a place; `None` where no margin is known of anybody.
    pub fn rate(&self, place: usize) -> Option<f64> {
        self.rates.get(place).copied().flatten().map(|(rate, _)| rate)
    }

    /// The customers at some places taken together: a segment.
    ///
    /// # Errors
    /// [`DecisionError::CostsTooLarge`].
    pub fn of_group(&self, places: impl IntoIterator<Item = usize>) -> Result<GroupMargin, DecisionError> {
        let mut sum = MarginSum::default();
        places.into_iter().filter_map(|place| self.sums.get(place)).for_each(|one| sum.add(one));
        sum.group("a segment")
    }

    /// What the margins rest on as a whole.
    pub fn basis(&self) -> MarginBasis {
        self.shop.basis
    }

    pub(crate) fn costing(&self) -> &Costing {
        &self.costing
    }

    /// The day up to which the margins were read.
    pub fn as_of(&self) -> Day {
        self.as_of
    }
}

/// Rate of each customer and weight of the own purchases in it; `None` for all where nothing is known of anybody.
fn rates_of(days: &[Vec<PurchaseMargin>]) -> Vec<Option<(f64, f64)>> {
    let known = days.iter().map(Vec::as_slice).filter(|days| !days.is_empty());
    let Some(shares) = MarginShares::learn(known) else { return vec![None; days.len()] };
    let one = |days: &Vec<PurchaseMargin>| {
        let revenue: f64 = days.iter().map(|day| day.revenue).sum();
        let own = shares.half_at().filter(|_| revenue > 0.0);
        Some((shares.of(days), own.map_or(0.0, |half_at| revenue / (revenue + half_at))))
    };
    days.iter().map(one).collect()
}

fn sorted(rows: Vec<(u32, String, i64, MarginSum)>) -> Result<Vec<NamedMargin>, DecisionError> {
    let mut named = Vec::with_capacity(rows.len());
    for (code, name, quantity, sum) in rows {
        let margin = sum.group(&name)?;
        named.push(NamedMargin { code, name, quantity, margin });
    }
    named.sort_by(|a, b| {
        (b.margin.margin, b.margin.revenue)
            .cmp(&(a.margin.margin, a.margin.revenue))
            .then(a.name.cmp(&b.name))
    });
    Ok(named)
}

fn earns_nothing(products: &[NamedMargin]) -> Vec<NamedMargin> {
    let mut by_revenue: Vec<&NamedMargin> =
        products.iter().filter(|row| row.margin.revenue > Money::ZERO).collect();
    by_revenue.sort_by(|a, b| b.margin.revenue.cmp(&a.margin.revenue).then(a.name.cmp(&b.name)));
    let total: f64 = by_revenue.iter().map(|row| row.margin.revenue.to_f64()).sum();
    let mut before = 0.0;
    let mut found = Vec::new();
    for row in by_revenue {
        let sells_much = before < SELLS_MUCH * total;
        if sells_much && row.margin.margin.is_some_and(|margin| margin <= Money::ZERO) {
            found.push(row.clone());
        }
        before += row.margin.revenue.to_f64();
    }
    found
}

/// The texts of products, for whoever names them.
pub(crate) fn sku(catalog: &Catalog, product: u32) -> String {
    catalog.skus.text(product).to_owned()
}
