//! Numbers as people and programs write them, read exactly into ten-thousandths.

use crate::DecimalMark;

/// Why a text gives no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberError {
    NotANumber,
    TooLarge,
}

/// Ten-thousandths; decimals after the fourth are rounded half away from zero. Currency signs, thousands
/// separators, accountants' brackets and a trailing minus are understood.
pub(crate) fn parse(text: &[u8], mark: DecimalMark) -> Result<i64, NumberError> {
    match plain(text, mark) {
        Some(value) => Ok(value),
        None => dressed(text, mark),
    }
}

/// Digits with at most four decimals, at most 14 characters: nearly every number there is.
fn plain(text: &[u8], mark: DecimalMark) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        all => (false, all),
    };
    if digits.is_empty() || digits.len() > 14 || !digits[0].is_ascii_digit() {
        return None;
    }
    let point = if mark == DecimalMark::Point { b'.' } else { b',' };
    let (mut value, mut scale, mut decimals) = (0_i64, 10_000_i64, false);
    for &byte in digits {
        if byte.is_ascii_digit() {
            if decimals {
                if scale == 1 {
                    return None;
                }
                scale /= 10;
            }
            value = value * 10 + i64::from(byte - b'0');
        } else if byte == point && !decimals {
            decimals = true;
        } else {
            return None;
        }
    }
    let value = value.checked_mul(scale)?;
    Some(if negative { -value } else { value })
}

fn dressed(text: &[u8], mark: DecimalMark) -> Result<i64, NumberError> {
    let text = std::str::from_utf8(text).map_err(|_| NumberError::NotANumber)?;
    let Undressed { negative, digits } = undress(text).ok_or(NumberError::NotANumber)?;
    let (point, thousands) = match mark {
        DecimalMark::Point => ('.', [',', ' ', '\'']),
        DecimalMark::Comma => (',', ['.', ' ', '\'']),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits.as_str(), None),
    };
    let (whole, decimals) = mantissa.split_once(point).unwrap_or((mantissa, ""));
    let whole = without_thousands(whole, thousands).ok_or(NumberError::NotANumber)?;
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && decimals.is_empty() || !all_digits(&whole) || !all_digits(decimals) {
        return Err(NumberError::NotANumber);
    }
    let magnitude = match exponent {
        None => exact(&whole, decimals)?,
        Some(exponent) => scientific(&whole, decimals, exponent)?,
    };
    Ok(if negative { -magnitude } else { magnitude })
}

struct Undressed {
    negative: bool,
    digits: String,
}

/// Takes off signs, brackets, currency and fancy spaces.
fn undress(text: &str) -> Option<Undressed> {
    let plain: String = text
        .trim()
        .chars()
        .map(|c| match c {
            '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
            '\u{2019}' => '\'',
            '\u{2212}' => '-',
            other => other,
        })
        .collect();
    let mut rest = plain.as_str();
    let mut negative = false;
    if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        (negative, rest) = (true, inner.trim());
    }
    // A sign may stand before or after the currency: -£5, £-5, 5-.
    let mut signs = u32::from(negative);
    for _ in 0..3 {
        let before = rest;
        if let Some(unsigned) = rest.strip_prefix('-').or_else(|| rest.strip_suffix('-')) {
            (negative, rest, signs) = (true, unsigned.trim(), signs + 1);
        } else if let Some(unsigned) = rest.strip_prefix('+') {
            (rest, signs) = (unsigned.trim(), signs + 1);
        }
        rest = without_currency(rest);
        if rest == before {
            break;
        }
    }
    (signs <= 1).then(|| Undressed { negative, digits: rest.to_owned() })
}

fn without_currency(text: &str) -> &str {
    const CURRENCIES: [&str; 32] = [
        "R$", "US$", "A$", "C$", "£", "€", "$", "¥", "₹", "₽", "₩", "₺", "₫", "zł", "Kč", "kr.", "kr", "EUR",
        "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY", "CNY", "INR", "AUD", "CAD", "BRL",
    ];
    for currency in CURRENCIES {
        if let Some(rest) = text.strip_prefix(currency).or_else(|| text.strip_suffix(currency)) {
            return rest.trim();
        }
    }
    text
}

