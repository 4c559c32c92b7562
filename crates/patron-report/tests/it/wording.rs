//! How a forecast is said: every sentence template over a grid of inputs, and everything the report says, obey the
//! same rules (`docs/models/how-forecasts-are-said.md`).
#![expect(clippy::unwrap_used, reason = "an input that cannot be made is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use patron_domain::{Day, Horizon, Money, Suitability};
use patron_models::{ChanceFact, ChanceReason, CustomerForecast, PastForecast, TotalRange};
use patron_report::format::{Currency, plain};
use patron_report::say::{self, NoRange, Verdict};
use patron_report::tables::{prediction_columns, predictions};
use patron_report::{Screen, Table, last_screen, report_html};

use crate::generated;
use crate::html::{contents, text};
use crate::shop::Shop;

// ---------------------------------------------------------------------------------------------------------------
// The rules

/// What must not be said, and where it was said; empty when all is well.
fn broken_rules(said: &str) -> Vec<String> {
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
fn certain_percentage(said: &str) -> Option<String> {
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
fn long_numbers(said: &str) -> Vec<String> {
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

// ---------------------------------------------------------------------------------------------------------------
// Every template over a grid

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

fn customers(as_of: Day) -> Vec<CustomerForecast> {
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

fn ranges() -> Vec<TotalRange> {
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
        }
        others.push(("chance_by", say::chance_by(as_of)));
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
            let together = say::together(spent, amount);
            amounts.push(("together", say::amount(together, currency)));
            for as_of in days() {
                amounts.push(("worth", say::worth(spent, amount, as_of, Horizon::Months(12), currency)));
            }
        }
        for spent in ["0", "-12.5", "8300065.81"] {
            others.push(("spent_so_far", say::spent_so_far(spent.parse().unwrap(), currency)));
        }
        for total in ranges() {
            amounts.push(("total", say::total(&total, currency)));
            amounts.push(("range", say::range(&total, currency)));
            amounts.push(("record", say::record(&total.record)));
        }
    }
    for change in CHANGES {
        amounts.push(("missed", say::missed(change)));
        amounts
            .extend(CHANGES.map(|other| ("missed_between", say::missed_between(&[change, other]).unwrap())));
    }
    for verdict in verdicts() {
        others.push(("verdict", verdict.to_string()));
    }
    for models in models() {
        let said = Horizon::STANDARD.map(|horizon| say::verdict_reason(&models, horizon));
        others.extend(said.map(|said| ("verdict_reason", said)));
    }
    (amounts, others)
}

const GRADES: [Suitability; 3] = [Suitability::Yes, Suitability::Rough, Suitability::No];

fn verdicts() -> [Verdict; 6] {
    std::array::from_fn(|at| Verdict::new(GRADES[at / 2], at % 2 == 0))
}

/// Tested, not tested, and every grade.
fn models() -> Vec<patron_models::ModelsReport> {
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
        "spent so far: GBP 8,300; expected from 10 Dec 2011 to 9 Mar 2012: about GBP 2,400; together: about GBP 11,000"
    );
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

// ---------------------------------------------------------------------------------------------------------------
// The whole report

/// The generated shop, as if its forecasts had ranges, usual spends and reasons.
fn ranged() -> Shop {
    let mut shop = Shop::generated(true);
    let as_of = shop.as_of;
    let facts = customers(as_of);
    let (_, customers, models) = shop.forecast.as_mut().unwrap();
    for (row, facts) in customers.iter_mut().zip(facts.iter().cycle()) {
        (row.usual_spend_3m, row.chance_reason) = (facts.usual_spend_3m, facts.chance_reason);
    }
    let range = ranges().pop().unwrap();
    models.totals = vec![TotalRange { expected: 118_000.0, low: 96_000.0, high: 142_000.0, ..range }];
    shop
}

/// The same without anything that is only known from tests.
fn unranged(tested: bool) -> Shop {
    let mut shop = Shop::generated(tested);
    let (_, customers, models) = shop.forecast.as_mut().unwrap();
    models.totals = Vec::new();
    for row in customers {
        (row.usual_spend_3m, row.chance_reason) = (None, None);
    }
    shop
}

fn shops() -> &'static [Shop] {
    static SHOPS: OnceLock<Vec<Shop>> = OnceLock::new();
    SHOPS.get_or_init(|| {
        let month = [
            ("1", "2024-05-02", "", 1, "20.00"),
            ("2", "2024-05-03", "", 1, "30.00"),
            ("1", "2024-05-29", "", 1, "25.00"),
        ];
        vec![ranged(), unranged(true), unranged(false), Shop::bare(&month), Shop::bare(&[])]
    })
}

