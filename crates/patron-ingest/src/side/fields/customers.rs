//! What a column of a customers file can hold.

use patron_domain::AttributeKind;

use crate::side::headings::{Columns, Holds, SideField};

/// A field of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::side) enum CustomerField {
    Id,
    Email,
    FirstName,
    LastName,
    Phone,
    Country,
    City,
    Address,
    Zip,
    Birthday,
    Gender,
    Channel,
    AcceptsMarketing,
}

impl SideField for CustomerField {
    const KIND: AttributeKind = AttributeKind::Customers;
    const ALL: &'static [Self] = &[
        Self::Id,
        Self::Email,
        Self::FirstName,
        Self::LastName,
        Self::Phone,
        Self::Country,
        Self::City,
        Self::Address,
        Self::Zip,
        Self::Birthday,
        Self::Gender,
        Self::Channel,
        Self::AcceptsMarketing,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Id => "customer_id",
            Self::Email => "email",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Phone => "phone",
            Self::Country => "country",
            Self::City => "city",
            Self::Address => "address",
            Self::Zip => "zip",
            Self::Birthday => "birthday",
            Self::Gender => "gender",
            Self::Channel => "acquisition_channel",
            Self::AcceptsMarketing => "accepts_marketing",
        }
    }

    fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Id => &[
                "customerno",
                "customernumber",
                "customercode",
                "custid",
                "custno",
                "clientid",
                "userid",
                "memberid",
                "buyerid",
                "shopperid",
                "accountid",
                "externalid",
                "customer",
                "client",
                "user",
                "member",
                "buyer",
                "id",
            ],
            Self::Email => {
                &["emailaddress", "customeremail", "billingemail", "mail", "emailid", "contactemail"]
            }
            Self::FirstName => &[
                "firstname",
                "givenname",
                "forename",
                "billingfirstname",
                "customername",
                "fullname",
                "name",
            ],
            Self::LastName => &["surname", "familyname", "billinglastname"],
            Self::Phone => &[
                "phonenumber",
                "telephone",
                "telephonenumber",
                "tel",
                "mobile",
                "mobilephone",
                "billingphone",
                "defaultaddressphone",
            ],
            Self::Country => &[
                "countryname",
                "customercountry",
                "billingcountry",
                "countryregion",
                "countrycode",
                "defaultaddresscountry",
                "defaultaddresscountrycode",
                "shippingcountry",
            ],
            Self::City => &["town", "billingcity", "defaultaddresscity", "shippingcity"],
            Self::Address => &[
                "streetaddress",
                "street",
                "addressline1",
                "address1",
                "billingaddress",
                "billingaddress1",
                "defaultaddressaddress1",
            ],
            Self::Zip => &[
                "zipcode",
                "postcode",
                "postalcode",
                "postal",
                "billingpostcode",
                "billingzip",
                "defaultaddresszip",
            ],
            Self::Birthday => &["birthdate", "dateofbirth", "dob", "bornon", "born"],
            Self::Gender => &["sex"],
            Self::Channel => &[
                "channel",
                "acquisitionsource",
                "acquiredthrough",
                "acquiredby",
                "signupsource",
                "signupchannel",
                "source",
                "utmsource",
                "referrer",
                "referralsource",
                "origin",
            ],
            Self::AcceptsMarketing => &[
                "acceptsemailmarketing",
                "marketingconsent",
                "marketingoptin",
                "emailmarketing",
                "newsletter",
                "subscribed",
                "optin",
                "maycontact",
                "consent",
            ],
        }
    }

    fn holds(self) -> Holds {
        if self == Self::Birthday { Holds::Date } else { Holds::Text }
    }

    fn missing(columns: &Columns<Self>) -> Option<&'static str> {
        let named = columns.has(Self::Id) || columns.has(Self::Email);
        match (named, columns.iter().count()) {
            (false, _) => Some("the customer's id or e-mail address"),
            (true, 1) => Some("anything about the customers, such as country, city or birthday"),
            (true, _) => None,
        }
    }

    fn is_unlike_sales(columns: &Columns<Self>) -> bool {
        let also_in_sales = |field| matches!(field, Self::Id | Self::Email | Self::Country | Self::Channel);
        columns.iter().any(|(field, _)| !also_in_sales(field))
    }
}
