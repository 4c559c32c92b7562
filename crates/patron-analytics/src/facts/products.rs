//! The rollups `ProductDay` and `ProductMonth`, folded in one pass each.

use std::cmp::Ordering;
use std::ops::Range;

use patron_columns::{ProductDay, RollupSource};
use patron_domain::{Day, Money, Names};
use rayon::prelude::*;

use super::{Calendar, country_slot};
use crate::{AnalyticsError, ProductMonthRow, ProductRef};

/// One product over the whole log.
#[derive(Clone, Debug)]
pub(crate) struct ProductRecord {
    pub(crate) product: u32,
    /// First and last day with something sold.
    pub(crate) first: Option<Day>,
    pub(crate) last: Option<Day>,
    pub(crate) quantity: i64,
    pub(crate) revenue: Money,
    pub(crate) orders: u64,
    /// Its rows in [`ProductFacts::months`].
    pub(crate) months: Range<usize>,
}

/// One product in one country.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountryUnits {
    pub(crate) product: u32,
    pub(crate) country: u32,
    pub(crate) quantity: i64,
    pub(crate) revenue: Money,
}

/// Products, their months and countries.
#[derive(Clone, Debug)]
pub(crate) struct ProductFacts {
    /// In order of the SKUs.
    pub(crate) products: Vec<ProductRecord>,
    /// By product code, then month.
    pub(crate) months: Vec<ProductMonthRow>,
    /// Place of each product code in the order of the SKUs.
    pub(crate) sku_rank: Vec<u32>,
    /// Net units by country, the unknown one last.
    pub(crate) country_quantity: Vec<i64>,
    /// Best sellers by country, most units first, ties by SKU; only net units above zero.
    pub(crate) country_top: Vec<Vec<CountryUnits>>,
    /// Most net units, ties by SKU.
    pub(crate) favourite: Option<u32>,
    /// The favourite by country, as far as the country has a line of it.
    pub(crate) favourite_countries: Vec<CountryUnits>,
}

/// What some products of a batch fold to.
#[derive(Default)]
struct Piece {
    products: Vec<ProductRecord>,
    months: Vec<ProductMonthRow>,
    /// Grouped by product, in order of `products`.
    countries: Vec<CountryUnits>,
    /// Scratch: sums by country of the product at hand.
    sums: Vec<Option<CountryUnits>>,
}

impl ProductFacts {
    /// Keeps the `top` best sellers of each country.
    pub(crate) fn read(
        source: &dyn RollupSource,
        calendar: &Calendar,
        top: usize,
    ) -> Result<Self, AnalyticsError> {
        let countries = source.catalog().countries.len();
        let mut facts = Self {
            products: Vec::new(),
            months: Vec::new(),
            sku_rank: ranks(&source.catalog().skus),
            country_quantity: vec![0; countries + 1],
            country_top: vec![Vec::new(); countries + 1],
            favourite: None,
            favourite_countries: Vec::new(),
        };
        for batch in source.product_days() {
            let batch = batch?;
            let pieces: Vec<Piece> = batch
                .par_chunk_by(|a, b| a.product == b.product)
                .fold(Piece::default, |piece, days| fold(piece, days, calendar, countries))
                .collect();
            pieces.into_iter().for_each(|piece| facts.add(piece, top));
        }
        for list in &mut facts.country_top {
            keep_best(list, top, &facts.sku_rank);
        }
        facts.read_months(source)?;
        let rank = &facts.sku_rank;
        facts.products.sort_unstable_by_key(|record| rank.get(record.product as usize));
        Ok(facts)
    }

    /// Rows ordered by month, then SKU.
    pub(crate) fn month_rows(&self, calendar: &Calendar) -> Vec<ProductMonthRow> {
        let mut starts = vec![0; calendar.len() + 1];
        self.months.iter().for_each(|row| starts[calendar.place(row.month) + 1] += 1);
        (1..starts.len()).for_each(|place| starts[place] += starts[place - 1]);
        let mut rows = self.months.clone();
        for row in self.products.iter().flat_map(|record| &self.months[record.months.clone()]) {
            let next = &mut starts[calendar.place(row.month)];
            rows[*next] = *row;
            *next += 1;
        }
        rows
    }

    /// More units first, ties by SKU.
    pub(crate) fn by_units(&self, a: (i64, u32), b: (i64, u32)) -> Ordering {
        by_units(&self.sku_rank, a, b)
    }