/// Everything between tags, piece by piece: names of files and columns (in `code`), scripts and styles left out.
fn pieces(page: &str) -> Vec<String> {
    let (mut pieces, mut rest) = (Vec::new(), page.to_owned());
    for element in ["script", "style", "code"] {
        let close = format!("</{element}>");
        while let Some(start) = rest.find(&format!("<{element}")) {
            let end = rest[start..].find(&close).unwrap() + start + close.len();
            rest.replace_range(start..end, "");
        }
    }
    for piece in rest.split('<').filter_map(|piece| piece.split_once('>')) {
        pieces.push(text(piece.1));
        pieces.extend(
            ["title=\"", "aria-label=\""].iter().flat_map(|name| contents(piece.0, name, "\"")).map(text),
        );
    }
    pieces.into_iter().map(|piece| piece.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn the_whole_report_obeys_the_rules() {
    for shop in shops() {
        let page = shop.with_input(report_html);
        let broken: Vec<String> = pieces(&page)
            .iter()
            .flat_map(|piece| broken_rules(piece.trim_matches(['.', ',', ';', ' '])))
            .collect();
        assert!(broken.is_empty(), "{}", broken.join("\n"));
        for section in ["forecast", "attention"] {
            let body =
                contents(&page, &format!("<section class=\"question\" id=\"{section}\""), "</section>");
            let certain: Vec<String> =
                pieces(body[0]).iter().filter_map(|piece| certain_percentage(piece)).collect();
            assert!(certain.is_empty(), "{section}: {}", certain.join("\n"));
        }
    }
}

#[test]
fn the_last_screen_obeys_the_rules() {
    for shop in shops() {
        let Screen { enough, findings, .. } = shop.with_input(last_screen);
        let lines = enough.into_iter().chain(findings.map(|finding| finding.sentence));
        let broken: Vec<String> = lines.flat_map(|line| broken_rules(&line)).collect();
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    }
}

#[test]
fn the_report_says_total_range_record_and_facts() {
    let page = text(&shops()[0].with_input(report_html));
    for said in [
        "net revenue of about EUR 120,000; in 9 of 10 cases between EUR 96,000 and 140,000; of 6 past forecasts made this way \
         5 landed inside.",
        "Expected from 1 Jul 2024 to 30 Sep 2024",
        "Spent so far",
        "Together",
        "Mainly because",
        "if they do, usually EUR 300 to 1,100. The chance is what it is mainly because ",
        ">300 to 1,100<",
        "how-forecasts-are-said.md",
    ] {
        assert!(page.contains(said), "{said:?} is not said");
    }
    let untested = text(&shops()[2].with_input(report_html));
    for said in [
        "how far off it may be is not known: a forecast of this length was not tested in this run",
        ">rough<",
        "In this run it was not tested.",
    ] {
        assert!(untested.contains(said), "{said:?} is not said");
    }
    assert!(!untested.contains(">tested<") && !untested.contains("Mainly because"));
}

#[test]
fn a_range_is_missing_for_a_reason() {
    let quarter = Horizon::Months(3);
    let [tested, untested, ..] = &models()[..] else { panic!("there are six") };
    assert_eq!(NoRange::of(tested, quarter), NoRange::TooLittle);
    assert_eq!(NoRange::of(untested, quarter), NoRange::NotTested);
    // 92 days from 30 Jun 2024, and 75 before the earliest test
    for (history_days, why) in [(167, NoRange::TooShort), (168, NoRange::NotTested)] {
        let mut short = untested.clone();
        short.data_check.history_days = history_days;
        assert_eq!(NoRange::of(&short, quarter), why, "{history_days} days");
    }
    // 12 months were not tested, though 3 were
    assert_eq!(NoRange::of(tested, Horizon::Months(12)), NoRange::NotTested);
}

#[test]
fn what_was_not_tested_is_rough() {
    let said = |shop: &Shop| shop.with_input(last_screen).enough.join("\n");
    let tested = said(&shops()[1]);
    assert!(tested.contains("from 1 Jul 2024 to 30 Sep 2024: tested. "), "{tested}");
    assert!(
        tested.contains("from 1 Jul 2024 to 30 Jun 2025: rough. ")
            && tested.contains("In this run it was not tested.")
    );
    assert!(!said(&shops()[2]).contains(": tested. "));
}

#[test]
fn predictions_and_their_meanings_obey_the_rules() {
    let shop = &shops()[0];
    let table = predictions(shop.forecasts(), shop.table.catalog());
    let columns = prediction_columns(&table, shop.as_of, Some(30), Some("EUR"));
    let cells = |table: &Table<'_>, key: &str| -> Vec<String> {
        let column = table.columns().iter().find(|column| column.key == key).unwrap();
        (0..table.rows()).map(|row| column.cell(row).plain().into_owned()).collect()
    };
    let meanings = cells(&columns, "meaning");
    for said in meanings.iter().chain(&cells(&table, "mainly_because")) {
        let broken = broken_rules(&said.replace(" (clv_12m)", "")); // a column's name
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    }
    assert_eq!(
        meanings[16..],
        [
            "Low end of what is usually spent from 1 Jul 2024 to 30 Sep 2024 by those who buy at all; on earlier dates 8 in \
             10 such customers lay between these two amounts.",
            "High end of what is usually spent from 1 Jul 2024 to 30 Sep 2024 by those who buy at all.",
            "The fact that moves the chance to buy furthest from that of the average customer.",
        ]
    );
    assert_eq!(cells(&table, "usual_spend_3m_low")[0], "300");
    assert!(cells(&table, "mainly_because").iter().any(|fact| fact.starts_with("the last purchase was on ")));
}

// ---------------------------------------------------------------------------------------------------------------
// One place

/// Pieces of forecast sentences, and the files outside `say` where they may stand: as headings and captions.
const FRAGMENTS: [(&str, &[&str]); 9] = [
    ("chance to buy by", &[]),
    ("of 10 cases", &[]),
    ("expected from", &[]),
    ("landed inside", &["forecast.rs"]),
    ("mainly because", &["attention.rs"]),
    ("less likely than", &[]),
    ("made in the same way on", &["forecast.rs"]),
    ("than came", &[]),
    (" in 10", &[]),
];

fn sources() -> Vec<PathBuf> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

fn in_say(file: &Path) -> bool {
    file.ends_with("src/say.rs") || file.parent().is_some_and(|folder| folder.ends_with("src/say"))
}

#[test]
fn forecasts_are_said_in_one_place() {
    let files = sources();
    assert!(files.iter().filter(|file| in_say(file)).count() >= 4 && files.len() > 30);
    for file in files.iter().filter(|file| !in_say(file)) {
        let source = fs::read_to_string(file).unwrap();
        let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code = code.collect::<Vec<_>>().join("\n").to_lowercase();
        let name = file.file_name().and_then(|name| name.to_str()).unwrap();
        for (fragment, allowed) in FRAGMENTS {
            assert!(
                allowed.contains(&name) || !code.contains(fragment),
                "{fragment:?} stands in {}: say it in say.rs",
                file.display()
            );
        }
    }
}
