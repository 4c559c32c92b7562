//! The report as a whole: what it says on shops of every kind, and that the file is sound.

mod attributes;
mod bridge;
mod defused;
mod html;
mod shop;
mod wording;

use std::sync::OnceLock;

use html::{badly_nested, contents, text};
use patron_report::assets::{CHARTS_SCRIPT, ECHARTS_SCRIPT, STYLE, source_hash};
use patron_report::format::Currency;
use patron_report::tables::{self, prediction_columns, predictions};
use patron_report::{CsvReader, last_screen, report_html, three_things};
use shop::Shop;

fn generated() -> &'static Shop {
    static SHOP: OnceLock<Shop> = OnceLock::new();
    SHOP.get_or_init(|| Shop::generated(true))
}

fn page(shop: &Shop) -> String {
    shop.with_input(report_html)
}

/// Question and answer, section by section.
fn answers(shop: &Shop) -> String {
    let page = page(shop);
    let questions = contents(&page, "<h2 id=\"", "</h2>");
    let questions: Vec<_> =
        questions.iter().filter_map(|heading| heading.split_once('>')).map(|(_, q)| q).collect();
    let told = contents(&page, "<p class=\"answer\">", "</p>");
    let sections = contents(&page, "<section class=\"question\"", ">").len();
    assert_eq!(told.len(), sections, "every section has an answer");
    questions
        .iter()
        .skip(questions.len() - sections)
        .zip(told)
        .map(|(q, a)| text(&format!("{q}\n  {a}\n")))
        .collect()
}

