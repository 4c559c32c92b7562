//! The fields of a sale line, and the headings under which files carry them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A field of a sale line that a column can be mapped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Who bought.
    Customer,
    /// When: a date or a date and time.
    Date,
    /// Invoice or order number.
    Order,
    /// Stock code.
    Product,
    /// What the product is called.
    Description,
    /// Units.
    Quantity,
    /// Price of one unit.
    Price,
    /// Net value of the whole line.
    Amount,
    /// Discount taken off the line, as an amount of money.
    Discount,
    /// How it was paid.
    Payment,
    /// Country of the customer.
    Country,
}

/// How many fields there are.
pub(crate) const FIELD_COUNT: usize = 11;

impl Field {
    /// All fields, in the order in which they are shown.
    pub const ALL: [Self; FIELD_COUNT] = [
        Self::Customer,
        Self::Date,
        Self::Order,
        Self::Product,
        Self::Description,
        Self::Quantity,
        Self::Price,
        Self::Amount,
        Self::Discount,
        Self::Payment,
        Self::Country,
    ];

    /// The word used in `--map` and in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Date => "date",
            Self::Order => "order",
            Self::Product => "product",
            Self::Description => "description",
            Self::Quantity => "quantity",
            Self::Price => "price",
            Self::Amount => "amount",
            Self::Discount => "discount",
            Self::Payment => "payment",
            Self::Country => "country",
        }
    }

    /// Headings that mean this field, as [`normalised`] writes them, the most telling first.
    pub(crate) const fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Customer => &[
                "customerid",
                "customerno",
                "customernumber",
                "customercode",
                "custid",
                "custno",
                "customer",
                "clientid",
                "client",
                "userid",
                "user",
                "memberid",
                "member",
                "buyerid",
                "buyer",
                "accountid",
                "shopperid",
                "customeremail",
                "email",
                "id",
            ],
            Self::Date => &[
                "invoicedate",
                "orderdate",
                "transactiondate",
                "purchasedate",
                "saledate",
                "salesdate",
                "datetime",
                "invoicedatetime",
                "orderdatetime",
                "date",
                "timestamp",
                "purchasedat",
                "orderedat",
                "createdat",
                "day",
                "time",
            ],
            Self::Order => &[
                "invoiceno",
                "invoice",
                "invoiceid",
                "invoicenumber",
                "orderid",
                "orderno",
                "ordernumber",
                "order",
                "transactionid",
                "transactionno",
                "transaction",
                "receiptid",
                "receiptno",
                "receipt",
                "basketid",
            ],
            Self::Product => &[
                "stockcode",
                "sku",
                "productid",
                "productcode",
                "productno",
                "itemid",
                "itemcode",
                "itemno",
                "articleid",
                "articleno",
                "article",
                "product",
                "item",
                "productname",
                "itemname",
            ],
            Self::Description => &[
                "description",
                "productdescription",
                "itemdescription",
                "productname",
                "itemname",
                "title",
                "producttitle",
            ],
            Self::Quantity => &[
                "quantity",
                "qty",
                "units",
                "unitssold",
                "cds",
                "count",
                "pieces",
                "itemsordered",
                "numberofitems",
            ],
            Self::Price => &["unitprice", "price", "priceperunit", "itemprice", "priceeach"],
            Self::Amount => &[
                "amount",
                "netamount",
                "lineamount",
                "linetotal",
                "totalamount",
                "salesamount",
                "purchaseamount",
                "orderamount",
                "totalprice",
                "total",
                "netsales",
                "sales",
                "revenue",
                "netvalue",
                "value",
                "spend",
                "dollars",
                "ordertotal",
                "ordervalue",
            ],
            Self::Discount => &["discount", "discountamount", "linediscount", "rebate"],
            Self::Payment => {
                &["payment", "paymentmethod", "paymenttype", "paymentmode", "paidby", "tender", "tendertype"]
            }
            Self::Country => &[
                "country",
                "countryname",
                "countrycode",
                "customercountry",
                "billingcountry",
                "shippingcountry",
                "countryoforigin",
            ],
        }
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Field {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        let word = word.trim();
        Self::ALL.into_iter().find(|field| field.word().eq_ignore_ascii_case(word)).ok_or(())
    }
}

/// A heading without case, spaces and punctuation: `Customer ID` → `customerid`.
pub(crate) fn normalised(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The published format whose headings these are.
pub(crate) fn recognised(headings: &[String]) -> Option<&'static str> {
    const FORMATS: [(&str, &[&str]); 3] = [
        ("Online Retail", &["invoiceno", "stockcode", "quantity", "invoicedate", "unitprice", "customerid"]),
        ("Online Retail II", &["invoice", "stockcode", "quantity", "invoicedate", "price", "customerid"]),
        ("CDNOW", &["customerid", "date", "cds", "amount"]),
    ];
    let present: Vec<String> = headings.iter().map(|heading| normalised(heading)).collect();
    let has_all = |wanted: &[&str]| wanted.iter().all(|name| present.iter().any(|heading| heading == name));
    FORMATS.into_iter().find(|(_, wanted)| has_all(wanted)).map(|(name, _)| name)
}
