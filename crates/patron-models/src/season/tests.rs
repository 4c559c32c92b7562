//! The season of real logs and of shops whose season was planted.

use patron_columns::{SalesTable, TableBuilder};
use patron_domain::{Day, Month, PurchaseRule};
use patron_synth::{DirtRates, Scenario, generate};

use super::*;
use crate::book::Book;
use crate::test_data::{cdnow, day, online_retail};

const START: &str = "2021-03-01";
/// A Christmas shop, a wholesaler's autumn, a shop that lives on Christmas, a summer shop.
const SHAPES: [[f64; 12]; 4] = [
    [0.80, 0.82, 0.90, 0.92, 0.95, 0.92, 0.85, 0.86, 1.00, 1.10, 1.45, 1.43],
    [0.75, 0.75, 0.95, 0.82, 0.95, 0.9, 0.9, 0.9, 1.15, 1.25, 1.65, 1.05],
    [0.35, 0.35, 0.4, 0.45, 0.45, 0.4, 0.4, 0.45, 0.6, 1.0, 3.6, 3.5],
    [0.9, 0.85, 0.9, 1.1, 1.3, 1.3, 1.2, 1.1, 1.0, 0.9, 0.8, 0.65],
];

fn season_of(table: &SalesTable, as_of: Day, file: Option<&SeasonFile>) -> Season {
    let book = Book::until(table, as_of).unwrap();
    Season::known_at(&book.view(as_of), file)
}

/// A shop with a planted season, and its last day.
fn planted(customers: u32, months: u32, season: [f64; 12], seed: u64) -> (SalesTable, Day) {
    let (start, base) = (day(START), Scenario::demo());
    let end = start.plus_months(months).plus_days(-1);
    let scenario = Scenario { customers, start, end, season, dirt: DirtRates::default(), ..base };
    let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
    generate(&scenario, seed).unwrap().batches().for_each(|batch| builder.push(&batch));
    (builder.finish().0, end)
}

fn file(index: [f64; 12], last: &str) -> SeasonFile {
    let first = day(last).plus_days(-364);
    SeasonFile { source: "next door".to_owned(), first, last: day(last), index, spread: [0.08; 12] }
}

/// Root mean square of ln(found ÷ planted), of ln(planted), and share of months within 1.645 standard errors.
fn errors(season: &Season, planted: &[f64; 12]) -> (f64, f64, f64) {
    let mean = arithmetic_mean(planted);
    let error = |month: usize| (season.index[month] * mean / planted[month]).ln();
    let rms = |value: &dyn Fn(usize) -> f64| ((0..12).map(|m| value(m).powi(2)).sum::<f64>() / 12.0).sqrt();
    let inside = (0..12).filter(|&m| error(m).abs() <= 1.645 * season.spread[m]).count();
    (rms(&error), rms(&|m| (planted[m] / mean).ln()), inside as f64 / 12.0)
}

fn correlation_with(season: &Season, planted: &[f64; 12]) -> f64 {
    let mean = |values: &[f64; 12]| values.iter().sum::<f64>() / 12.0;
    let (a, b) = (mean(&season.index), mean(planted));
    let sum = |f: &dyn Fn(usize) -> f64| (0..12).map(f).sum::<f64>();
    let product = sum(&|m| (season.index[m] - a) * (planted[m] - b));
    product / (sum(&|m| (season.index[m] - a).powi(2)) * sum(&|m| (planted[m] - b).powi(2))).sqrt()
}

#[test]
fn one_and_two_years_of_a_planted_season() {
    for (months, known, most) in [(12, SeasonKnown::OneYear, 0.12), (24, SeasonKnown::Years, 0.08)] {
        let (table, end) = planted(2_000 * months / 12, months, SHAPES[0], 4);
        let season = season_of(&table, end, None);
        assert_eq!(season.known(), known);
        let (rms, before, _) = errors(&season, &SHAPES[0]);
        assert!(rms < most && before > 0.19, "{months} months: {rms} of {before}");
        assert!(correlation_with(&season, &SHAPES[0]) > 0.9, "{season:?}");
        assert!(season.said()[1].contains(" more than on average a day in"), "{:?}", season.said());
    }
}

