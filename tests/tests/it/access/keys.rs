//! Keys: who is let in, and what for.

use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime};
use patron_store::{NewKey, Store};

use super::{Service, Shop};
use crate::patron_runs;

const CUSTOMERS: &str = "/api/v1/customers?limit=1";

fn beginning_of(year: i32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap()
}

/// A key that ends with the beginning of a year.
fn key_until(shop: &Shop, year: i32) -> String {
    let mut store = Store::open_existing(&shop.database.parse().unwrap()).unwrap();
    let new = NewKey {
        name: "ends".to_owned(),
        scopes: "read".parse().unwrap(),
        created_at: beginning_of(2000),
        expires_at: Some(beginning_of(year)),
    };
    store.write(|writing| writing.create_key(&new, [5; 32])).unwrap().1.to_string()
}

#[test]
fn keys_are_asked_for_as_soon_as_there_is_one() {
    for shop in Shop::of_both_kinds() {
        let service = shop.serve(&[]);
        assert_eq!(service.get(CUSTOMERS, "").status, 200, "this computer's first try");
        let key = shop.key("read");
        let took = service.until(CUSTOMERS, "", 401);
        assert!(took < Duration::from_secs(4), "{took:?}");
        assert_eq!(service.get(CUSTOMERS, &key).status, 200);
        for open in ["/", "/health", "/ready", "/swagger-ui/", "/api/v1/openapi.json"] {
            assert_eq!(service.get(open, "").status, 200, "{open}");
        }
        assert_eq!(service.get("/metrics", "").status, 401);

        patron_runs(&["key", "revoke", "1", "--database", &shop.database]).ok();
        let took = service.until(CUSTOMERS, &key, 401);
        assert!(took < Duration::from_secs(4), "{took:?}");
        assert_eq!(service.get(CUSTOMERS, "").status, 401, "nothing opens when the last key goes");
        let listed = patron_runs(&["key", "list", "--database", &shop.database]).ok().out;
        assert!(listed.contains("revoked") && listed.contains("test") && !listed.contains(&key), "{listed}");
        let last_used = listed.lines().nth(1).unwrap().contains(" 20");
        assert!(last_used, "{listed}");
    }
}

