//! Every dependency's licence is one we can ship under.

use spdx::{Expression, LicenseReq, ParseMode};

/// Licences that ask for no more than notice and, for MPL-2.0, the source of the changed files.
const ALLOWED: [&str; 15] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MPL-2.0",
    "PostgreSQL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "0BSD",
];

fn is_allowed(licence: &LicenseReq) -> bool {
    ALLOWED.iter().any(|id| licence.license.id().is_some_and(|found| found.name == *id))
}

#[test]
fn every_licence_is_on_the_list() {
    let mut refused = Vec::new();
    for package in super::metadata().packages {
        let text = package.license.clone().unwrap_or_default();
        let allowed = Expression::parse_mode(&text, ParseMode::LAX)
            .is_ok_and(|expression| expression.evaluate(is_allowed));
        if !allowed {
            refused.push(format!("{} {}: '{text}'", package.name, package.version));
        }
    }
    assert!(refused.is_empty(), "not on the allow list:\n{}", refused.join("\n"));
}
