//! Products.

use chrono::NaiveDate;
use diesel::prelude::*;
use patron_domain::{Day, Money, ProductAttributes};

use super::check::Checks;
use super::list::{behind_prefix, keyset, number, number_or, text};
use super::lookup::{self, country_names};
use super::numbers::next_id;
use super::stored::{refuse_referenced, refuse_taken, required};
use super::{EditStored, KeyedStored, Stored, Written};
use crate::connect::{Backend, Connection};
use crate::error::Outcome;
use crate::schema::{product_descriptions, products, sales};
use crate::{
    Change, CursorKey, Direction, List, NewProduct, ProductId, ProductPatch, ProductRecord, ProductSort,
};

/// Below every list price.
const NO_PRICE: i64 = i64::MIN;

#[derive(Queryable, Selectable)]
#[diesel(table_name = products)]
struct Row {
    id: i64,
    sku: String,
    description: String,
    category: Option<String>,
    producer_country_id: Option<i64>,
    price: Option<i64>,
    unit_cost: Option<i64>,
    launched: Option<NaiveDate>,
    retired: Option<NaiveDate>,
    imported: bool,
}

impl Stored for ProductRecord {
    fn read(connection: &mut Connection, id: i64) -> Outcome<Option<Self>> {
        let row = products::table.find(id).select(Row::as_select()).get_result(connection).optional()?;
        Ok(named(connection, row.into_iter().collect())?.pop())
    }

    fn rows(connection: &mut Connection, list: &List<Self>, limit: i64) -> Outcome<Vec<Self>> {
        let filter = &list.filter;
        let mut query = products::table.into_boxed::<Backend>();
        if let Some(prefix) = &filter.sku_prefix {
            query = query.filter(products::sku.ge(prefix)).filter(products::sku.lt(behind_prefix(prefix)));
        }
        if let Some(category) = &filter.category {
            query = query.filter(products::category.eq(category));
        }
        if let Some(country) = &filter.producer_country {
            let Some(id) = lookup::country(connection, country)? else { return Ok(Vec::new()) };
            query = query.filter(products::producer_country_id.eq(id));
        }
        if let Some(price) = filter.price_from {
            query = query.filter(products::price.ge(price.ten_thousandths()));
        }
        if let Some(price) = filter.price_to {
            query = query.filter(products::price.le(price.ten_thousandths()));
        }
        let id = products::id;
        let query = match list.sort {
            ProductSort::Id => keyset!(query, list, id),
            ProductSort::Sku => keyset!(query, list, id, products::sku, text),
            ProductSort::Description => keyset!(query, list, id, products::description, text),
            ProductSort::Price => keyset!(query, list, id, number_or(products::price, NO_PRICE), number),
        };
        let rows = query.limit(limit).select(Row::as_select()).load(connection)?;
        named(connection, rows)
    }

    fn sort_key(&self, sort: ProductSort) -> CursorKey {
        match sort {
            ProductSort::Id => CursorKey::Number(self.id.0),
            ProductSort::Sku => CursorKey::Text(self.sku.clone()),
            ProductSort::Description => CursorKey::Text(self.description.clone()),
            ProductSort::Price => {
                CursorKey::Number(self.facts.price.map_or(NO_PRICE, Money::ten_thousandths))
            }
        }
    }
}

fn named(connection: &mut Connection, rows: Vec<Row>) -> Outcome<Vec<ProductRecord>> {
    let names = country_names(connection, rows.iter().map(|row| row.producer_country_id))?;
    let money = |stored: Option<i64>| stored.map(Money::from_ten_thousandths);
    let record = |row: Row| ProductRecord {
        id: ProductId(row.id),
        sku: row.sku,
        description: row.description,
        facts: ProductAttributes {
            category: row.category,
            producer_country: row.producer_country_id.and_then(|id| names.get(&id)).cloned(),
            price: money(row.price),
            unit_cost: money(row.unit_cost),
            launched: row.launched.map(Day::from),
            retired: row.retired.map(Day::from),
        },
        imported: row.imported,
    };
    Ok(rows.into_iter().map(record).collect())
}

impl Written for ProductRecord {
    type New = NewProduct;
    type Patch = ProductPatch;
}

impl EditStored for ProductRecord {
    const TABLE: &'static str = "products";

    fn insert(connection: &mut Connection, new: &NewProduct) -> Outcome<i64> {
        let new = checked(new)?;
        refuse_taken::<Self>(connection, &new.sku, None)?;
        let country = country_id(connection, &new)?;
        let id = next_id!(connection, products);
        diesel::insert_into(products::table)
            .values((products::id.eq(id), columns(&new, country)))
            .execute(connection)?;
        own_description(connection, id, &new.description)?;
        Ok(id)
    }

