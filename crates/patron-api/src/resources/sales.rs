//! Sale lines.

use patron_domain::{LineKind, Money};
use patron_store::{NewSale, Refer, SaleFilter, SalePatch, SaleRecord};

use super::field::{Cell, Field, Kind, Role};
use super::given::{Given, set};
use super::{Readable, Refers, Writable, values};
use crate::parameters::Parameters;

impl Readable for SaleRecord {
    const MANY: &'static str = "sales";
    const FIELDS: &'static [Field] = &[
        Field::new("id", Kind::Id, Role::Given, "Number of the sale line.", "1"),
        Field::new("transaction_id", Kind::Id, Role::OneOf, "The transaction it belongs to, by number.", "1"),
        Field::new(
            "invoice_number",
            Kind::Word,
            Role::OneOf,
            "The transaction it belongs to, by invoice number. Write this or `transaction_id`. One with an e-mail address in it is personal.",
            "\"A-1001\"",
        ),
        Field::new(
            "timestamp",
            Kind::Time,
            Role::Filled,
            "When, on the shop's clock; if left out, that of the transaction, which must then be there.",
            "\"2011-12-09T12:50:00\"",
        ),
        Field::new(
            "customer_id",
            Kind::Id,
            Role::Free,
            "Who bought, by number; if left out, the customer of the transaction.",
            "1",
        ),
        Field::new(
            "customer_external_id",
            Kind::Word,
            Role::Free,
            "Who bought, by the shop's own id. Write this or `customer_id`. One that is an e-mail address is personal.",
            "\"c-1001\"",
        ),
        Field::new("product_id", Kind::Id, Role::Free, "What was sold, by number.", "1"),
        Field::new(
            "sku",
            Kind::Word,
            Role::Free,
            "What was sold, by stock code. Write this or `product_id`.",
            "\"MUG-1\"",
        ),
        Field::new(
            "country",
            Kind::Text,
            Role::Free,
            "Where, by name; if left out, the country of the transaction, else that of the customer.",
            "\"France\"",
        ),
        Field::new(
            "quantity",
            Kind::Number,
            Role::Needed,
            "Units; negative for returns. Not zero, unless the line is a service.",
            "2",
        ),
        Field::new(
            "unit_price",
            Kind::Amount,
            Role::Needed,
            "Price of one unit before discount; not negative, unless the line is a service.",
            "\"4.50\"",
        ),
        Field::new(
            "discount",
            Kind::Price,
            Role::Filled,
            "Taken off the line; nothing if left out.",
            "\"0.00\"",
        ),
        Field::new(
            "amount",
            Kind::Amount,
            Role::Filled,
            "Net value of the line; if left out, quantity × unit price − discount.",
            "\"9.00\"",
        ),
        Field::new(
            "kind",
            Kind::Line,
            Role::Filled,
            "If left out, a return where quantity or amount is negative, else a sale.",
            "\"sale\"",
        ),
        Field::new(
            "line",
            Kind::Number,
            Role::GivenIfKnown,
            "Line in the imported file; null for a sale that came in by itself.",
            "7",
        ),
        Field::new(
            "create_missing",
            Kind::Flag,
            Role::Asked,
            "Makes transaction, product, customer and country that are named by the shop's own word and not there yet. Without it, what is not there is an error.",
            "true",
        ),
    ];
    const FILTERS: &'static [Field] = &[
        Field::new("transaction_id", Kind::Id, Role::Free, "Of this transaction, by number.", "1"),
        Field::new(
            "invoice_number",
            Kind::Word,
            Role::Free,
            "Of this transaction, by invoice number.",
            "\"A-1001\"",
        ),
        Field::new("customer_id", Kind::Id, Role::Free, "Of this customer, by number.", "1"),
        Field::new(
            "customer_external_id",
            Kind::Word,
            Role::Free,
            "Of this customer, by the shop's own id.",
            "\"c-1001\"",
        ),
        Field::new("product_id", Kind::Id, Role::Free, "Of this product, by number.", "1"),
        Field::new("sku", Kind::Word, Role::Free, "Of this product, by stock code.", "\"MUG-1\""),
        Field::new("from", Kind::Day, Role::Free, "On this day or later.", "\"2011-12-01\""),
        Field::new("to", Kind::Day, Role::Free, "On this day or earlier.", "\"2011-12-31\""),
        Field::new("kind", Kind::Line, Role::Free, "Of this kind.", "\"sale\""),
    ];

    fn cell(&self, field: &str) -> Cell<'_> {
        match field {
            "id" => Cell::Number(self.id.0),
            "transaction_id" => Cell::Number(self.transaction.id.0),
            "invoice_number" => Cell::Named(&self.transaction.invoice_number),
            "timestamp" => Cell::Time(self.timestamp),
            "customer_id" => Cell::id(self.customer.as_ref().map(|customer| customer.id)),
            "customer_external_id" => Cell::named(self.customer.as_ref().map(|one| one.external_id.as_str())),
            "product_id" => Cell::id(self.product.as_ref().map(|product| product.id)),
            "sku" => Cell::text(self.product.as_ref().map(|product| &product.sku)),
            "country" => Cell::text(self.country.as_ref()),
            "quantity" => Cell::Number(i64::from(self.quantity)),
            "unit_price" => Cell::Money(self.unit_price),
            "discount" => Cell::Money(self.discount),
            "amount" => Cell::Money(self.amount),
            "kind" => Cell::Text(self.kind.word()),
            "line" => self.line.map_or(Cell::Null, |line| Cell::Number(line.cast_signed())),
            _ => Cell::Null,
        }
    }

    fn filter(parameters: &mut Parameters) -> SaleFilter {
        SaleFilter {
            transaction: parameters.refer("transaction_id", "invoice_number"),
            customer: parameters.refer("customer_id", "customer_external_id"),
            product: parameters.refer("product_id", "sku"),
            from: parameters.read("from", values::day),
            to: parameters.read("to", values::day),
            kind: parameters.read("kind", |text| {
                let kind = LineKind::from_word(text);
                kind.ok_or_else(|| format!("'{text}' is no kind of line; there are: sale, return, service"))
            }),
        }
    }

    fn searched(_: &SaleFilter) -> Option<&'static str> {
        None
    }
}

