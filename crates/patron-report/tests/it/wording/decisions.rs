//! What to do: its tables and sentences.

use patron_decisions::{BudgetAnswer, DecideOptions, MarginRates, Response};
use patron_report::tables::{NamedTable, decisions, manifest};
use patron_report::{Table, format::Currency, say};

use super::rules::broken_rules;
use super::shops;
use crate::shop::Shop;

/// Everything stated that can be.
pub(super) fn stated() -> DecideOptions {
    DecideOptions {
        rates: MarginRates::new([], Some(0.35)).unwrap(),
        contact_cost: Some("0.6".parse().unwrap()),
        response: Some(Response::your_assumption(0.01, 0.03).unwrap()),
        budget: Some("500".parse().unwrap()),
        ..DecideOptions::default()
    }
}

/// The generated shop with everything stated, and the month of two customers with nothing stated.
fn decided() -> [&'static Shop; 2] {
    [&shops()[5], &shops()[6]]
}

fn tables(shop: &Shop) -> Vec<NamedTable<'_>> {
    decisions(shop.decisions.as_ref().unwrap(), shop.table.catalog())
}

fn cells(table: &Table<'_>, key: &str) -> Vec<String> {
    let column = table.columns().iter().find(|column| column.key == key).unwrap();
    (0..table.rows()).map(|row| column.cell(row).plain().into_owned()).collect()
}

fn of<'a, 'b>(tables: &'a [NamedTable<'b>], file: &str) -> &'a Table<'b> {
    &tables.iter().find(|named| named.file == file).unwrap().table
}

#[test]
fn every_answer_is_a_table() {
    let listed = |shop: &Shop| {
        let manifest = manifest(&tables(shop), "decisions/", Currency::new(shop.currency));
        let one = |table: &serde_json::Value| {
            let keys =
                table["columns"].as_array().unwrap().iter().map(|column| column["key"].as_str().unwrap());
            let keys = keys.collect::<Vec<_>>().join(" ");
            format!("{} {}: {keys}", table["question"].as_str().unwrap(), table["file"].as_str().unwrap())
        };
        manifest["tables"].as_array().unwrap().iter().map(one).collect::<Vec<_>>()
    };
    let [all, little] = decided().map(listed);
    insta::assert_snapshot!("decision_tables", all.join("\n"));
    // what cannot be answered is left out only where it was not asked for
    let only = all.iter().filter(|table| !little.contains(table)).collect::<Vec<_>>();
    assert!(only.len() == 2 && only.iter().all(|table| table.contains("/budget")), "{only:?}");
}

#[test]
fn tables_obey_the_rules_and_name_no_code() {
    for shop in decided() {
        for named in tables(shop) {
            let meanings = named.table.columns().iter().map(|column| column.meaning.to_string());
            let said: Vec<String> = meanings.chain([named.title.to_owned()]).collect();
            let broken: Vec<String> = said.iter().flat_map(|said| broken_rules(said)).collect();
            assert!(broken.is_empty(), "{}: {}", named.file, broken.join("\n"));
            for key in ["customer_id", "sku", "reason", "unlocked_by", "gain_rests_on"] {
                if named.table.columns().iter().any(|column| column.key == key) {
                    let broken: Vec<String> =
                        cells(&named.table, key).iter().flat_map(|said| broken_rules(said)).collect();
                    assert!(broken.is_empty(), "{}: {}", named.file, broken.join("\n"));
                }
            }
        }
    }
    let tables = tables(decided()[0]);
    for file in
        ["retention_risks.csv", "campaign_list.csv", "recommendations_new.csv", "customer_segments.csv"]
    {
        let ids = cells(of(&tables, file), "customer_id");
        assert!(ids.len() > 100 && ids.iter().all(|id| id.len() == 5), "{file}");
    }
    let reasons = cells(of(&tables, "recommendations_new.csv"), "reason");
    assert!(reasons.iter().any(|reason| {
        reason.starts_with("bought Product P")
            && reason.contains("; who buys Product P")
            && reason.ends_with(" times as often")
    }));
}

#[test]
fn what_is_not_known_is_empty_and_says_what_unlocks_it() {
    let [stated, little] = decided().map(tables);
    for row in 0..3 {
        let value =
            |tables: &[NamedTable<'_>], key: &str| cells(of(tables, "campaigns.csv"), key)[row].clone();
        assert!(
            value(&stated, "cost_per_contact") == "0.60"
                && value(&stated, "gain_rests_on") == "your assumption"
        );
        assert!(value(&little, "cost_per_contact").is_empty() && value(&little, "gain").is_empty());
        assert!(value(&little, "unlocked_by").contains("Import a products file with unit_cost"));
    }
    let margins = of(&little, "country_margins.csv");
    assert!(cells(margins, "margin").iter().all(String::is_empty) && margins.rows() > 0);
    assert!(cells(of(&little, "payback.csv"), "unlocked_by").iter().all(|unlocks| !unlocks.is_empty()));
}

#[test]
fn the_last_screen_of_decide_obeys_the_rules() {
    for shop in decided() {
        let said = say::decisions(shop.decisions.as_ref().unwrap(), Currency::new(shop.currency));
        let broken: Vec<String> = said.iter().flat_map(|said| broken_rules(said)).collect();
        assert!(said.len() >= 5 && broken.is_empty(), "{}", broken.join("\n"));
        assert!(said.iter().all(|said| said.ends_with(['.', ')'])), "{said:?}");
    }
    let mut nothing = decided()[0].decisions.clone().unwrap();
    let BudgetAnswer::Split(split) = &mut nothing.budget else { panic!("a budget was split") };
    split.spend_nothing = true;
    let said = say::decisions(&nothing, Currency::new(Some("EUR"))).join(" ");
    assert!(said.contains("would lose money already (your assumption)"), "{said}");
}
