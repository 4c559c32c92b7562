//! Sale lines.

use diesel::prelude::*;
use patron_domain::{LineKind, Money};

use super::list::{keyset, number};
use super::lookup::resolve;
use super::numbers::next_id;
use super::stored::required;
use super::{EditStored, Stored, Written, lines};
use crate::connect::{Backend, Connection};
use crate::error::Outcome;
use crate::schema::{cancellations, countries, customers, products, sales, transactions};
use crate::{
    Change, CursorKey, CustomerId, CustomerRef, Direction, List, NewSale, ProductId, ProductRef, Refer,
    SaleId, SalePatch, SaleRecord, SaleSort, StoreError, TransactionId, TransactionRef,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = sales)]
struct Row {
    id: i64,
    transaction_id: i64,
    product_id: Option<i64>,
    customer_id: Option<i64>,
    timestamp: i64,
    quantity: i32,
    unit_price: i64,
    discount: i64,
    amount: i64,
    kind: String,
    line: Option<i64>,
}

/// A line; invoice number, stock code, external id and country.
type Joined = (Row, String, Option<String>, Option<String>, Option<String>);

/// Lines with the names of what they refer to.
macro_rules! joined {
    () => {
        sales::table
            .inner_join(transactions::table.on(sales::transaction_id.eq(transactions::id)))
            .left_join(products::table.on(sales::product_id.eq(products::id.nullable())))
            .left_join(customers::table.on(sales::customer_id.eq(customers::id.nullable())))
            .left_join(countries::table.on(sales::country_id.eq(countries::id.nullable())))
            .select((
                Row::as_select(),
                transactions::invoice_number,
                products::sku.nullable(),
                customers::external_id.nullable(),
                countries::name.nullable(),
            ))
    };
}

impl Stored for SaleRecord {
    fn read(connection: &mut Connection, id: i64) -> Outcome<Option<Self>> {
        let row = joined!().filter(sales::id.eq(id)).get_result::<Joined>(connection).optional()?;
        row.map(record).transpose()
    }

    fn rows(connection: &mut Connection, list: &List<Self>, limit: i64) -> Outcome<Vec<Self>> {
        let filter = &list.filter;
        let mut query = joined!().into_boxed::<Backend>();
        if let Some(transaction) = &filter.transaction {
            let Some(id) = resolve(connection, transaction)?.id() else { return Ok(Vec::new()) };
            query = query.filter(sales::transaction_id.eq(id));
        }
        if let Some(customer) = &filter.customer {
            let Some(id) = resolve(connection, customer)?.id() else { return Ok(Vec::new()) };
            query = query.filter(sales::customer_id.eq(id));
        }
        if let Some(product) = &filter.product {
            let Some(id) = resolve(connection, product)?.id() else { return Ok(Vec::new()) };
            query = query.filter(sales::product_id.eq(id));
        }
        if let Some(day) = filter.from {
            query = query.filter(sales::date_id.ge(day.number()));
        }
        if let Some(day) = filter.to {
            query = query.filter(sales::date_id.le(day.number()));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(sales::kind.eq(kind.word()));
        }
        let query = match list.sort {
            SaleSort::Id => keyset!(query, list, sales::id),
            SaleSort::Timestamp => keyset!(query, list, sales::id, sales::timestamp, number),
            SaleSort::Amount => keyset!(query, list, sales::id, sales::amount, number),
        };
        let rows: Vec<Joined> = query.limit(limit).load(connection)?;
        rows.into_iter().map(record).collect()
    }

    fn sort_key(&self, sort: SaleSort) -> CursorKey {
        CursorKey::Number(match sort {
            SaleSort::Id => self.id.0,
            SaleSort::Timestamp => self.timestamp,
            SaleSort::Amount => self.amount.ten_thousandths(),
        })
    }
}

