//! Numbers, money, shares and dates as people read them, in English.

use patron_domain::{Day, Money, Month};

/// A non-breaking space, so that a number and its unit stay on one line.
const NBSP: char = '\u{a0}';
/// The typographic minus sign.
const MINUS: char = '\u{2212}';

/// A whole number with thousands separators: `18,532`.
pub fn count(number: i64) -> String {
    let sign = if number < 0 { MINUS.to_string() } else { String::new() };
    format!("{sign}{}", grouped(&number.unsigned_abs().to_string()))
}

/// A whole number of something, in the singular or the plural: `1 order`, `2,884 orders`.
pub fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{}{NBSP}{}", count(number), if number == 1 { one } else { many })
}

/// A number with so many decimals and thousands separators; `–` when it is not finite.
pub fn decimal(number: f64, digits: u8) -> String {
    if !number.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.*}", usize::from(digits), number.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let zero = text.bytes().all(|b| b == b'0' || b == b'.');
    let sign = if number < 0.0 && !zero { MINUS.to_string() } else { String::new() };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", grouped(whole))
}

/// A number with two significant digits, as forecasts are shown: `1,200,000`, `0.46`.
pub fn two_digits(number: f64) -> String {
    if !number.is_finite() {
        return "–".to_owned();
    }
    // rounding first: 9.96 becomes 10, which has a digit more before its point
    let Some(rounded) = format!("{number:.1e}").parse::<f64>().ok().filter(|rounded| *rounded != 0.0) else {
        return "0".to_owned();
    };
    let digits = 1 - rounded.abs().log10().floor() as i32;
    if digits > 6 { "0".to_owned() } else { decimal(rounded, digits.max(0) as u8) }
}

/// A fraction as a percentage with so many decimals: `29.7%`.
pub fn share(fraction: f64, digits: u8) -> String {
    if !fraction.is_finite() {
        return "–".to_owned();
    }
    format!("{}%", decimal(fraction * 100.0, digits))
}

/// A small part with one decimal: `1.4%`, and `less than 0.1%` where there is a little.
pub fn part(part: u64, whole: u64) -> String {
    let fraction = if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    if part > 0 && fraction < 0.001 { "less than 0.1%".to_owned() } else { share(fraction, 1) }
}

/// A probability in whole percent, never as 0% or 100%: `37%`, `below 1%`, `above 99%`.
pub fn chance(probability: f64) -> String {
    if !probability.is_finite() {
        "–".to_owned()
    } else if probability < 0.01 {
        "below 1%".to_owned()
    } else if probability > 0.99 {
        "above 99%".to_owned()
    } else {
        share(probability, 0)
    }
}

/// A day: `9 Dec 2011`.
pub fn day(day: Day) -> String {
    day.date().format("%-d\u{a0}%b\u{a0}%Y").to_string()
}

/// Days from one to another: `1 Dec 2010 to 9 Dec 2011`; one day where they are the same.
pub fn span(first: Day, last: Day) -> String {
    if first == last { day(first) } else { format!("{} to {}", day(first), day(last)) }
}

/// A month: `Nov 2011`.
pub fn month(month: Month) -> String {
    month.first_day().date().format("%b\u{a0}%Y").to_string()
}

/// A month in full: `November 2011`.
pub fn long_month(month: Month) -> String {
    month.first_day().date().format("%B\u{a0}%Y").to_string()
}

/// Money in the shop's currency, or as a bare number where the currency is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Currency<'a>(Option<&'a str>);

impl<'a> Currency<'a> {
    /// A currency by its code (`GBP`) or sign (`£`); `None` or an empty text for unknown.
    pub fn new(name: Option<&'a str>) -> Self {
        Self(name.map(str::trim).filter(|name| !name.is_empty()))
    }

