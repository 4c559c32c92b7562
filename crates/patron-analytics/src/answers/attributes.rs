//! Customers and products by what is known of them beyond the log.

use patron_domain::{Money, Month};
use serde::Serialize;

use super::{PriceElasticity, ProductRef};

/// What customers are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CustomerTrait {
    /// Country: the shop's own customer list, else the customer's first line.
    Country,
    /// City.
    City,
    /// Gender, in the shop's own words.
    Gender,
    /// Age at the as-of date: under 20, 20–29, … 70 and over.
    AgeBand,
    /// Acquisition channel.
    Channel,
}

/// What products are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProductTrait {
    /// Category.
    Category,
    /// Country of the producer.
    ProducerCountry,
}

/// Which customers or products a row is about.
///
/// Words that differ only by case and outer blanks are one word, in its most frequent spelling (ties: the first in
/// the order of the texts). A [`Group::Named`] row stands for five customers or more. So does a [`Group::Merged`]
/// row, unless it is all there is: where the small groups come to fewer than five customers even together, these
/// count as [`Group::Unknown`], so that the other rows cannot be used to make them out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Those with this word.
    Named(String),
    /// Those of whom it is not known, or of whom there are too few to say. May stand for fewer than five customers:
    /// it tells nothing of them.
    Unknown,
    /// Groups of fewer than five customers, taken together so that nobody can be made out. May be one group alone,
    /// where it is all there is.
    Merged {
        /// How many groups.
        groups: u64,
    },
}

/// Revenue less cost, where the cost of the products is known.
///
/// Exact sums, services (shipping, tax, fees) left out. Fractional quantities are rounded to whole units in the sales
/// table, and their cost with them. What is brought back lowers revenue and cost: it is taken to be sold again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Margin {
    /// Net revenue of the lines whose product has a known cost.
    pub revenue: Money,
    /// Net units of those lines × cost of a unit.
    pub cost: Money,
    /// Revenue − cost.
    pub margin: Money,
    /// Margin ÷ revenue; `None` unless the revenue is above zero.
    pub share: Option<f64>,
    /// Of all net revenue of the row (lines that name no product included), the part that has a known cost; `None`
    /// unless the whole is above zero. Returns may carry it out of 0 … 1.
    pub covered: Option<f64>,
}

/// Customers who share something. Ordered by trait, then named groups by revenue (highest first, ties by name), then
/// the merged ones, then the unknown.
///
/// The rows of one trait add up to the customers with an order, their repeat customers, orders and net revenue: to all
/// revenue of known customers less what customers without an order brought back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CustomerGroup {
    /// What they are grouped by.
    pub by: CustomerTrait,
    /// Which of them.
    pub group: Group,
    /// Customers with an order.
    pub customers: u64,
    /// Their codes, ascending: who wants to look at them one by one. Not part of what is written to files.
    #[serde(skip)]
    pub members: Vec<u32>,
    /// Of them: bought on two or more days ever ([`RepeatDefinition::TwoDaysEver`](super::RepeatDefinition)).
    pub repeat_customers: u64,
    /// Repeat customers ÷ customers.
    pub repeat_share: Option<f64>,
    /// Orders with a sale line.
    pub orders: u64,
    /// Net revenue so far, all their days, returns taken off.
    pub revenue: Money,
    /// Net revenue ÷ customers, in currency units.
    pub revenue_per_customer: Option<f64>,
    /// Net revenue ÷ orders, in currency units.
    pub average_order_value: Option<f64>,
    /// Customers of the group with a forecast, and their expected net revenue in the coming 3 and 12 months summed,
    /// in currency units; `None` where none of them has a forecast.
    pub expected: Option<GroupExpectation>,
    /// Margin on what they bought; `None` where no cost is known.
    pub margin: Option<Margin>,
}

/// What a customer is expected to bring, in currency units: a forecast as `attribute_answers` takes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExpectedValue {
    /// Expected net revenue in the coming 3 calendar months.
    pub value_3m: f64,
    /// The same for 12 months.
    pub value_12m: f64,
}

