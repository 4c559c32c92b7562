//! Jobs of several services of one database: each does its own, and what is left of one that is gone.

use std::fs;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use patron_tests::Server;
use patron_tests::http::Answer;

use crate::home::Home;
use crate::jobs::{ended, import, job, long_export, send, wait_for};

#[test]
fn two_services_do_not_do_each_others_jobs_until_one_is_gone() {
    for home in Home::of_both_kinds() {
        let before = home.imports();
        let (first, second) = (home.serve(), home.path("elsewhere"));
        fs::create_dir(&second).unwrap();
        let id = import(&first, &long_export(300_000));
        wait_for(&first, id, |job| job["progress"]["lines"].as_u64() > Some(0));
        // it is there, and gets nothing done
        let frozen = Command::new("kill").args(["-STOP", &first.process().to_string()]).status().unwrap();
        assert!(frozen.success());

        // with the other service's files out of reach, or not: on a server they lie in its working folder
        let far = home.is_in_a_server().then(|| home.start(&second));
        let near = home.start(&home.path(""));
        sleep(Duration::from_secs(6)); // longer than after which one is taken for gone
        for other in far.iter().chain([&near]) {
            let seen = job(other, id);
            assert_eq!((&seen["state"], &seen["attempts"]), (&"running".into(), &1.into()), "{seen}");
            let refused = send(other, &format!("/api/v1/jobs/{id}/cancel"), "", b"");
            let kind = refused.json()["type"].clone();
            assert_eq!((refused.status, kind.as_str()), (409, Some("urn:patron:problem:job-elsewhere")));
            assert_eq!(other.get(&format!("/api/v1/jobs/{id}/events")).status, 409);
        }
        first.kill();
        let done = wait_for(&near, id, ended);
        assert_eq!((&done["state"], &done["attempts"]), (&"done".into(), &2.into()), "{done}");
        assert_eq!(done["outcome"]["lines_read"], 300_000);
        let own = import(&near, "no,log\n");
        assert_eq!(wait_for(&near, own, ended)["state"], "failed");
        for server in far.into_iter().chain([near]) {
            assert!(server.stop("TERM").success());
        }
        assert_eq!((home.imports(), home.uploads()), (before + 1, 0));
        home.is_sound();
    }
}

#[test]
fn a_job_that_is_killed_three_times_is_given_up() {
    for home in Home::of_both_kinds() {
        let before = home.imports();
        let first = home.start(&home.path(""));
        let id = import(&first, &long_export(300_000));
        let kill = |server: Server, attempt: u64| {
            wait_for(&server, id, |job| {
                job["attempts"] == attempt && job["progress"]["lines"].as_u64() > Some(0)
            });
            server.kill();
        };
        kill(first, 1);
        for attempt in [2, 3] {
            kill(home.start(&home.path("")), attempt);
        }
        let server = home.start(&home.path(""));
        let failed = wait_for(&server, id, ended);
        assert_eq!((&failed["state"], &failed["attempts"]), (&"failed".into(), &3.into()), "{failed}");
        let error = failed["error"].as_str().unwrap();
        assert!(error.contains("3 times") && error.contains("ask for it again"), "{error}");
        assert_eq!((home.imports(), home.uploads()), (before, 0));
        // and the next one is done
        let next = import(&server, &patron_tests::small_export(300, 40));
        assert_eq!(wait_for(&server, next, ended)["state"], "done");
        home.is_sound();
    }
}

#[test]
fn so_many_jobs_may_wait_and_any_can_be_stopped() {
    let home = Home::in_a_file();
    home.import("many.csv", &long_export(20_000)); // a fit that takes its time
    let server = home.serve();
    let ask = || server.post("/api/v1/jobs/refit", "{}");
    let asked = |answer: &Answer| {
        assert_eq!(answer.status, 202, "{}", answer.body);
        answer.json()["id"].as_i64().unwrap()
    };
    let running = asked(&ask());
    wait_for(&server, running, |job| job["state"] == "running");
    let waiting: Vec<i64> = (0..16).map(|_| asked(&ask())).collect();
    let places: Vec<u64> = waiting.iter().map(|id| job(&server, *id)["place"].as_u64().unwrap()).collect();
    assert_eq!(places, (1..=16).collect::<Vec<u64>>());
    let refused = ask();
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")), "{}", refused.body);
    let problem = refused.json();
    assert_eq!(problem["type"], "urn:patron:problem:queue-full");
    assert!(problem["detail"].as_str().unwrap().starts_with("16 jobs"), "{problem}");
    // imports wait for each other only
    let import = import(&server, "no,log\n");
    assert_eq!(wait_for(&server, import, ended)["state"], "failed");

    for id in waiting.iter().rev().chain([&running]) {
        let asked = send(&server, &format!("/api/v1/jobs/{id}/cancel"), "", b"");
        assert_eq!(asked.status, 202, "{}", asked.body);
    }
    for id in waiting.iter().chain([&running]) {
        let stopped = wait_for(&server, *id, ended);
        assert_eq!(stopped["state"], "cancelled", "{stopped}");
        assert_eq!(stopped["attempts"], i64::from(*id == running), "{stopped}");
    }
    let models = server.get("/api/v1/models").json();
    assert_eq!((&models["model_id"], models["items"].as_array().unwrap().len()), (&1.into(), 1));
    let value = server.get("/api/v1/customers/1/value").json();
    assert_eq!(value["model_id"], 1, "{value}");
    home.is_sound();
}
