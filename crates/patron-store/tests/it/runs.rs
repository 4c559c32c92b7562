//! Model runs and predictions.

use patron_domain::{Money, Segment, Suitability};
use patron_store::{NewModelRun, Prediction, RunId, Store, StoreError};

use crate::shop;
use crate::support::{database, dump, import, scanned};

pub(crate) fn run() -> NewModelRun {
    NewModelRun {
        created_at: "2011-12-10T10:00:00".parse().unwrap(),
        as_of: "2011-12-09".parse().unwrap(),
        forecaster: "bg-nbd".to_owned(),
        parameters: serde_json::json!({ "r": 0.242595, "alpha": 4.413602 }),
        metrics: serde_json::json!({ "mae": 12.5 }),
        fitted: Some(vec![0, 159, 146, 150]),
    }
}

pub(crate) fn forecasts(store: &mut Store) -> Vec<Prediction> {
    let forecast = |(index, customer)| Prediction {
        customer,
        orders: index,
        last_purchase: "2011-12-01".parse().unwrap(),
        spent_to_date: Money::from_ten_thousandths(-12_345),
        chance_to_buy_3m: 0.1 + 0.2,
        p_alive: 1.0,
        expected_purchases_3m: 1e-9,
        expected_value: 17.25,
        clv: [1.5, 2.5, 1.0 / 3.0],
        grades: [Suitability::Yes, Suitability::Rough, Suitability::No],
        formula_clv: (index % 2 == 0).then_some(7.0),
        segment: [Segment::A, Segment::B, Segment::C, Segment::D][index as usize % 4],
        predicted_clv: None,
    };
    let customers = scanned(store, 1_000).added.customers;
    (0..).zip(customers).map(forecast).collect()
}

#[test]
fn a_run_comes_back_as_it_was() {
    let (_folder, _url, mut store) = database();
    import(&mut store, &shop::import("a.csv"), &shop::lines(500, 1)).unwrap();
    assert_eq!(store.latest_run().unwrap(), None);
    let forecasts = forecasts(&mut store);
    store.save_model_run(&NewModelRun { fitted: None, ..run() }, &[]).unwrap();
    let id = store.save_model_run(&run(), &forecasts).unwrap();
    let latest = store.latest_run().unwrap().unwrap();
    assert_eq!((latest.id, latest.run), (id, run()));
    assert_eq!(store.predictions(id).unwrap(), forecasts);
    assert!(matches!(store.predictions(RunId(77)), Err(StoreError::UnknownRun(RunId(77)))));
}

#[test]
fn a_run_with_a_wrong_prediction_is_not_stored_at_all() {
    let (_folder, _url, mut store) = database();
    import(&mut store, &shop::import("a.csv"), &shop::lines(500, 1)).unwrap();
    let good = forecasts(&mut store);
    let mut stranger = good.clone();
    stranger[2].customer = "nobody".to_owned();
    let refused = store.save_model_run(&run(), &stranger);
    assert!(matches!(refused, Err(StoreError::UnknownCustomer(name)) if name == "nobody"));
    let mut not_a_number = good.clone();
    not_a_number[2].clv[1] = f64::NAN;
    assert!(store.save_model_run(&run(), &not_a_number).is_err());
    let twice = [good.clone(), good].concat();
    assert!(store.save_model_run(&run(), &twice).is_err());
    assert_eq!(store.latest_run().unwrap(), None);
    assert_eq!(store.counts().unwrap().predictions, 0);
}

#[test]
fn a_run_goes_with_the_import_it_has_seen() {
    let (_folder, url, mut store) = database();
    import(&mut store, &shop::import("a.csv"), &shop::lines(500, 1)).unwrap();
    let early = forecasts(&mut store);
    let first = store.save_model_run(&run(), &early).unwrap();
    let before = dump(&url);
    let id = import(&mut store, &shop::import("b.csv"), &shop::lines(500, 2)).unwrap();
    let late = forecasts(&mut store);
    store.save_model_run(&run(), &late).unwrap();
    assert_eq!(store.undo_import(id).unwrap().model_runs, 1);
    assert_eq!(dump(&url), before);
    assert_eq!(store.latest_run().unwrap().map(|run| run.id), Some(first));
}
