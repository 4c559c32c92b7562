//! Countries.

use patron_domain::Money;

use crate::facts::{count_share, money_share, product_ref, share};
use crate::{Analysis, AnalyticsError, CountryProduct, CountrySummary};

impl Analysis<'_> {
    /// Every country with a line, by revenue.
    ///
    /// # Errors
    /// As the source fails.
    pub fn countries(&self) -> Result<Vec<CountrySummary>, AnalyticsError> {
        let (customers, products) = (self.customer_facts()?, self.product_facts()?);
        let revenue = self.orders().revenue();
        let summary = |slot: usize| {
            let (orders, cell) = (self.orders().country[slot], customers.cell(Some(slot), None));
            let repeat_customers = cell.repeat[2].customers;
            let too_few = self.too_few(cell.active);
            let quantity = products.country_quantity[slot];
            let own = products.country_top[slot].first().filter(|_| !too_few);
            let shop = products.favourite_countries.iter().find(|units| units.country as usize == slot);
            let shop_favourite_quantity = shop.map_or(0, |units| units.quantity);
            let enough = |share: Option<f64>| share.filter(|_| !too_few);
            CountrySummary {
                country: self.country_name(slot),
                customers: cell.active,
                repeat_customers,
                repeat_share: enough(count_share(repeat_customers, cell.active)),
                too_few,
                orders: orders.orders,
                revenue: orders.revenue,
                revenue_share: money_share(orders.revenue, revenue),
                average_order_value: share(orders.revenue.to_f64(), orders.orders as f64),
                quantity,
                favourite: own.map(|units| product_ref(self.source, units.product)),
                favourite_quantity: own.map_or(0, |units| units.quantity),
                shop_favourite_quantity,
                shop_favourite_revenue: shop.map_or(Money::ZERO, |units| units.revenue),
                shop_favourite_share: enough(share(shop_favourite_quantity as f64, quantity as f64)),
            }
        };
        Ok(self.countries_by_revenue().into_iter().map(summary).collect())
    }

    /// Best-selling products of each country with enough customers.
    ///
    /// # Errors
    /// As the source fails.
    pub fn country_products(&self) -> Result<Vec<CountryProduct>, AnalyticsError> {
        let (customers, products) = (self.customer_facts()?, self.product_facts()?);
        let mut rows = Vec::new();
        for slot in self.countries_by_revenue() {
            if self.too_few(customers.cell(Some(slot), None).active) {
                continue;
            }
            let best = products.country_top[slot].iter().take(self.options.top_per_country);
            rows.extend((1..).zip(best).map(|(rank, units)| CountryProduct {
                country: self.country_name(slot),
                rank,
                product: product_ref(self.source, units.product),
                quantity: units.quantity,
                revenue: units.revenue,
            }));
        }
        Ok(rows)
    }

    fn too_few(&self, customers: u64) -> bool {
        customers < self.options.minimum_country_customers
    }

    fn countries_by_revenue(&self) -> Vec<usize> {
        let countries = &self.orders().country;
        let mut slots: Vec<usize> = (0..countries.len()).filter(|&slot| countries[slot].any).collect();
        slots.sort_by_key(|&slot| (-countries[slot].revenue.ten_thousandths(), self.country_name(slot)));
        slots
    }
}
