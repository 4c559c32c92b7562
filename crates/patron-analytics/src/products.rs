//! Products: summaries, rankings, repeat items, popular and trending.

use patron_domain::Money;

use crate::facts::{Again, ProductRecord, product_ref, share};
use crate::stats::{benjamini_hochberg, poisson_at_least, wilson};
use crate::{
    Analysis, AnalyticsError, PopularProduct, ProductMeasure, ProductSummary, RankEnd, RankedProduct,
    RepeatItem, TrendingProduct,
};

/// Orders a product needs in the recent months to be trending.
const TRENDING_ORDERS: u64 = 10;

impl Analysis<'_> {
    /// Every product, in the order of the SKUs.
    ///
    /// # Errors
    /// As the source fails.
    pub fn products(&self) -> Result<Vec<ProductSummary>, AnalyticsError> {
        let (facts, pairs) = (self.product_facts()?, self.pair_facts()?);
        let mut popularity = vec![0; facts.products.len()];
        for (rank, index) in (1..).zip(self.popularity()?) {
            popularity[index] = rank;
        }
        let summary = |(record, popularity_rank): (&ProductRecord, u32)| {
            let pair = pairs.of(record.product);
            let customers = pair.map_or(0, |pair| pair.customers);
            let spent = pair.map_or(0.0, |pair| pair.revenue.to_f64());
            ProductSummary {
                product: product_ref(self.source, record.product),
                first_sale: record.first,
                last_sale: record.last,
                days_on_sale: self.days_on_sale(record),
                quantity: record.quantity,
                revenue: record.revenue,
                orders: record.orders,
                customers,
                repeat_customers: pair.map_or(0, |pair| pair.repeat_customers),
                spend_per_customer: share(spent, customers as f64),
                average_price: share(record.revenue.to_f64(), record.quantity as f64),
                popularity_rank,
            }
        };
        Ok(facts.products.iter().zip(popularity).map(summary).collect())
    }

    /// Most and least by five measures.
    ///
    /// # Errors
    /// As the source fails.
    pub fn product_ranking(&self) -> Result<Vec<RankedProduct>, AnalyticsError> {
        let (facts, pairs) = (self.product_facts()?, self.pair_facts()?);
        let mut rows = Vec::new();
        for measure in ProductMeasure::ALL {
            let value = |record: &ProductRecord| match measure {
                ProductMeasure::Quantity => record.quantity,
                ProductMeasure::Revenue => record.revenue.ten_thousandths(),
                ProductMeasure::Orders => record.orders as i64,
                ProductMeasure::Customers => pairs.of(record.product).map_or(0, |pair| pair.customers as i64),
                ProductMeasure::RepeatCustomers => {
                    pairs.of(record.product).map_or(0, |pair| pair.repeat_customers as i64)
                }
            };
            let all = facts.products.iter().map(|record| (value(record), record.product));
            self.rank(&mut rows, measure, RankEnd::Most, all.collect());
            let lasting = facts.products.iter().filter(|record| self.is_lasting(record));
            let lasting = lasting.map(|record| (value(record), record.product));
            self.rank(&mut rows, measure, RankEnd::Least, lasting.collect());
        }
        Ok(rows)
    }

    /// Products bought again by the same customers.
    ///
    /// # Errors
    /// As the source fails.
    pub fn repeat_items(&self) -> Result<Vec<RepeatItem>, AnalyticsError> {
        let (facts, pairs) = (self.product_facts()?, self.pair_facts()?);
        let in_sku_order = facts.products.iter().filter_map(|record| pairs.of(record.product));
        let enough: Vec<_> =
            in_sku_order.filter(|pair| pair.customers >= self.options.minimum_customers.max(1)).collect();
        let all = self.visit_facts()?.again(self.source, &self.orders().calendar)?;
        let again = |product: u32| {
            let place = all.binary_search_by_key(&product, |again| again.product).ok();
            place.and_then(|place| all.get(place)).copied().unwrap_or_default()
        };
        let p_value = |again: Again| poisson_at_least(again.visits, again.by_chance);
        let p_values: Vec<f64> = enough.iter().map(|pair| p_value(again(pair.product))).collect();
        let mut items: Vec<RepeatItem> = enough
            .iter()
            .zip(benjamini_hochberg(&p_values))
            .map(|(pair, q_value)| {
                let again = again(pair.product);
                let (share_low, share_high) = wilson(pair.repeat_customers, pair.customers);
                RepeatItem {
                    product: product_ref(self.source, pair.product),
                    customers: pair.customers,
                    repeat_customers: pair.repeat_customers,
                    share: pair.repeat_customers as f64 / pair.customers as f64,
                    share_low,
                    share_high,
                    median_days_between: pair.median_gap,
                    bought_again: again.visits,
                    bought_again_by_chance: again.by_chance,
                    q_value,
                }
            })
            .collect();
        items.sort_by(|a, b| b.repeat_customers.cmp(&a.repeat_customers).then(b.share.total_cmp(&a.share)));
        Ok(items)
    }

    /// Popular products: the level.
    ///
    /// # Errors
    /// As the source fails.
    pub fn popular(&self) -> Result<Vec<PopularProduct>, AnalyticsError> {
        let facts = self.product_facts()?;
        let all: i64 = facts.products.iter().map(|record| record.quantity).sum();
        let best = (1..).zip(self.popularity()?).take(self.options.top);
        let row = |(rank, index): (u32, usize)| {
            let record = &facts.products[index];
            PopularProduct {
                rank,
                product: product_ref(self.source, record.product),
                quantity: record.quantity,
                revenue: record.revenue,
                share_of_quantity: share(record.quantity as f64, all as f64),
            }
        };
        Ok(best.map(row).collect())
    }

    /// Trending products: the change.
    ///
    /// # Errors
    /// As the source fails.
    pub fn trending(&self) -> Result<Vec<TrendingProduct>, AnalyticsError> {
        let (facts, calendar) = (self.product_facts()?, &self.orders().calendar);
        let complete = calendar.complete();
        let months = (complete.len() / 2).min(3);
        if months == 0 {
            return Ok(Vec::new());
        }
        let recent_start = complete.end - months;
        let changes = facts.products.iter().filter_map(|record| {
            let (mut recent, mut before, mut recent_orders) = (0, 0, 0);
            for row in &facts.months[record.months.clone()] {
                match calendar.place(row.month) {
                    place if (recent_start..complete.end).contains(&place) => {
                        recent += row.quantity;
                        recent_orders += u64::from(row.orders);
                    }
                    place if (recent_start - months..recent_start).contains(&place) => before += row.quantity,
                    _ => {}
                }
            }
            (recent_orders >= TRENDING_ORDERS).then_some((record.product, recent, before, recent_orders))
        });
        let mut changes: Vec<_> = changes.collect();
        changes.sort_by_key(|&(_, recent, before, _)| before - recent); // stable: ties stay in SKU order
        changes.truncate(self.options.top);
        let row = |(rank, (product, recent, before, recent_orders)): (u32, (u32, i64, i64, u64))| {
            let per_month = |units: i64| units as f64 / months as f64;
            TrendingProduct {
                rank,
                product: product_ref(self.source, product),
                months: months as u32,
                recent: per_month(recent),
                before: per_month(before),
                change: per_month(recent - before),
                relative_change: share((recent - before) as f64, before as f64),
                recent_orders,
            }
        };
        Ok((1..).zip(changes).map(row).collect())
    }

    /// Places in the list of products, most units first, ties by SKU.
    fn popularity(&self) -> Result<Vec<usize>, AnalyticsError> {
        let products = &self.product_facts()?.products;
        let mut order: Vec<usize> = (0..products.len()).collect();
        order.sort_by_key(|&index| std::cmp::Reverse(products[index].quantity)); // stable: ties stay in SKU order
        Ok(order)
    }

    fn days_on_sale(&self, record: &ProductRecord) -> u32 {
        let span = self.orders().calendar.span;
        let days = span.zip(record.first).map(|(span, first)| span.last.days_since(first) + 1);
        days.map_or(0, |days| days.max(0) as u32)
    }

    fn is_lasting(&self, record: &ProductRecord) -> bool {
        self.days_on_sale(record) >= self.options.minimum_days_on_sale
            && record.quantity > 0
            && record.revenue > Money::ZERO
    }

    /// Appends one list; `values` come in SKU order.
    fn rank(
        &self,
        rows: &mut Vec<RankedProduct>,
        measure: ProductMeasure,
        end: RankEnd,
        mut values: Vec<(i64, u32)>,
    ) {
        match end {
            RankEnd::Most => values.sort_by_key(|&(value, _)| std::cmp::Reverse(value)),
            RankEnd::Least => values.sort_by_key(|&(value, _)| value),
        }
        let mut left = self.options.top;
        let mut rank = 1;
        for level in values.chunk_by(|a, b| a.0 == b.0) {
            let named = level.len() <= left;
            if left == 0 {
                break;
            }
            let value = match measure {
                ProductMeasure::Revenue => Money::from_ten_thousandths(level[0].0).to_f64(),
                _ => level[0].0 as f64,
            };
            let tied = level.len() as u32;
            let entry = |product| RankedProduct { measure, end, rank, product, value, tied };
            if named {
                rows.extend(level.iter().map(|&(_, code)| entry(Some(product_ref(self.source, code)))));
                left -= level.len();
            } else {
                rows.push(entry(None));
                left = 0;
            }
            rank += tied;
        }
    }
}