/// `1,234,567` → `1234567`; `None` where the groups are not groups of thousands.
fn without_thousands(whole: &str, separators: [char; 3]) -> Option<String> {
    let Some(separator) = whole.chars().find(|c| separators.contains(c)) else {
        return Some(whole.to_owned());
    };
    let groups: Vec<&str> = whole.split(separator).collect();
    let (first, rest) = groups.split_first()?;
    let last_is_three = rest.last()?.len() == 3;
    let others_fit = rest.iter().all(|group| (2..=3).contains(&group.len()));
    ((1..=3).contains(&first.len()) && last_is_three && others_fit).then(|| groups.concat())
}

fn exact(whole: &str, decimals: &str) -> Result<i64, NumberError> {
    let digit = |byte: u8| i64::from(byte - b'0');
    let mut value = 0_i64;
    let kept = decimals.bytes().chain(std::iter::repeat(b'0')).take(4);
    for byte in whole.bytes().chain(kept) {
        value =
            value.checked_mul(10).and_then(|v| v.checked_add(digit(byte))).ok_or(NumberError::TooLarge)?;
    }
    let round_up = decimals.as_bytes().get(4).is_some_and(|&byte| byte >= b'5');
    value.checked_add(i64::from(round_up)).ok_or(NumberError::TooLarge)
}

/// `1.5E-05`, as spreadsheets and data frames write small and large numbers.
fn scientific(whole: &str, decimals: &str, exponent: &str) -> Result<i64, NumberError> {
    let parsed: Result<f64, _> = format!("{whole}.{decimals}0e{exponent}").parse();
    let value = parsed.map_err(|_| NumberError::NotANumber)? * 10_000.0;
    if value.abs() < 9.0e18 { Ok(value.round() as i64) } else { Err(NumberError::TooLarge) }
}

/// What a number says about its own decimal mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MarkEvidence {
    /// Only a point can be its decimal mark.
    Point,
    /// Only a comma can.
    Comma,
    /// Either can: `1,234` and `1.234`.
    Either,
    /// Nothing: whole numbers, or no number at all.
    Nothing,
}

