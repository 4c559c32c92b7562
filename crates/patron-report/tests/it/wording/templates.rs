//! Every sentence template over a grid of inputs.
#![expect(clippy::unwrap_used, reason = "an input that cannot be made is a failed test")]

use std::fs;

use patron_domain::{Day, Horizon, Money, Suitability};
use patron_models::{
    ChanceFact, ChanceReason, CustomerForecast, DiscountRate, ForecastTotal, NewcomersExpected, PastForecast,
    SeasonKnown, TotalOf, TotalRange,
};
use patron_report::format::{Currency, plain};
use patron_report::say::{self, NoRange, Verdict};

use super::rules::{broken_rules, certain_percentage, long_numbers};
use super::{in_say, sources};
use crate::generated;

const AMOUNTS: [f64; 17] = [
    -88_888.0,
    -5.0,
    -0.004,
    0.0,
    1e-9,
    0.046,
    0.3,
    0.996,
    5.0,
    9.96,
    99.6,
    118_000.0,
    142_400.0,
    987_654_321.0,
    1e9,
    f64::NAN,
    f64::INFINITY,
];
const CHANGES: [f64; 12] = [-1.4, -1.0, -0.996, -0.35, -0.004, 0.0, 0.005, 0.02, 0.996, 1.0, 1.347, 25.3];

fn days() -> Vec<Day> {
    ["2011-12-09", "2011-12-31", "2012-02-29", "2023-11-30", "2024-01-01"]
        .map(|day| day.parse().unwrap())
        .to_vec()
}

fn horizons() -> Vec<Horizon> {
    [3, 12, 24].map(Horizon::Months).into_iter().chain([1, 90].map(Horizon::Days)).collect()
}

fn currencies() -> [Currency<'static>; 3] {
    [None, Some("GBP"), Some("£")].map(Currency::new)
}

/// A customer of the generated shop with these facts.
fn customer(orders: u64, last_purchase: Day) -> CustomerForecast {
    let mut row = generated().forecasts()[0].clone();
    (row.orders, row.last_purchase, row.grade_3m) = (orders, last_purchase, Suitability::Yes);
    (row.usual_spend_3m, row.chance_reason) = (None, None);
    row
}

pub(super) fn customers(as_of: Day) -> Vec<CustomerForecast> {
    let mut rows = Vec::new();
    let facts = [
        ChanceFact::History,
        ChanceFact::Inactivity,
        ChanceFact::Purchases,
        ChanceFact::Lateness,
        ChanceFact::RecentPurchases,
    ];
    for (orders, silence) in [(1, 0), (1, 214), (2, 1), (2, 90), (12, 91), (1_234, 9)] {
        let bare = customer(orders, as_of.plus_days(-silence));
        for fact in facts {
            for raises in [true, false] {
                let mut row = bare.clone();
                row.chance_reason = Some(ChanceReason { fact, raises, effect: 1.0 });
                row.chance_to_buy_3m = if raises { 0.999 } else { 0.001 };
                row.usual_spend_3m = Some([300.0, 1_100.0]);
                rows.push(row);
            }
        }
        rows.push(bare);
    }
    rows
}

pub(super) fn ranges() -> Vec<TotalRange> {
    let past = |low: f64, high: f64| PastForecast {
        origin: days()[0],
        end: days()[1],
        expected: 100.0,
        low,
        high,
        came: 100.0,
    };
    let (inside, outside) = (past(90.0, 110.0), past(101.0, 110.0));
    let records = [
        vec![],
        vec![inside],
        vec![outside],
        vec![outside; 3],
        vec![inside; 4],
        vec![inside, inside, outside, inside, inside, inside],
    ];
    let mut ranges = Vec::new();
    for record in records {
        for expected in AMOUNTS {
            for (low, high) in [(0.8, 1.2), (1.0, 1.0), (1.2, 0.8)] {
                let (low, high) = (expected * low, expected * high);
                let record = record.clone();
                ranges.push(TotalRange {
                    horizon: Horizon::Months(3),
                    expected,
                    low,
                    high,
                    level: 0.9,
                    record,
                });
            }
        }
    }
    ranges
}

/// Newcomers: many, one, next to none, none.
fn newcomers() -> Vec<NewcomersExpected> {
    let one = |(horizon, arrivals): (Horizon, f64)| NewcomersExpected {
        horizon,
        arrivals,
        value_per_newcomer: 613.4,
        revenue: 613.4 * arrivals,
        low: 0.0,
        high: 2_000.0 * arrivals,
        level: 0.9,
        record: Vec::new(),
    };
    let arrivals = [1_234.5, 410.4, 1.0, 0.4, 0.0, f64::NAN];
    horizons().into_iter().flat_map(|horizon| arrivals.map(|arrivals| (horizon, arrivals))).map(one).collect()
}