#[test]
fn whatever_is_wrong_with_a_key_is_told_in_the_same_words() {
    let shop = Shop::new();
    let key = shop.key("read");
    let (ended, lasting) = (key_until(&shop, 2001), key_until(&shop, 9000));
    let service = shop.serve(&[]);
    assert_eq!(service.get(CUSTOMERS, &lasting).status, 200);
    let other_secret = format!("{}{}", &key[..key.len() - 1], if key.ends_with('A') { 'B' } else { 'A' });
    let bearer = |key: &str| vec![format!("Authorization: Bearer {key}")];
    let refused: Vec<(&str, Vec<String>)> = vec![
        ("missing", vec![]),
        ("expired", bearer(&ended)),
        ("another secret", bearer(&other_secret)),
        ("another number", bearer(&key.replace("patron_1_", "patron_2_"))),
        ("an unknown number", bearer(&key.replace("patron_1_", "patron_99_"))),
        ("too long", bearer(&format!("{key}A"))),
        ("another scheme", vec![format!("Authorization: Basic {key}")]),
        ("no scheme", vec![format!("Authorization: {key}")]),
        ("twice", [bearer(&key), bearer(&key)].concat()),
        ("one good, one bad", [bearer(&key), bearer("x")].concat()),
        ("two in one", bearer(&format!("{key}, Bearer {key}"))),
        ("in another header", vec![format!("X-Api-Key: {key}")]),
        ("in a cookie", vec![format!("Cookie: key={key}")]),
        ("folded", vec![format!("Authorization:\r\n Bearer {key}")]),
    ];
    let mut bodies = Vec::new();
    for (what, headers) in refused {
        let answer = service.ask("GET", CUSTOMERS, &headers, "");
        if what == "folded" {
            assert!(matches!(answer.status, 400 | 401), "{answer:?}");
            continue;
        }
        assert_eq!(answer.status, 401, "{what}: {answer:?}");
        assert_eq!(answer.header("www-authenticate"), Some("bearer realm=\"patron\""), "{what}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        bodies.push(answer.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let in_query = service.get(&format!("{CUSTOMERS}&access_token={key}&api_key={key}"), "");
    assert_eq!(in_query.status, 401);
    for scheme in ["bearer", "BEARER", "BeArEr", "Bearer "] {
        let sent = [format!("Authorization: {scheme} {key}")];
        assert_eq!(service.ask("GET", CUSTOMERS, &sent, "").status, 200, "{scheme}");
    }
}

fn scope_of(answer: &super::Answer) -> String {
    assert_eq!((answer.status, answer.problem().as_str()), (403, "missing-scope"), "{answer:?}");
    answer.json()["detail"].as_str().unwrap().split('\'').nth(1).unwrap().to_owned()
}

#[test]
fn a_key_does_what_its_scopes_say_and_nothing_else() {
    for shop in Shop::of_both_kinds() {
        let [read, write, admin, personal] =
            ["read", "write", "admin", "personal"].map(|scope| shop.key(scope));
        let service = shop.serve(&[]);
        let new = r#"{"external_id": "c-new", "name": "Ada", "email": "ada@shop.example"}"#;
        let create = |service: &Service, key: &str| service.with("POST", "/api/v1/customers", key, new);
        for key in [&read, &admin, &personal] {
            assert_eq!(scope_of(&create(&service, key)), "write");
        }
        let created = create(&service, &write);
        assert_eq!(created.status, 201, "{created:?}");
        assert!(!created.body.contains("ada@"), "who may write is not told what is personal: {created:?}");
        let place = created.header("location").unwrap().to_owned();
        for key in [&write, &admin, &personal] {
            assert_eq!(scope_of(&service.get(&place, key)), "read");
        }
        assert!(!service.get(&place, &read).body.contains("ada@"));
        let both = shop.key("read,personal");
        service.until(&place, &both, 200);
        assert_eq!(service.get(&place, &both).json()["email"], "ada@shop.example");

        let data = format!("{place}/personal");
        for key in [&read, &write, &admin] {
            assert_eq!(scope_of(&service.get(&data, key)), "personal");
            assert!(matches!(
                scope_of(&service.with("DELETE", &data, key, "")).as_str(),
                "personal" | "write"
            ));
        }
        assert_eq!(scope_of(&service.with("DELETE", &data, &personal, "")), "write");
        assert_eq!(service.get(&data, &personal).json()["customer"]["email"], "ada@shop.example");

        for path in ["/api/v1/audit", "/api/v1/%61udit", "/api/v1/%61%75%64%69%74?limit=1", "/api/v1/jobs"] {
            for key in [&read, &write, &personal] {
                assert_eq!(scope_of(&service.get(path, key)), "admin", "{path}");
            }
        }
        let hidden = format!("{place}/person%61l");
        assert_eq!(scope_of(&service.get(&hidden, &read)), "personal");
        for detour in ["//api/v1/audit", "/api/v1/./audit", "/api/v1/customers/../audit", "/api/v1/audit/"] {
            let answer = service.get(detour, &read);
            assert!(matches!(answer.status, 403 | 404), "{detour}: {answer:?}");
        }
        let audit = service.get("/api/v1/audit?resource=customers", &admin).json();
        assert_eq!((&audit["items"][0]["action"], &audit["items"][0]["key"]), (&"create".into(), &2.into()));
    }
}

#[test]
fn personal_values_in_the_record_of_writes_need_their_scope() {
    for shop in Shop::of_both_kinds() {
        let (admin, both, write) = (shop.key("admin"), shop.key("admin,personal"), shop.key("write"));
        let service = shop.serve(&[]);
        let new = r#"{"external_id": "c-new", "email": "ada@shop.example"}"#;
        let place =
            service.with("POST", "/api/v1/customers", &write, new).header("location").unwrap().to_owned();
        let change = r#"{"email": "lovelace@shop.example", "city": "Bonn"}"#;
        assert_eq!(service.with("PATCH", &place, &write, change).status, 200);
        let without = service.get("/api/v1/audit?resource=customers&limit=1", &admin);
        let changes = &without.json()["items"][0]["changes"];
        assert_eq!(changes[0]["new"], "Bonn");
        assert_eq!((changes[1]["field"].as_str(), changes[1].get("new")), (Some("email"), None));
        assert!(!without.body.contains("@shop"), "{without:?}");
        let with = service.get("/api/v1/audit?resource=customers&limit=1", &both);
        assert_eq!(with.json()["items"][0]["changes"][1]["former"], "ada@shop.example");
        let next = with.json()["next"].as_i64().unwrap();
        let older = service.get(&format!("/api/v1/audit?resource=customers&before={next}"), &both).json();
        assert_eq!((older["items"][0]["action"].as_str(), older.get("next")), (Some("create"), None));
        let keys = service.get("/api/v1/audit?resource=api_keys", &admin).json();
        assert_eq!(keys["items"].as_array().unwrap().len(), 3, "{keys}");
        for bad in ["resource=shop", "row=0", "row=x", "since=yesterday", "before=-1", "limit=0", "page=2"] {
            assert_eq!(service.get(&format!("/api/v1/audit?{bad}"), &admin).status, 400, "{bad}");
        }
    }
}

#[test]
fn an_address_that_others_can_reach_needs_a_key_first() {
    let shop = Shop::new();
    let open = ["serve", "--database", &shop.database, "--bind", "0.0.0.0:0"];
    for _ in 0..2 {
        let refused = patron_runs(&open);
        assert_eq!(refused.code, Some(2), "{}", refused.err);
        let command =
            format!("patron key create --name NAME --scope read,write --database sqlite://{}", shop.database);
        assert!(refused.err.contains(&command), "{}", refused.err);
        key_until(&shop, 2001); // one that is not in force is none
    }
    let key = shop.key("read");
    let service = shop.serve(&["--bind", "0.0.0.0:0"]);
    assert_eq!(service.get(CUSTOMERS, "").status, 401);
    assert_eq!(service.get(CUSTOMERS, &key).status, 200);
    let by_name = format!(
        "GET {CUSTOMERS} HTTP/1.1\r\nHost: shop.example\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(service.send(by_name.as_bytes()).status, 200);
    drop(service);
    let service = shop.serve(&["--bind", "0.0.0.0:0", "--allow-host", "other.example"]);
    assert_eq!(service.send(by_name.as_bytes()).problem(), "wrong-host");
    patron_runs(&["key", "revoke", "3", "--database", &shop.database]).ok();
    service.until(CUSTOMERS, &key, 401);
}

#[test]
fn nothing_secret_is_in_the_log() {
    for shop in Shop::of_both_kinds() {
        let key = shop.key("read,write,admin,personal");
        let service = shop.serve(&[]);
        let new = r#"{"external_id": "lara@shop.example", "name": "Lara", "phone": "0049 228 12345"}"#;
        let place =
            service.with("POST", "/api/v1/customers", &key, new).header("location").unwrap().to_owned();
        assert_eq!(service.with("POST", "/api/v1/customers", &key, new).status, 409);
        assert_eq!(service.with("POST", "/api/v1/customers", &key, r#"{"name": "Lara"#).status, 400);
        assert_eq!(service.get("/api/v1/customers/by-external-id/lara%40shop.example", &key).status, 200);
        assert_eq!(service.get(&format!("{place}/personal"), &key).status, 200);
        assert_eq!(service.get(CUSTOMERS, &format!("{key}x")).status, 401);
        assert_eq!(service.with("DELETE", &format!("{place}/personal?compact=true"), &key, "").status, 200);
        let said = service.said();
        assert!(
            said.contains("TRACE") || said.contains("DEBUG") || said.contains("INFO"),
            "the log is on: {said}"
        );
        let secret = key.splitn(3, '_').nth(2).unwrap();
        for private in [secret, "lara", "Lara", "0049 228 12345", "%40shop"] {
            assert!(!said.contains(private), "{private}: {said}");
        }
    }
}

#[test]
fn a_key_is_made_from_the_command_line_and_told_apart() {
    let shop = Shop::new();
    let create = |more: &[&str]| {
        let fixed = ["key", "create", "--database", shop.database.as_str()];
        patron_runs(&[&fixed[..], more].concat())
    };
    let made = create(&["--name", "shop system", "--scope", "write,read", "--expires", "90d"]).ok();
    assert!(
        made.out.starts_with("patron_1_") && made.out.trim().len() == "patron_1_".len() + 43,
        "{}",
        made.out
    );
    assert!(made.err.contains("'shop system' may read,write and expires 20"), "{}", made.err);
    assert!(!made.err.contains(made.out.trim()), "on standard output only");
    for wrong in [
        &["--name", "x", "--scope", "all"][..],
        &["--name", "x", "--scope", ""],
        &["--name", "", "--scope", "read"],
        &["--name", "x", "--scope", "read", "--expires", "0d"],
        &["--name", "x", "--scope", "read", "--expires", "2001-01-01"],
        &["--name", "x", "--scope", "read", "--expires", "soon"],
        &["--name", "x"],
    ] {
        assert_eq!(create(wrong).code, Some(2), "{wrong:?}");
    }
    assert_eq!(patron_runs(&["key", "revoke", "7", "--database", &shop.database]).code, Some(2));
    let listed = patron_runs(&["key", "list", "--database", &shop.database]).ok().out;
    assert_eq!(listed.lines().count(), 2, "{listed}");
}
