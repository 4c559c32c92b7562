//! Customers.

use patron_store::{
    CustomerFacts, CustomerFilter, CustomerPatch, CustomerPersonal, CustomerRecord, NewCustomer,
};

use super::field::{Cell, Field, Kind, Role};
use super::given::{Given, set};
use super::{Readable, Refers, Worded, Writable};
use crate::parameters::Parameters;

impl Readable for CustomerRecord {
    const MANY: &'static str = "customers";
    const FIELDS: &'static [Field] = &[
        Field::new("id", Kind::Id, Role::Given, "Number of the customer.", "1"),
        Field::new(
            "external_id",
            Kind::Word,
            Role::Needed,
            "The customer's id as the shop writes it, never that of another. One that is an e-mail address is personal.",
            "\"c-1001\"",
        ),
        Field::new(
            "country",
            Kind::Text,
            Role::Free,
            "Country by name, as the shop's own customer list has it; one that is not there yet is made.",
            "\"France\"",
        ),
        Field::new("city", Kind::Text, Role::Free, "City.", "\"Lyon\""),
        Field::new("gender", Kind::Text, Role::Free, "Gender, in the shop's own words.", "\"female\""),
        Field::new(
            "acquisition_channel",
            Kind::Text,
            Role::Free,
            "What brought the customer in first.",
            "\"newsletter\"",
        ),
        Field::new(
            "may_contact",
            Kind::Flag,
            Role::Free,
            "Whether the customer agreed to receive marketing.",
            "true",
        ),
        Field::new("name", Kind::Text, Role::Free, "First name.", "\"Ada\"").personal(),
        Field::new("surname", Kind::Text, Role::Free, "Family name.", "\"Martin\"").personal(),
        Field::new(
            "email",
            Kind::Email,
            Role::Free,
            "E-mail address; kept in lower case.",
            "\"ada@shop.example\"",
        )
        .personal(),
        Field::new("phone", Kind::Text, Role::Free, "Telephone number.", "\"+33 4 00 00 00 00\"").personal(),
        Field::new("address", Kind::Text, Role::Free, "Street and number.", "\"1 Rue de la Poste\"")
            .personal(),
        Field::new("zip_code", Kind::Text, Role::Free, "Postal code.", "\"69002\"").personal(),
        Field::new("birthday", Kind::Day, Role::Free, "Day of birth.", "\"1990-05-17\"").personal(),
        Field::new(
            "first_country",
            Kind::Text,
            Role::GivenIfKnown,
            "Country of the customer's first line.",
            "\"France\"",
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
            "external_id_prefix",
            Kind::Word,
            Role::Free,
            "Beginning of the external id. Without the scope `personal`, customers whose id is an e-mail address are left out.",
            "\"c-\"",
        ),
        Field::new(
            "country",
            Kind::Text,
            Role::Free,
            "Country by name: that of the shop's own list, else that of the first line.",
            "\"France\"",
        ),
        Field::new("city", Kind::Text, Role::Free, "City.", "\"Lyon\""),
        Field::new("gender", Kind::Text, Role::Free, "Gender.", "\"female\""),
        Field::new("acquisition_channel", Kind::Text, Role::Free, "Acquisition channel.", "\"newsletter\""),
    ];

    fn cell(&self, field: &str) -> Cell<'_> {
        let (facts, personal) = (&self.facts, &self.personal);
        match field {
            "id" => Cell::Number(self.id.0),
            "external_id" => Cell::Named(&self.external_id),
            "country" => Cell::text(facts.country.as_ref()),
            "city" => Cell::text(facts.city.as_ref()),
            "gender" => Cell::text(facts.gender.as_ref()),
            "acquisition_channel" => Cell::text(facts.acquisition_channel.as_ref()),
            "may_contact" => facts.may_contact.map_or(Cell::Null, Cell::Flag),
            "name" => Cell::text(personal.name.as_ref()),
            "surname" => Cell::text(personal.surname.as_ref()),
            "email" => Cell::text(personal.email.as_ref()),
            "phone" => Cell::text(personal.phone.as_ref()),
            "address" => Cell::text(personal.address.as_ref()),
            "zip_code" => Cell::text(personal.zip_code.as_ref()),
            "birthday" => Cell::day(personal.birthday),
            "first_country" => Cell::text(self.first_country.as_ref()),
            "imported" => Cell::Flag(self.imported),
            _ => Cell::Null,
        }
    }

    fn filter(parameters: &mut Parameters) -> CustomerFilter {
        CustomerFilter {
            external_id_prefix: parameters.text("external_id_prefix"),
            country: parameters.text("country"),
            city: parameters.text("city"),
            gender: parameters.text("gender"),
            acquisition_channel: parameters.text("acquisition_channel"),
        }
    }

    fn searched(filter: &CustomerFilter) -> Option<&'static str> {
        filter.external_id_prefix.as_ref().map(|_| Self::WORD)
    }
}

impl Writable for CustomerRecord {
    const REFERS: &'static [Refers] = &[];
    const WORD_FIELD: &'static str = "external_id";
    const EXAMPLE: &'static str = r#"{"external_id": "c-1001", "country": "France", "city": "Lyon", "name": "Ada", "may_contact": true}"#;
    const EXAMPLE_OF_CHANGE: &'static str = r#"{"city": "Paris", "gender": null}"#;

    fn row(given: &mut Given) -> Option<NewCustomer> {
        let external_id = given.text("external_id");
        let external_id = given.needed("external_id", external_id);
        let facts = CustomerFacts {
            country: set(given.text("country")),
            city: set(given.text("city")),
            gender: set(given.text("gender")),
            acquisition_channel: set(given.text("acquisition_channel")),
            may_contact: set(given.flag("may_contact")),
        };
        let personal = CustomerPersonal {
            name: set(given.text("name")),
            surname: set(given.text("surname")),
            email: set(given.text("email")),
            phone: set(given.text("phone")),
            address: set(given.text("address")),
            zip_code: set(given.text("zip_code")),
            birthday: set(given.day("birthday")),
        };
        Some(NewCustomer { external_id: external_id?, facts, personal })
    }

    fn changes(given: &mut Given) -> CustomerPatch {
        CustomerPatch {
            external_id: given.text("external_id"),
            country: given.text("country"),
            city: given.text("city"),
            gender: given.text("gender"),
            acquisition_channel: given.text("acquisition_channel"),
            may_contact: given.flag("may_contact"),
            name: given.text("name"),
            surname: given.text("surname"),
            email: given.text("email"),
            phone: given.text("phone"),
            address: given.text("address"),
            zip_code: given.text("zip_code"),
            birthday: given.day("birthday"),
        }
    }
}

impl Worded for CustomerRecord {
    const WORD: &'static str = Self::WORD_FIELD;
    const BY: &'static str = "by-external-id";
}
