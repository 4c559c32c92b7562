//! Transactions: orders, invoices.

use patron_domain::Month;
use patron_store::{NewTransaction, Refer, TransactionFilter, TransactionPatch, TransactionRecord};

use super::field::{Cell, Field, Kind, Role};
use super::given::{Given, set};
use super::{Readable, Refers, Worded, Writable};
use crate::parameters::Parameters;

impl Readable for TransactionRecord {
    const MANY: &'static str = "transactions";
    const FIELDS: &'static [Field] = &[
        Field::new("id", Kind::Id, Role::Given, "Number of the transaction.", "1"),
        Field::new(
            "invoice_number",
            Kind::Word,
            Role::Needed,
            "Invoice number, never that of another; in a log without such numbers `customer@day`. One with an e-mail address in it is personal.",
            "\"A-1001\"",
        ),
        Field::new(
            "timestamp",
            Kind::Time,
            Role::Needed,
            "When, on the shop's clock.",
            "\"2011-12-09T12:50:00\"",
        ),
        Field::new("payment_method", Kind::Text, Role::Free, "How it was paid.", "\"card\""),
        Field::new("customer_id", Kind::Id, Role::Free, "Who bought: number of a customer.", "1"),
        Field::new(
            "customer_external_id",
            Kind::Word,
            Role::Free,
            "Who bought: the shop's own id of a customer who is there. Write this or `customer_id`. One that is an e-mail address is personal.",
            "\"c-1001\"",
        ),
        Field::new(
            "country",
            Kind::Text,
            Role::Free,
            "Where, by name; one that is not there yet is made.",
            "\"France\"",
        ),
        Field::new(
            "derived",
            Kind::Flag,
            Role::Given,
            "Whether the invoice number was made from customer and day because the file had none.",
            "false",
        ),
        Field::new(
            "imported",
            Kind::Flag,
            Role::Given,
            "Whether the row is only there because an import brought it: undoing that import may take it away.",
            "false",
        ),
    ];
    const FILTERS: &'static [Field] = &[
        Field::new(
            "invoice_number_prefix",
            Kind::Word,
            Role::Free,
            "Beginning of the invoice number. Without the scope `personal`, numbers with an e-mail address in them are left out.",
            "\"A-\"",
        ),
        Field::new("customer_id", Kind::Id, Role::Free, "Who bought: number of the customer.", "1"),
        Field::new(
            "customer_external_id",
            Kind::Word,
            Role::Free,
            "Who bought: the shop's own id.",
            "\"c-1001\"",
        ),
        Field::new("month", Kind::Text, Role::Free, "Calendar month, such as `2011-12`.", "\"2011-12\""),
        Field::new("payment_method", Kind::Text, Role::Free, "How it was paid.", "\"card\""),
    ];

    fn cell(&self, field: &str) -> Cell<'_> {
        match field {
            "id" => Cell::Number(self.id.0),
            "invoice_number" => Cell::Named(&self.invoice_number),
            "timestamp" => Cell::Time(self.timestamp),
            "payment_method" => Cell::text(self.payment_method.as_ref()),
            "customer_id" => Cell::id(self.customer.as_ref().map(|customer| customer.id)),
            "customer_external_id" => Cell::named(self.customer.as_ref().map(|one| one.external_id.as_str())),
            "country" => Cell::text(self.country.as_ref()),
            "derived" => Cell::Flag(self.derived),
            "imported" => Cell::Flag(self.imported),
            _ => Cell::Null,
        }
    }

    fn filter(parameters: &mut Parameters) -> TransactionFilter {
        TransactionFilter {
            invoice_prefix: parameters.text("invoice_number_prefix"),
            customer: parameters.refer("customer_id", "customer_external_id"),
            month: parameters.value::<Month>("month"),
            payment_method: parameters.text("payment_method"),
        }
    }

    fn searched(filter: &TransactionFilter) -> Option<&'static str> {
        filter.invoice_prefix.as_ref().map(|_| Self::WORD)
    }
}

impl Writable for TransactionRecord {
    const REFERS: &'static [Refers] =
        &[Refers { name: "customer", id: "customer_id", word: "customer_external_id" }];
    const WORD_FIELD: &'static str = "invoice_number";
    const EXAMPLE: &'static str = r#"{"invoice_number": "A-1001", "timestamp": "2011-12-09T12:50:00", "payment_method": "card", "country": "France"}"#;
    const EXAMPLE_OF_CHANGE: &'static str = r#"{"payment_method": "voucher", "country": null}"#;

    fn row(given: &mut Given) -> Option<NewTransaction> {
        let (invoice_number, timestamp) = (given.text("invoice_number"), given.time("timestamp"));
        let invoice_number = given.needed("invoice_number", invoice_number);
        let timestamp = given.needed("timestamp", timestamp);
        let payment_method = set(given.text("payment_method"));
        let customer = set(given.refer("customer_id", "customer_external_id"));
        let country = set(given.text("country")).map(Refer::Key);
        Some(NewTransaction {
            invoice_number: invoice_number?,
            timestamp: timestamp?,
            payment_method,
            customer,
            country,
        })
    }

    fn changes(given: &mut Given) -> TransactionPatch {
        TransactionPatch {
            invoice_number: given.text("invoice_number"),
            timestamp: given.time("timestamp"),
            payment_method: given.text("payment_method"),
            customer: given.refer("customer_id", "customer_external_id"),
            country: given.key("country"),
        }
    }
}

impl Worded for TransactionRecord {
    const WORD: &'static str = Self::WORD_FIELD;
    const BY: &'static str = "by-invoice-number";
}
