//! Keys are made, found, used and revoked; their secret is nowhere.

use patron_store::{ApiKey, KeyId, KeyText, NewKey, Scopes, Store, StoreError};

use super::at;
use crate::backend::bytes;
use crate::support::database;

fn new(name: &str) -> NewKey {
    NewKey {
        name: name.to_owned(),
        scopes: "read,write".parse().unwrap(),
        created_at: at(9, 0, 0),
        expires_at: None,
    }
}

fn make(store: &mut Store, new: &NewKey, byte: u8) -> Result<(ApiKey, KeyText), StoreError> {
    let new = new.clone();
    store.write(|writing| writing.create_key(&new, [byte; 32]))
}

#[test]
fn a_key_is_known_by_its_hash_alone() {
    let (_folder, url, mut store) = database();
    let (key, text) = make(&mut store, &new(" shop "), 7).unwrap();
    let shown = text.to_string();
    // 32 bytes of 7 in base64url: 00000111 00000111 00000111 is "Bwc" and "H"
    assert_eq!(shown, format!("patron_1_{}Bwc", "BwcH".repeat(10)));
    assert_eq!(key.name, "shop");
    assert_eq!(store.reading().keys().unwrap(), std::slice::from_ref(&key));
    let parsed = KeyText::parse(&shown).unwrap();
    assert_eq!(parsed.id(), KeyId(1));
    assert!(key.fits(parsed.secret()));
    assert!(!key.fits(&parsed.secret().replace('B', "b")) && !key.fits(""));
    assert!(!format!("{text:?} {parsed:?} {key:?}").contains(parsed.secret()), "Debug shows no secret");
    drop(store);
    let (all, secret) = (bytes(&url), parsed.secret().as_bytes());
    assert!(
        all.len() > 1_000 && !all.windows(secret.len()).any(|bytes| bytes == secret),
        "the secret is stored"
    );
}

#[test]
fn only_a_whole_key_is_read_as_one() {
    let secret = "A".repeat(43);
    let good = format!("patron_12_{secret}");
    assert_eq!(KeyText::parse(&good).unwrap().id(), KeyId(12));
    for bad in [
        format!("patron__{secret}"),
        format!("patron_-1_{secret}"),
        format!("patron_12{secret}"),
        format!("Patron_12_{secret}"),
        format!("patron_12_{secret}A"),
        format!("patron_12_{}+", "A".repeat(42)),
        format!("patron_99999999999999999999_{secret}"),
        format!(" {good}"),
        String::new(),
    ] {
        assert!(KeyText::parse(&bad).is_none(), "{bad}");
    }
}

#[test]
fn a_key_ends_at_the_second_and_when_it_is_revoked() {
    let (_folder, _url, mut store) = database();
    let (key, _) = make(&mut store, &NewKey { expires_at: Some(at(10, 0, 0)), ..new("short") }, 1).unwrap();
    assert!(key.is_usable(at(9, 59, 59)));
    assert!(!key.is_usable(at(10, 0, 0)) && !key.is_usable(at(10, 0, 1)));
    let (key, _) = make(&mut store, &new("long"), 2).unwrap();
    assert!(key.is_usable(at(23, 0, 0)));
    let revoke =
        |store: &mut Store, id, when| store.write(move |writing| writing.revoke_key(KeyId(id), when));
    let revoked = revoke(&mut store, 2, at(11, 0, 0)).unwrap();
    assert_eq!(revoked.revoked_at, Some(at(11, 0, 0)));
    assert!(!revoked.is_usable(at(9, 0, 1)), "not even in the past");
    assert_eq!(revoke(&mut store, 2, at(12, 0, 0)).unwrap(), revoked, "the first time counts");
    let missing = revoke(&mut store, 3, at(12, 0, 0));
    assert!(matches!(missing, Err(StoreError::Missing { what: "API key", .. })), "{missing:?}");
    let day = "2026-02-01".parse().unwrap();
    store.write(|writing| writing.note_key_used(KeyId(1), day)).unwrap();
    let used: Vec<_> = store.reading().keys().unwrap().iter().map(|key| key.last_used_on).collect();
    assert_eq!(used, [Some(day), None]);
}

#[test]
fn a_key_without_name_scope_or_future_is_refused() {
    let (_folder, _url, mut store) = database();
    let bad = NewKey {
        name: " ".to_owned(),
        scopes: Scopes::default(),
        created_at: at(9, 0, 0),
        expires_at: Some(at(9, 0, 0)),
    };
    let Err(StoreError::Invalid { fields }) = make(&mut store, &bad, 1) else { panic!("it was made") };
    assert_eq!(fields.iter().map(|wrong| wrong.field).collect::<Vec<_>>(), ["name", "scopes", "expires_at"]);
    assert!(make(&mut store, &new("a\nb"), 1).is_err());
    assert_eq!(store.reading().keys().unwrap(), []);
}
