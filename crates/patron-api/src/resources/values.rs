//! Values as clients write them: one way each, and nothing that would have to be guessed or rounded.

use patron_domain::{Day, Money};

/// `-12.5`: at most four decimals.
///
/// # Errors
/// What is wrong with it, and what would be right.
pub(crate) fn money(text: &str) -> Result<Money, String> {
    let (units, decimals) = text.split_once('.').map_or((text, None), |(units, rest)| (units, Some(rest)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(units.strip_prefix('-').unwrap_or(units)) || decimals.is_some_and(|rest| !digits(rest)) {
        return Err(format!("'{text}' is no amount of money; write it as \"12.50\""));
    }
    if decimals.is_some_and(|rest| rest.len() > 4) {
        return Err(format!("'{text}' has more than four decimals; round it as the shop does"));
    }
    text.parse().map_err(|_| format!("'{text}' is too large for an amount of money"))
}

/// `2011-12-09`.
///
/// # Errors
/// What is wrong with it, and what would be right.
pub(crate) fn day(text: &str) -> Result<Day, String> {
    let is_digit = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let day = (text.len() == 10 && text.bytes().enumerate().all(is_digit)).then(|| text.parse().ok());
    day.flatten().ok_or_else(|| format!("'{text}' is no day; write it as 2011-12-09"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_at_most_four_decimals_and_is_never_rounded() {
        for (text, ten_thousandths) in
            [("12.50", 125_000), ("-0.0001", -1), ("7", 70_000), ("-3", -30_000), ("0.1234", 1_234)]
        {
            assert_eq!(money(text).unwrap().ten_thousandths(), ten_thousandths, "{text}");
        }
        for text in
            ["", "-", ".5", "5.", "1,5", "+1", "1e3", " 1", "1.23456", "99999999999999999999", "--1", "१"]
        {
            assert!(money(text).is_err(), "{text}");
        }
    }

    #[test]
    fn days_are_written_in_full() {
        assert_eq!(day("2024-02-29").unwrap().to_string(), "2024-02-29");
        for text in ["2023-02-29", "2024-2-29", "24-02-29", "2024/02/29", "2024-02-29 ", "+024-02-29", ""] {
            assert!(day(text).is_err(), "{text}");
        }
    }
}
