//! The sums behind the margins, each rollup read once.

use std::collections::BTreeMap;

use patron_columns::Catalog;
use patron_domain::{Money, NO_CODE, Trait};

use super::costing::Costing;
use super::group::MarginSum;
use super::rates::key;
use super::shrink::Spread;
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
    /// The same: how their rates differ.
    pub(super) spreads: Vec<Spread>,
}

impl Facts {
    pub(super) fn read(shop: &Shop<'_>, costing: &Costing) -> Result<Self, DecisionError> {
        let catalog = shop.source.catalog();
        let mut facts = Self {
            products: vec![None; catalog.skus.len()],
            countries: vec![None; catalog.countries.len() + 1],
            nameless: MarginSum::default(),
            customers: vec![MarginSum::default(); shop.customers.len()],
            spreads: vec![Spread::default(); shop.customers.len()],
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
        let mut named = vec![Money::ZERO; shop.customers.len()];
        for batch in shop.source.customer_product_days() {
            let batch = batch?;
            for own in batch.chunk_by(|a, b| (a.product, a.customer) == (b.product, b.customer)) {
                let place = places.get(own[0].customer as usize).copied().unwrap_or(usize::MAX);
                let Some(sum) = self.customers.get_mut(place) else { continue };
                let mut cell = MarginSum::default();
                for row in own.iter().filter(|row| row.day <= shop.as_of) {
                    costing.add(&mut cell, row.product, row.quantity, row.revenue);
                    named[place] += row.revenue;
                }
                sum.add(&cell);
                self.spreads[place].add(&cell);
            }
        }
        let last = self.countries.len() - 1;
        for (place, customer) in shop.customers.iter().enumerate() {
            let mut rest = MarginSum::default();
            costing.add_nameless(&mut rest, customer.revenue() - named[place]);
            self.customers[place].add(&rest);
            self.spreads[place].add(&rest);
            self.nameless.add(&rest);
            let country = if customer.country == NO_CODE { last } else { customer.country as usize };
            if let Some(slot) = self.countries.get_mut(country).filter(|_| rest != MarginSum::default()) {
                slot.get_or_insert_default().1.add(&rest);
            }
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