    /// The currency's name for a column's unit: `GBP`, or `currency units` where unknown.
    pub fn unit(self) -> &'a str {
        self.0.unwrap_or("currency units")
    }

    /// The currency's name after a comma, for the title of a chart; nothing where it is unknown.
    pub fn suffix(self) -> String {
        self.0.map_or_else(String::new, |name| format!(", {name}"))
    }

    /// The currency's name, where known.
    pub fn name(self) -> Option<&'a str> {
        self.0
    }

    /// In whole units, and below 100 with two decimals: `GBP 8,300,066`, `GBP 9.99`.
    pub fn whole(self, amount: Money) -> String {
        let small = amount.ten_thousandths().unsigned_abs() < 1_000_000;
        self.prefixed(&exact_decimal(amount, if small { 2 } else { 0 }))
    }

    /// With two decimals, and up to four where they are not zero: `GBP 8,300,065.81`.
    pub fn exact(self, amount: Money) -> String {
        self.prefixed(&exact_money(amount))
    }

    /// With two significant digits, and never more than two decimals: `GBP 1,200,000`, `GBP 0.05`.
    pub fn rough(self, amount: f64) -> String {
        self.prefixed(&rough_amount(amount))
    }

    /// An exact amount and a forecast added up, rounded to the last digit of the forecast as [`Currency::rough`] shows it:
    /// 46,474 and 3,300 are `49,800`. Nothing expected leaves the amount as [`Currency::whole`].
    pub fn sum(self, exact: Money, forecast: f64) -> String {
        if !forecast.is_finite() {
            return "–".to_owned();
        }
        let shown = format!("{forecast:.1e}").parse::<f64>().unwrap_or(0.0);
        if (shown * 100.0).round() == 0.0 {
            return self.whole(exact);
        }
        let power = (shown.abs().log10().floor() as i32 - 1).max(-2);
        let step = 10_f64.powi(power);
        let sum = ((exact.to_f64() + shown) / step).round() * step;
        self.prefixed(&decimal(sum, u8::try_from(-power).unwrap_or(0)))
    }

    /// Two amounts as [`Currency::rough`], the currency said once: `GBP 96,000 and 140,000`.
    pub fn rough_pair(self, first: f64, word: &str, second: f64) -> String {
        format!("{} {word} {}", self.rough(first), rough_amount(second))
    }

    /// A mean or a median: two decimals below 100, none from there on.
    pub fn mean(self, amount: f64) -> String {
        let digits = if amount.abs() < 100.0 { 2 } else { 0 };
        self.prefixed(&decimal(amount, digits))
    }

    fn prefixed(self, number: &str) -> String {
        match self.0 {
            None => number.to_owned(),
            Some(name) => {
                let (sign, digits) = match number.strip_prefix(MINUS) {
                    Some(rest) => (MINUS.to_string(), rest),
                    None => (String::new(), number),
                };
                let gap =
                    if name.chars().all(char::is_alphabetic) { NBSP.to_string() } else { String::new() };
                format!("{sign}{name}{gap}{digits}")
            }
        }
    }
}

fn rough_amount(amount: f64) -> String {
    let cents = (amount * 100.0).round() / 100.0;
    if cents == 0.0 {
        "0".to_owned()
    } else if amount.abs() < 0.1 {
        decimal(cents, 2)
    } else {
        two_digits(amount)
    }
}

/// With a capital first letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// For terminals and files: plain spaces, a plain minus sign, and nothing that a terminal would obey: line breaks and
/// tabs become spaces; other control characters and those that turn the direction of writing are left out.
pub fn plain(text: &str) -> String {
    let plain = |letter: char| match letter {
        NBSP | '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        MINUS => Some('-'),
        letter if letter.is_control() || turns_writing(letter) => None,
        letter => Some(letter),
    };
    text.chars().filter_map(plain).collect()
}

/// Marks, embeddings, overrides and isolates of the bidirectional algorithm (Unicode Standard Annex 9).
const fn turns_writing(letter: char) -> bool {
    matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// An exact amount with thousands separators: two decimals, up to four where they are not zero.
pub fn exact_money(amount: Money) -> String {
    let text = amount.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "00"));
    let sign = if amount < Money::ZERO { MINUS.to_string() } else { String::new() };
    format!("{sign}{}.{fraction}", grouped(whole))
}

/// An amount rounded half away from zero to 0 … 4 decimals, by whole-number arithmetic.
pub fn exact_decimal(amount: Money, digits: u8) -> String {
    let step = 10_u64.pow(4 - u32::from(digits.min(4)));
    let magnitude = (amount.ten_thousandths().unsigned_abs() + step / 2) / step;
    let per_unit = 10_000 / step;
    let (whole, fraction) = (magnitude / per_unit, magnitude % per_unit);
    let sign = if amount < Money::ZERO && magnitude > 0 { MINUS.to_string() } else { String::new() };
    let whole = grouped(&whole.to_string());
    match digits.min(4) {
        0 => format!("{sign}{whole}"),
        digits => format!("{sign}{whole}.{fraction:0width$}", width = usize::from(digits)),
    }
}

