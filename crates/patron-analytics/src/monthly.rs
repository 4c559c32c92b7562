//! Month by month, and the shop as a whole.

use crate::facts::{count_share, share};
use crate::{Analysis, AnalyticsError, MonthDetail, MonthTotals, ProductMonthRow, ShopTotals};

impl Analysis<'_> {
    /// The shop as a whole.
    ///
    /// # Errors
    /// As the source fails.
    pub fn totals(&self) -> Result<ShopTotals, AnalyticsError> {
        let (orders, customers) = (self.orders(), self.customer_facts()?);
        let count = |days: u32| customers.customers.iter().filter(|c| c.purchase_days >= days).count() as u64;
        let (purchasers, repeat_customers) = (count(1), count(2));
        let whole = customers.cell(None, None);
        let named = orders.country.split_last().map_or(&[][..], |(_, named)| named);
        Ok(ShopTotals {
            span: orders.calendar.span,
            customers: whole.active,
            purchasers,
            repeat_customers,
            repeat_rate: count_share(repeat_customers, purchasers),
            orders: orders.orders(),
            revenue: orders.revenue(),
            known_revenue: whole.revenue,
            products: self.product_facts()?.products.len() as u64,
            countries: named.iter().filter(|cell| cell.any).count() as u64,
            average_order_value: share(orders.revenue().to_f64(), orders.orders() as f64),
        })
    }

    /// Month by month, from the first with a line to the last.
    ///
    /// # Errors
    /// As the source fails.
    pub fn monthly(&self) -> Result<Vec<MonthTotals>, AnalyticsError> {
        let (orders, customers) = (self.orders(), self.customer_facts()?);
        let row = |place: usize| {
            let (month, cell) = (orders.month[place], customers.cell(None, Some(place)));
            let [repeat, returning, _] = cell.repeat;
            MonthTotals {
                month: orders.calendar.month(place),
                orders: month.orders,
                revenue: month.revenue,
                active_customers: cell.active,
                new_customers: cell.new,
                repeat_customers: repeat.customers,
                repeat_revenue: repeat.revenue,
                returning_customers: returning.customers,
                returning_revenue: returning.revenue,
                revenue_without_customer: month.unknown,
            }
        };
        Ok((0..orders.calendar.len()).map(row).collect())
    }

    /// What follows from [`Analysis::monthly`], month by month.
    ///
    /// # Errors
    /// As the source fails.
    pub fn month_details(&self) -> Result<Vec<MonthDetail>, AnalyticsError> {
        let (orders, customers) = (self.orders(), self.customer_facts()?);
        let (quantity, complete) = (self.month_quantities()?, orders.calendar.complete());
        let row = |place: usize| {
            let (month, cell) = (orders.month[place], customers.cell(None, Some(place)));
            let [repeat, returning, _] = cell.repeat;
            let of_active = |count: u64| count_share(count, cell.active);
            MonthDetail {
                month: orders.calendar.month(place),
                complete: complete.contains(&place),
                average_order_value: share(month.revenue.to_f64(), month.orders as f64),
                known_revenue: cell.revenue,
                new_revenue: cell.new_revenue,
                returning_revenue: returning.revenue,
                returns_only_revenue: cell.idle_revenue,
                revenue_without_customer: month.unknown,
                quantity: quantity[place],
                new_share: of_active(cell.new),
                returning_share: of_active(returning.customers),
                repeat_share: of_active(repeat.customers),
            }
        };
        Ok((0..orders.calendar.len()).map(row).collect())
    }

    /// Products by month.
    ///
    /// # Errors
    /// As the source fails.
    pub fn product_months(&self) -> Result<Vec<ProductMonthRow>, AnalyticsError> {
        Ok(self.product_facts()?.month_rows(&self.orders().calendar))
    }

    /// Net units of all products, by place of the month.
    pub(crate) fn month_quantities(&self) -> Result<Vec<i64>, AnalyticsError> {
        let calendar = &self.orders().calendar;
        let mut quantity = vec![0; calendar.len()];
        for row in &self.product_facts()?.months {
            quantity[calendar.place(row.month)] += row.quantity;
        }
        Ok(quantity)
    }
}
