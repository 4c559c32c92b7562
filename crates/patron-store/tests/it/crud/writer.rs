//! The thread through which many small changes go.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{channel, sync_channel};
use std::thread;
use std::time::Duration;

use patron_store::{CustomerRecord, List, LiveSettings, LiveWriter, SaleRecord, Store, StoreError};

use super::{customer, sale};
use crate::shop;
use crate::support::{database, dump, import, this_test};

const PATIENT: LiveSettings = LiveSettings { queue: 64, group: 128, patience: Duration::from_secs(20) };

/// Holds the writer's thread in a change until the returned sender is dropped.
fn hold(writer: &LiveWriter) -> std::sync::mpsc::Sender<()> {
    let (release, held) = channel::<()>();
    let (began, begun) = channel();
    let change = move |_: &mut patron_store::Writing<'_>| {
        began.send(()).unwrap();
        let _released = held.recv();
        Ok(())
    };
    writer.submit(change, |_| ()).unwrap();
    begun.recv().unwrap();
    release
}

#[test]
fn changes_that_wait_share_a_commit_and_one_that_fails_fails_alone() {
    let (_folder, url, mut store) = database();
    let writer = LiveWriter::open(&url, PATIENT).unwrap();
    let release = hold(&writer);
    let (answers, answered) = channel();
    for number in 0..20 {
        let answers = answers.clone();
        // the customers 7 and 8 are one: the second is refused, after it has made a product
        let name = format!("{}", if number == 8 { 7 } else { number });
        let change = move |writing: &mut patron_store::Writing<'_>| {
            writing.create::<SaleRecord>(&sale("1", &format!("p{number}"), "all", 1))?;
            writing.create::<CustomerRecord>(&customer(&name))
        };
        writer.submit(change, move |answer| answers.send((number, answer)).unwrap()).unwrap();
    }
    // not one is answered, and not one is there, before the commit they share
    assert_eq!(writer.waiting(), 21);
    assert!(answered.recv_timeout(Duration::from_millis(50)).is_err());
    assert_eq!(store.counts().unwrap().customers, 0);
    drop((release, answers));
    let mut good = 0;
    for (number, answer) in answered {
        if number == 8 {
            assert!(matches!(answer, Err(StoreError::Taken { .. })));
        } else {
            answer.unwrap();
            good += 1;
        }
        // with the first answer all of the group are on disk
        assert_eq!(store.counts().unwrap().customers, 20);
    }
    let counts = store.counts().unwrap();
    assert_eq!((good, counts.sales, counts.products), (19, 19, 19));
    writer.stop();
    dump(&url);
}

#[test]
fn too_many_waiting_changes_are_refused() {
    let (_folder, url, mut store) = database();
    let writer = LiveWriter::open(&url, LiveSettings { queue: 2, ..PATIENT }).unwrap();
    let release = hold(&writer);
    let create = |name: &'static str| {
        writer.submit(move |writing| writing.create::<CustomerRecord>(&customer(name)), |_| ())
    };
    assert!(create("1").is_ok() && create("2").is_ok());
    assert!(matches!(create("3"), Err(StoreError::Busy)));
    drop(release);
    writer.stop(); // what was taken on is done
    assert_eq!(store.counts().unwrap().customers, 2);
}

#[test]
fn a_change_that_breaks_down_leaves_nothing_and_the_writer_goes_on() {
    let (_folder, url, mut store) = database();
    let writer = LiveWriter::open(&url, PATIENT).unwrap();
    let broken = writer.write(|writing| -> Result<(), StoreError> {
        writing.create::<CustomerRecord>(&customer("1"))?;
        panic!("this message belongs to a test");
    });
    assert!(matches!(broken, Err(StoreError::Stopped)));
    assert_eq!(store.counts().unwrap().customers, 0);
    let made = writer.write(|writing| writing.create::<CustomerRecord>(&customer("2"))).unwrap();
    assert_eq!(store.reading().get(made.id).unwrap(), Some(made));
}