/// Joins words as a sentence does: `a`, `a and b`, `a, b and c`.
pub fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_signed() {
        assert_eq!(count(0), "0");
        assert_eq!(count(-1_234_567), "\u{2212}1,234,567");
        assert_eq!(counted(1, "order", "orders"), "1\u{a0}order");
        assert_eq!(decimal(1234.567, 1), "1,234.6");
        assert_eq!(decimal(-0.04, 1), "0.0");
        assert_eq!(decimal(f64::NAN, 1), "–");
    }

    #[test]
    fn forecasts_have_two_significant_digits() {
        for (number, shown) in [
            (1_234_567.0, "1,200,000"),
            (995.0, "1,000"),
            (12.0, "12"),
            (1.26, "1.3"),
            (0.4567, "0.46"),
            (0.0123, "0.012"),
            (-87_654.0, "\u{2212}88,000"),
            (0.0, "0"),
            (9.96, "10"),
            (0.0996, "0.10"),
            (-99.6, "\u{2212}100"),
            (1e-9, "0"),
        ] {
            assert_eq!(two_digits(number), shown);
        }
    }

    #[test]
    fn no_chance_is_nothing_or_certain() {
        assert_eq!(
            [0.0, 0.004, 0.37, 0.995, 1.0].map(chance),
            ["below 1%", "below 1%", "37%", "above 99%", "above 99%"]
        );
        assert_eq!(share(0.297_175, 1), "29.7%");
        assert_eq!([part(2, 5_940), part(0, 0), part(1, 4)], ["less than 0.1%", "0.0%", "25.0%"]);
    }

    #[test]
    fn money_is_exact_and_wears_its_currency() {
        let amount: Money = "-1509496.335".parse().unwrap();
        assert_eq!(exact_money(amount), "\u{2212}1,509,496.335");
        assert_eq!(exact_decimal(amount, 2), "\u{2212}1,509,496.34");
        assert_eq!(Currency::new(None).whole(amount), "\u{2212}1,509,496");
        assert_eq!(Currency::new(Some("GBP")).whole(amount), "\u{2212}GBP\u{a0}1,509,496");
        assert_eq!(Currency::new(Some("£")).exact("2.5".parse().unwrap()), "£2.50");
        assert_eq!(Currency::new(Some(" ")).unit(), "currency units");
        let pounds = Currency::new(Some("GBP"));
        assert_eq!(plain(&pounds.rough_pair(-96_400.0, "and", 0.046)), "-GBP 96,000 and 0.05");
        assert_eq!([0.0, -0.004, 0.996].map(|amount| Currency::default().rough(amount)), ["0", "0", "1.0"]);
    }

    #[test]
    fn a_sum_ends_where_its_forecast_does() {
        let sum = |exact: &str, forecast| Currency::default().sum(exact.parse().unwrap(), forecast);
        for (exact, forecast, shown) in [
            ("46474", 3_300.0, "49,800"),
            ("8300065.81", 1_234_567.0, "9,500,000"),
            ("100", 9.96, "110"),
            ("9.99", 0.46, "10.45"),
            ("9.99", 0.0, "9.99"),
            ("50", -12.0, "38"),
            ("12", 0.004, "12.00"),
            ("8300", f64::NAN, "–"),
        ] {
            assert_eq!(sum(exact, forecast), shown, "{exact} and {forecast}");
        }
    }

    #[test]
    fn a_terminal_has_nothing_to_obey() {
        assert_eq!(plain("a\u{1b}[2Jb\u{7}\u{9b}c\u{202e}d\u{2066}e\u{200f}f"), "a[2Jbcdef");
        assert_eq!(plain("a\r\nb\tc\u{2028}d\u{a0}\u{2212}5 Österreich 👍"), "a  b c d -5 Österreich 👍");
    }

    #[test]
    fn days_and_months_are_spelled() {
        let date: Day = "2011-12-09".parse().unwrap();
        assert_eq!(
            (day(date).as_str(), month(date.month()).as_str()),
            ("9\u{a0}Dec\u{a0}2011", "Dec\u{a0}2011")
        );
    }
}