#[test]
fn the_file_is_sound() {
    let page = page(generated());
    assert_eq!(badly_nested(&page), None);
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    let blocks = contents(&page, "<script type=\"application/json\"", "</script>");
    assert!(blocks.len() >= 12, "{} charts", blocks.len());
    for block in blocks {
        let (attributes, json) = block.split_once('>').unwrap();
        serde_json::from_str::<serde_json::Value>(json)
            .unwrap_or_else(|error| panic!("{attributes}: {error}"));
    }
    let ids = contents(&page, " id=\"", "\"");
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(ids.len(), distinct.len(), "ids are unique");
    for link in contents(&page, "href=\"#", "\"") {
        assert!(ids.contains(&link), "#{link} leads nowhere");
    }
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    let page = page(generated());
    let written = page.replace(ECHARTS_SCRIPT, "").replace(CHARTS_SCRIPT, "");
    for loader in
        ["src=", "http://", "https://", "url(", "@import", "<link", "<iframe", "<img", " onclick", " style="]
    {
        assert!(!written.contains(loader), "the page contains {loader}");
    }
    for part in [ECHARTS_SCRIPT, CHARTS_SCRIPT, STYLE] {
        assert!(page.contains(&text(&source_hash(part))), "the policy does not allow a part of the page");
        assert!(page.contains(part));
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn every_chart_tells_in_words_what_it_shows() {
    let page = page(generated());
    for chart in contents(&page, "<div class=\"chart\"", ">") {
        let label = contents(chart, "aria-label=\"", "\"");
        assert!(label.first().is_some_and(|label| label.len() > 20 && label.ends_with('.')), "{chart}");
    }
}

#[test]
fn no_number_is_nothing_certain_or_bare() {
    let page = page(generated());
    let words = page.replace(ECHARTS_SCRIPT, "").replace(CHARTS_SCRIPT, "").replace(STYLE, "");
    for bad in ["NaN", "inf%", "CLV ", ">CLV", "next 3 months", "Infinity"] {
        assert!(!words.contains(bad), "the page says {bad}");
    }
    assert!(words.contains("assumes 10% margin: none was given"));
}

#[test]
fn what_the_file_holds_cannot_become_markup() {
    let lines = [("<b>17850</b>", "2024-03-01", "</script><script>alert(1)</script>", 1, "5")];
    let page = page(&Shop::bare(&lines));
    assert_eq!(badly_nested(&page), None);
    assert!(!page.contains("alert(1)</script>") && !page.contains("<b>17850"));
}

#[test]
fn answers_of_a_shop_with_everything() {
    let answers = answers(generated());
    let (history, forecast) = answers.split_once("What is expected from ").unwrap();
    insta::assert_snapshot!(history, @r#"
    Are we growing, and through whom?
      From April to June 2024 net revenue was EUR 20,989, 46% more than in the same three months a year before: 83% from returning customers, 12% from new customers and 5% from sales without a known customer.
    Do newcomers come back, and when?
      Of 399 customers with a first purchase, a second purchase came from 33% within 30 days, 56% within 60 days, 73% within 90 days and 91% within 180 days; between two purchases lie 30 days, at the median.
    Which first product makes customers who return?
      None stands out: of 10 products that enough customers began with, none differs upwards from the others beyond chance (highest: Product P07 (P07), 83% of 35 came back within 90 days).
    Are newer cohorts better?
      Newer customers bring about as much: those who first came in Mar 2023 to Mar 2024 brought EUR 130 each by the end of the third month after their first, against EUR 130 from those of Feb 2022 to Feb 2023; 42% of them bought in that month, against 44%.
    How much hangs on how few?
      The best 10% of the customers (40 of 399) bring 35% of the revenue with a known customer; the best 1% (4) 7% and the best 20% (80) 53%.
    Which products carry us, and which are moving?
      The 10 products with the most revenue, of 30, bring 45% of it, Product P12 (P12) first with EUR 6,726; of 30 products whose trend could be tested, 24 are rising and none is declining.
    Which countries?
      France brings 51.1% of the revenue; then come Germany (25.4%) and Austria (23.5%), of 3 countries in all.
    "#);
    // What the models say may change with them; how it is said may not.
    for words in [
        "Expected from 1 Jul 2024 to 30 Sep 2024, from the 399 customers known on 30 Jun 2024: net revenue of about EUR ",
        ". Newcomers come on top, with about EUR ",
        " of the 40 best customers by spend so far ",
        "from the sum of the file, EUR 132,843.755, to the product revenue of EUR 132,856.10 in this report, every amount is \
         accounted for.",
        "The forecasts come from \u{201c}blend\u{201d}: ",
    ] {
        assert!(forecast.contains(words), "{words:?} is not in {forecast}");
    }
}

#[test]
fn without_a_backtest_the_report_says_so() {
    let page = page(&Shop::generated(false));
    assert!(page.contains("was not tested in this run"));
    assert!(!page.contains("id=\"forecast-weeks\""));
}

#[test]
fn answers_of_an_empty_shop() {
    insta::assert_snapshot!(answers(&Shop::bare(&[])), @r#"
    Are we growing, and through whom?
      There are no sales, so there is nothing to compare.
    Do newcomers come back, and when?
      The file cannot tell: it knows no customer with a purchase.
    Which first product makes customers who return?
      The file names no products, so a first product cannot be told.
    Are newer cohorts better?
      The file cannot tell: it knows no customer with a purchase.
    How much hangs on how few?
      The file cannot tell: it knows no customer with a purchase.
    Which products carry us, and which are moving?
      This file names no products, so best sellers, trends and items that bring people back are absent; a file with one row per product sold unlocks them.
    Which countries?
      This file names no countries, so sales and favourites by country are absent; a column with the country of the order unlocks them.
    What is expected from 2 Jan 2024 to 1 Apr 2024, and how good were past forecasts?
      There is no forecast: nobody has bought anything on or before 2024-01-01: there is nothing to forecast from.
    Who is worth attention?
      Without a forecast it cannot be told who is about to leave or to buy.
    What was left out of these numbers?
      2 of 2 lines (100.0%) were set aside; from the sum of the file, −12.345, to the product revenue of 0.00 in this report, every amount is accounted for.
    What could be added, and what would it tell?
      The sales do not name customers, products and countries; a file that does would tell more.
    What lies behind this? An appendix for analysts
      No model was fitted; here are the distributions of orders and of the days between them.
    "#);
}

#[test]
fn answers_without_known_customers() {
    let lines = [
        ("", "2024-01-01", "A", 2, "10.00"),
        ("", "2024-01-31", "B", 1, "3.50"),
        ("", "2024-02-01", "A", 1, "5.00"),
        ("", "2024-02-29", "A", 3, "15.00"),
    ];
    insta::assert_snapshot!(answers(&Shop::bare(&lines)), @r#"
    Are we growing, and through whom?
      In February 2024 net revenue was 20.00, 48% more than in the month before: all of it from sales without a known customer.
    Do newcomers come back, and when?
      The file cannot tell: it knows no customer with a purchase.
    Which first product makes customers who return?
      No product began the history of enough customers old enough to know, so none can be compared.
    Are newer cohorts better?
      The file cannot tell: it knows no customer with a purchase.
    How much hangs on how few?
      The file cannot tell: it knows no customer with a purchase.
    Which products carry us, and which are moving?
      All revenue comes from 2 products, Product A (A) first with 30.00; trends cannot be told yet, for there are too few complete months.
    Which countries?
      This file names no countries, so sales and favourites by country are absent; a column with the country of the order unlocks them.
    What is expected from 1 Mar 2024 to 29 May 2024, and how good were past forecasts?
      There is no forecast: no sale names a customer, so nothing can be forecast.
    Who is worth attention?
      Without a forecast it cannot be told who is about to leave or to buy.
    What was left out of these numbers?
      2 of 6 lines (33.3%) were set aside; from the sum of the file, 21.155, to the product revenue of 33.50 in this report, every amount is accounted for.
    What could be added, and what would it tell?
      The sales do not name customers and countries; a file that does would tell more.
    What lies behind this? An appendix for analysts
      No model was fitted; here are the distributions of orders and of the days between them.
    "#);
}

#[test]
fn answers_of_one_month_without_products() {
    let lines = [
        ("1", "2024-05-02", "", 1, "20.00"),
        ("2", "2024-05-03", "", 1, "30.00"),
        ("1", "2024-05-29", "", 1, "25.00"),
        ("2", "2024-05-30", "", -1, "-30.00"),
    ];
    insta::assert_snapshot!(answers(&Shop::bare(&lines)), @r#"
    Are we growing, and through whom?
      The file covers 2 May 2024 to 29 May 2024, too short to compare one complete month with another; net revenue so far is 45.00.
    Do newcomers come back, and when?
      The file cannot tell: no customer was watched for 30 days after a first purchase.
    Which first product makes customers who return?
      The file names no products, so a first product cannot be told.
    Are newer cohorts better?
      It is too early to say: no month has newcomers that can be compared one month after their first, and it takes four.
    How much hangs on how few?
      2 customers are too few to speak of a best tenth; 100% of the revenue with a known customer comes from the best one.
    Which products carry us, and which are moving?
      This file names no products, so best sellers, trends and items that bring people back are absent; a file with one row per product sold unlocks them.
    Which countries?
      This file names no countries, so sales and favourites by country are absent; a column with the country of the order unlocks them.
    What is expected from 30 May 2024 to 29 Aug 2024, and how good were past forecasts?
      Not enough data to say what comes from 30 May 2024 to 29 Aug 2024. 28 days of history are too few: it takes at least 60. 2 customers are too few: it takes at least 30. 1 customer (50.0%) bought on two or more days: it takes 10.
    Who is worth attention?
      Without a forecast it cannot be told who is about to leave or to buy.
    What was left out of these numbers?
      2 of 6 lines (33.3%) were set aside; from the sum of the file, 32.655, to the product revenue of 45.00 in this report, every amount is accounted for.
    What could be added, and what would it tell?
      The sales do not name products and countries; a file that does would tell more.
    What lies behind this? An appendix for analysts
      The data are not enough for a forecast; here are the distributions of orders and of the days between them, and what the models made of so little.
    "#);
}

/// Three kinds of a limit: nobody drops out, all customers alike, and none.
#[test]
fn only_the_limit_without_drop_out_says_that_nobody_leaves() {
    let mut shop = Shop::generated(false);
    let mut says = |a: f64, b: f64, degenerate: Option<&str>| {
        let fit = shop.forecast.as_mut().unwrap().2.bg_nbd.as_mut().unwrap();
        fit.model = patron_models::BgNbd::new(fit.model.r(), fit.model.alpha(), a, b).unwrap();
        fit.report.degenerate = degenerate.map(str::to_owned);
        page(&shop).contains("These data show no drop-out")
    };
    assert!(says(0.0, 1.0, Some("nobody leaves")));
    assert!(!says(0.8, 2.5, Some("all rates are alike")));
    assert!(!says(0.8, 2.5, None));
}

#[test]
fn the_largest_change_is_the_largest_of_either_sign() {
    let mut shop = Shop::generated(false);
    let row = shop.answers.trending[0].clone();
    let with = |sku: &str, change: f64| {
        let mut row = row.clone();
        (row.product.sku, row.product.description, row.change) = (sku.to_owned(), String::new(), change);
        row
    };
    shop.answers.trending = vec![with("MUG", 6.0), with("CUP", 1.0), with("POT", -10.0)];
    assert!(text(&page(&shop)).contains("Largest change: POT, \u{2212}10 units a month."));
    shop.answers.trending[0].change = 12.0;
    assert!(text(&page(&shop)).contains("Largest change: MUG, +12 units a month."));
}

#[test]
fn a_product_named_as_its_code_is_named_once() {
    let mut shop = Shop::generated(false);
    shop.answers.products.iter_mut().for_each(|row| {
        (row.product.sku, row.product.description) = ("Custom engraving".into(), "custom  engraving ".into());
    });
    let page = text(&page(&shop));
    assert!(page.contains(">custom engraving<") && !page.to_lowercase().contains("(custom engraving)"));
}

#[test]
fn only_a_country_that_dwarfs_all_others_is_not_drawn() {
    let mut shop = Shop::generated(false);
    let second = shop.answers.countries[1].revenue;
    let mut titles = |times: i64| {
        shop.answers.countries[0].revenue = second.times(times).unwrap();
        page(&shop)
    };
    assert!(titles(10).contains("Net revenue by country, EUR"));
    assert!(titles(11).contains("Net revenue by country without France, EUR"));
}

/// Nobody of so few came back: that is no "below 1%" of all newcomers.
#[test]
fn a_share_of_nobody_is_not_claimed_of_everybody() {
    let mut shop = Shop::generated(false);
    shop.forecast = Err("none".to_owned());
    shop.answers.calendar = None;
    let told = |shop: &Shop| shop.with_input(three_things).into_iter().next().unwrap();
    for row in &mut shop.answers.second_order {
        (row.watched, row.share) = (25, Some(0.004));
    }
    let finding = told(&shop);
    assert_eq!(
        (finding.number.as_str(), finding.sentence.as_str()),
        ("Below 1%", "Below 1% of new customers buy a second time within 90 days of their first purchase.")
    );
    for row in &mut shop.answers.second_order {
        (row.returned, row.share) = (0, Some(0.0));
    }
    let finding = told(&shop);
    assert_eq!(
        (finding.number.as_str(), text(&finding.sentence).as_str()),
        (
            "None",
            "None of 25 new customers watched for so long bought a second time within 90 days of their first purchase."
        )
    );
    assert!(!text(&page(&shop)).contains("came from below 1%"));
}

#[test]
fn one_name_stands_for_one_number() {
    let page = text(&page(generated()));
    for words in [
        "all net revenue ÷ all orders",
        "revenue ÷ orders, of the customers known at the as-of date",
        "of the 399 customers with a purchase bought on two or more days",
        "<dt>Repeat share</dt>",
    ] {
        assert!(page.contains(words), "{words:?} is not said");
    }
    assert!(!page.contains("known by an id"));
}

#[test]
fn three_things_can_always_be_told() {
    let told = |shop: &Shop| -> String {
        let findings = shop.with_input(three_things);
        findings.iter().map(|f| text(&format!("{} | {} | {}\n", f.number, f.sentence, f.section))).collect()
    };
    let findings = generated().with_input(three_things);
    assert_eq!(findings.each_ref().map(|finding| finding.section), ["growth", "forecast", "attention"]);
    assert!(
        findings
            .iter()
            .all(|finding| text(&finding.sentence).contains(&text(finding.number.trim_start_matches('+'))))
    );
    insta::assert_snapshot!(told(&Shop::bare(&[("", "2024-01-05", "", 1, "9.99")])), @r#"
    9.99 | 1 order brought 9.99 net of returns, 5 Jan 2024. | growth
    0 | No sale names a customer, so nothing can be said about customers. | left-out
    2 | 2 of 3 lines (66.7%) were set aside by the cleaning rules. | left-out
    "#);
    insta::assert_snapshot!(told(&Shop::bare(&[])), @r#"
    0 | No sale names a customer, so nothing can be said about customers. | left-out
    2 | 2 of 2 lines (100.0%) were set aside by the cleaning rules. | left-out
    2 | 2 lines were read from sales.csv. | left-out
    "#);
}

#[test]
fn the_last_screen_is_plain_text() {
    let screen = generated().with_input(last_screen);
    let lines: Vec<_> = [screen.read, screen.understood, screen.set_aside, screen.enough].concat();
    assert!(lines.iter().all(|line| line.is_ascii()), "{lines:?}");
    let verdicts: Vec<_> = lines.iter().map(|line| line.split(". ").next().unwrap_or(line)).collect();
    insta::assert_snapshot!(verdicts.join("\n"), @r#"
    sales.csv: 5,940 lines
    dates: year-month-day
    2 of 5,940 lines (less than 0.1%)
    price-not-positive: 2 lines, -EUR 12.345
    from 1 Jul 2024 to 30 Sep 2024: tested
    from 1 Jul 2024 to 30 Jun 2025: rough
    from 1 Jul 2024 to 30 Jun 2026: rough
    expected margin: not known without product costs; patron template products writes an empty file for them, patron import --products FILE reads it, and --margin SHARE takes one share of revenue for all
    "#);
}

#[test]
fn every_table_is_named_once_and_described() {
    let shop = generated();
    let tables = tables::all(&shop.answers, shop.table.catalog(), &shop.imports, None, None);
    let mut files: Vec<_> = tables.iter().map(|table| table.file).collect();
    files.sort_unstable();
    files.dedup();
    assert_eq!(files.len(), tables.len());
    for question in ["C.1", "C.2", "C.3", "C.4", "C.5", "C.6"] {
        assert!(tables.iter().any(|table| table.question == question));
    }
    for column in tables.iter().flat_map(|named| named.table.columns()) {
        assert!(
            column.meaning.ends_with('.')
                && !column.key.contains(|c: char| c != '_' && !c.is_ascii_alphanumeric())
        );
        assert!(!column.unit.is_empty() || !column.kind.is_numeric(), "{column:?} has no unit");
    }
    let manifest = tables::manifest(&tables, "analytics/", Currency::new(Some("EUR")));
    let monthly =
        manifest["tables"].as_array().unwrap().iter().find(|t| t["file"] == "analytics/monthly.csv").unwrap();
    assert_eq!(monthly["columns"][2]["unit"], "EUR");
    let header = |file: &str| {
        let found = tables.iter().find(|table| table.file == file).unwrap();
        found.table.to_csv(CsvReader::Machine).lines().next().unwrap().to_owned()
    };
    assert_eq!(
        header("monthly.csv"),
        "month,orders,revenue,active_customers,new_customers,repeat_customers,repeat_revenue,returning_customers,\
         returning_revenue,revenue_without_customer"
    );
    assert_eq!(header("product_months.csv"), "month,sku,quantity,revenue,orders,customers");
}

#[test]
fn predictions_have_the_columns_that_were_promised() {
    let shop = generated();
    let catalog = shop.table.catalog();
    let table = predictions(shop.forecasts(), catalog);
    let csv = table.to_csv(CsvReader::Machine);
    assert_eq!(
        csv.lines().next().unwrap(),
        "customer_id,orders,last_purchase,spent_to_date,chance_to_buy_3m,p_alive,p_alive_model,\
         expected_purchases_3m,expected_value,clv_3m,clv_3m_low,clv_3m_high,clv_12m,clv_12m_low,clv_12m_high,clv_24m,\
         clv_24m_low,clv_24m_high,clv_margin_3m,clv_margin_12m,clv_margin_24m,grade_3m,grade_12m,grade_24m,formula_clv,segment,usual_spend_3m_low,\
         usual_spend_3m_high,mainly_because"
    );
    assert_eq!(csv.lines().count(), shop.forecasts().len() + 1);
    assert!(!csv.contains("NaN") && !csv.contains("inf"));
    let described = prediction_columns(&table, shop.as_of, None, None);
    assert_eq!(described.rows(), table.columns().len());
    insta::assert_snapshot!(described.head(13).to_markdown(), @r#"
    | Column | Meaning | Unit | Period |
    | --- | --- | --- | --- |
    | customer\_id | Id exactly as in the file. | text |  |
    | orders | Orders with a sale line. | orders | up to 2024-06-30 |
    | last\_purchase | Day of the last purchase. | date | up to 2024-06-30 |
    | spent\_to\_date | Net revenue of the customer, returns taken off; 0 where more was returned than bought in this log. | currency units | up to 2024-06-30 |
    | chance\_to\_buy\_3m | Chance of at least one purchase from 1 Jul 2024 to 30 Sep 2024, calibrated on earlier dates. | probability | 2024-07-01 to 2024-09-30 |
    | p\_alive | Probability of not having dropped out for good, under the model that p\_alive\_model names. | probability | at 2024-06-30 |
    | p\_alive\_model | The model that p\_alive comes from. | text | at 2024-06-30 |
    | expected\_purchases\_3m | Purchase days expected from 1 Jul 2024 to 30 Sep 2024. | purchase days | 2024-07-01 to 2024-09-30 |
    | expected\_value | Expected net value of one purchase. | currency units |  |
    | clv\_3m | Net revenue expected from 1 Jul 2024 to 30 Sep 2024, undiscounted. | currency units | 2024-07-01 to 2024-09-30 |
    | clv\_3m\_low | Low end of what is spent from 1 Jul 2024 to 30 Sep 2024: 5 in 100 such customers spend less; 0 where more than 5 in 100 spend nothing. | currency units | 2024-07-01 to 2024-09-30 |
    | clv\_3m\_high | High end of what is spent from 1 Jul 2024 to 30 Sep 2024: 5 in 100 such customers spend more; 0 where fewer than 5 in 100 spend anything. | currency units | 2024-07-01 to 2024-09-30 |
    | clv\_12m | Net revenue expected from 1 Jul 2024 to 30 Jun 2025, undiscounted. | currency units | 2024-07-01 to 2025-06-30 |
    "#);
}
