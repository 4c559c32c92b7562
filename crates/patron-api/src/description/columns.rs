//! The columns of every table: of an empty shop for the answers, with one row of whatever a table needs to be there.

use patron_analytics::{
    AcquisitionCost, AnalysisOptions, Answers, AttributeAnswers, CustomerGroup, CustomerTrait,
    ElasticityMeasure, Group, Margin, PriceElasticity, ProductGroup, ProductMargin, ProductRef, ProductTrait,
    analyse,
};
use patron_columns::{Catalog, RollupSource, SalesTable, TableBuilder};
use patron_domain::{Day, Money, PurchaseRule};
use patron_report::tables::{self, NamedTable};
use patron_report::{Column, Kind, Table};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};

use crate::ApiError;
use crate::rows::is_money;

/// What tables are made from where there is no shop.
pub(super) struct Sample {
    answers: Answers,
    attributes: AttributeAnswers,
    catalog: Catalog,
}

impl Sample {
    pub(super) fn new() -> Result<Self, ApiError> {
        let table: SalesTable = TableBuilder::new(PurchaseRule::NetPositive).finish().0;
        let day = Day::from_number(0);
        let answers = analyse(&table, &AnalysisOptions::at(day))?;
        Ok(Self { answers, attributes: attributes(day), catalog: RollupSource::catalog(&table).clone() })
    }

    pub(super) fn tables(&self) -> Vec<NamedTable<'_>> {
        tables::all(&self.answers, &self.catalog, &[], Some(&self.attributes), None)
    }

    pub(super) fn predictions(&self) -> Table<'_> {
        tables::predictions(&[], &self.catalog)
    }
}

fn attributes(day: Day) -> AttributeAnswers {
    let (zero, product) =
        (Money::ZERO, ProductRef { sku: String::new(), description: String::new(), code: 0 });
    let margin = Margin { revenue: zero, cost: zero, margin: zero, share: None, covered: None };
    AttributeAnswers {
        customer_groups: vec![CustomerGroup {
            by: CustomerTrait::Country,
            group: Group::Unknown,
            customers: 0,
            members: Vec::new(),
            repeat_customers: 0,
            repeat_share: None,
            orders: 0,
            revenue: zero,
            revenue_per_customer: None,
            average_order_value: None,
            expected: None,
            margin: None,
        }],
        product_groups: vec![ProductGroup {
            by: ProductTrait::Category,
            group: Group::Unknown,
            products: 0,
            customers: 0,
            quantity: 0,
            revenue: zero,
            revenue_share: None,
            margin: None,
        }],
        product_margins: vec![ProductMargin { product, quantity: 0, unit_cost: zero, margin }],
        price_elasticities: vec![PriceElasticity {
            measure: ElasticityMeasure::Orders,
            category: None,
            products: 0,
            products_with_changes: 0,
            changes: 0,
            elasticity: None,
            low: None,
            high: None,
        }],
        acquisition: vec![AcquisitionCost {
            month: day.month(),
            channel: String::new(),
            spend: None,
            new_customers: 0,
            per_customer: None,
            holds_older_customers: false,
        }],
        ..AttributeAnswers::default()
    }
}

/// A row of `table` as an object.
pub(super) fn row_schema(table: &Table<'_>) -> Schema {
    let object = table.columns().iter().fold(ObjectBuilder::new(), |object, column| {
        object.property(column.key.as_ref(), cell_schema(column)).required(column.key.as_ref())
    });
    object.into()
}

/// What a cell may hold; any may be unknown.
fn cell_schema(column: &Column<'_>) -> ObjectBuilder {
    let (kind, format) = match column.kind {
        _ if is_money(&column.unit) => (Type::String, None),
        Kind::Text | Kind::Month => (Type::String, None),
        Kind::Day => (Type::String, Some(SchemaFormat::KnownFormat(KnownFormat::Date))),
        Kind::Integer => (Type::Integer, None),
        Kind::Money { .. } | Kind::Number { .. } | Kind::Share { .. } | Kind::Forecast | Kind::Chance => {
            (Type::Number, None)
        }
        Kind::YesNo => (Type::Boolean, None),
    };
    let meaning = match (column.unit.as_ref(), column.kind) {
        ("", _) | (_, Kind::Day | Kind::Month | Kind::YesNo) => column.meaning.to_string(),
        (unit, _) => format!("{} In: {unit}.", column.meaning),
    };
    let pattern = match column.kind {
        _ if is_money(&column.unit) => Some(r"^-?\d+(\.\d+)?$"),
        Kind::Month => Some(r"^\d{4}-\d{2}$"),
        _ => None,
    };
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![kind, Type::Null]))
        .format(format)
        .pattern(pattern)
        .description(Some(meaning))
}
