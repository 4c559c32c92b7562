//! Products.

use patron_domain::ProductAttributes;
use patron_store::{NewProduct, ProductFilter, ProductPatch, ProductRecord};

use super::field::{Cell, Field, Kind, Role};
use super::given::{Given, set};
use super::{Readable, Refers, Worded, Writable, values};
use crate::parameters::Parameters;

impl Readable for ProductRecord {
    const MANY: &'static str = "products";
    const FIELDS: &'static [Field] = &[
        Field::new("id", Kind::Id, Role::Given, "Number of the product.", "1"),
        Field::new("sku", Kind::Word, Role::Needed, "Stock code, never that of another.", "\"MUG-1\""),
        Field::new("description", Kind::Text, Role::Filled, "Description; may be empty.", "\"Enamel mug\""),
        Field::new("category", Kind::Text, Role::Free, "Category.", "\"Kitchen\""),
        Field::new(
            "producer_country",
            Kind::Text,
            Role::Free,
            "Country of the producer, by name; one that is not there yet is made.",
            "\"Poland\"",
        ),
        Field::new("price", Kind::Price, Role::Free, "List price of a unit.", "\"4.50\""),
        Field::new("unit_cost", Kind::Price, Role::Free, "What a unit costs the shop.", "\"1.75\""),
        Field::new("launched", Kind::Day, Role::Free, "First day on sale.", "\"2011-01-03\""),
        Field::new("retired", Kind::Day, Role::Free, "Last day on sale.", "\"2012-12-31\""),
        Field::new(
            "imported",
            Kind::Flag,
            Role::Given,
            "Whether the row is only there because an import brought it: undoing that import may take it away.",
            "false",
        ),
    ];
    const FILTERS: &'static [Field] = &[
        Field::new("sku_prefix", Kind::Word, Role::Free, "Beginning of the stock code.", "\"MUG\""),
        Field::new("category", Kind::Text, Role::Free, "Category.", "\"Kitchen\""),
        Field::new(
            "producer_country",
            Kind::Text,
            Role::Free,
            "Country of the producer, by name.",
            "\"Poland\"",
        ),
        Field::new("price_from", Kind::Amount, Role::Free, "List price of at least this.", "\"1.00\""),
        Field::new("price_to", Kind::Amount, Role::Free, "List price of at most this.", "\"10.00\""),
    ];

    fn cell(&self, field: &str) -> Cell<'_> {
        let facts = &self.facts;
        match field {
            "id" => Cell::Number(self.id.0),
            "sku" => Cell::Text(&self.sku),
            "description" => Cell::Text(&self.description),
            "category" => Cell::text(facts.category.as_ref()),
            "producer_country" => Cell::text(facts.producer_country.as_ref()),
            "price" => Cell::money(facts.price),
            "unit_cost" => Cell::money(facts.unit_cost),
            "launched" => Cell::day(facts.launched),
            "retired" => Cell::day(facts.retired),
            "imported" => Cell::Flag(self.imported),
            _ => Cell::Null,
        }
    }

    fn filter(parameters: &mut Parameters) -> ProductFilter {
        ProductFilter {
            sku_prefix: parameters.text("sku_prefix"),
            category: parameters.text("category"),
            producer_country: parameters.text("producer_country"),
            price_from: parameters.read("price_from", values::money),
            price_to: parameters.read("price_to", values::money),
        }
    }

    fn searched(_: &ProductFilter) -> Option<&'static str> {
        None
    }
}

impl Writable for ProductRecord {
    const REFERS: &'static [Refers] = &[];
    const WORD_FIELD: &'static str = "sku";
    const EXAMPLE: &'static str =
        r#"{"sku": "MUG-1", "description": "Enamel mug", "category": "Kitchen", "price": "4.50"}"#;
    const EXAMPLE_OF_CHANGE: &'static str = r#"{"price": "4.95", "retired": null}"#;

    fn row(given: &mut Given) -> Option<NewProduct> {
        let sku = given.text("sku");
        let sku = given.needed("sku", sku);
        let description = set(given.text("description")).unwrap_or_default();
        let facts = ProductAttributes {
            category: set(given.text("category")),
            producer_country: set(given.text("producer_country")),
            price: set(given.money("price")),
            unit_cost: set(given.money("unit_cost")),
            launched: set(given.day("launched")),
            retired: set(given.day("retired")),
        };
        Some(NewProduct { sku: sku?, description, facts })
    }

    fn changes(given: &mut Given) -> ProductPatch {
        ProductPatch {
            sku: given.text("sku"),
            description: given.text("description"),
            category: given.text("category"),
            producer_country: given.text("producer_country"),
            price: given.money("price"),
            unit_cost: given.money("unit_cost"),
            launched: given.day("launched"),
            retired: given.day("retired"),
        }
    }
}

impl Worded for ProductRecord {
    const WORD: &'static str = Self::WORD_FIELD;
    const BY: &'static str = "by-sku";
}
