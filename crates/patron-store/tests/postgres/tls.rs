//! Encrypted connections to a server with a certificate of its own.

use patron_store::{DatabaseUrl, Store, StoreError};
use patron_testing::Cluster;

/// The address of the database `postgres` through TLS, with these settings.
fn address(cluster: &Cluster, password: &str, settings: &str) -> DatabaseUrl {
    let port = cluster.port().unwrap();
    let folder = cluster.folder().display().to_string();
    let settings = settings.replace("FOLDER", &folder);
    format!("postgres://patron:{password}@localhost:{port}/postgres?{settings}").parse().unwrap()
}

#[cfg(feature = "postgres-tls")]
#[test]
fn a_server_is_trusted_by_its_certificate_alone() {
    let Some(cluster) = Cluster::start_with_tls() else { return };
    let good = address(&cluster, "secret", "sslmode=verify-full&sslrootcert=FOLDER/root.crt");
    let mut store = Store::open(&good).unwrap();
    assert_eq!(store.counts().unwrap(), Default::default());
    let encrypted =
        "SELECT ssl, version LIKE 'TLSv1._' FROM pg_stat_ssl WHERE pid <> pg_backend_pid() AND ssl";
    assert_eq!(cluster.sql("postgres", encrypted).lines().next(), Some("t|t"));
    let refused = |password: &str, settings: &str| {
        let refused = Store::open(&address(&cluster, password, settings)).unwrap_err();
        assert!(matches!(refused, StoreError::Refused { .. }), "{settings}: {refused:?}");
        let said = format!("{refused} {refused:?}");
        assert!(!said.contains("secret") && !said.contains("wrong"), "{said}");
        said
    };
    let said = refused("secret", "sslmode=verify-full&sslrootcert=FOLDER/other.crt");
    assert!(said.contains("certificate verify failed"), "{said}");
    let said = refused("wrong", "sslmode=verify-full&sslrootcert=FOLDER/root.crt");
    assert!(said.contains("authentication failed"), "{said}");
    refused("secret", "sslmode=disable"); // the server takes only encrypted connections there
    // a certificate of localhost is none of another name for the same address
    let other_name = good.to_string().replace("patron@localhost", "patron:secret@ip6-localhost");
    let other_name = format!("{other_name}&hostaddr=127.0.0.1").parse().unwrap();
    let refused = Store::open(&other_name).unwrap_err();
    assert!(matches!(refused, StoreError::Refused { .. }), "{refused:?}");
}

#[cfg(not(feature = "postgres-tls"))]
#[test]
fn a_program_built_without_tls_says_so() {
    let Some(cluster) = Cluster::start_with_tls() else { return };
    for mode in ["require", "verify-ca", "verify-full"] {
        let refused = Store::open(&address(&cluster, "secret", &format!("sslmode={mode}"))).unwrap_err();
        assert!(matches!(refused, StoreError::NoTls { .. }), "{refused:?}");
        assert!(refused.to_string().contains("--features postgres-tls"), "{refused}");
    }
    let refused = Store::open(&address(&cluster, "secret", "")).unwrap_err();
    assert!(matches!(refused, StoreError::Refused { .. }), "{refused:?}");
}
