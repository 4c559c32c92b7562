//! Arguments of `key`.

use std::str::FromStr;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use clap::{Args, Subcommand};
use patron_store::Scopes;

/// How keys are used.
pub(super) const EXAMPLES: &str = "Examples:
  patron key create --name 'shop system' --scope read,write
  patron key create --name newsletter --scope read,personal --expires 90d
  curl -H \"Authorization: Bearer $KEY\" http://127.0.0.1:8080/api/v1/customers
  patron key revoke 2

read      everything but personal data        admin     jobs, models, the record of writes
write     create, change and delete rows      personal  names, addresses and the like; erasing people";

/// Arguments of `key`.
#[derive(Args)]
pub struct KeyArgs {
    /// What to do
    #[command(subcommand)]
    pub command: KeyCommand,
}

/// Subcommands of `key`.
#[derive(Subcommand)]
pub enum KeyCommand {
    /// Make a key; it is shown this once, on standard output
    Create {
        /// What it is for
        #[arg(long, value_name = "NAME")]
        name: String,
        /// What it may do: read, write, admin, personal, with commas between them
        #[arg(long, value_name = "SCOPES")]
        scope: Scopes,
        /// When it ends: after so many days (90d), or with the beginning of a day in UTC (2027-01-31) [default: never]
        #[arg(long, value_name = "WHEN")]
        expires: Option<Expiry>,
        /// Database
        #[arg(long, value_name = "URL", default_value = "patron.db")]
        database: String,
    },
    /// One line per key: what it may do, and whether it is in force
    List {
        /// Database
        #[arg(long, value_name = "URL", default_value = "patron.db")]
        database: String,
    },
    /// Put a key out of force, within seconds and for good
    Revoke {
        /// Number of the key, as `patron key list` shows it
        id: i64,
        /// Database
        #[arg(long, value_name = "URL", default_value = "patron.db")]
        database: String,
    },
}

/// When a key ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// So many days from now.
    After(Days),
    /// With the beginning of a day.
    On(NaiveDate),
}

impl Expiry {
    /// The end, in UTC; `None` where it lies beyond all calendars.
    pub fn from(self, now: NaiveDateTime) -> Option<NaiveDateTime> {
        match self {
            Self::After(days) => now.checked_add_days(days),
            Self::On(day) => Some(day.and_time(NaiveTime::MIN)),
        }
    }
}

impl FromStr for Expiry {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let days = text.strip_suffix('d').and_then(|days| days.parse::<u32>().ok());
        let days = days.map(|days| Self::After(Days::new(days.into())));
        let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Self::On);
        days.or_else(day).ok_or_else(|| format!("'{text}' is no end; write 90d or 2027-01-31"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_number_of_days_or_a_day() {
        let now = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap().and_hms_opt(9, 30, 0).unwrap();
        let end = |text: &str| text.parse::<Expiry>().unwrap().from(now).map(|end| end.to_string());
        assert_eq!(end("90d").unwrap(), "2027-02-21 09:30:00");
        assert_eq!(end("2027-01-31").unwrap(), "2027-01-31 00:00:00");
        assert_eq!(end("4294967295d"), None);
        for wrong in ["90", "d", "-1d", "31.1.2027", ""] {
            assert!(wrong.parse::<Expiry>().is_err(), "{wrong}");
        }
    }
}