pub(crate) fn mark_evidence(text: &[u8]) -> MarkEvidence {
    let marks = |wanted: u8| text.iter().filter(|&&byte| byte == wanted).count();
    let at = |wanted: u8| text.iter().rposition(|&byte| byte == wanted);
    let digits = |part: &[u8]| part.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits(text) == 0 {
        return MarkEvidence::Nothing;
    }
    let three_after = |place: usize| digits(&text[place..]) == 3;
    // "0.125" and "12345.678" have decimals: thousands would not be written like that.
    let group_before = |place: usize| {
        let before: Vec<u8> = text[..place].iter().copied().filter(u8::is_ascii_digit).collect();
        (1..=3).contains(&before.len()) && before != b"0"
    };
    match (at(b'.'), at(b',')) {
        (None, None) => MarkEvidence::Nothing,
        (Some(point), Some(comma)) if point > comma && marks(b'.') == 1 => MarkEvidence::Point,
        (Some(point), Some(comma)) if comma > point && marks(b',') == 1 => MarkEvidence::Comma,
        (Some(_), Some(_)) => MarkEvidence::Nothing,
        (Some(_), None) if marks(b'.') > 1 => MarkEvidence::Comma,
        (None, Some(_)) if marks(b',') > 1 => MarkEvidence::Point,
        (Some(point), None) if three_after(point) && group_before(point) => MarkEvidence::Either,
        (Some(_), None) => MarkEvidence::Point,
        (None, Some(comma)) if three_after(comma) && group_before(comma) => MarkEvidence::Either,
        (None, Some(_)) => MarkEvidence::Comma,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::DecimalMark::{Comma, Point};

    #[rstest]
    #[case("2.55", Point, 25_500)]
    #[case("-12", Point, -120_000)]
    #[case("0.001", Point, 10)]
    #[case(".5", Point, 5_000)]
    #[case("5.", Point, 50_000)]
    #[case("11062.06", Point, 110_620_600)]
    #[case("0.00005", Point, 1)]
    #[case("+3", Point, 30_000)]
    #[case("1,234.50", Point, 12_345_000)]
    #[case("1,234,567", Point, 12_345_670_000)]
    #[case("12,34,567.5", Point, 12_345_675_000)]
    #[case("£2.55", Point, 25_500)]
    #[case("-£2.55", Point, -25_500)]
    #[case("$-2.55", Point, -25_500)]
    #[case("(2.55)", Point, -25_500)]
    #[case("2.55-", Point, -25_500)]
    #[case("US$ 1,000", Point, 10_000_000)]
    #[case("2.55 EUR", Point, 25_500)]
    #[case("1.5E-03", Point, 15)]
    #[case("1e3", Point, 10_000_000)]
    #[case("2,55", Comma, 25_500)]
    #[case("1.234,56", Comma, 12_345_600)]
    #[case("1 234,56", Comma, 12_345_600)]
    #[case("1\u{a0}234,56 €", Comma, 12_345_600)]
    #[case("1'234.56", Point, 12_345_600)]
    #[case("\u{2212}7", Point, -70_000)]
    fn numbers_are_read_exactly(#[case] text: &str, #[case] mark: DecimalMark, #[case] expected: i64) {
        assert_eq!(parse(text.as_bytes(), mark), Ok(expected));
    }

    #[rstest]
    #[case("")]
    #[case("-")]
    #[case(".")]
    #[case("2,55")]
    #[case("1.2.3")]
    #[case("12a")]
    #[case("--5")]
    #[case("(-5)")]
    #[case("1 2")]
    #[case("inf")]
    #[case("0x10")]
    #[case("2.5%")]
    #[case("1e")]
    fn other_texts_are_no_numbers(#[case] text: &str) {
        assert_eq!(parse(text.as_bytes(), Point), Err(NumberError::NotANumber), "{text}");
    }

    #[rstest]
    #[case("99999999999999999999")]
    #[case("1e300")]
    #[case("922337203685478.0")]
    fn numbers_beyond_the_range_say_so(#[case] text: &str) {
        assert_eq!(parse(text.as_bytes(), Point), Err(NumberError::TooLarge));
    }

    #[rstest]
    #[case("2.55", MarkEvidence::Point)]
    #[case("2,55", MarkEvidence::Comma)]
    #[case("1,234", MarkEvidence::Either)]
    #[case("0,125", MarkEvidence::Comma)]
    #[case("1.234", MarkEvidence::Either)]
    #[case("10.250", MarkEvidence::Either)]
    #[case("1234.567", MarkEvidence::Point)]
    #[case("1.234,5", MarkEvidence::Comma)]
    #[case("1,234.5", MarkEvidence::Point)]
    #[case("1.234.567", MarkEvidence::Comma)]
    #[case("12", MarkEvidence::Nothing)]
    #[case("", MarkEvidence::Nothing)]
    fn a_number_tells_its_decimal_mark(#[case] text: &str, #[case] expected: MarkEvidence) {
        assert_eq!(mark_evidence(text.as_bytes()), expected);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_number_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..24)) {
            let _ = parse(&bytes, Point);
            let _ = parse(&bytes, Comma);
            let _ = mark_evidence(&bytes);
        }

        #[test]
        fn money_as_shown_is_read_back(count in -1_000_000_000_000_i64..1_000_000_000_000) {
            let shown = patron_domain::Money::from_ten_thousandths(count).to_string();
            prop_assert_eq!(parse(shown.as_bytes(), Point), Ok(count));
            prop_assert_eq!(parse(shown.replace('.', ",").as_bytes(), Comma), Ok(count));
        }
    }
}
