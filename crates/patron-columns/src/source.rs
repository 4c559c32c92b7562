//! The table as a source of rollups.

use patron_domain::{Day, LineKind, PurchaseRule};

use crate::{
    Batches, Catalog, CustomerDayBatch, CustomerProductDay, HistoryHistogram, OrderMonth, ProductDay,
    ProductMonth, RollupError, RollupSource, SalesTable, Span, customer_days, orders, products,
};

impl RollupSource for SalesTable {
    fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    fn purchase_rule(&self) -> PurchaseRule {
        self.rule
    }

    fn span(&self) -> Option<Span> {
        let sales =
            || (0..self.len()).filter(|&row| self.kind[row] == LineKind::Sale).map(|row| self.timestamp[row]);
        Some(Span { first: Day::of(sales().min()?), last: Day::of(sales().max()?) })
    }

    fn customer_days(&self) -> Batches<'_, CustomerDayBatch> {
        customer_days::batches(self)
    }

    fn order_months(&self) -> Batches<'_, Vec<OrderMonth>> {
        orders::batches(self)
    }

    fn product_days(&self) -> Batches<'_, Vec<ProductDay>> {
        products::days(self)
    }

    fn product_months(&self) -> Batches<'_, Vec<ProductMonth>> {
        products::months(self)
    }

    fn customer_product_days(&self) -> Batches<'_, Vec<CustomerProductDay>> {
        products::customer_days(self)
    }

    fn history_histogram(&self, as_of: Day) -> Result<HistoryHistogram, RollupError> {
        Ok(HistoryHistogram::of(self.histories(as_of).into_iter().map(|(_, customer)| customer.history)))
    }
}
