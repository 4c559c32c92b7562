//! What a shop knows of its customers, products and costs beyond the sales log.

use serde::{Deserialize, Serialize};

use crate::{Day, Money, Month, NO_CODE, Names};

/// What is known of one customer; every field may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomerAttributes {
    /// First name.
    pub name: Option<String>,
    /// Family name.
    pub surname: Option<String>,
    /// E-mail address, trimmed and in lower case.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Country, by name.
    pub country: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Street and number.
    pub address: Option<String>,
    /// Postal code.
    pub zip_code: Option<String>,
    /// Day of birth.
    pub birthday: Option<Day>,
    /// Gender, in the shop's own words.
    pub gender: Option<String>,
    /// What brought the customer in first: search, newsletter, friends …
    pub acquisition_channel: Option<String>,
    /// Whether the customer agreed to receive marketing.
    pub may_contact: Option<bool>,
}

impl CustomerAttributes {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is known of one product beyond its description; every field may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductAttributes {
    /// Category.
    pub category: Option<String>,
    /// Country of the producer, by name.
    pub producer_country: Option<String>,
    /// List price of a unit.
    pub price: Option<Money>,
    /// What a unit costs the shop.
    pub unit_cost: Option<Money>,
    /// First day on sale.
    pub launched: Option<Day>,
    /// Last day on sale.
    pub retired: Option<Day>,
}

/// What it costs to reach one customer once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactCost {
    /// The way of contact: letter, e-mail, call …
    pub channel: String,
    /// Cost of one contact.
    pub cost: Money,
}

/// What was spent to win customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcquisitionSpend {
    /// The month it was spent in.
    pub month: Month,
    /// The channel, as the customers' acquisition channel names it.
    pub channel: String,
    /// Spend.
    pub amount: Money,
}

/// What marketing costs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarketingCosts {
    /// By channel; each channel once.
    pub contacts: Vec<ContactCost>,
    /// By month, then channel; each pair once.
    pub acquisition: Vec<AcquisitionSpend>,
}

/// Which of the files that a shop may add to its sales log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttributeKind {
    /// Who the customers are.
    Customers,
    /// What the products are and cost.
    Products,
    /// What marketing costs.
    Costs,
}

impl AttributeKind {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Customers, Self::Products, Self::Costs];

    /// The word used in commands and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Products => "products",
            Self::Costs => "costs",
        }
    }

    /// The kind behind a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// One line of a customers file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerRow {
    /// Line in the file, counted from 1 with the header.
    pub line: u64,
    /// The customer's id as the shop writes it; where there is none, the e-mail address finds the customer.
    pub external_id: Option<String>,
    /// What the line says.
    pub attributes: CustomerAttributes,
}

/// One line of a products file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductRow {
    /// Line in the file, counted from 1 with the header.
    pub line: u64,
    /// Stock code.
    pub sku: String,
    /// What the line says.
    pub attributes: ProductAttributes,
}

/// A word for each code of a dictionary, such as the city of each customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trait {
    /// Word code by customer or product code; [`NO_CODE`] where unknown. May be shorter than the dictionary: what
    /// is beyond its end is unknown.
    pub codes: Vec<u32>,
    /// The words.
    pub words: Names,
}

impl Trait {
    /// The word of a customer or product, where known.
    pub fn get(&self, code: u32) -> Option<&str> {
        self.words.get(self.code(code)?)
    }

    /// The code of that word.
    pub fn code(&self, code: u32) -> Option<u32> {
        self.codes.get(code as usize).copied().filter(|&word| word != NO_CODE)
    }

    /// Whether it is known of nobody.
    pub fn is_unknown(&self) -> bool {
        self.codes.iter().all(|&word| word == NO_CODE)
    }
}

/// What is known of all customers and products, by their codes: what answers by group are made from.
///
/// Names, addresses and the like are not in here: no answer needs them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// City of each customer.
    pub city: Trait,
    /// Gender of each customer.
    pub gender: Trait,
    /// Acquisition channel of each customer.
    pub channel: Trait,
    /// Country of each customer as the shop's own customer list has it; unknown customers count under the country of
    /// their first line.
    pub country: Trait,
    /// Day of birth by customer code; may be shorter than the dictionary.
    pub birthday: Vec<Option<Day>>,
    /// Whether each customer agreed to receive marketing, by customer code; `None` where nobody asked. May be shorter than
    /// the dictionary.
    pub may_contact: Vec<Option<bool>>,
    /// Codes of customers who stand for a person who was erased, ascending.
    pub erased: Vec<u32>,
    /// Category of each product.
    pub category: Trait,
    /// Producer country of each product.
    pub producer_country: Trait,
    /// Cost of a unit by product code; may be shorter than the dictionary.
    pub unit_cost: Vec<Option<Money>>,
    /// What marketing costs.
    pub costs: MarketingCosts,
}

impl Attributes {
    /// Cost of a unit of a product, where known.
    pub fn unit_cost(&self, product: u32) -> Option<Money> {
        self.unit_cost.get(product as usize).copied().flatten()
    }

    /// Day of birth of a customer, where known.
    pub fn birthday(&self, customer: u32) -> Option<Day> {
        self.birthday.get(customer as usize).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_the_end_is_unknown() {
        let city = Trait { codes: vec![0, NO_CODE], words: ["Leeds"].into_iter().collect() };
        assert_eq!((city.get(0), city.get(1), city.get(2)), (Some("Leeds"), None, None));
        assert!(!city.is_unknown() && Trait::default().is_unknown());
        let attributes = Attributes { unit_cost: vec![None, Some(Money::ZERO)], ..Attributes::default() };
        assert_eq!([0, 1, 2].map(|code| attributes.unit_cost(code)), [None, Some(Money::ZERO), None]);
    }
}
