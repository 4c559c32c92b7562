//! Countries.

use patron_domain::Money;
use serde::Serialize;

use super::ProductRef;

/// One country; ordered by revenue, descending, then name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CountrySummary {
    /// Name; empty where the log names none.
    pub country: String,
    /// Customers whose first line names the country and who have an order.
    pub customers: u64,
    /// Of these, those who bought on two or more days.
    pub repeat_customers: u64,
    /// Repeat customers ÷ customers; `None` when there are too few to say.
    pub repeat_share: Option<f64>,
    /// Too few customers (below 10) to say anything about shares and favourites.
    pub too_few: bool,
    /// Orders whose first sale line names the country.
    pub orders: u64,
    /// Net revenue of lines that name the country.
    pub revenue: Money,
    /// Revenue ÷ the shop's revenue.
    pub revenue_share: Option<f64>,
    /// Revenue ÷ orders, in currency units.
    pub average_order_value: Option<f64>,
    /// Net units of all products.
    pub quantity: i64,
    /// The country's own favourite: most net units, ties by SKU; `None` when there are too few customers, or
    /// nothing with positive net units.
    pub favourite: Option<ProductRef>,
    /// Net units of it.
    pub favourite_quantity: i64,
    /// Net units of the shop's favourite in this country.
    pub shop_favourite_quantity: i64,
    /// Net revenue of the shop's favourite in this country.
    pub shop_favourite_revenue: Money,
    /// Its units ÷ all net units of the country: the demand for it; `None` when there are too few to say.
    pub shop_favourite_share: Option<f64>,
}

/// A country's best-selling products; ordered as the countries, then by rank. Countries with too few customers
/// are left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CountryProduct {
    /// Name.
    pub country: String,
    /// Place by net units, ties by SKU, from 1.
    pub rank: u32,
    /// The product.
    pub product: ProductRef,
    /// Net units.
    pub quantity: i64,
    /// Net revenue.
    pub revenue: Money,
}
