//! Products.

use patron_domain::{Day, Money, ProductAttributes};

use super::list::sort_columns;
use super::{Change, Mark, ProductId, Resource};

/// A product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductRecord {
    /// Its number.
    pub id: ProductId,
    /// Stock code.
    pub sku: String,
    /// Description, possibly empty.
    pub description: String,
    /// What else is known.
    pub facts: ProductAttributes,
    /// Whether the row is only there because an import brought it: undoing that import may take it away. Whatever is
    /// written by hand stays.
    pub imported: bool,
}

/// A product to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewProduct {
    /// Stock code, never that of another product.
    pub sku: String,
    /// Description, possibly empty.
    pub description: String,
    /// What else is known. A producer country that is not there yet is made.
    pub facts: ProductAttributes,
}

/// Changes of some fields of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is that of NewProduct or ProductAttributes")]
pub struct ProductPatch {
    pub sku: Change<String>,
    pub description: Change<String>,
    pub category: Change<String>,
    pub producer_country: Change<String>,
    pub price: Change<Money>,
    pub unit_cost: Change<Money>,
    pub launched: Change<Day>,
    pub retired: Change<Day>,
}

/// Which products; all that is given must hold. Words are compared as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductFilter {
    /// Beginning of the stock code, letters as they are written.
    pub sku_prefix: Option<String>,
    /// Category.
    pub category: Option<String>,
    /// Producer country by name.
    pub producer_country: Option<String>,
    /// List price of at least this.
    pub price_from: Option<Money>,
    /// List price of at most this.
    pub price_to: Option<Money>,
}

/// What products can be sorted by. Text is in the order of its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProductSort {
    /// By number: the order in which they came.
    #[default]
    Id,
    /// By stock code.
    Sku,
    /// By description.
    Description,
    /// By list price; those without one first.
    Price,
}

sort_columns!(ProductSort { Id = "id", Sku = "sku", Description = "description", Price = "price" });

impl Resource for ProductRecord {
    const WHAT: &'static str = "product";
    type Id = ProductId;
    type Sort = ProductSort;
    type Filter = ProductFilter;

    fn id(&self) -> ProductId {
        self.id
    }

    fn etag(&self) -> String {
        let facts = &self.facts;
        let mark = Mark::new().number(self.id).text(&self.sku).text(&self.description);
        let mark = mark.maybe(facts.category.as_deref()).maybe(facts.producer_country.as_deref());
        let mark = [facts.price, facts.unit_cost]
            .into_iter()
            .fold(mark, |mark, money| mark.maybe_number(money.map(Money::ten_thousandths)));
        let mark = [facts.launched, facts.retired]
            .into_iter()
            .fold(mark, |mark, day| mark.maybe_number(day.map(Day::number)));
        mark.number(self.imported).finish()
    }
}
