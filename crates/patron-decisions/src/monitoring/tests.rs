use super::*;
use crate::margins::test_shop::day;
use crate::segments::{Cell, Rhythm, ValueTier};

const HIGH: Cell = Cell { value: ValueTier::High, rhythm: Rhythm::OnRhythm };
const LATE: Cell = Cell { value: ValueTier::High, rhythm: Rhythm::Overdue };

fn snapshot(season: Option<f64>, customers: &[(&str, Cell, f64, f64)]) -> Snapshot {
    let customer = |&(id, cell, purchases_3m, clv_3m): &(&str, Cell, f64, f64)| SnapshotCustomer {
        id: id.to_owned(),
        cell,
        purchases_3m,
        clv_3m,
    };
    Snapshot { as_of: day("2024-03-31"), season, customers: customers.iter().map(customer).collect() }
}

#[test]
fn who_went_where_by_hand() {
    let before =
        snapshot(None, &[("anna", HIGH, 1.0, 10.0), ("ben", HIGH, 1.0, 20.0), ("gone", LATE, 1.0, 5.0)]);
    let after =
        snapshot(None, &[("dora", HIGH, 1.0, 7.0), ("ben", LATE, 1.0, 4.0), ("anna", HIGH, 1.0, 12.0)]);
    let row =
        |from, to, value_before, value_after| FlowRow { from, to, customers: 1, value_before, value_after };
    let expected = [
        row(None, Some(HIGH), 0.0, 7.0),
        row(Some(HIGH), Some(HIGH), 10.0, 12.0),
        row(Some(HIGH), Some(LATE), 20.0, 4.0),
        row(Some(LATE), None, 5.0, 0.0),
    ];
    assert_eq!(flows(&before, &after), expected);
}

#[test]
fn the_change_by_its_causes_adds_up() {
    // 1 customer × 2 purchases × 10 = 20 becomes 2 × 3 × 20 = 120, in a season that is half as strong again
    let before = snapshot(Some(1.0), &[("anna", HIGH, 2.0, 20.0)]);
    let after = snapshot(Some(1.5), &[("anna", HIGH, 4.0, 80.0), ("ben", HIGH, 2.0, 40.0)]);
    let found = value_change(&before, &after);
    let parts = found.parts.unwrap();
    let mean = 100.0 / 6.0_f64.ln();
    assert!((parts.customers - mean * 2.0_f64.ln()).abs() < 1e-9 && parts.rate.abs() < 1e-9, "{parts:?}");
    assert!((parts.spend - mean * 2.0_f64.ln()).abs() < 1e-9);
    assert!((parts.season.unwrap() - mean * 1.5_f64.ln()).abs() < 1e-9);
    let sum = parts.customers + parts.rate + parts.spend + parts.season.unwrap();
    assert!((sum - (found.after - found.before)).abs() < 1e-9);
    // an unknown season stays within the rate
    let unknown = value_change(&before, &Snapshot { season: None, ..after.clone() }).parts.unwrap();
    assert_eq!(unknown.season, None);
    assert!((unknown.rate - mean * 1.5_f64.ln()).abs() < 1e-9);
    // nobody before: all of it is customers; customers of whom nothing is expected: nobody can tell
    let nobody = value_change(&snapshot(None, &[]), &after).parts.unwrap();
    assert_eq!((nobody.customers, nobody.rate, nobody.spend), (120.0, 0.0, 0.0));
    assert_eq!(value_change(&snapshot(None, &[("anna", HIGH, 0.0, 0.0)]), &after).parts, None);
    let same = value_change(&after, &after).parts.unwrap();
    assert_eq!((same.customers, same.rate, same.spend), (0.0, 0.0, 0.0));
}

fn sign(actual: &[f64]) -> (Sign, Vec<SignReason>) {
    let month = |(number, &actual): (i32, &f64)| MonthForecast {
        month: day("2024-01-01").month().plus(number),
        expected: 100.0,
        low: 80.0,
        high: 120.0,
        level: 0.9,
        actual: Some(actual),
    };
    let answer = check_months(&(0..).zip(actual).map(month).collect::<Vec<_>>());
    (answer.sign, answer.reasons)
}

#[test]
fn signs_by_their_rules() {
    assert_eq!(sign(&[]), (Sign::TooEarly, vec![]));
    assert_eq!(sign(&[80.0, 120.0, 110.0]), (Sign::Fine, vec![]));
    assert_eq!(sign(&[101.0, 121.0]), (Sign::LookAtThis, vec![SignReason::LastOutside]));
    assert_eq!(sign(&[101.0; 6]), (Sign::LookAtThis, vec![SignReason::SixOnOneSide]));
    assert_eq!(sign(&[101.0; 5]), (Sign::Fine, vec![]));
    // two of three outside happen in 2.8 % of cases, two of six in 11.4 %
    assert_eq!(sign(&[130.0, 70.0, 100.0]), (Sign::Refit, vec![SignReason::TooManyOutside]));
    assert_eq!(sign(&[130.0, 70.0, 100.0, 99.0, 101.0, 100.0]), (Sign::Fine, vec![]));
    let two = sign(&[100.0, 100.0, 100.0, 99.0, 70.0, 70.0]);
    assert_eq!(two, (Sign::Refit, vec![SignReason::TwoInARow, SignReason::LastOutside]));
    let pending = MonthForecast {
        month: day("2024-01-01").month(),
        expected: 1.0,
        low: 0.0,
        high: 2.0,
        level: 0.9,
        actual: None,
    };
    let answer = check_months(&[pending]);
    assert_eq!((answer.sign, answer.by_chance, answer.months.len()), (Sign::TooEarly, None, 0));
}