/// What the customers of a group are expected to bring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct GroupExpectation {
    /// Customers with a forecast.
    pub customers: u64,
    /// Expected net revenue in the coming 3 calendar months, in currency units.
    pub value_3m: f64,
    /// The same for 12 months.
    pub value_12m: f64,
}

/// Products that share something. Ordered as [`CustomerGroup`]s are; the rows of one trait add up to the products, net
/// units and net revenue of all products.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProductGroup {
    /// What they are grouped by.
    pub by: ProductTrait,
    /// Which of them; groups bought by fewer than five known customers are merged. Where the log knows no customer at
    /// all there is nobody to protect, and nothing is merged.
    pub group: Group,
    /// Products with a sale or return line.
    pub products: u64,
    /// Distinct known customers who bought one of them: on some day, net units or net value above zero.
    pub customers: u64,
    /// Net units.
    pub quantity: i64,
    /// Net revenue.
    pub revenue: Money,
    /// Of the net revenue of all products; `None` unless that is above zero.
    pub revenue_share: Option<f64>,
    /// Margin; `None` where no cost is known.
    pub margin: Option<Margin>,
}

/// A product and its margin; products whose cost is known, highest margin first, ties by SKU. Products without a
/// sale or return line are absent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProductMargin {
    /// The product.
    pub product: ProductRef,
    /// Net units.
    pub quantity: i64,
    /// Cost of a unit.
    pub unit_cost: Money,
    /// Its margin; `covered` is 1.
    pub margin: Margin,
}

/// What winning a customer cost, by month and channel. Ordered by month, then channel; months with spend or new
/// customers of a channel that ever had spend.
///
/// A channel of the costs file and one of the customers are the same where they differ only by case and outer blanks.
/// Spend in a month outside the log has its row, with nobody new.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AcquisitionCost {
    /// The month.
    pub month: Month,
    /// The channel.
    pub channel: String,
    /// Spend in that month; `None` where the costs file names none.
    pub spend: Option<Money>,
    /// Customers of that channel whose first order lies in the month.
    pub new_customers: u64,
    /// Spend ÷ new customers, in currency units; `None` without either, and in the log's first month.
    pub per_customer: Option<f64>,
    /// Whether it is the log's first month: it calls older customers new too, whose first orders lie before the log.
    pub holds_older_customers: bool,
}

/// Something the shop could add, and what it would unlock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unlock {
    /// Unit costs of products: margins.
    UnitCosts,
    /// Categories of products: revenue by category.
    Categories,
    /// Producer countries of products: revenue by producer country.
    ProducerCountries,
    /// Cities of customers.
    Cities,
    /// Genders of customers.
    Genders,
    /// Birthdays of customers: age bands.
    Birthdays,
    /// Acquisition channels of customers: which channel brings customers that stay.
    Channels,
    /// Cost of a contact by channel: what a campaign must bring in.
    ContactCosts,
    /// Acquisition spend by month and channel: what a new customer costs.
    AcquisitionSpend,
}

/// Every answer about attributes; a trait known of no customer with an order, or of no product with a line, gives no
/// rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AttributeAnswers {
    /// Customers by country (the country of the first line counts where the shop's own list has none), and by what
    /// else is known of any of them.
    pub customer_groups: Vec<CustomerGroup>,
    /// Products by what is known of any of them.
    pub product_groups: Vec<ProductGroup>,
    /// Products with a known cost.
    pub product_margins: Vec<ProductMargin>,
    /// Margin of all product revenue; `None` where no cost is known.
    pub margin: Option<Margin>,
    /// How demand answers to prices: all products, then category by category; empty where no product sold enough to tell.
    pub price_elasticities: Vec<PriceElasticity>,
    /// What winning a customer cost; empty without acquisition spend.
    pub acquisition: Vec<AcquisitionCost>,
    /// What is not known of anybody or anything, and could be added; in the order of [`Unlock`]. Only what would unlock
    /// something in this log: nothing about products where no line names one, nothing about customers where none is
    /// known.
    pub unlocks: Vec<Unlock>,
}
