//! Shops that break the story of every model: a season, growth, and purchases that come regularly, alone and together.
//!
//! They are whole shops with a calendar, newcomers and sale lines; the forecast is made at the end of December.

use patron_columns::{SalesTable, TableBuilder};
use patron_domain::{Day, PurchaseRule};
use patron_models::ModelError;
use patron_synth::{Buying, CountryShare, Scenario, Shop, generate};

use super::estimates::{Estimated, Found, found};
use super::models::BuyingModel;
use super::table::{across, part};
use super::{Judge, Recovered};

/// Days ahead, to the end of March.
const HORIZON: i32 = 91;
/// Weights of the months where there is a season.
const SEASON: [f64; 12] = [0.6, 0.6, 0.7, 0.8, 0.8, 0.8, 0.7, 0.7, 0.9, 1.1, 2.0, 2.3];
/// Factor per year on newcomers, and on everybody's rate, where the shop grows.
const GROWTH: (f64, f64) = (2.0, 1.4);
/// Erlang waits of this shape where purchases come regularly.
const REGULARITY: f64 = 4.0;

/// What a fit made of a shop.
struct Outcome {
    estimated: Estimated,
    totals: Option<Totals>,
}

/// Sums over the customers of a shop, expected and true.
struct Totals {
    purchases: [f64; 2],
    alive: [f64; 2],
}

pub(super) fn report(judge: &Judge<'_>, buying: &[&dyn BuyingModel]) -> Recovered {
    let mut rows = Vec::new();
    for model in buying {
        for breaks in 0..8_u32 {
            let [season, growth, regularity] = [0, 1, 2].map(|bit| breaks >> bit & 1 == 1);
            let names = [(season, "season"), (growth, "growth"), (regularity, "regular purchases")];
            let names: Vec<&str> = names.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
            let what = if names.is_empty() { "nothing broken".to_owned() } else { names.join(" × ") };
            let outcomes = judge.shops(model.title()).each(&what, |shop| {
                let truth = shop.truth(model.interior());
                let scenario = Scenario {
                    customers: judge.plan.broken,
                    ..scenario(model.process(&truth), season, growth, regularity)
                };
                let shop = generate(&scenario, shop.seed("shop")).expect("a possible scenario");
                match try_model(*model, &shop) {
                    Ok((parameters, totals)) => {
                        Outcome { estimated: (truth, Ok(parameters)), totals: Some(totals) }
                    }
                    Err(error) => Outcome { estimated: (truth, Err(error)), totals: None },
                }
            });
            rows.push(row(*model, &what, outcomes));
        }
    }
    if rows.is_empty() {
        return Recovered { text: String::new(), off: Vec::new() };
    }
    let headings = [
        "model",
        "broken by",
        "intervals that hold r · α · …",
        "bias of ln",
        "purchases in 13 weeks, expected ÷ came",
        "alive, expected ÷ true",
    ];
    let note = format!(
        "{} shops of {} customers each, who come in two years and a quarter, on days of a calendar; the forecast is made at \
         the end of December, for 13 weeks. Reported, not judged: no model has a season, growth or regularity.",
        judge.plan.shops, judge.plan.broken
    );
    part("Shops that break the models", &note, &headings.map(str::to_owned), rows, Vec::new())
}

fn row(model: &dyn BuyingModel, what: &str, outcomes: Vec<Outcome>) -> Vec<String> {
    let (estimated, totals): (Vec<_>, Vec<_>) =
        outcomes.into_iter().map(|one| (one.estimated, one.totals)).unzip();
    let found: Vec<Found> = found(model.interior(), &estimated);
    let sum = |pick: fn(&Totals) -> f64| totals.iter().flatten().map(pick).sum::<f64>();
    let purchases = sum(|one| one.purchases[0]) / sum(|one| one.purchases[1]);
    let alive = sum(|one| one.alive[0]) / sum(|one| one.alive[1]);
    vec![
        model.title().to_owned(),
        what.to_owned(),
        across(found.iter().map(|one| one.covered.to_string())),
        across(found.iter().map(|one| format!("{:+.2}", one.bias()))),
        format!("{purchases:.2}"),
        format!("{alive:.2}"),
    ]
}

/// Two years and the quarter after them, in which customers come and buy.
fn scenario(buying: Buying, season: bool, growth: bool, regularity: bool) -> Scenario {
    let plain = Scenario::ready("cdnow-like").expect("a ready scenario");
    let start = Day::from_number(18_993); // 2022-01-01
    let (newcomers, rates) = if growth { GROWTH } else { (1.0, 1.0) };
    Scenario {
        name: "broken".to_owned(),
        products: 50,
        start,
        end: start.plus_days(729 + HORIZON),
        growth_per_year: newcomers,
        trend_per_year: rates,
        buying,
        regularity: if regularity { REGULARITY } else { 1.0 },
        season: if season { SEASON } else { [1.0; 12] },
        lines_per_order: 1.0,
        countries: vec![CountryShare { share: 1.0, ..plain.countries[0].clone() }],
        events: Vec::new(),
        ..plain
    }
}

fn try_model(
    model: &dyn BuyingModel,
    shop: &Shop,
) -> Result<(Vec<patron_models::Parameter>, Totals), ModelError> {
    let mut table = TableBuilder::new(PurchaseRule::AnyLine);
    shop.batches().for_each(|batch| table.push(&batch));
    let table: SalesTable = table.finish().0;
    let end = shop.truth.scenario.end;
    let as_of = end.plus_days(-HORIZON);
    let seen = table.histories(as_of);
    let later = table.histories(end);
    let histories = seen.iter().map(|(_, customer)| customer.history);
    let fit = model.fit(&patron_columns::HistoryHistogram::of(histories), 7.0)?;
    let came: u32 = later
        .iter()
        .filter_map(|(code, customer)| {
            let place = seen.binary_search_by_key(code, |(code, _)| *code).ok()?;
            Some(customer.history.frequency - seen[place].1.history.frequency)
        })
        .sum();
    let alive = shop.truth.customers.iter().filter(|customer| {
        customer.first_order <= as_of && customer.stopped_on.is_none_or(|stopped| stopped > as_of)
    });
    let mut totals = Totals { purchases: [0.0, f64::from(came)], alive: [0.0, alive.count() as f64] };
    for (_, customer) in &seen {
        let history = customer.history.in_units(7.0);
        totals.purchases[0] += fit.answers.purchases(&history, f64::from(HORIZON) / 7.0)?;
        totals.alive[0] += fit.answers.p_alive(&history);
    }
    Ok((fit.parameters, totals))
}
