//! How a file is to be read, told in words: by a form, a query, a line of settings.

use std::fmt::Display;
use std::str::FromStr;

use patron_ingest::{Profile, ReadOptions, SideOptions};
use patron_store::Shop;
use serde::{Deserialize, Serialize};

/// What `patron import` takes on its command line, as texts; whatever is absent is found out from the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadingWords {
    /// `customer=Client,date=Day,…`.
    pub map: Option<String>,
    /// `retail`, `positive-quantity` or `none`.
    pub profile: Option<String>,
    /// `day-first`, `month-first` or `year-first`.
    pub dates: Option<String>,
    /// `point` or `comma`.
    pub decimal: Option<String>,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Such as `Europe/Berlin` or `+01:00`.
    pub timezone: Option<String>,
    /// Such as `GBP` or `€`.
    pub currency: Option<String>,
}

/// A word that says nothing, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongWord {
    /// Which of them.
    pub name: &'static str,
    /// What is wrong with it.
    pub detail: String,
}

impl ReadingWords {
    /// The options for a sales file; where no time zone is told, that of the shop stands.
    ///
    /// # Errors
    /// Every word that says nothing.
    pub fn options(&self, shop: &Shop) -> Result<ReadOptions, Vec<WrongWord>> {
        let mut wrong = Vec::new();
        let zone = self.timezone.as_ref().or(shop.time_zone.as_ref());
        let profile = self.profile.as_deref().map(Profile::named).transpose();
        let profile = noted("profile", profile.map_err(|error| error.to_string()), &mut wrong);
        let options = ReadOptions {
            map: read("map", self.map.as_ref(), &mut wrong),
            profile: profile.flatten().unwrap_or_default(),
            date_order: read("dates", self.dates.as_ref(), &mut wrong),
            decimal: read("decimal", self.decimal.as_ref(), &mut wrong),
            sheet: self.sheet.clone(),
            time_zone: read("timezone", zone, &mut wrong),
            currency: self.currency.clone(),
            ..ReadOptions::default()
        };
        if wrong.is_empty() { Ok(options) } else { Err(wrong) }
    }

    /// The options for a customers, products or costs file.
    ///
    /// # Errors
    /// As [`ReadingWords::options`].
    pub fn side_options(&self) -> Result<SideOptions, Vec<WrongWord>> {
        let ReadOptions { date_order, decimal, sheet, .. } = self.options(&Shop::default())?;
        Ok(SideOptions { date_order, decimal, sheet })
    }
}

fn read<T: FromStr<Err: Display>>(
    name: &'static str,
    word: Option<&String>,
    wrong: &mut Vec<WrongWord>,
) -> Option<T> {
    noted(name, word.map(|word| word.parse()).transpose(), wrong).flatten()
}

fn noted<T>(name: &'static str, read: Result<T, impl Display>, wrong: &mut Vec<WrongWord>) -> Option<T> {
    read.map_err(|error| wrong.push(WrongWord { name, detail: error.to_string() })).ok()
}

#[cfg(test)]
mod tests {
    use patron_ingest::{DateOrder, DecimalMark};

    use super::*;

    #[test]
    fn words_are_options_and_all_wrong_ones_are_told() {
        let shop = Shop { time_zone: Some("Europe/London".to_owned()), ..Shop::default() };
        let some = |word: &str| Some(word.to_owned());
        let words = ReadingWords {
            map: some("customer=Client"),
            profile: some("none"),
            dates: some("day-first"),
            decimal: some("comma"),
            ..ReadingWords::default()
        };
        let options = words.options(&shop).unwrap();
        assert_eq!(
            (options.date_order, options.decimal),
            (Some(DateOrder::DayFirst), Some(DecimalMark::Comma))
        );
        assert_eq!(
            (options.profile.name(), options.time_zone.unwrap().to_string()),
            ("none", "Europe/London".to_owned())
        );
        assert_eq!(words.side_options().unwrap().decimal, Some(DecimalMark::Comma));

        let words = ReadingWords {
            map: some("client"),
            profile: some("../../etc/passwd.toml"),
            dates: some("first"),
            decimal: some(";"),
            timezone: some("Mars"),
            ..ReadingWords::default()
        };
        let names: Vec<&str> = words.options(&shop).unwrap_err().iter().map(|wrong| wrong.name).collect();
        assert_eq!(names.len(), 5, "{names:?}");
        for name in ["map", "profile", "dates", "decimal", "timezone"] {
            assert!(names.contains(&name), "{name}");
        }
    }
}
