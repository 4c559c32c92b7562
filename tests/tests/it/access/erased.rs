//! A person is erased over the API and does not come back with a file.

use std::fs;

use patron_testing::Cluster;
use serde_json::Value;

use super::{Service, Shop};
use crate::patron_runs;

/// Orders with contact data of people: one known by the e-mail address only, one who stays nameless.
fn orders(days: u32) -> String {
    let mut text = String::from("order,date,customer,email,first,last,sku,quantity,price\n");
    let people = [
        ",zoe@mail.example,Zoelina,Zimmer",
        "c7,lara@mail.example,Laraine,Lind",
        "c8,ben@mail.example,Ben,Bo",
    ];
    for day in 1..=days {
        for (place, person) in people.iter().enumerate() {
            let (month, date) = (1 + day / 28, 1 + day % 28);
            text += &format!("{day}-{place},2023-{month:02}-{date:02},{person},mug,1,{day}.50\n");
        }
    }
    text + &format!("x-1,2023-01-03,{},mug,nothing,1\n", people[1])
}

fn answers(service: &Service, key: &str) -> Vec<Value> {
    service.wait_for_answers();
    let tables = ["months", "repeat-customers"];
    let read = |topic: &str| {
        let mut answer = service.get(&format!("/api/v1/answers/{topic}"), key).json();
        if let Some(answer) = answer.as_object_mut() {
            answer.remove("computed_at");
        }
        answer
    };
    let known = service.get("/api/v1/answers", key).body;
    tables.into_iter().filter(|topic| known.contains(&format!("\"{topic}\""))).map(read).collect()
}

/// What of it is in the files of a database, or in what a server gives for a backup.
fn held_in(shop: &Shop, secrets: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for ending in ["", "-wal"] {
        let bytes = match &shop.server {
            None => fs::read(format!("{}{ending}", shop.database)).unwrap_or_default(),
            Some(_) => {
                let mut dump = Cluster::shared().unwrap().program("pg_dump");
                let dump = dump.args(["-d", &shop.database]).output().unwrap();
                assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
                dump.stdout
            }
        };
        let is_there = |secret: &&&str| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        found.extend(secrets.iter().filter(is_there).map(|secret| format!("{secret} in {ending}")));
    }
    found
}

#[test]
fn an_erased_person_is_nowhere_and_the_numbers_stay() {
    [Some(Shop::empty()), Shop::empty_in_a_server()].iter().flatten().for_each(check_erasing);
}

fn check_erasing(shop: &Shop) {
    let map =
        ["--map", "customer=customer,email=email,name=first,surname=last,order=order,date=date,product=sku"];
    shop.import("orders.csv", &orders(60), &map);
    let key = shop.key("read,write,admin,personal");
    let service = shop.serve(&[]);
    let before = answers(&service, &key);
    assert!(!before.is_empty());
    let secrets = ["zoe@mail.example", "Zoelina", "lara@mail.example", "Laraine", "Lind"];
    let mut numbers = Vec::new();
    for word in ["zoe%40mail.example", "c7"] {
        let found = service.get(&format!("/api/v1/customers/by-external-id/{word}"), &key);
        assert_eq!(found.status, 200, "{found:?}");
        let id = found.json()["id"].as_i64().unwrap();
        let held = service.get(&format!("/api/v1/customers/{id}/personal"), &key).json();
        assert_eq!(held["sales"].as_array().unwrap().len(), 60);
        let erased =
            service.with("DELETE", &format!("/api/v1/customers/{id}/personal?compact=true"), &key, "");
        assert_eq!(erased.status, 200, "{erased:?}");
        let erased = erased.json();
        assert_eq!(
            (erased["external_id"].as_str().unwrap(), &erased["file"]),
            (format!("erased-{id}").as_str(), &"rewritten".into())
        );
        assert!(erased["not_reached"].as_array().unwrap().len() > 2);
        numbers.push(id);
    }
    assert_eq!(held_in(shop, &secrets), [""; 0]);
    let gone = service.get("/api/v1/customers/by-external-id/c7", &key);
    assert_eq!(gone.status, 404);
    let audit = service.get("/api/v1/audit?resource=customers", &key).json();
    assert_eq!(audit["items"][0]["action"], "erase");
    assert_eq!(service.with("DELETE", "/api/v1/customers/999999/personal", &key, "").status, 404);
    drop(service);

    let again = [&map[..], &["--replace"]].concat();
    shop.import("orders.csv", &orders(60), &again);
    let service = shop.serve(&[]);
    assert_eq!(answers(&service, &key), before, "the same file again");
    drop(service);
    shop.import("grown.csv", &orders(70), &again);
    patron_runs(&["check", "--database", &shop.database]).ok();
    let service = shop.serve(&[]);
    for id in numbers {
        // a customer who was replaced with the file may have another number; the stand-in is the same
        let found = service.get(&format!("/api/v1/customers/by-external-id/erased-{id}"), &key);
        assert_eq!(found.status, 200, "{found:?}");
        let id = found.json()["id"].as_i64().unwrap();
        let last = format!("/api/v1/customers/{id}/personal?compact=true");
        assert_eq!(service.with("DELETE", &last, &key, "").json()["file"], "rewritten");
    }
    drop(service);
    assert_eq!(held_in(shop, &secrets), [""; 0]);
}
