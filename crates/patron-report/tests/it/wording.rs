//! How a forecast is said: every sentence template over a grid of inputs, and everything the report says, obey the
//! same rules (`docs/models/how-forecasts-are-said.md`).
#![expect(clippy::unwrap_used, reason = "an input that cannot be made is a failed test")]

mod decisions;
mod rules;
mod templates;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use patron_decisions::DecideOptions;
use patron_domain::Horizon;
use patron_models::TotalRange;
use patron_report::say::NoRange;
use patron_report::tables::{prediction_columns, predictions};
use patron_report::{Screen, Table, last_screen, report_html};

use crate::html::{contents, text};
use crate::shop::Shop;
use rules::{broken_rules, certain_percentage};
use templates::{customers, models, ranges};

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
        let stated = unranged(false).decided(&decisions::stated());
        let little = Shop::bare(&month).decided(&DecideOptions::default());
        vec![ranged(), unranged(true), unranged(false), Shop::bare(&month), Shop::bare(&[]), stated, little]
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
        "Newcomers are customers whose first purchase comes after 30 Jun 2024. ",
        ">The whole shop<",
        ">range not known: not tested<",
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

/// The generated shop as if its first complete month were another one.
fn with_complete_months(first: &str) -> Shop {
    let mut shop = unranged(true);
    shop.answers.calendar.as_mut().unwrap().first_complete = Some(first.parse().unwrap());
    shop
}

#[test]
fn a_season_that_is_not_known_is_said() {
    let seasons = |shop: &Shop| {
        let page = text(&shop.with_input(report_html));
        let findings = shop.with_input(last_screen).findings.map(|finding| finding.sentence);
        (page, findings.join(" "))
    };
    // up to June 2024: 24 complete months, then 23
    let (page, findings) = seasons(&with_complete_months("2022-07"));
    assert!(!page.contains("he season is ") && !findings.contains("the season is "), "{findings}");
    let (page, findings) = seasons(&with_complete_months("2022-08"));
    let caveat = "</p><p class=\"caveat\">The season is known only roughly from 912 days: they hold 23 complete months, \
                  and it takes 24, two years of sales, to tell a season from a trend. The forecast allows for ";
    assert!(page.contains(caveat), "{page}");
    assert!(findings.contains("; the season is known only roughly from 912 days."), "{findings}");
    let (page, findings) = seasons(&with_complete_months("2023-08"));
    assert!(findings.contains("; the season is not known from 912 days."), "{findings}");
    assert!(
        page.contains("they hold 11 complete months") && page.contains("up to 30 Jun 2024 were "),
        "{page}"
    );
    // a date in the log: the months after it are not known to the forecast
    let mut earlier = with_complete_months("2022-01");
    earlier.as_of = "2023-06-28".parse().unwrap();
    assert!(seasons(&earlier).0.contains("they hold 18 complete months"));
    earlier.as_of = "2023-06-20".parse().unwrap();
    assert!(seasons(&earlier).0.contains("they hold 17 complete months"));
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
        meanings[meanings.len() - 3..],
        [
            "Low end of what is usually spent from 1 Jul 2024 to 30 Sep 2024 by those who buy at all; on earlier dates 8 in \
             10 such customers lay between these two amounts.",
            "High end of what is usually spent from 1 Jul 2024 to 30 Sep 2024 by those who buy at all.",
            "The fact that moves the chance to buy furthest from that of the average customer.",
        ]
    );
    let ends = "carried over from shorter forecasts and not tested for so long a time.";
    let carried = meanings.iter().filter(|said| said.ends_with(ends)).count();
    assert_eq!(carried, 4, "both ends of 12 and of 24 months");
    assert_eq!(cells(&table, "usual_spend_3m_low")[0], "300");
    assert!(cells(&table, "mainly_because").iter().any(|fact| fact.starts_with("the last purchase was on ")));
}

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
