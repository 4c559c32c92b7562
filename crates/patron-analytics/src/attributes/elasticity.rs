//! How demand answers to prices, category by category.

use std::collections::BTreeMap;
use std::ops::Range;

use patron_columns::ProductDay;
use patron_domain::{Attributes, Money};

use crate::facts::ProductRecord;
use crate::stats::{PanelCell, PanelRow, panel_slopes};
use crate::{Analysis, AnalyticsError, ElasticityMeasure, PriceElasticity};

/// Complete months looked back at.
const MOST_MONTHS: usize = 36;
/// Orders a month that a product needs: below, too many months are without a price.
const LEAST_ORDERS: f64 = 3.0;
/// Categories, those with the most orders, that get an elasticity of their own.
const MOST_CATEGORIES: usize = 40;
/// A price change: half a per cent.
const CHANGE: f64 = 0.005;

/// A product in the months between its first and its last sale.
struct Priced {
    product: u32,
    /// Places of its months, the first one looked at being 0.
    months: Range<usize>,
    ln_price: Vec<f64>,
    orders: Vec<f64>,
    units: Vec<f64>,
}

impl Analysis<'_> {
    /// How demand answers to prices; empty where no product sold enough to tell. See [`PriceElasticity`].
    ///
    /// # Errors
    /// As the source fails.
    pub fn price_elasticities(
        &self,
        attributes: &Attributes,
    ) -> Result<Vec<PriceElasticity>, AnalyticsError> {
        let complete = self.orders().calendar.complete();
        let window = complete.start.max(complete.end.saturating_sub(MOST_MONTHS))..complete.end;
        let products = self.priced(&window)?;
        if products.is_empty() {
            return Ok(Vec::new());
        }
        let categories = Categories::of(&products, attributes);
        let mut rows = Vec::new();
        for measure in [ElasticityMeasure::Orders, ElasticityMeasure::Units] {
            let panel = |group: &dyn Fn(usize) -> usize| -> Vec<PanelRow> {
                products.iter().enumerate().map(|(place, own)| own.panel_row(measure, group(place))).collect()
            };
            let row =
                |category: Option<String>, own: Vec<&Priced>, slope: Option<crate::stats::PanelSlope>| {
                    let changes: Vec<u64> = own.iter().map(|product| product.changes()).collect();
                    PriceElasticity {
                        measure,
                        category,
                        products: own.len() as u64,
                        products_with_changes: changes.iter().filter(|changes| **changes > 0).count() as u64,
                        changes: changes.iter().sum(),
                        elasticity: slope.map(|slope| slope.slope),
                        low: slope.map(|slope| slope.low),
                        high: slope.map(|slope| slope.high),
                    }
                };
            let all = panel_slopes(&panel(&|_| 0), window.len(), 1);
            rows.push(row(None, products.iter().collect(), all.first().copied().flatten()));
            if categories.names.is_empty() {
                continue;
            }
            let groups = categories.names.len() + 1;
            let slopes = panel_slopes(&panel(&|place| categories.of[place]), window.len(), groups);
            for (group, (name, slope)) in categories.names.iter().zip(slopes).enumerate() {
                let own = products.iter().zip(&categories.of).filter(|(_, of)| **of == group);
                rows.push(row(Some(name.clone()), own.map(|(product, _)| product).collect(), slope));
            }
        }
        Ok(rows)
    }

    fn priced(&self, window: &Range<usize>) -> Result<Vec<Priced>, AnalyticsError> {
        let facts = self.product_facts()?;
        let mut records: Vec<&ProductRecord> = facts.products.iter().collect();
        records.sort_unstable_by_key(|record| record.product);
        let mut products = Vec::new();
        for batch in self.source.product_days() {
            for days in batch?.chunk_by(|a, b| a.product == b.product) {
                let place = records.binary_search_by_key(&days[0].product, |record| record.product);
                if let Some(record) = place.ok().and_then(|place| records.get(place)) {
                    products.extend(self.priced_product(record, days, window)?);
                }
            }
        }
        Ok(products)
    }

    fn priced_product(
        &self,
        record: &ProductRecord,
        days: &[ProductDay],
        window: &Range<usize>,
    ) -> Result<Option<Priced>, AnalyticsError> {
        let calendar = &self.orders().calendar;
        let offset = |place: usize| place.checked_sub(window.start).filter(|offset| *offset < window.len());
        let mut prices: Vec<Option<f64>> = vec![None; window.len()];
        for month in days.chunk_by(|a, b| a.day.month() == b.day.month()) {
            if let Some(offset) = offset(calendar.place_of_day(month[0].day)) {
                prices[offset] = median_price(month);
            }
        }
        let (mut orders, mut units) = (vec![0.0; window.len()], vec![0.0; window.len()]);
        for row in &self.product_facts()?.months[record.months.clone()] {
            if let Some(offset) = offset(calendar.place(row.month)) {
                orders[offset] = f64::from(row.orders);
                units[offset] = row.quantity.max(0) as f64;
            }
        }
        let (Some(first), Some(last)) =
            (prices.iter().position(Option::is_some), prices.iter().rposition(Option::is_some))
        else {
            return Ok(None);
        };
        let months = first..last + 1;
        if orders[months.clone()].iter().sum::<f64>() < LEAST_ORDERS * months.len() as f64 || months.len() < 2
        {
            return Ok(None);
        }
        let mut known = 0.0;
        let carried = prices[months.clone()].iter().map(|price| {
            known = price.unwrap_or(known);
            known
        });
        let ln_price: Vec<f64> = carried.collect();
        let (orders, units) = (orders[months.clone()].to_vec(), units[months.clone()].to_vec());
        Ok(Some(Priced { product: record.product, months, ln_price, orders, units }))
    }
}

