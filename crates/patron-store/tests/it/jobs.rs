//! Jobs, and which model serves.

use chrono::{DateTime, NaiveDateTime};
use patron_store::{
    JobEnd, JobId, JobKind, JobList, JobState, Lease, NewJob, NewModelRun, RunId, ServiceId, Store,
    StoreError,
};
use serde_json::json;

use crate::backend::{Place, place};

const OWN: ServiceId = ServiceId(1);

fn open() -> (Place, Store) {
    let (place, url) = place();
    (place, Store::open(&url).unwrap())
}

fn at(seconds: i64) -> NaiveDateTime {
    DateTime::from_timestamp(seconds, 0).unwrap().naive_utc()
}

fn job(kind: JobKind) -> NewJob {
    let (created_at, request) = (at(10), json!({"as_of": null}));
    NewJob { kind, created_at, asked_by: "the owner".to_owned(), request, service: OWN }
}

fn end(state: JobState) -> JobEnd {
    let outcome = (state == JobState::Done).then(|| json!({"model": 3}));
    let error = (state == JobState::Failed).then(|| "too few".to_owned());
    JobEnd { state, ended_at: at(30), progress: Some(json!({"fraction": 1.0})), outcome, error }
}

const ALL: JobList = JobList { after: None, limit: 100, state: None, kind: None };

#[test]
fn a_job_goes_its_way() {
    let (_folder, mut store) = open();
    let asked = store.write(|writing| writing.create_job(&job(JobKind::Refit))).unwrap();
    assert_eq!((asked.id, asked.state, asked.attempts), (JobId(1), JobState::Queued, 0));
    assert_eq!((asked.created_at, asked.started_at, asked.ended_at), (at(10), None, None));
    let begun = store.write(|writing| writing.begin_job(asked.id, OWN, at(20))).unwrap();
    assert_eq!((begun.state, begun.started_at, begun.attempts), (JobState::Running, Some(at(20)), 1));

    // stopped with the service: told of it, the attempt does not count
    store.write(|writing| writing.interrupt_job(asked.id, OWN, true)).unwrap();
    let open: Vec<_> = store.reading().open_jobs().unwrap();
    assert_eq!((open.len(), open[0].state, open[0].attempts), (1, JobState::Interrupted, 0));
    store.write(|writing| writing.begin_job(asked.id, OWN, at(21)).map(|_| ())).unwrap();
    store.write(|writing| writing.interrupt_job(asked.id, OWN, false)).unwrap();
    let again = store.write(|writing| writing.begin_job(asked.id, OWN, at(22))).unwrap();
    assert_eq!(again.attempts, 2);

    let ended = store.write(|writing| writing.end_job(asked.id, OWN, &end(JobState::Done))).unwrap();
    assert_eq!((ended.state, ended.ended_at), (JobState::Done, Some(at(30))));
    assert_eq!((ended.outcome.clone(), ended.error.clone()), (Some(json!({"model": 3})), None));
    assert_eq!(store.reading().job(asked.id).unwrap(), Some(ended));
    assert!(store.reading().open_jobs().unwrap().is_empty());
    assert_eq!(store.reading().job(JobId(2)).unwrap(), None);
    let nobody = store.write(|writing| writing.begin_job(JobId(2), OWN, at(1)).map(|_| ()));
    assert!(matches!(nobody, Err(StoreError::Missing { what: "job", .. })));
}

#[test]
fn jobs_come_page_by_page_and_the_oldest_are_forgotten() {
    let (_folder, mut store) = open();
    store
        .write(|writing| {
            for number in 0..1_003 {
                let kind = if number % 2 == 0 { JobKind::Import } else { JobKind::Backtest };
                let id = writing.create_job(&job(kind))?.id;
                if number != 1 {
                    writing.end_job(id, OWN, &end(JobState::Failed))?;
                }
            }
            Ok(())
        })
        .unwrap();
    let ids = |list: &JobList, store: &mut Store| -> Vec<i64> {
        store.reading().jobs(list).unwrap().iter().map(|job| job.id.0).collect()
    };
    assert_eq!(ids(&JobList { limit: 3, ..ALL }, &mut store), [1003, 1002, 1001]);
    assert_eq!(ids(&JobList { limit: 2, after: Some(JobId(1001)), ..ALL }, &mut store), [1000, 999]);
    let imports = JobList { limit: 2, kind: Some(JobKind::Import), ..ALL };
    assert_eq!(ids(&imports, &mut store), [1003, 1001]);
    // 1 and 3 ended more than a thousand jobs ago; 2 has not ended
    let early = JobList { after: Some(JobId(6)), ..ALL };
    assert_eq!(ids(&early, &mut store), [5, 4, 2]);
    let waiting = JobList { state: Some(JobState::Queued), ..ALL };
    assert_eq!(ids(&waiting, &mut store), [2]);
}

