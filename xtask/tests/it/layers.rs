//! `layers.toml` against what the manifests really say.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, Package};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layer {
    layer: u8,
    #[serde(default)]
    may_use: Vec<String>,
    #[serde(default)]
    dev: Vec<String>,
    #[serde(default)]
    owns: Vec<String>,
}

/// Members outside the layers: they join everything.
const FREE: [&str; 2] = ["xtask", "patron-tests"];

fn layers() -> BTreeMap<String, Layer> {
    toml::from_str(include_str!("../../layers.toml")).expect("layers.toml is readable")
}

fn members() -> Vec<Package> {
    let metadata = super::metadata();
    let members = metadata.workspace_packages().into_iter().cloned();
    members.filter(|package| !FREE.contains(&package.name.as_str())).collect()
}

#[test]
fn every_crate_has_its_place() {
    let (layers, members) = (layers(), members());
    let mut names: Vec<String> = members.iter().map(|package| package.name.to_string()).collect();
    names.sort();
    assert_eq!(
        names,
        layers.keys().cloned().collect::<Vec<_>>(),
        "layers.toml lists the crates under crates/"
    );
}

#[test]
fn layers_point_one_way() {
    let layers = layers();
    for (name, layer) in &layers {
        for used in &layer.may_use {
            let below = layers.get(used).expect("a crate of the workspace").layer;
            assert!(below < layer.layer, "{name} (layer {}) may not use {used} (layer {below})", layer.layer);
        }
    }
}

#[test]
fn crates_use_only_what_their_layer_allows() {
    let layers = layers();
    for package in members() {
        let layer = &layers[package.name.as_str()];
        for dependency in package.dependencies.iter().filter(|d| layers.contains_key(&d.name)) {
            let normal = layer.may_use.contains(&dependency.name);
            let allowed = normal
                || (dependency.kind == DependencyKind::Development && layer.dev.contains(&dependency.name));
            assert!(allowed, "{} uses {}: not in layers.toml", package.name, dependency.name);
        }
    }
}

#[test]
fn what_one_crate_owns_no_other_names() {
    let layers = layers();
    for package in members() {
        for dependency in package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal) {
            let owner = layers.iter().find(|(_, layer)| layer.owns.contains(&dependency.name));
            if let Some((owner, _)) = owner {
                assert_eq!(package.name.as_str(), owner, "{} belongs to {owner}", dependency.name);
            }
        }
    }
}