/// Totals of the shop with narrow, wide and impossible ranges, tested and not.
fn forecast_totals() -> Vec<ForecastTotal> {
    let mut totals = Vec::new();
    for of in [TotalOf::TotalKnown, TotalOf::Newcomers, TotalOf::TotalShop] {
        for expected in AMOUNTS {
            for (low, high, tested_on_past) in [(0.8, 1.2, 6), (0.8, 1.2, 0), (0.1, 9.0, 1), (0.1, 9.0, 0)] {
                totals.push(ForecastTotal {
                    of,
                    horizon: Horizon::Months(24),
                    from: days()[0],
                    to: days()[1],
                    expected,
                    low: expected * low,
                    high: expected * high,
                    level: 0.9,
                    tested_on_past,
                    note: String::new(),
                });
            }
        }
    }
    totals
}

#[test]
fn what_is_said_of_the_whole_shop() {
    let pounds = Currency::new(Some("GBP"));
    let total = |low, high, tested_on_past| ForecastTotal {
        expected: 300_000.0,
        low,
        high,
        tested_on_past,
        ..forecast_totals().remove(0)
    };
    let said = |total: ForecastTotal| plain(&say::shop_range(&total, pounds));
    assert_eq!(said(total(210_000.0, 430_000.0, 3)), "in 9 of 10 cases between GBP 210,000 and 430,000");
    assert_eq!(said(total(210_000.0, 430_000.0, 0)), "range not known: not tested");
    assert_eq!(
        said(total(50_000.0, 510_000.0, 3)),
        "in 9 of 10 cases between GBP 50,000 and 510,000; too uncertain to plan with"
    );
    assert_eq!(said(total(0.0, 510_000.0, 0)), "range not known: not tested; too uncertain to plan with");
    let as_of = "2011-12-09".parse().unwrap();
    let newcomers = NewcomersExpected { arrivals: 412.0, ..newcomers().remove(0) };
    assert_eq!(
        plain(&say::newcomers_are(&newcomers, as_of, pounds)),
        "Newcomers are customers whose first purchase comes after 9 Dec 2011. What is expected of them rests on how many came \
         of late and on what earlier newcomers brought in as long a time: 410 of them from 10 Dec 2011 to 9 Mar 2012 at about \
         GBP 610 each."
    );
    let none = NewcomersExpected { arrivals: 0.0, ..newcomers };
    let said = say::newcomers_are(&none, as_of, pounds);
    assert!(said.ends_with(": nobody new has come of late, so none are expected."), "{said}");
    assert_eq!(
        plain(&say::newcomers_on_top(251_234.0, 1_149_000.0, pounds)),
        "Newcomers come on top, with about GBP 250,000: about GBP 1,100,000 for the whole shop"
    );
    assert_eq!(say::newcomers_on_top(0.0, 9.0, pounds), "Whoever buys for the first time comes on top");
}

#[test]
fn long_periods_say_which_season_is_part_of_them() {
    let said = |known, source, seasonal| say::season_of_long_periods(known, source, seasonal);
    let all =
        [SeasonKnown::Unknown, SeasonKnown::OneYear, SeasonKnown::Years].map(|known| said(known, None, true));
    for (said, part) in all.iter().zip(["none is known", "seen once so far", "known from 24 complete months"])
    {
        assert!(said.contains(part), "{said:?} does not say {part:?}");
    }
    let given = said(SeasonKnown::File, Some("our shop, 2010"), true);
    assert!(given.contains("is part of it, learned from: our shop, 2010;"), "{given}");
    assert!(said(SeasonKnown::Years, None, false).starts_with("no season is part of it"));
}