fn run(fitted: bool) -> NewModelRun {
    NewModelRun {
        created_at: at(5),
        as_of: "2011-12-09".parse().unwrap(),
        forecaster: "blend".to_owned(),
        parameters: json!({}),
        metrics: json!({"ok": true}),
        fitted: fitted.then(|| b"{}".to_vec()),
    }
}

#[test]
fn a_model_that_was_chosen_serves_else_the_latest_that_can() {
    let (_folder, mut store) = open();
    assert_eq!(store.reading().serving_run().unwrap(), None);
    let first = store.write(|writing| writing.save_model(&run(true), &[], None)).unwrap();
    let bare = store.write(|writing| writing.save_model(&run(false), &[], None)).unwrap();
    assert_eq!((first, bare), (RunId(1), RunId(2)));
    assert_eq!(store.reading().serving_run().unwrap(), Some(first));
    let second = store.write(|writing| writing.save_model(&run(true), &[], Some(at(6)))).unwrap();
    assert_eq!(store.reading().serving_run().unwrap(), Some(second));
    let loaded = store.write(|writing| writing.load_model(&run(true), at(7))).unwrap();
    // a newer one does not push the chosen one away
    assert_eq!(store.reading().serving_run().unwrap(), Some(second));
    store.write(|writing| writing.serve_model(first, at(7))).unwrap();
    let models = store.reading().models(None, 10).unwrap();
    let seen: Vec<_> = models.iter().map(|model| (model.id.0, model.can_serve, model.serving)).collect();
    assert_eq!(seen, [(loaded.0, true, false), (3, true, false), (2, false, false), (1, true, true)]);
    assert_eq!(store.reading().models(Some(RunId(3)), 1).unwrap()[0].id, bare);
    assert_eq!(store.reading().model(first).unwrap().as_ref(), models.last());
    assert_eq!(store.reading().model_run(first).unwrap().unwrap().run, run(true));
    for not in [bare, RunId(9)] {
        let refused = store.write(|writing| writing.serve_model(not, at(8)));
        assert!(matches!(refused, Err(StoreError::Missing { .. })), "{not}");
    }
    assert_eq!(store.reading().serving_run().unwrap(), Some(first));
}

#[test]
fn a_loaded_model_pushes_none_away() {
    let (_folder, mut store) = open();
    let load = |store: &mut Store| store.write(|writing| writing.load_model(&run(true), at(7))).unwrap();
    let only = load(&mut store);
    assert_eq!(store.reading().serving_run().unwrap(), Some(only));
    load(&mut store);
    assert_eq!(store.reading().serving_run().unwrap(), Some(only));
}

#[test]
fn each_service_has_a_number_of_its_own_for_as_long_as_it_lives() {
    let (_place, url) = place();
    Store::open(&url).unwrap();
    let lowest = || Lease::lowest(&url).unwrap();
    let (mut first, second) = (lowest(), lowest());
    assert_eq!((first.id(), second.id()), (ServiceId(1), ServiceId(2)));
    assert!(Lease::take(&url, ServiceId(2)).unwrap().is_none());
    assert!(first.renew().unwrap());
    drop(second);
    // a server hears of it a moment later
    let free = (0..100).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        Lease::take(&url, ServiceId(2)).unwrap()
    });
    assert_eq!(free.unwrap().id(), ServiceId(2));
}

#[test]
fn a_job_is_of_one_service_at_a_time() {
    let (_place, mut store) = open();
    let ids: Vec<JobId> =
        (0..3).map(|_| store.write(|writing| writing.create_job(&job(JobKind::Refit))).unwrap().id).collect();
    store.write(|writing| writing.end_job(ids[0], OWN, &end(JobState::Done))).unwrap();
    store.write(|writing| writing.begin_job(ids[1], OWN, at(20))).unwrap();
    let other = ServiceId(2);
    let taken = store.write(|writing| writing.take_over_jobs(&ids[..2], OWN, other)).unwrap();
    assert_eq!(taken.len(), 1, "what has ended stays as it is");
    assert_eq!((taken[0].id, taken[0].service, taken[0].state), (ids[1], other, JobState::Running));
    assert_eq!(store.write(|writing| writing.take_over_jobs(&ids[..2], OWN, other)).unwrap(), []);
    // whoever did it before has nothing to say any more
    let late = store.write(|writing| writing.end_job(ids[1], OWN, &end(JobState::Done)));
    assert!(matches!(late, Err(StoreError::Missing { .. })));
    let late = store.write(|writing| writing.interrupt_job(ids[1], OWN, true));
    assert!(matches!(late, Err(StoreError::Missing { .. })));
    let ended = store.write(|writing| writing.end_job(ids[1], other, &end(JobState::Failed))).unwrap();
    assert_eq!(ended.error.as_deref(), Some("too few"));
}
