//! Products by what is known of them, and their margins.

use std::cmp::Reverse;

use patron_domain::{Attributes, Money};

use super::bought::{Bought, Buyers};
use super::costs::{CostSum, Costs};
use super::rows::{FEWEST, Rows, order};
use super::words::Grouping;
use crate::facts::{ProductRecord, money_share, product_ref};
use crate::{Analysis, AnalyticsError, Margin, ProductGroup, ProductMargin, ProductTrait};

/// A trait that is known of any product with a line.
pub(super) struct TraitOfProducts {
    by: ProductTrait,
    /// Of the products in SKU order.
    grouping: Grouping,
    /// Group by product code.
    of_code: Vec<usize>,
}

impl TraitOfProducts {
    /// Group of a product by its code; one past the last where unknown.
    pub(super) fn group(&self, product: u32) -> usize {
        self.of_code.get(product as usize).copied().unwrap_or(self.grouping.names.len())
    }
}

/// What some products come to.
#[derive(Clone, Copy, Default)]
struct Sums {
    products: u64,
    quantity: i64,
    revenue: Money,
    costs: CostSum,
}

impl Sums {
    fn add(&mut self, product: &ProductRecord, costs: &Costs<'_>) {
        self.products += 1;
        self.quantity += product.quantity;
        self.revenue += product.revenue;
        if let Some(cost) = costs.of(product.product) {
            self.costs.add_units(product.quantity, product.revenue, cost);
        }
    }
}

impl Analysis<'_> {
    pub(super) fn product_traits(
        &self,
        attributes: &Attributes,
    ) -> Result<Vec<TraitOfProducts>, AnalyticsError> {
        let products = &self.product_facts()?.products;
        let traits = [
            (ProductTrait::Category, &attributes.category),
            (ProductTrait::ProducerCountry, &attributes.producer_country),
        ];
        let grouped = traits.map(|(by, known)| {
            let grouping = Grouping::by(known, products.iter().map(|record| record.product));
            let mut of_code = Vec::new();
            for (record, &group) in products.iter().zip(&grouping.of) {
                let place = record.product as usize;
                if of_code.len() <= place {
                    of_code.resize(place + 1, grouping.names.len());
                }
                of_code[place] = group;
            }
            TraitOfProducts { by, grouping, of_code }
        });
        Ok(grouped.into_iter().filter(|grouped| !grouped.grouping.names.is_empty()).collect())
    }

    pub(super) fn product_groups(
        &self,
        costs: &Costs<'_>,
        traits: Vec<TraitOfProducts>,
        bought: Bought,
    ) -> Result<Vec<ProductGroup>, AnalyticsError> {
        let products = &self.product_facts()?.products;
        let all: Money = products.iter().map(|record| record.revenue).sum();
        let anybody = !self.customer_facts()?.customers.is_empty();
        let mut groups = Vec::new();
        for (TraitOfProducts { by, grouping, .. }, buyers) in traits.into_iter().zip(bought.buyers) {
            let (rows, customers) = product_rows(grouping.names, &grouping.of, buyers, anybody);
            let mut sums = vec![Sums::default(); rows.groups.len()];
            for (product, &group) in products.iter().zip(&grouping.of) {
                sums[rows.of(group)].add(product, costs);
            }
            let mut own = Vec::with_capacity(sums.len());
            for ((group, sums), customers) in rows.groups.into_iter().zip(sums).zip(customers) {
                own.push(ProductGroup {
                    by,
                    group,
                    products: sums.products,
                    customers,
                    quantity: sums.quantity,
                    revenue: sums.revenue,
                    revenue_share: money_share(sums.revenue, all),
                    margin: costs.margin(sums.costs, sums.revenue)?,
                });
            }
            own.sort_by(|a, b| order(&a.group, a.revenue).cmp(&order(&b.group, b.revenue)));
            groups.append(&mut own);
        }
        Ok(groups)
    }

    pub(super) fn product_margins(&self, costs: &Costs<'_>) -> Result<Vec<ProductMargin>, AnalyticsError> {
        let mut rows = Vec::new();
        for record in &self.product_facts()?.products {
            let Some(unit_cost) = costs.of(record.product) else { continue };
            let mut sum = CostSum::default();
            sum.add_units(record.quantity, record.revenue, unit_cost);
            let Some(margin) = costs.margin(sum, record.revenue)? else { continue };
            let product = product_ref(self.source, record.product);
            let margin = Margin { covered: Some(1.0), ..margin };
            rows.push(ProductMargin { product, quantity: record.quantity, unit_cost, margin });
        }
        rows.sort_by_key(|row| Reverse(row.margin.margin)); // stable: ties stay in SKU order
        Ok(rows)
    }

    /// Of all products, out of all net revenue.
    pub(super) fn shop_margin(&self, costs: &Costs<'_>) -> Result<Option<Margin>, AnalyticsError> {
        let mut sums = Sums::default();
        self.product_facts()?.products.iter().for_each(|record| sums.add(record, costs));
        costs.margin(sums.costs, self.orders().revenue())
    }
}

/// The rows, and the distinct customers of each.
fn product_rows(names: Vec<String>, groups: &[usize], mut buyers: Buyers, anybody: bool) -> (Rows, Vec<u64>) {
    let unknown = groups.contains(&names.len());
    let mut small: Vec<bool> =
        buyers.count(names.len() + 1).iter().map(|&customers| anybody && customers < FEWEST).collect();
    small.truncate(names.len());
    let is_small = |group: usize| small.get(group) == Some(&true);
    let together = buyers.moved(|group| is_small(group).then_some(0)).count(1).into_iter().sum();
    let rows = Rows::new(names, &small, unknown, together);
    let customers = buyers.moved(|group| Some(rows.of(group))).count(rows.groups.len());
    (rows, customers)
}
