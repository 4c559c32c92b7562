//! The sums behind the margins, each rollup read once.

use std::collections::BTreeMap;

use patron_columns::Catalog;
use patron_domain::{Day, NO_CODE, Trait};
use patron_models::PurchaseMargin;
use rustc_hash::FxHashMap;

use super::costing::Costing;
use super::group::MarginSum;
use super::rates::key;
use super::sku;
use crate::{DecisionError, Shop};

/// A code, its name, net units and what was earned.
type Row = (u32, String, i64, MarginSum);

/// Sums up to the as-of date.
pub(super) struct Facts {
    /// By product code, with net units; `None` without a line.
    products: Vec<Option<(i64, MarginSum)>>,
    /// By country code, the unknown one last.
    countries: Vec<Option<(i64, MarginSum)>>,
    /// What names no product.
    nameless: MarginSum,
    /// By place in the shop's customers.
    pub(super) customers: Vec<MarginSum>,
    /// The same: what each of their days brought whose margin is known, in order of time.
    pub(super) days: Vec<Vec<PurchaseMargin>>,
}

impl Facts {
    pub(super) fn read(shop: &Shop<'_>, costing: &Costing) -> Result<Self, DecisionError> {
        let catalog = shop.source.catalog();
        let mut facts = Self {
            products: vec![None; catalog.skus.len()],
            countries: vec![None; catalog.countries.len() + 1],
            nameless: MarginSum::default(),
            customers: vec![MarginSum::default(); shop.customers.len()],
            days: vec![Vec::new(); shop.customers.len()],
        };
        facts.read_products(shop, costing)?;
        facts.read_customers(shop, costing)?;
        Ok(facts)
    }

    fn read_products(&mut self, shop: &Shop<'_>, costing: &Costing) -> Result<(), DecisionError> {
        let last = self.countries.len() - 1;
        for batch in shop.source.product_days() {
            for row in batch?.iter().filter(|row| row.day <= shop.as_of) {
                let country = if row.country == NO_CODE { last } else { row.country as usize };
                let slots = [self.products.get_mut(row.product as usize), self.countries.get_mut(country)];
                for slot in slots.into_iter().flatten() {
                    let (quantity, sum) = slot.get_or_insert_default();
                    *quantity += row.quantity;
                    costing.add(sum, row.product, row.quantity, row.revenue);
                }
            }
        }
        Ok(())
    }

    fn read_customers(&mut self, shop: &Shop<'_>, costing: &Costing) -> Result<(), DecisionError> {
        let mut places = vec![usize::MAX; shop.source.catalog().customers.len()];
        for (place, customer) in shop.customers.iter().enumerate() {
            if let Some(slot) = places.get_mut(customer.code as usize) {
                *slot = place;
            }
        }
        let mut days: FxHashMap<(usize, Day), MarginSum> = FxHashMap::default();
        for batch in shop.source.customer_product_days() {
            let batch = batch?;
            for own in batch.chunk_by(|a, b| (a.product, a.customer) == (b.product, b.customer)) {
                let place = places.get(own[0].customer as usize).copied().unwrap_or(usize::MAX);
                let Some(sum) = self.customers.get_mut(place) else { continue };
                for row in own.iter().filter(|row| row.day <= shop.as_of) {
                    costing.add(sum, row.product, row.quantity, row.revenue);
                    let day = days.entry((place, row.day)).or_default();
                    costing.add(day, row.product, row.quantity, row.revenue);
                }
            }
        }
        let last = self.countries.len() - 1;
        for (place, customer) in shop.customers.iter().enumerate() {
            let mut rest = MarginSum::default();
            let named = self.customers[place].known_revenue() + self.customers[place].unknown_revenue();
            costing.add_nameless(&mut rest, customer.revenue() - named);
            self.customers[place].add(&rest);
            self.days[place].extend(day_of(&rest));
            self.nameless.add(&rest);
            let country = if customer.country == NO_CODE { last } else { customer.country as usize };
            if let Some(slot) = self.countries.get_mut(country).filter(|_| rest != MarginSum::default()) {
                slot.get_or_insert_default().1.add(&rest);
            }
        }
        let mut days: Vec<_> = days.into_iter().collect();
        days.sort_unstable_by_key(|&(key, _)| key);
        for ((place, _), sum) in days {
            self.days[place].extend(day_of(&sum));
        }
        Ok(())
    }

    pub(super) fn shop(&self) -> MarginSum {
        let mut sum = self.nameless;
        self.products.iter().flatten().for_each(|(_, one)| sum.add(one));
        sum
    }

    pub(super) fn products(&self, catalog: &Catalog) -> Vec<Row> {
        let rows = (0..).zip(&self.products);
        rows.filter_map(|(code, found)| found.map(|(units, sum)| (code, sku(catalog, code), units, sum)))
            .collect()
    }

    pub(super) fn countries(&self, catalog: &Catalog) -> Vec<Row> {
        let known = |code: usize| if code < catalog.countries.len() { code as u32 } else { NO_CODE };
        let rows =
            self.countries.iter().enumerate().filter_map(|(code, found)| Some((known(code), (*found)?)));
        rows.map(|(code, (units, sum))| (code, catalog.countries.text(code).to_owned(), units, sum)).collect()
    }

    /// Words that differ only by case and outer blanks are one category, spelled as the first of them.
    pub(super) fn categories(&self, category: &Trait) -> Vec<Row> {
        let mut groups: BTreeMap<String, Row> = BTreeMap::new();
        for (product, found) in (0..).zip(&self.products) {
            let Some((units, sum)) = found else { continue };
            let code = category.code(product).unwrap_or(NO_CODE);
            let word = category.words.text(code).trim();
            let group =
                groups.entry(key(word)).or_insert_with(|| (code, word.to_owned(), 0, MarginSum::default()));
            if word < group.1.as_str() {
                group.1 = word.to_owned();
            }
            group.0 = group.0.min(code);
            group.2 += units;
            group.3.add(sum);
        }
        let mut rest = groups.remove("");
        if self.nameless != MarginSum::default() {
            rest.get_or_insert_with(|| (NO_CODE, String::new(), 0, MarginSum::default()))
                .3
                .add(&self.nameless);
        }
        groups.into_values().chain(rest).collect()
    }
}

/// A day as the margin of a customer is learned from; `None` where nothing of it is known.
fn day_of(sum: &MarginSum) -> Option<PurchaseMargin> {
    let day = PurchaseMargin { revenue: sum.known_revenue().to_f64(), margin: sum.margin_f64() };
    sum.any_known().then_some(day)
}