/// Logarithm of the median of the days' mean prices, weighted by orders; `None` without a sale.
fn median_price(days: &[ProductDay]) -> Option<f64> {
    let sold = days.iter().filter(|day| day.quantity > 0 && day.revenue > Money::ZERO && day.orders > 0);
    let mut prices: Vec<(f64, u64)> =
        sold.map(|day| (day.revenue.to_f64() / day.quantity as f64, u64::from(day.orders))).collect();
    prices.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let all: u64 = prices.iter().map(|(_, orders)| orders).sum();
    let mut below = 0;
    prices.iter().find_map(|&(price, orders)| {
        below += orders;
        (2 * below >= all).then(|| price.ln())
    })
}

impl Priced {
    fn changes(&self) -> u64 {
        self.ln_price.windows(2).filter(|pair| (pair[1] - pair[0]).abs() > CHANGE).count() as u64
    }

    fn panel_row(&self, measure: ElasticityMeasure, group: usize) -> PanelRow {
        let counts = match measure {
            ElasticityMeasure::Orders => &self.orders,
            ElasticityMeasure::Units => &self.units,
        };
        let base = self.ln_price.first().copied().unwrap_or_default();
        let cells = self.months.clone().zip(counts).zip(&self.ln_price);
        let cell = |((time, count), ln_price): ((usize, &f64), &f64)| PanelCell {
            time,
            count: *count,
            x: ln_price - base,
        };
        PanelRow { group, cells: cells.map(cell).collect() }
    }
}

/// The first levels of the categories with the most orders.
struct Categories {
    names: Vec<String>,
    /// By product; one past the last for all others.
    of: Vec<usize>,
}

impl Categories {
    fn of(products: &[Priced], attributes: &Attributes) -> Self {
        let known = &attributes.category;
        let words: Vec<&str> = known.words.iter().collect();
        let name = |product: &Priced| {
            let word = words.get(known.code(product.product)? as usize)?;
            let first = word.split('>').next().unwrap_or_default().trim();
            (!first.is_empty()).then(|| (first.to_lowercase(), first.to_owned()))
        };
        let mut found: BTreeMap<String, (f64, String)> = BTreeMap::new();
        for product in products {
            if let Some((key, spelt)) = name(product) {
                found.entry(key).or_insert((0.0, spelt)).0 += product.orders.iter().sum::<f64>();
            }
        }
        let mut by_orders: Vec<(String, (f64, String))> = found.into_iter().collect();
        by_orders.sort_by(|a, b| b.1.0.total_cmp(&a.1.0)); // stable: ties stay in order of the names
        by_orders.truncate(MOST_CATEGORIES);
        by_orders.sort_by(|a, b| a.0.cmp(&b.0));
        let place = |product: &Priced| {
            let key = name(product).map(|(key, _)| key);
            let place = key.and_then(|key| by_orders.binary_search_by(|own| own.0.cmp(&key)).ok());
            place.unwrap_or(by_orders.len())
        };
        let of = products.iter().map(place).collect();
        Self { names: by_orders.into_iter().map(|(_, (_, name))| name).collect(), of }
    }
}