/// A function of `say`, and what it says.
type Said = (&'static str, String);

/// What every function of `say` says, with its name: about amounts (which have two significant digits), and other.
fn templates() -> (Vec<Said>, Vec<Said>) {
    let (mut amounts, mut others) = (Vec::new(), Vec::new());
    for step in -1..=101 {
        others.push(("chance", say::chance(f64::from(step) / 100.0)));
    }
    others.extend([f64::NAN, f64::INFINITY, 0.049_999, 0.950_001].map(|p| ("chance", say::chance(p))));
    for as_of in days() {
        for horizon in horizons() {
            others.push(("period", say::period(as_of, horizon)));
            others.push(("expected", say::expected(as_of, horizon)));
            let columns = verdicts().into_iter().filter_map(|it| say::expected_column(as_of, horizon, it));
            others.extend(columns.map(|said| ("expected_column", said)));
        }
        others.push(("chance_by", say::chance_by(as_of)));
        for (months, days) in [(0, 1), (0, 59), (1, 61), (12, 374), (23, 758)] {
            let season = say::season_unknown(months, days, as_of).unwrap();
            others.push(("season_unknown", season));
            others.push(("season_unknown_shortly", say::season_unknown_shortly(months, days).unwrap()));
        }
        for newcomers in newcomers() {
            amounts.push(("newcomers_are", say::newcomers_are(&newcomers, as_of, Currency::default())));
        }
        others.extend([1, 2, 40].map(|n| ("silent_and_unlikely", say::silent_and_unlikely(n, 30, as_of))));
        for row in customers(as_of) {
            for row in GRADES.map(|grade| CustomerForecast { grade_3m: grade, ..row.clone() }) {
                amounts.push(("customer", say::customer(&row, as_of, Currency::default())));
            }
            for at in [Some(as_of), None] {
                others.extend(say::because(&row, at).map(|said| ("because", said)));
                others.extend(say::mainly_because(&row, at).map(|said| ("mainly_because", said)));
            }
        }
    }
    for currency in currencies() {
        for amount in AMOUNTS {
            amounts.push(("amount", say::amount(amount, currency)));
            for other in AMOUNTS {
                amounts.extend(say::between(amount, other, currency).map(|said| ("between", said)));
                let usual = say::usual_spend(Some([amount, other]), currency);
                amounts.extend(usual.map(|said| ("usual_spend", said)));
                amounts
                    .push(("made_before", say::made_before(days()[0], days()[4], amount, other, currency)));
            }
            for why in [NoRange::TooShort, NoRange::NotTested, NoRange::TooLittle] {
                amounts.push(("total_without_range", say::total_without_range(amount, why, currency)));
            }
            let spent: Money = "8300".parse().unwrap();
            others.push(("together", say::together(spent, amount, currency)));
            for as_of in days() {
                let worth = say::worth(spent, amount, as_of, Horizon::Months(12), currency);
                // the sum has more digits than its forecast
                amounts.push(("worth", worth.split("; together: ").next().unwrap().to_owned()));
                others.push(("worth", worth));
            }
        }
        for spent in ["0", "-12.5", "8300065.81"] {
            others.push(("spent_so_far", say::spent_so_far(spent.parse().unwrap(), currency)));
        }
        for amount in AMOUNTS {
            let periods = horizons().into_iter().map(|horizon| (horizon, amount)).collect::<Vec<_>>();
            for rate in [0.0, 0.1, 0.123, 0.99].map(|rate| DiscountRate::new(rate).unwrap()) {
                let said = say::expected_margin(&periods, rate, days()[0], currency).unwrap();
                others.push(("expected_margin", said));
            }
        }
        for total in forecast_totals() {
            amounts.push(("shop_range", say::shop_range(&total, currency)));
        }
        for other in AMOUNTS {
            let said = AMOUNTS.map(|amount| say::newcomers_on_top(amount, other, currency));
            amounts.extend(said.map(|said| ("newcomers_on_top", said)));
        }
        for total in ranges() {
            amounts.push(("total", say::total(&total, currency)));
            amounts.push(("range", say::range(&total, currency)));
            amounts.push(("record", say::record(&total.record)));
        }
    }
    let why = [NoRange::TooShort, NoRange::NotTested, NoRange::TooLittle];
    others.extend(why.map(|why| ("groups_without_range", say::groups_without_range(why))));
    for change in CHANGES {
        amounts.push(("missed", say::missed(change)));
        amounts
            .extend(CHANGES.map(|other| ("missed_between", say::missed_between(&[change, other]).unwrap())));
    }
    amounts.extend(past_tests().into_iter().map(|said| ("tested_in_words", said)));
    for verdict in verdicts() {
        others.push(("verdict", verdict.to_string()));
    }
    for known in [SeasonKnown::Unknown, SeasonKnown::OneYear, SeasonKnown::Years, SeasonKnown::File] {
        for (source, seasonal) in [(None, true), (Some("our shop, 2010"), true), (None, false)] {
            let said = say::season_of_long_periods(known, source, seasonal);
            others.push(("season_of_long_periods", said));
        }
    }
    others.push(("margin_unknown", say::margin_unknown()));
    for decisions in super::shops().iter().filter_map(|shop| shop.decisions.as_ref()) {
        others.extend(
            say::decisions(decisions, Currency::new(Some("GBP"))).into_iter().map(|said| ("decisions", said)),
        );
        for plan in &decisions.campaigns {
            others.push(("play", say::play(plan.play).to_owned()));
            others.push(("campaign", say::campaign(plan)));
        }
    }
    others.push(("too_uncertain_means", say::too_uncertain_means()));
    for models in models() {
        let said = Horizon::STANDARD.map(|horizon| say::verdict_reason(&models, horizon));
        others.extend(said.map(|said| ("verdict_reason", said)));
    }
    (amounts, others)
}

/// Tests on the past that went well, badly and beyond belief.
fn past_tests() -> Vec<String> {
    let (_, _, models) = generated().forecast.as_ref().unwrap();
    let mut said = Vec::new();
    for change in CHANGES {
        for share in [0.0, 0.004, 0.009, 0.61, 0.994, 0.996, 1.0] {
            let mut backtest = models.backtest.clone().unwrap();
            let (test, shown) = (&mut backtest.holdout, backtest.forecaster);
            (test.actual_net, test.predicted_total) = (1_000.0, 1_000.0 * (1.0 + change));
            let scores = test.candidates.iter_mut().find(|candidate| candidate.forecaster == shown).unwrap();
            scores.scores.top_tenth_share = Some(share);
            for end in [None, Some(test.end)] {
                said.push(say::tested_in_words(&backtest, end).unwrap());
            }
        }
    }
    said
}

#[test]
fn a_test_on_the_past_in_plain_words() {
    let (_, _, models) = generated().forecast.as_ref().unwrap();
    let mut backtest = models.backtest.clone().unwrap();
    let test = &mut backtest.holdout;
    (test.actual_net, test.predicted_total) = (1_000.0, 941.0);
    test.origin = test.end.plus_days(-90);
    let end = test.end;
    test.candidates.iter_mut().for_each(|candidate| candidate.scores.top_tenth_share = Some(0.612));
    assert_eq!(
        plain(&say::tested_in_words(&backtest, Some(end)).unwrap()),
        "90 days before the end of your data this forecast would have put 61% of the revenue that followed into its top \
         tenth of customers and would have missed the total of known customers by 6%."
    );
    // months of different length: a test may end a day before the log does
    let longer = plain(&say::tested_in_words(&backtest, Some(end.plus_days(1))).unwrap());
    assert!(longer.starts_with("91 days before the end of your data this forecast"), "{longer}");
    backtest.holdout.predicted_total = 1_003.0;
    let said = plain(&say::tested_in_words(&backtest, None).unwrap());
    assert!(said.starts_with("90 days before 30 Jun 2024 this forecast"), "{said}");
    assert!(said.ends_with("and would have met the total of known customers to within 1%."), "{said}");
    // nothing came: there is nothing to be good for
    backtest.holdout.actual_net = 0.0;
    assert_eq!(say::tested_in_words(&backtest, None), None);
}

const GRADES: [Suitability; 3] = [Suitability::Yes, Suitability::Rough, Suitability::No];

fn verdicts() -> [Verdict; 6] {
    std::array::from_fn(|at| Verdict::new(GRADES[at / 2], at % 2 == 0))
}

/// Tested, not tested, and every grade.
pub(super) fn models() -> Vec<patron_models::ModelsReport> {
    let (_, _, tested) = generated().forecast.as_ref().unwrap();
    let mut all = Vec::new();
    for grade in GRADES {
        for has_test in [true, false] {
            let mut models = tested.clone();
            models.data_check.horizons.iter_mut().for_each(|check| check.grade = grade);
            if !has_test {
                (models.backtest, models.totals) = (None, Vec::new());
            }
            all.push(models);
        }
    }
    all
}

#[test]
fn every_template_obeys_the_rules() {
    let (amounts, others) = templates();
    let mut broken: Vec<String> = amounts.iter().flat_map(|(_, said)| long_numbers(said)).collect();
    for (name, said) in amounts.iter().chain(&others) {
        let rules = broken_rules(said).into_iter().chain(certain_percentage(said));
        broken.extend(rules.map(|rule| format!("{name}: {rule}")));
        assert!(!said.is_empty(), "{name} says nothing");
    }
    assert!(
        broken.is_empty(),
        "{} of {}:\n{}",
        broken.len(),
        amounts.len() + others.len(),
        broken[..10.min(broken.len())].join("\n")
    );
}

#[test]
fn every_function_that_speaks_is_among_the_templates() {
    let (amounts, others) = templates();
    for file in sources().iter().filter(|file| in_say(file)) {
        let source = fs::read_to_string(file).unwrap();
        for function in source.split("\npub fn ").skip(1) {
            let name = function.split(['(', '<']).next().unwrap();
            let read = amounts.iter().chain(&others).any(|(read, _)| *read == name);
            assert!(read, "{name} in {} is not read by this test", file.display());
        }
    }
}

#[test]
fn sentences_read_as_they_should() {
    let day = |day: &str| -> Day { day.parse().unwrap() };
    let (as_of, pounds) = (day("2011-09-09"), Currency::new(Some("GBP")));
    let mut row = customer(12, day("2011-08-31"));
    row.chance_to_buy_3m = 0.58;
    row.usual_spend_3m = Some([302.0, 1_098.0]);
    row.chance_reason = Some(ChanceReason { fact: ChanceFact::Inactivity, raises: true, effect: 0.7 });
    let said = |said: String| plain(&said);
    assert_eq!(
        said(say::customer(&row, as_of, Currency::default())),
        "6 in 10 chance to buy by 9 Dec 2011; if they do, usually 300 to 1,100"
    );
    assert_eq!(
        said(say::mainly_because(&row, Some(as_of)).unwrap()),
        "mainly because the last purchase was recent, 9 days ago"
    );
    assert_eq!(said(say::because(&row, None).unwrap()), "the last purchase was recent, on 31 Aug 2011");
    row.chance_reason = Some(ChanceReason { fact: ChanceFact::History, raises: false, effect: 0.7 });
    assert_eq!(
        said(say::because(&row, Some(as_of)).unwrap()),
        "after 12 orders there was silence for 9 days"
    );
    assert_eq!(
        said(say::because(&row, None).unwrap()),
        "after 12 orders there was silence since 31 Aug 2011"
    );
    (row.chance_to_buy_3m, row.usual_spend_3m) = (0.001, None);
    assert_eq!(
        said(say::customer(&row, as_of, pounds)),
        "chance to buy by 9 Dec 2011: fewer than 1 in 20; what they would then spend is not known: earlier dates tell too \
         little of it, which a longer log may change"
    );
    let mut total = ranges().pop().unwrap();
    (total.expected, total.low, total.high) = (118_000.0, 96_000.0, 142_000.0);
    assert_eq!(
        said(say::total(&total, pounds)),
        "about GBP 120,000; in 9 of 10 cases between GBP 96,000 and 140,000; of 6 past forecasts made this way 5 landed \
         inside"
    );
    assert_eq!(
        said(say::worth("8300".parse().unwrap(), 2_449.0, day("2011-12-09"), Horizon::Months(3), pounds)),
        "spent so far: GBP 8,300; expected from 10 Dec 2011 to 9 Mar 2012: about GBP 2,400; together: about GBP 10,700"
    );
    let together = |spent: &str, expected| said(say::together(spent.parse().unwrap(), expected, pounds));
    assert_eq!(together("46474", 3_300.0), "GBP 49,800");
    assert_eq!(together("46474", f64::NAN), "not known");
    assert_eq!(say::missed_between(&[-0.35, 0.02, -0.1]).unwrap(), "between 35% less and 2% more than came");
    let mut records: Vec<String> = ranges().iter().map(|total| say::record(&total.record)).collect();
    records.dedup();
    assert_eq!(
        records,
        [
            "no past forecast made this way could be checked",
            "the only past forecast made this way landed inside",
            "the only past forecast made this way landed outside",
            "of 3 past forecasts made this way none landed inside",
            "of 4 past forecasts made this way 4 landed inside",
            "of 6 past forecasts made this way 5 landed inside",
        ]
    );
    assert_eq!(
        verdicts().map(|verdict| verdict.to_string()),
        ["tested", "rough", "rough", "rough", "not enough data", "not enough data"]
    );
}

#[test]
fn chances_never_jump_over_what_they_say() {
    let mut last = 0;
    for step in 0..=1_000 {
        let chance = f64::from(step) / 1_000.0;
        let said = match say::chance(chance).as_str() {
            "fewer than 1 in 20" => 0,
            "more than 19 in 20" => 10,
            tenths => tenths.strip_suffix(" in 10").unwrap().parse().unwrap(),
        };
        assert!((1..=9).contains(&said) == (0.05..=0.95).contains(&chance), "{chance}");
        assert!(said == last || said == last + 1, "{chance}: {said} after {last}");
        assert!((f64::from(said) / 10.0 - chance).abs() <= 0.05 + 1e-9, "{chance}: {said} in 10");
        last = said;
    }
}