impl Writable for SaleRecord {
    const REFERS: &'static [Refers] = &[
        Refers { name: "transaction", id: "transaction_id", word: "invoice_number" },
        Refers { name: "customer", id: "customer_id", word: "customer_external_id" },
        Refers { name: "product", id: "product_id", word: "sku" },
    ];
    const WORD_FIELD: &'static str = "row";
    const EXAMPLE: &'static str = r#"{"invoice_number": "A-1001", "timestamp": "2011-12-09T12:50:00", "customer_external_id": "c-1001", "sku": "MUG-1", "quantity": 2, "unit_price": "4.50", "create_missing": true}"#;
    const EXAMPLE_OF_CHANGE: &'static str = r#"{"quantity": 3, "discount": "0.50"}"#;

    fn row(given: &mut Given) -> Option<NewSale> {
        let transaction = given.refer("transaction_id", "invoice_number");
        let transaction = given.needed("invoice_number", transaction);
        let (quantity, unit_price) = (given.quantity("quantity"), given.money("unit_price"));
        let quantity = given.needed("quantity", quantity);
        let unit_price = given.needed("unit_price", unit_price);
        let line = NewSale {
            transaction: Refer::Key(String::new()),
            product: set(given.refer("product_id", "sku")),
            customer: set(given.refer("customer_id", "customer_external_id")),
            country: set(given.key("country")),
            timestamp: set(given.time("timestamp")),
            quantity: 0,
            unit_price: Money::ZERO,
            discount: set(given.money("discount")).unwrap_or(Money::ZERO),
            amount: set(given.money("amount")),
            kind: set(given.line_kind("kind")),
            create_missing: set(given.flag("create_missing")).unwrap_or(false),
        };
        Some(NewSale { transaction: transaction?, quantity: quantity?, unit_price: unit_price?, ..line })
    }

    fn changes(given: &mut Given) -> SalePatch {
        SalePatch {
            transaction: given.refer("transaction_id", "invoice_number"),
            product: given.refer("product_id", "sku"),
            customer: given.refer("customer_id", "customer_external_id"),
            country: given.key("country"),
            timestamp: given.time("timestamp"),
            quantity: given.quantity("quantity"),
            unit_price: given.money("unit_price"),
            discount: given.money("discount"),
            amount: given.money("amount"),
            kind: given.line_kind("kind"),
            create_missing: set(given.flag("create_missing")).unwrap_or(false),
        }
    }
}
