//! What a column of a products file can hold.

use patron_domain::AttributeKind;

use crate::field::normalised;
use crate::side::headings::{Columns, Holds, SideField, is_percentage};
use crate::side::products::REMEDY;

/// A field of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::side) enum ProductField {
    Sku,
    Category,
    ProducerCountry,
    Price,
    UnitCost,
    Launched,
    Retired,
}

impl SideField for ProductField {
    const KIND: AttributeKind = AttributeKind::Products;
    const ALL: &'static [Self] = &[
        Self::Sku,
        Self::Category,
        Self::ProducerCountry,
        Self::UnitCost,
        Self::Price,
        Self::Launched,
        Self::Retired,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Sku => "sku",
            Self::Category => "category",
            Self::ProducerCountry => "producer_country",
            Self::Price => "price",
            Self::UnitCost => "unit_cost",
            Self::Launched => "launched",
            Self::Retired => "retired",
        }
    }

    fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Sku => &[
                "variantsku",
                "productsku",
                "itemsku",
                "stockcode",
                "productid",
                "productcode",
                "productno",
                "productnumber",
                "itemid",
                "itemcode",
                "itemno",
                "articleid",
                "articleno",
                "articlenumber",
                "article",
                "product",
                "item",
                "id",
            ],
            Self::Category => &[
                "productcategory",
                "categories",
                "categoryname",
                "productgroup",
                "group",
                "department",
                "producttype",
                "type",
            ],
            Self::ProducerCountry => &[
                "countryoforigin",
                "origincountry",
                "manufacturercountry",
                "suppliercountry",
                "countryofproduction",
                "madein",
                "producedin",
                "origin",
                "country",
            ],
            Self::Price => &[
                "unitprice",
                "listprice",
                "retailprice",
                "regularprice",
                "variantprice",
                "sellingprice",
                "salesprice",
                "rrp",
                "msrp",
            ],
            Self::UnitCost => &[
                "costprice",
                "costperitem",
                "costperunit",
                "itemcost",
                "productcost",
                "variantcost",
                "cogs",
                "costofgoods",
                "costofgoodssold",
                "landedcost",
                "purchaseprice",
                "purchasecost",
                "buyingprice",
                "wholesalecost",
                "cost",
            ],
            Self::Launched => &[
                "launch",
                "launchdate",
                "launchday",
                "launchedon",
                "releasedate",
                "released",
                "introduced",
                "firstsold",
                "availablefrom",
                "onsalefrom",
            ],
            Self::Retired => &[
                "retiredon",
                "retirementdate",
                "discontinuedon",
                "discontinueddate",
                "delisted",
                "lastsold",
                "availableuntil",
                "onsaleuntil",
            ],
        }
    }

    fn holds(self) -> Holds {
        match self {
            Self::Launched | Self::Retired => Holds::Date,
            Self::Price | Self::UnitCost => Holds::Amount,
            Self::Sku | Self::Category | Self::ProducerCountry => Holds::Text,
        }
    }

    fn missing(columns: &Columns<Self>) -> Option<&'static str> {
        match (columns.has(Self::Sku), columns.iter().count()) {
            (false, _) => Some("the product's stock code (sku)"),
            (true, 1) => Some("anything about the products, such as unit_cost or category"),
            (true, _) => None,
        }
    }

    fn percentages<'a>(headings: &'a [String], columns: &Columns<Self>) -> Option<(&'a str, &'static str)> {
        if columns.has(Self::UnitCost) {
            return None;
        }
        let is_cost = |heading: &str| {
            let plain = normalised(heading);
            is_percentage(heading)
                && ["cost", "cogs", "margin", "markup"].iter().any(|word| plain.contains(word))
        };
        headings.iter().find(|heading| is_cost(heading)).map(|heading| (heading.as_str(), REMEDY))
    }
}
