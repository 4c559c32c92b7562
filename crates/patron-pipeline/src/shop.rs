//! Currency and time zone: one of each per shop, learned with the first import that says so.

use patron_ingest::{TimeZone, currency_code};
use patron_store::{ImportRecord, Shop, Store};

use crate::{ImportRequest, PipelineError};

/// Refuses a file whose currency or clock is not the shop's: its amounts and months could not be added up.
pub(crate) fn check(
    shop: &Shop,
    request: &ImportRequest,
    beside: &[ImportRecord],
) -> Result<(), PipelineError> {
    let file = || request.inspection.file.name.clone();
    if let (Some(shops), Some(files)) = (&shop.currency, &request.inspection.currency)
        && currency_code(shops) != currency_code(files)
    {
        return Err(PipelineError::OtherCurrency {
            file: file(),
            files: files.clone(),
            shops: shops.clone(),
        });
    }
    let as_written = beside.iter().find(|record| record.report.times.starts_with("as written;"));
    if let (None, Some(told), Some(earlier)) = (&shop.time_zone, request.reading.time_zone, as_written) {
        return Err(PipelineError::ClockAsWritten {
            file: file(),
            told: told.to_string(),
            earlier: earlier.file_name.clone(),
        });
    }
    if let (Some(shops), Some(told)) = (&shop.time_zone, request.reading.time_zone)
        && shops.parse::<TimeZone>() != Ok(told)
    {
        let told = told.to_string();
        return Err(PipelineError::OtherTimeZone { file: file(), told, shops: shops.clone() });
    }
    Ok(())
}

/// The shop with what an import has told of it; `None` where that is nothing new. An import that stands alone has the
/// word.
pub(crate) fn learned(shop: &Shop, request: &ImportRequest, alone: bool) -> Option<Shop> {
    let mut learned = shop.clone();
    let currency = request.inspection.currency.clone();
    let time_zone = request.reading.time_zone.map(|zone| zone.to_string());
    if alone {
        learned.currency = currency.or(learned.currency);
        learned.time_zone = time_zone.or(learned.time_zone);
    } else {
        learned.currency = learned.currency.or(currency);
        learned.time_zone = learned.time_zone.or(time_zone);
    }
    (learned != *shop).then_some(learned)
}

/// Gives the shop a name, and a currency where no file says one.
///
/// # Errors
/// [`PipelineError::OtherCurrency`] where a file says another; what the database says.
pub fn name_shop(store: &mut Store, name: Option<&str>, currency: Option<&str>) -> Result<(), PipelineError> {
    let before = store.shop()?;
    let mut shop = before.clone();
    if let Some(name) = name {
        shop.name = name.to_owned();
    }
    if let Some(told) = currency {
        for record in store.imports()? {
            let files = record.report.currency.filter(|files| currency_code(files) != currency_code(told));
            if let Some(files) = files {
                let (file, shops) = (record.file_name, told.to_owned());
                return Err(PipelineError::OtherCurrency { file, files, shops });
            }
        }
        shop.currency = Some(told.to_owned());
    }
    if shop != before {
        store.set_shop(&shop)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::currency_code;

    #[test]
    fn a_sign_is_its_code() {
        assert_eq!(["£", " gbp ", "€", "$"].map(currency_code), ["GBP", "GBP", "EUR", "$"]);
    }
}