fn record((row, invoice_number, sku, external_id, country): Joined) -> Outcome<SaleRecord> {
    let unreadable = || StoreError::Unreadable { what: "kind of line", value: row.kind.clone() };
    let product = row.product_id.zip(sku);
    let customer = row.customer_id.zip(external_id);
    Ok(SaleRecord {
        id: SaleId(row.id),
        transaction: TransactionRef { id: TransactionId(row.transaction_id), invoice_number },
        product: product.map(|(id, sku)| ProductRef { id: ProductId(id), sku }),
        customer: customer.map(|(id, external_id)| CustomerRef { id: CustomerId(id), external_id }),
        country,
        timestamp: row.timestamp,
        quantity: row.quantity,
        unit_price: Money::from_ten_thousandths(row.unit_price),
        discount: Money::from_ten_thousandths(row.discount),
        amount: Money::from_ten_thousandths(row.amount),
        kind: LineKind::from_word(&row.kind).ok_or_else(unreadable)?,
        line: row.line.map(i64::unsigned_abs),
    })
}

impl Written for SaleRecord {
    type New = NewSale;
    type Patch = SalePatch;
}

impl EditStored for SaleRecord {
    const TABLE: &'static str = "sales";

    fn insert(connection: &mut Connection, new: &NewSale) -> Outcome<i64> {
        let values = lines::checked(connection, new, None)?;
        let id = next_id!(connection, sales);
        diesel::insert_into(sales::table).values((sales::id.eq(id), values)).execute(connection)?;
        Ok(id)
    }

    fn patched(&self, patch: &SalePatch) -> Outcome<NewSale> {
        let mut new = NewSale {
            transaction: Refer::Id(self.transaction.id),
            product: self.product.as_ref().map(|product| Refer::Id(product.id)),
            customer: self.customer.as_ref().map(|customer| Refer::Id(customer.id)),
            country: self.country.clone().map(Refer::Key),
            timestamp: Some(self.timestamp),
            quantity: self.quantity,
            unit_price: self.unit_price,
            discount: self.discount,
            amount: Some(self.amount),
            kind: Some(self.kind),
            create_missing: patch.create_missing,
        };
        let patch = patch.clone();
        let numbers = [patch.quantity.is_leave(), patch.unit_price.is_leave(), patch.discount.is_leave()];
        if numbers.contains(&false) {
            new.amount = None;
        }
        if (new.amount.is_none() || !patch.amount.is_leave()) && self.kind != LineKind::Service {
            new.kind = None;
        }
        required("transaction", patch.transaction, &mut new.transaction)?;
        patch.product.lay_over(&mut new.product);
        patch.customer.lay_over(&mut new.customer);
        patch.country.lay_over(&mut new.country);
        required("quantity", patch.quantity, &mut new.quantity)?;
        required("unit_price", patch.unit_price, &mut new.unit_price)?;
        patch.timestamp.lay_over(&mut new.timestamp);
        match patch.discount {
            Change::Leave => {}
            Change::Clear => new.discount = Money::ZERO,
            Change::Set(discount) => new.discount = discount,
        }
        patch.amount.lay_over(&mut new.amount);
        patch.kind.lay_over(&mut new.kind);
        Ok(new)
    }

    fn update(&self, connection: &mut Connection, new: &NewSale, _: Option<&SalePatch>) -> Outcome<()> {
        let before: (i32, i64) = sales::table
            .find(self.id.0)
            .select((sales::date_id, sales::transaction_id))
            .get_result(connection)?;
        let values = lines::checked(connection, new, Some(self))?;
        if !lines::same_goods(self, &values) {
            self.unlink(connection)?;
        }
        diesel::update(sales::table.find(self.id.0)).set(values).execute(connection)?;
        lines::left_behind(connection, before)?;
        lines::note_correction(connection, self.id.0)
    }

    fn remove(&self, connection: &mut Connection) -> Outcome<()> {
        let before: (i32, i64) = sales::table
            .find(self.id.0)
            .select((sales::date_id, sales::transaction_id))
            .get_result(connection)?;
        self.unlink(connection)?;
        diesel::delete(sales::table.find(self.id.0)).execute(connection)?;
        lines::left_behind(connection, before)?;
        lines::note_correction(connection, self.id.0)
    }
}

impl SaleRecord {
    /// Cuts the link between a cancellation and the purchase it takes back.
    fn unlink(&self, connection: &mut Connection) -> Outcome<()> {
        let links = cancellations::sale_id.eq(self.id.0).or(cancellations::purchase_id.eq(self.id.0));
        diesel::delete(cancellations::table.filter(links)).execute(connection)?;
        Ok(())
    }
}
