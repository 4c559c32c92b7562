//! The rules of the house, as tests: layers, licences, tidiness; and the commands of the developers.

#![expect(clippy::expect_used, reason = "a rule that cannot be read is a failed test")]

mod layers;
mod licences;
mod synth;
mod tidy;

use cargo_metadata::{Metadata, MetadataCommand};

/// The workspace with all its dependencies.
fn metadata() -> Metadata {
    MetadataCommand::new().other_options(["--offline".to_owned()]).exec().expect("cargo metadata answers")
}
