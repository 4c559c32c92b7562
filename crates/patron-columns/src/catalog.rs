//! The dictionaries behind the codes of the columns.

use patron_domain::{Names, NewEntries};

/// Texts of customers, products and countries, addressed by the codes of the columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// Customers' ids as the shop writes them.
    pub customers: Names,
    /// Stock codes.
    pub skus: Names,
    /// Descriptions, in the order of the stock codes.
    pub descriptions: Names,
    /// Countries.
    pub countries: Names,
}

impl Catalog {
    /// Takes over the entries a batch brings.
    pub(crate) fn extend(&mut self, added: &NewEntries) {
        added.customers.iter().for_each(|id| {
            self.customers.push(id);
        });
        self.extend_but_customers(added);
    }

    /// As [`Self::extend`], for whoever keeps the customers elsewhere.
    pub(crate) fn extend_but_customers(&mut self, added: &NewEntries) {
        for product in &added.products {
            self.skus.push(&product.sku);
            self.descriptions.push(&product.description);
        }
        added.countries.iter().for_each(|name| {
            self.countries.push(name);
        });
    }
}