#[test]
fn changes_wait_for_an_import_as_long_as_they_are_patient() {
    let (_folder, url, mut store) = database();
    let impatient = LiveSettings { patience: Duration::from_millis(100), ..PATIENT };
    let (impatient, patient) =
        (LiveWriter::open(&url, impatient).unwrap(), LiveWriter::open(&url, PATIENT).unwrap());
    let running = store.begin_import(&shop::import("a.csv")).unwrap();
    let refused = impatient.write(|writing| writing.create::<CustomerRecord>(&customer("1")));
    assert!(matches!(refused, Err(StoreError::Locked { .. })));
    let (done, waits) = sync_channel(1);
    patient
        .submit(
            |writing| writing.create::<CustomerRecord>(&customer("2")),
            move |answer| done.send(answer).unwrap(),
        )
        .unwrap();
    assert!(waits.recv_timeout(Duration::from_millis(100)).is_err());
    drop(running);
    assert_eq!(waits.recv().unwrap().unwrap().external_id, "2");
    let again = impatient.write(|writing| writing.create::<CustomerRecord>(&customer("1")));
    assert_eq!(again.unwrap().id.0, 2);
}

#[test]
fn many_threads_write_and_every_answer_is_true() {
    let (_folder, url, mut store) = database();
    let writer = LiveWriter::open(&url, LiveSettings { queue: 8, ..PATIENT }).unwrap();
    let mut acknowledged = BTreeSet::new();
    thread::scope(|scope| {
        let writer = &writer;
        let sellers: Vec<_> = (0..8)
            .map(|seller| {
                scope.spawn(move || {
                    let sell = |number: i32| {
                        let new = sale(&format!("{seller}-{number}"), "A", "x", 1 + number);
                        writer.write(move |writing| writing.create::<SaleRecord>(&new)).unwrap().id
                    };
                    (0..10).map(sell).collect::<Vec<_>>()
                })
            })
            .collect();
        sellers.into_iter().for_each(|seller| acknowledged.extend(seller.join().unwrap()));
    });
    assert_eq!((acknowledged.len(), store.counts().unwrap().sales), (80, 80));
    writer.stop();
    dump(&url);
}

const ASKED: &str = "PATRON_STORE_KILLED_LIVE";

/// The process that is killed: it sells from four threads and says which sales were acknowledged.
#[expect(clippy::print_stdout, reason = "the killer listens")]
fn victim(url: &str) {
    let writer = LiveWriter::open(&url.parse().unwrap(), PATIENT).unwrap();
    thread::scope(|scope| {
        for seller in 0..4 {
            let writer = &writer;
            scope.spawn(move || {
                for number in 0.. {
                    let new = sale(&format!("{}-{seller}-{number}", std::process::id()), "A", "x", 1);
                    let sold = writer.write(move |writing| writing.create::<SaleRecord>(&new)).unwrap();
                    println!("sold {}", sold.id);
                }
            });
        }
    });
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    if let Ok(url) = std::env::var(ASKED) {
        return victim(&url);
    }
    let (_folder, url, mut store) = database();
    let undone = import(&mut store, &shop::import("before.csv"), &shop::lines(100, 1)).unwrap();
    let mut acknowledged: BTreeSet<i64> = BTreeSet::new();
    for kill in 0..6_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                &this_test(module_path!(), "nothing_acknowledged_is_lost_when_the_process_is_killed"),
                "--nocapture",
            ])
            .env(ASKED, url.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let sold = |line: String| line.strip_prefix("sold ").map(|id| id.parse::<i64>().unwrap());
        let first = said.by_ref().find_map(sold).unwrap();
        thread::sleep(Duration::from_micros(700 * kill * kill));
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
        acknowledged.insert(first);
        acknowledged.extend(said.filter_map(sold));
        let mut held = BTreeSet::new();
        let mut list = List::<SaleRecord> { limit: 1_000, ..List::default() };
        let mut store = Store::open(&url).unwrap();
        loop {
            let page = store.reading().list(&list).unwrap();
            held.extend(page.items.iter().filter(|sale| sale.line.is_none()).map(|sale| sale.id.0));
            let Some(next) = page.next else { break };
            list.after = Some(next);
        }
        assert!(acknowledged.is_subset(&held), "{:?}", acknowledged.difference(&held));
        // what was not acknowledged may be there, but no order is there twice or without its line
        let counts = store.counts().unwrap();
        assert_eq!(counts.sales, 100 + held.len() as u64);
        dump(&url);
    }
    println!("{} sales were acknowledged before 6 kills", acknowledged.len());
    let mut store = Store::open(&url).unwrap();
    assert_eq!(store.undo_import(undone).unwrap().sales, 100);
    dump(&url);
}