#[test]
#[ignore = "half a minute; cargo test -p patron-models season -- --ignored --nocapture"]
fn a_hundred_planted_seasons() {
    for (months, most) in [(12, 0.14), (18, 0.13), (24, 0.10), (36, 0.08)] {
        let (mut sums, mut count) = ([0.0; 4], 0.0);
        for seed in 0..24_u64 {
            let shape = &SHAPES[seed as usize % 4];
            let customers = [600, 2_000, 5_000][seed as usize % 3];
            let (table, end) = planted(customers * months / 12, months, *shape, seed);
            let season = season_of(&table, end, None);
            let (rms, before, inside) = errors(&season, shape);
            let found = [rms * rms, before * before, inside, correlation_with(&season, shape)];
            sums.iter_mut().zip(found).for_each(|(sum, value)| *sum += value);
            count += 1.0;
        }
        let [rms, before, inside, correlation] = sums.map(|sum| sum / count);
        let (rms, before) = (rms.sqrt(), before.sqrt());
        println!("{months}: rms {rms:.3} of {before:.3}, {inside:.3} inside, correlation {correlation:.3}");
        assert!(rms < most && (0.8..0.98).contains(&inside) && correlation > 0.93);
    }
}

#[test]
#[ignore = "half a minute; cargo test -p patron-models season -- --ignored --nocapture"]
fn files_of_the_same_shop_and_of_others() {
    for months in [5, 9, 12, 18, 30] {
        let mut sums = [0.0; 5];
        for seed in 0..12_u64 {
            let shape = &SHAPES[seed as usize % 4];
            let (table, end) = planted(1_500 * months / 12, months, *shape, 50 + seed);
            let wobble = |month: usize| {
                (if (month as u64 * 7 + seed).is_multiple_of(3) { 0.11_f64 } else { -0.055 }).exp()
            };
            let same = file(std::array::from_fn(|month| shape[month] * wobble(month)), START);
            let other = file(SHAPES[(seed as usize + 1) % 4], START);
            let with = |file: Option<&SeasonFile>| errors(&season_of(&table, end, file), shape).0.powi(2);
            let alone = |file: &SeasonFile| errors(&Season::from_file(file, end).unwrap(), shape).0.powi(2);
            let found = [with(None), alone(&same), with(Some(&same)), alone(&other), with(Some(&other))];
            sums.iter_mut().zip(found).for_each(|(sum, value)| *sum += value / 12.0);
        }
        let [own, same, with_same, other, with_other] = sums.map(f64::sqrt);
        println!(
            "{months}: own {own:.3}; same shop {same:.3} → {with_same:.3}; other shop {other:.3} → {with_other:.3}"
        );
        assert!(with_same < 1.1 * same && with_other < other);
    }
}

#[test]
fn online_retail_has_no_season_in_september() {
    let Some(table) = online_retail() else { return };
    let unknown = season_of(&table, day("2011-09-10"), None);
    assert_eq!(unknown, Season::flat());
    assert!(unknown.said()[0].starts_with("The season is unknown"), "{:?}", unknown.said());
    // after a year: September to November were half as busy again as March to August
    let season = season_of(&table, day("2011-11-30"), None);
    assert_eq!(
        (season.known(), season.days()),
        (SeasonKnown::OneYear, Some((day("2010-12-01"), day("2011-11-30"))))
    );
    let autumn = season.mean(day("2011-08-31"), day("2011-11-30"));
    let before = season.mean(day("2011-02-28"), day("2011-08-31"));
    println!("Online Retail: {:.2?}, autumn ÷ spring and summer {:.2}", season.index, autumn / before);
    assert!((1.3..1.6).contains(&(autumn / before)), "{autumn} ÷ {before}");
}

#[test]
fn cdnow_is_one_quarter_of_customers_for_eighteen_months() {
    let Some(table) = cdnow("cdnow_full.csv.gz", PurchaseRule::NetPositive) else { return };
    let season = season_of(&table, day("1998-06-30"), None);
    println!("CDNOW: {:.2?} ± {:.2?}", season.index, season.spread);
    assert_eq!(season.known(), SeasonKnown::OneYear);
    // the cohorts' fading is age, not season: no month is far off, and November is the best one
    assert!(season.index.iter().all(|index| (0.8..1.3).contains(index)), "{season:?}");
    assert!((1..=12).all(|month| season.index(11) >= season.index(month)));
}

#[test]
fn nothing_after_the_as_of_date_is_read() {
    let (table, end) = planted(1_500, 20, SHAPES[1], 9);
    let as_of = end.minus_months(5);
    let cut = Season::fit(&Book::until(&table, as_of).unwrap().view(as_of));
    assert_eq!(cut.known(), SeasonKnown::OneYear);
    assert_eq!(Season::fit(&Book::until(&table, end).unwrap().view(as_of)), cut);
}