    fn patched(&self, patch: &ProductPatch) -> Outcome<NewProduct> {
        let mut new = NewProduct {
            sku: self.sku.clone(),
            description: self.description.clone(),
            facts: self.facts.clone(),
        };
        let patch = patch.clone();
        required("sku", patch.sku, &mut new.sku)?;
        match patch.description {
            Change::Leave => {}
            Change::Clear => new.description.clear(),
            Change::Set(description) => new.description = description,
        }
        patch.category.lay_over(&mut new.facts.category);
        patch.producer_country.lay_over(&mut new.facts.producer_country);
        patch.price.lay_over(&mut new.facts.price);
        patch.unit_cost.lay_over(&mut new.facts.unit_cost);
        patch.launched.lay_over(&mut new.facts.launched);
        patch.retired.lay_over(&mut new.facts.retired);
        Ok(new)
    }

    fn update(
        &self,
        connection: &mut Connection,
        new: &NewProduct,
        patch: Option<&ProductPatch>,
    ) -> Outcome<()> {
        let new = checked(new)?;
        let id = self.id.0;
        refuse_taken::<Self>(connection, &new.sku, Some(id))?;
        let country = country_id(connection, &new)?;
        diesel::update(products::table.find(id)).set(columns(&new, country)).execute(connection)?;
        if patch.is_none_or(|patch| !patch.description.is_leave()) {
            own_description(connection, id, &new.description)?;
        }
        Ok(())
    }

    fn remove(&self, connection: &mut Connection) -> Outcome<()> {
        let id = self.id.0;
        let lines = sales::table.filter(sales::product_id.eq(id)).count().get_result(connection)?;
        refuse_referenced::<Self>(id, &[("sales", lines)])?;
        let words = product_descriptions::table.filter(product_descriptions::product_id.eq(id));
        diesel::delete(words).execute(connection)?;
        diesel::delete(products::table.find(id)).execute(connection)?;
        Ok(())
    }
}

impl KeyedStored for ProductRecord {
    fn find(connection: &mut Connection, key: &str) -> Outcome<Option<i64>> {
        lookup::product(connection, key.trim())
    }

    fn with_key(new: NewProduct, key: &str) -> NewProduct {
        NewProduct { sku: key.to_owned(), ..new }
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = products, treat_none_as_null = true)]
struct Columns<'a> {
    sku: &'a str,
    description: &'a str,
    category: Option<&'a str>,
    producer_country_id: Option<i64>,
    price: Option<i64>,
    unit_cost: Option<i64>,
    launched: Option<NaiveDate>,
    retired: Option<NaiveDate>,
    imported: bool,
}

fn columns(new: &NewProduct, country: Option<i64>) -> Columns<'_> {
    let facts = &new.facts;
    Columns {
        sku: &new.sku,
        description: &new.description,
        category: facts.category.as_deref(),
        producer_country_id: country,
        price: facts.price.map(Money::ten_thousandths),
        unit_cost: facts.unit_cost.map(Money::ten_thousandths),
        launched: facts.launched.map(Day::date),
        retired: facts.retired.map(Day::date),
        imported: false,
    }
}

/// What the shop itself calls a product counts as the word of every import that has described it and comes before
/// that of every later one, so that undoing any of them brings this word back.
fn own_description(connection: &mut Connection, product: i64, description: &str) -> Outcome<()> {
    let words = product_descriptions::table.filter(product_descriptions::product_id.eq(product));
    diesel::update(words).set(product_descriptions::description.eq(description)).execute(connection)?;
    let own = diesel::update(products::table.find(product));
    own.set(products::own_description.eq(description)).execute(connection)?;
    Ok(())
}

fn checked(new: &NewProduct) -> Outcome<NewProduct> {
    let facts = &new.facts;
    let mut checks = Checks::new();
    let checked = NewProduct {
        sku: checks.key("sku", &new.sku),
        description: checks.text("description", &new.description),
        facts: ProductAttributes {
            category: checks.maybe("category", facts.category.as_deref()),
            producer_country: checks.maybe("producer_country", facts.producer_country.as_deref()),
            price: facts.price.map(|price| checks.positive("price", price)),
            unit_cost: facts.unit_cost.map(|cost| checks.positive("unit_cost", cost)),
            launched: checks.day("launched", facts.launched),
            retired: checks.day("retired", facts.retired),
        },
    };
    if let (Some(launched), Some(retired)) = (facts.launched, facts.retired)
        && retired < launched
    {
        checks.fail("retired", format!("must not be before the first day on sale, {launched}"));
    }
    checks.finish()?;
    Ok(checked)
}

fn country_id(connection: &mut Connection, new: &NewProduct) -> Outcome<Option<i64>> {
    let country = new.facts.producer_country.as_deref();
    country.map(|name| lookup::country_made(connection, name)).transpose()
}
