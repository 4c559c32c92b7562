//! Customers.

use patron_domain::Day;

use super::list::sort_columns;
use super::{Change, CustomerId, Mark, Resource};

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerRecord {
    /// Its number.
    pub id: CustomerId,
    /// The customer's id as the shop writes it. Some shops use the e-mail address: see
    /// [`CustomerRecord::has_personal_id`].
    pub external_id: String,
    /// What groups the customer with others.
    pub facts: CustomerFacts,
    /// What tells who it is.
    pub personal: CustomerPersonal,
    /// Country of the customer's first line, where known; follows from the sales and is not written here.
    pub first_country: Option<String>,
    /// Whether the row is only there because an import brought it: undoing that import may take it away. Whatever is
    /// written by hand stays.
    pub imported: bool,
}

/// What groups a customer with others; every field may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerFacts {
    /// Country by name, as the shop's own customer list has it.
    pub country: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Gender, in the shop's own words.
    pub gender: Option<String>,
    /// What brought the customer in first: search, newsletter, friends …
    pub acquisition_channel: Option<String>,
    /// Whether the customer agreed to receive marketing.
    pub may_contact: Option<bool>,
}

/// Who a customer is; every field may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerPersonal {
    /// First name.
    pub name: Option<String>,
    /// Family name.
    pub surname: Option<String>,
    /// E-mail address; stored in lower case.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Street and number.
    pub address: Option<String>,
    /// Postal code.
    pub zip_code: Option<String>,
    /// Day of birth.
    pub birthday: Option<Day>,
}

/// A customer to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewCustomer {
    /// The id as the shop writes it, never that of another customer.
    pub external_id: String,
    /// What groups the customer with others. A country that is not there yet is made.
    pub facts: CustomerFacts,
    /// What tells who it is.
    pub personal: CustomerPersonal,
}

/// Changes of some fields of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is that of NewCustomer, CustomerFacts or CustomerPersonal")]
pub struct CustomerPatch {
    pub external_id: Change<String>,
    pub country: Change<String>,
    pub city: Change<String>,
    pub gender: Change<String>,
    pub acquisition_channel: Change<String>,
    pub may_contact: Change<bool>,
    pub name: Change<String>,
    pub surname: Change<String>,
    pub email: Change<String>,
    pub phone: Change<String>,
    pub address: Change<String>,
    pub zip_code: Change<String>,
    pub birthday: Change<Day>,
}

/// Which customers; all that is given must hold. Words are compared as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    /// Beginning of the external id, letters as they are written.
    pub external_id_prefix: Option<String>,
    /// Country by name: that of the shop's own list, else that of the first line.
    pub country: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Gender.
    pub gender: Option<String>,
    /// Acquisition channel.
    pub acquisition_channel: Option<String>,
}

/// What customers can be sorted by. Text is in the order of its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CustomerSort {
    /// By number: the order in which they came.
    #[default]
    Id,
    /// By external id.
    ExternalId,
    /// By city; unknown first.
    City,
}

sort_columns!(CustomerSort { Id = "id", ExternalId = "external_id", City = "city" });

impl Resource for CustomerRecord {
    const WHAT: &'static str = "customer";
    type Id = CustomerId;
    type Sort = CustomerSort;
    type Filter = CustomerFilter;

    fn id(&self) -> CustomerId {
        self.id
    }

    fn etag(&self) -> String {
        let (facts, personal) = (&self.facts, &self.personal);
        let texts = [
            &facts.country,
            &facts.city,
            &facts.gender,
            &facts.acquisition_channel,
            &personal.name,
            &personal.surname,
            &personal.email,
            &personal.phone,
            &personal.address,
            &personal.zip_code,
            &self.first_country,
        ];
        let mark = Mark::new().number(self.id).text(&self.external_id);
        let mark = texts.into_iter().fold(mark, |mark, text| mark.maybe(text.as_deref()));
        let mark = mark.maybe_number(facts.may_contact).maybe_number(personal.birthday.map(Day::number));
        mark.number(self.imported).finish()
    }
}

impl CustomerRecord {
    /// Whether the external id itself tells who the customer is, being an e-mail address.
    pub fn has_personal_id(&self) -> bool {
        self.external_id.contains('@')
    }
}
