//! Exact money: an `i64` count of ten-thousandths of the currency unit.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An exact amount in ten-thousandths of the shop's currency unit (2.55 is `25_500`).
///
/// Sums are exact; floats begin where a model begins ([`Money::to_f64`]). The range is ± 922 million million
/// units; `+` panics on overflow only in debug builds, so code that meets user input uses `checked_add`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

/// Why a text is not an amount of money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseMoneyError {
    /// Nothing, or something that is not digits with at most one point.
    #[error("'{0}' is not a number")]
    NotANumber(String),
    /// Beyond the range of an exact amount.
    #[error("'{0}' is too large for an amount of money")]
    TooLarge(String),
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// Ten-thousandths in one currency unit.
    pub const SCALE: i64 = 10_000;

    /// From a count of ten-thousandths.
    pub const fn from_ten_thousandths(count: i64) -> Self {
        Self(count)
    }

    /// The count of ten-thousandths.
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// In currency units, for models and charts.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / Self::SCALE as f64
    }

    /// The nearest exact amount to `units`; `None` when it is not finite or out of range.
    pub fn from_f64(units: f64) -> Option<Self> {
        let count = (units * Self::SCALE as f64).round();
        (count.is_finite() && count.abs() < i64::MAX as f64).then_some(Self(count as i64))
    }

    /// Sum, or `None` when it is out of range.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Price × whole quantity, exactly; `None` when out of range.
    pub fn times(self, quantity: i64) -> Option<Self> {
        self.0.checked_mul(quantity).map(Self)
    }

    /// Price × a quantity given in ten-thousandths, rounded half away from zero; `None` when out of range.
    pub fn times_ten_thousandths(self, quantity: i64) -> Option<Self> {
        let product = i128::from(self.0) * i128::from(quantity);
        let half = i128::from(Self::SCALE / 2) * product.signum();
        i64::try_from((product + half) / i128::from(Self::SCALE)).ok().map(Self)
    }

    /// Without its sign.
    pub fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }
}

impl FromStr for Money {
    type Err = ParseMoneyError;

    /// Digits with an optional sign and decimal point (`-12.5`, `.99`, `+3`); decimals after the fourth are
    /// rounded half away from zero.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let not_a_number = || ParseMoneyError::NotANumber(text.to_owned());
        let too_large = || ParseMoneyError::TooLarge(text.to_owned());
        let (negative, digits) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            all => (false, all),
        };
        let mut count: i64 = 0;
        let mut decimals: Option<u32> = None;
        let (mut any, mut round_up) = (false, false);
        for &byte in digits {
            match (byte, decimals) {
                (b'.', None) => decimals = Some(0),
                (b'0'..=b'9', Some(4)) => (round_up, decimals) = (byte >= b'5', Some(5)),
                (b'0'..=b'9', Some(5)) => {}
                (b'0'..=b'9', _) => {
                    any = true;
                    let digit = i64::from(byte - b'0');
                    count = count.checked_mul(10).and_then(|c| c.checked_add(digit)).ok_or_else(too_large)?;
                    decimals = decimals.map(|d| d + 1);
                }
                _ => return Err(not_a_number()),
            }
        }
        if !any {
            return Err(not_a_number());
        }
        let missing = 4 - decimals.unwrap_or(0).min(4);
        count = count.checked_mul(10_i64.pow(missing)).ok_or_else(too_large)?;
        count = count.checked_add(i64::from(round_up)).ok_or_else(too_large)?;
        Ok(Self(if negative { -count } else { count }))
    }
}

impl fmt::Display for Money {
    /// At least two decimals, up to four where they are not zero: `15.30`, `0.125`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let (units, fraction) = (magnitude / 10_000, magnitude % 10_000);
        let sign = if self.0 < 0 { "-" } else { "" };
        match fraction {
            cents if cents % 100 == 0 => write!(f, "{sign}{units}.{:02}", cents / 100),
            mills if mills % 10 == 0 => write!(f, "{sign}{units}.{:03}", mills / 10),
            all => write!(f, "{sign}{units}.{all:04}"),
        }
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}
impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}
impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}
impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, ten_thousandths: i64, shown: &str) {
        let money: Money = text.parse().unwrap();
        assert_eq!((money.ten_thousandths(), money.to_string().as_str()), (ten_thousandths, shown));
    }

    #[test]
    fn amounts_are_read_and_shown_exactly() {
        check("2.55", 25_500, "2.55");
        check("-0.001", -10, "-0.001");
        check("11062.06", 110_620_600, "11062.06");
        check(".5", 5_000, "0.50");
        check("7", 70_000, "7.00");
        check("0.00005", 1, "0.0001");
        check("-0.00005", -1, "-0.0001");
        check("0.000049", 0, "0.00");
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", "-", ".", "1,5", "12a", "1.2.3", "nan", " 1"] {
            assert_eq!(text.parse::<Money>(), Err(ParseMoneyError::NotANumber(text.to_owned())));
        }
        let huge = "99999999999999999999";
        assert_eq!(huge.parse::<Money>(), Err(ParseMoneyError::TooLarge(huge.to_owned())));
    }

    #[test]
    fn a_fractional_quantity_rounds_half_away_from_zero() {
        let price: Money = "0.0003".parse().unwrap();
        assert_eq!(price.times_ten_thousandths(5_000), Some(Money::from_ten_thousandths(2)));
        assert_eq!(price.times_ten_thousandths(-5_000), Some(Money::from_ten_thousandths(-2)));
    }

    proptest! {
        #[test]
        fn shown_and_read_again_is_the_same(count in -1_000_000_000_000_i64..1_000_000_000_000) {
            let money = Money::from_ten_thousandths(count);
            prop_assert_eq!(money.to_string().parse::<Money>(), Ok(money));
        }
    }
}