#[test]
fn means_over_days_by_hand() {
    let mut season = Season::flat();
    season.index[0] = 2.0;
    season.index[1] = 0.5;
    // 21 to 31 January and 1 to 10 February
    assert!(
        (season.mean(day("2023-01-20"), day("2023-02-10")) - (11.0 * 2.0 + 10.0 * 0.5) / 21.0).abs() < 1e-12
    );
    assert_eq!(season.mean(day("2023-01-20"), day("2023-01-20")), 1.0);
    assert_eq!((season.index(1), season.index(12), season.index(0), season.index(13)), (2.0, 1.0, 1.0, 1.0));
    let one = (day("2023-03-31"), day("2023-04-30"));
    // April against April says nothing; against July, three months on: ρ³ = 1/8 of the variance is common
    assert_eq!(season.ln_spread(one, one), 0.0);
    let other = (day("2023-06-30"), day("2023-07-31"));
    assert!((season.ln_spread(one, other) - 0.25 * (2.0_f64 - 0.25).sqrt()).abs() < 1e-12);
}

#[test]
fn whole_months_by_hand() {
    let months = |first, last| whole_months(day(first), day(last));
    assert_eq!(months("2010-12-01", "2011-11-30"), 12);
    assert_eq!(months("2010-12-01", "2011-11-29"), 11);
    assert_eq!(months("2011-01-15", "2012-01-14"), 12);
    assert_eq!(months("2011-01-15", "2012-01-13"), 11);
    assert_eq!(months("1997-01-01", "1998-06-30"), 18);
    assert_eq!(months("2011-01-31", "2011-01-31"), 0);
}

#[test]
fn a_file_that_has_seen_the_future_or_holds_no_season_is_refused() {
    let good = file(SHAPES[1], "2011-09-10");
    assert!(Season::from_file(&good, day("2011-09-10")).is_ok());
    let error = |file: &SeasonFile| Season::from_file(file, day("2011-09-10")).unwrap_err().to_string();
    assert_eq!(
        error(&file(SHAPES[1], "2011-09-11")),
        "the season of 'next door' was learned from days up to 2011-09-11, after the as-of date 2011-09-10: it would \
         have seen what is to be forecast; take one whose days end by then"
    );
    for (value, shown) in [(0.0, "0"), (-1.0, "-1"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let mut bad = good.clone();
        bad.index[2] = value;
        assert_eq!(error(&bad), format!("season index 3 (March) must be from 0.001 to 1000, not {shown}"));
    }
    let bad = SeasonFile {
        spread: std::array::from_fn(|month| if month == 11 { -0.1 } else { 0.1 }),
        ..good.clone()
    };
    assert_eq!(error(&bad), "season spread 12 (December) must be from 0 to 1000, not -0.1");
    let bad = SeasonFile { first: day("2011-09-10"), last: day("2011-09-01"), ..good };
    assert_eq!(error(&bad), "the season file ends on 2011-09-01, before its first day 2011-09-10");
}

#[test]
fn a_file_is_brought_to_mean_one_and_comes_back() {
    let doubled = file(SHAPES[3].map(|index| 2.0 * index), "2020-12-31");
    let season = Season::from_file(&doubled, day("2021-06-30")).unwrap();
    assert!((arithmetic_mean(&season.index) - 1.0).abs() < 1e-12 && season.is_sound());
    assert_eq!((season.known(), season.source()), (SeasonKnown::File, Some("next door")));
    let again = season.to_file("the twin").unwrap();
    assert_eq!((again.source.as_str(), again.last), ("the twin, from next door", day("2020-12-31")));
    assert_eq!(Season::from_file(&again, day("2021-06-30")).unwrap().index, season.index);
    assert_eq!(Season::flat().to_file("nothing"), None);
    // bit for bit through JSON
    let text = serde_json::to_string(&season).unwrap();
    assert_eq!(serde_json::from_str::<Season>(&text).unwrap(), season);
}

#[test]
fn shops_with_nothing_but_returns_or_first_purchases_have_no_season() {
    use crate::test_data::Lines;
    use patron_domain::{LineKind, Money};
    let shop = |later: i64| {
        let mut lines = Lines::default();
        for month in 0..15 {
            let when = Month::from_number(2021 * 12 + month).first_day();
            let customer = format!("c{month}");
            let amount = Money::from_ten_thousandths(100_000);
            lines.add(&customer, None, &format!("o{month}"), "", when.start(), 1, amount, LineKind::Sale);
            if later != 0 {
                let amount = Money::from_ten_thousandths(later);
                let (when, order) = (when.plus_days(9), format!("r{month}"));
                lines.add(&customer, None, &order, "", when.start(), 1, amount, LineKind::Return);
            }
        }
        lines.table(PurchaseRule::NetPositive)
    };
    for later in [0, -50_000] {
        assert_eq!(season_of(&shop(later), day("2022-04-30"), None), Season::flat());
        let given = file(SHAPES[0], "2021-01-01");
        let season = season_of(&shop(later), day("2022-04-30"), Some(&given));
        assert_eq!(season, Season::from_file(&given, day("2022-04-30")).unwrap(), "the file alone remains");
    }
}
