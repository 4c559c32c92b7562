//! What must not be said of the future.

use patron_report::format::plain;

/// What must not be said, and where it was said; empty when all is well.
pub(super) fn broken_rules(said: &str) -> Vec<String> {
    let said = plain(said);
    let lower = said.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut broken = Vec::new();
    let mut check = |rule: &str, is_broken: bool| {
        if is_broken {
            broken.push(format!("{rule}: {said:?}"));
        }
    };
    let period =
        |word: &str| ["day", "week", "month", "quarter", "year"].contains(&word.trim_end_matches('s'));
    check(
        "periods are dates",
        words.windows(2).any(|pair| pair[0] == "next" && period(pair[1]))
            || words
                .windows(3)
                .any(|three| three[0] == "next" && three[1].parse::<u32>().is_ok() && period(three[2])),
    );
    check("no bare CLV", words.iter().any(|word| *word == "clv" || word.starts_with("clv_")));
    let number = |word: &str| word.parse::<u32>().ok();
    check(
        "no chance is nothing or certain",
        words.windows(3).any(|three| match (number(three[0]), three[1], number(three[2])) {
            (Some(of), "in", Some(all @ (10 | 20))) => of == 0 || of >= all,
            _ => false,
        }),
    );
    check("nobody will", ["will buy", "will spend", "will bring"].iter().any(|bad| lower.contains(bad)));
    check("numbers are numbers", words.iter().any(|word| matches!(*word, "nan" | "inf" | "infinity")));
    let holes =
        ["  ", " ,", " ;", " .", " :", ",,", ";;", ";.", ",.", ":.", "()", "about ;", "about ,", "usually ;"];
    check("no holes", holes.iter().any(|hole| said.contains(hole)) || said.trim() != said);
    broken
}

/// A percentage of exactly nothing or all.
pub(super) fn certain_percentage(said: &str) -> Option<String> {
    let said = plain(said).replace(" %", "%");
    let percentages = said.split('%').rev().skip(1);
    let number = |before: &str| -> String {
        let digits = before.chars().rev().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
        digits.collect::<Vec<_>>().into_iter().rev().collect()
    };
    percentages
        .map(number)
        .find(|number| number.parse::<f64>().is_ok_and(|number| number == 0.0 || number == 100.0))
        .map(|number| format!("{number}% in {said:?}"))
}

/// Numbers with more than two significant digits, dates left out.
pub(super) fn long_numbers(said: &str) -> Vec<String> {
    let said = without_dates(&plain(said));
    let numbers = said.split(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ','));
    let digits = |number: &str| {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let digits = digits.trim_start_matches('0');
        if number.contains('.') { digits.len() } else { digits.trim_end_matches('0').len() }
    };
    let numbers = numbers.map(|number| number.trim_matches(['.', ',']));
    numbers.filter(|number| digits(number) > 2).map(|number| format!("{number} in {said:?}")).collect()
}

/// Without `9 Dec 2011`.
fn without_dates(said: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = said.split(' ').collect();
    let is_month = |at: usize| words.get(at).is_some_and(|word| MONTHS.contains(word));
    let kept = words.iter().enumerate();
    let kept = kept.filter(|&(at, _)| !(is_month(at) || is_month(at + 1) || (at > 0 && is_month(at - 1))));
    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_rules_know_what_breaks_them() {
    for bad in [
        "expected in the next 3 months",
        "expected next quarter",
        "a CLV of 300",
        "clv_12m: 300",
        "0 in 10 chance to buy",
        "10 in 10 chance to buy",
        "mainly because they will buy more",
        "about NaN",
        "about inf",
        "about  300",
        "about ; in 9 of 10 cases",
        "expected from 10 Dec 2011 ",
    ] {
        assert!(!broken_rules(bad).is_empty(), "{bad:?} passes");
    }
    for good in
        ["6 in 10 chance to buy by 9 Dec 2011; if they do, usually 300 to 1,100", "9 in 10", "1 in 20"]
    {
        assert_eq!(broken_rules(good), [""; 0]);
        assert_eq!(long_numbers(good), [""; 0]);
    }
    assert!(["0% chance", "a 100 % chance", "100.0%"].iter().all(|bad| certain_percentage(bad).is_some()));
    assert_eq!(["10% more", "50 %", "1.0%"].map(certain_percentage), [None, None, None]);
    assert_eq!(long_numbers("about 142,000 up to 9 Dec 2011; 10.0").len(), 2);
}