    fn add(&mut self, mut piece: Piece, top: usize) {
        let offset = self.months.len();
        self.months.append(&mut piece.months);
        for units in &piece.countries {
            let country = units.country as usize;
            self.country_quantity[country] += units.quantity;
            let list = &mut self.country_top[country];
            if units.quantity > 0 {
                list.push(*units);
            }
            if list.len() > 8 * top + 64 {
                keep_best(list, top, &self.sku_rank);
            }
        }
        let mut best: Option<(i64, u32)> = self.favourite_units();
        for record in &mut piece.products {
            record.months = record.months.start + offset..record.months.end + offset;
            let units = (record.quantity, record.product);
            if record.quantity > 0 && best.is_none_or(|best| self.by_units(units, best).is_lt()) {
                best = Some(units);
            }
        }
        if best != self.favourite_units() {
            self.favourite = best.map(|(_, product)| product);
            let own = piece.countries.iter().filter(|units| Some(units.product) == self.favourite);
            self.favourite_countries = own.copied().collect();
        }
        self.products.append(&mut piece.products);
    }

    fn favourite_units(&self) -> Option<(i64, u32)> {
        let product = self.favourite?;
        Some((self.favourite_countries.iter().map(|units| units.quantity).sum(), product))
    }

    /// Fills in orders and customers; both lists are in order of product code and month.
    fn read_months(&mut self, source: &dyn RollupSource) -> Result<(), AnalyticsError> {
        let mut next = 0;
        for batch in source.product_months() {
            for row in batch? {
                let key = (row.product, row.month);
                while self.months.get(next).is_some_and(|own| (own.product, own.month) < key) {
                    next += 1;
                }
                if let Some(own) = self.months.get_mut(next).filter(|own| (own.product, own.month) == key) {
                    own.orders = row.orders;
                    own.customers = row.customers;
                }
            }
        }
        for record in &mut self.products {
            let own = &self.months[record.months.clone()];
            record.orders = own.iter().map(|row| u64::from(row.orders)).sum();
        }
        Ok(())
    }
}

/// A product by its texts.
pub(crate) fn product_ref(source: &dyn RollupSource, code: u32) -> ProductRef {
    let catalog = source.catalog();
    let (sku, description) = (catalog.skus.text(code), catalog.descriptions.text(code));
    ProductRef { sku: sku.to_owned(), description: description.to_owned(), code }
}

/// Place of each code in the order of the texts.
fn ranks(names: &Names) -> Vec<u32> {
    let mut order: Vec<u32> = (0..names.len() as u32).collect();
    order.par_sort_unstable_by_key(|&code| names.text(code));
    let mut rank = vec![0; order.len()];
    order.iter().zip(0..).for_each(|(&code, place)| rank[code as usize] = place);
    rank
}

fn by_units(rank: &[u32], a: (i64, u32), b: (i64, u32)) -> Ordering {
    let rank = |code: u32| rank.get(code as usize);
    b.0.cmp(&a.0).then_with(|| rank(a.1).cmp(&rank(b.1)))
}

fn keep_best(list: &mut Vec<CountryUnits>, top: usize, rank: &[u32]) {
    list.sort_unstable_by(|a, b| by_units(rank, (a.quantity, a.product), (b.quantity, b.product)));
    list.truncate(top.max(1));
}

fn fold(mut piece: Piece, days: &[ProductDay], calendar: &Calendar, countries: usize) -> Piece {
    let start = piece.months.len();
    let Some(product) = days.first().map(|day| day.product) else { return piece };
    let mut record = ProductRecord {
        product,
        first: None,
        last: None,
        quantity: 0,
        revenue: Money::ZERO,
        orders: 0,
        months: 0..0,
    };
    piece.sums.resize(countries + 1, None);
    for day in days {
        let month = calendar.month(calendar.place_of_day(day.day));
        if piece.months[start..].last().is_none_or(|last| last.month != month) {
            let (quantity, revenue, orders, customers) = (0, Money::ZERO, 0, 0);
            piece.months.push(ProductMonthRow { month, product, quantity, revenue, orders, customers });
        }
        if let Some(row) = piece.months.last_mut() {
            row.quantity += day.quantity;
            row.revenue += day.revenue;
        }
        record.quantity += day.quantity;
        record.revenue += day.revenue;
        if day.quantity > 0 || day.revenue > Money::ZERO {
            record.first = record.first.or(Some(day.day));
            record.last = Some(day.day);
        }
        let country = country_slot(day.country, countries);
        let empty = CountryUnits { product, country: country as u32, quantity: 0, revenue: Money::ZERO };
        let sum = piece.sums[country].get_or_insert(empty);
        sum.quantity += day.quantity;
        sum.revenue += day.revenue;
    }
    piece.countries.extend(piece.sums.iter_mut().filter_map(Option::take));
    record.months = start..piece.months.len();
    piece.products.push(record);
    piece
}
