//! Currency and time zone: one of each per shop, learned with the first import that says so.

use patron_ingest::TimeZone;
use patron_store::Shop;

use crate::{ImportRequest, PipelineError};

/// Refuses a file whose currency or clock is not the shop's: its amounts and months could not be added up.
pub(crate) fn check(shop: &Shop, request: &ImportRequest) -> Result<(), PipelineError> {
    let file = || request.inspection.file.name.clone();
    if let (Some(shops), Some(files)) = (&shop.currency, &request.inspection.currency)
        && code(shops) != code(files)
    {
        return Err(PipelineError::OtherCurrency {
            file: file(),
            files: files.clone(),
            shops: shops.clone(),
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

/// The shop with what an import has told of it; `None` where that is nothing new.
pub(crate) fn learned(shop: &Shop, request: &ImportRequest) -> Option<Shop> {
    let mut learned = shop.clone();
    learned.currency = learned.currency.or_else(|| request.inspection.currency.clone());
    learned.time_zone = learned.time_zone.or_else(|| request.reading.time_zone.map(|zone| zone.to_string()));
    (learned != *shop).then_some(learned)
}

/// A sign that means one currency only stands for its code.
fn code(currency: &str) -> String {
    match currency.trim() {
        "€" => "EUR".to_owned(),
        "£" => "GBP".to_owned(),
        other => other.to_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn a_sign_is_its_code() {
        assert_eq!(["£", " gbp ", "€", "$"].map(code), ["GBP", "GBP", "EUR", "$"]);
    }
}
