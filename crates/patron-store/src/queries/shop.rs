//! The one row about the shop.

use diesel::prelude::*;

use crate::connect::{self, Connection};
use crate::error::Outcome;
use crate::schema::shop;
use crate::{Reading, Shop, StoreError};

type Row = (String, Option<String>, Option<String>);

impl Reading<'_> {
    /// The shop.
    ///
    /// # Errors
    /// What the database says.
    pub fn shop(&mut self) -> Result<Shop, StoreError> {
        self.run(read)
    }
}

pub(crate) fn read(connection: &mut Connection) -> Outcome<Shop> {
    let row = shop::table.select((shop::name, shop::currency, shop::time_zone)).first::<Row>(connection);
    let (name, currency, time_zone) = row.optional()?.unwrap_or_default();
    Ok(Shop { name, currency, time_zone })
}

pub(crate) fn write(connection: &mut Connection, new: &Shop) -> Outcome<()> {
    let values =
        (shop::name.eq(&new.name), shop::currency.eq(&new.currency), shop::time_zone.eq(&new.time_zone));
    connect::write(connection, |connection| {
        if diesel::update(shop::table.find(1)).set(values).execute(connection)? == 0 {
            diesel::insert_into(shop::table).values((shop::id.eq(1), values)).execute(connection)?;
        }
        Ok(())
    })
}
