//! The form in which a model is stored: columns of plain integers.
//!
//! Floats are stored as their bits: several readers of decimal numbers, serde_json's default one included, may be off
//! in the last place, which is enough to send a row down another branch.

use serde::{Deserialize, Serialize};

use crate::model::GradientBoosting;
use crate::tree::{Node, Tree};
use crate::{BoostingError, Loss};

/// Raised whenever the meaning of a field changes. Format 1 has no leaf weights; trees without them are read in either.
const FORMAT: u32 = 2;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredModel {
    format: u32,
    loss: Loss,
    base: u64,
    columns: usize,
    trees: Vec<StoredTree>,
    validation_losses: Vec<u64>,
}

#[derive(Clone, Serialize, Deserialize)]
struct StoredTree {
    columns: Vec<u32>,
    thresholds: Vec<u64>,
    missing_left: Vec<bool>,
    left: Vec<i32>,
    right: Vec<i32>,
    gains: Vec<u64>,
    leaves: Vec<u64>,
    #[serde(default)]
    leaf_weights: Vec<u64>,
}

impl From<GradientBoosting> for StoredModel {
    fn from(model: GradientBoosting) -> Self {
        let complete = model.trees.iter().all(|tree| !tree.leaf_weights.is_empty());
        Self {
            format: if complete { FORMAT } else { 1 },
            loss: model.loss,
            base: model.base.to_bits(),
            columns: model.columns,
            trees: model.trees.into_iter().map(StoredTree::from).collect(),
            validation_losses: bits(&model.validation_losses),
        }
    }
}

impl TryFrom<StoredModel> for GradientBoosting {
    type Error = BoostingError;

    fn try_from(stored: StoredModel) -> Result<Self, BoostingError> {
        if !(1..=FORMAT).contains(&stored.format) {
            return Err(BoostingError::ModelFormat { found: stored.format, supported: FORMAT });
        }
        stored.loss.check()?;
        let columns = stored.columns;
        // infinite where all training rows were alike
        if f64::from_bits(stored.base).is_nan() {
            return Err(BoostingError::DamagedModel { tree: 0, columns });
        }
        let trees = stored.trees.into_iter().enumerate().map(|(tree, stored)| {
            Tree::try_from(stored)
                .ok()
                .filter(|tree| tree.is_sound(columns))
                .ok_or(BoostingError::DamagedModel { tree, columns })
        });
        let trees = trees.collect::<Result<_, _>>()?;
        let validation_losses = floats(&stored.validation_losses);
        Ok(Self { loss: stored.loss, base: f64::from_bits(stored.base), columns, trees, validation_losses })
    }
}

impl From<Tree> for StoredTree {
    fn from(tree: Tree) -> Self {
        let nodes = &tree.nodes;
        Self {
            columns: nodes.iter().map(|node| node.column).collect(),
            thresholds: nodes.iter().map(|node| node.threshold.to_bits()).collect(),
            missing_left: nodes.iter().map(|node| node.missing_left).collect(),
            left: nodes.iter().map(|node| node.children[0]).collect(),
            right: nodes.iter().map(|node| node.children[1]).collect(),
            gains: bits(&tree.gains),
            leaves: bits(&tree.leaves),
            leaf_weights: bits(&tree.leaf_weights),
        }
    }
}

/// The stored columns of a tree differ in length.
struct Ragged;

impl TryFrom<StoredTree> for Tree {
    type Error = Ragged;

    fn try_from(stored: StoredTree) -> Result<Self, Ragged> {
        let nodes = stored.columns.len();
        let lengths =
            [stored.thresholds.len(), stored.missing_left.len(), stored.left.len(), stored.right.len()];
        if lengths != [nodes; 4] {
            return Err(Ragged);
        }
        let node = |index: usize| Node {
            threshold: f64::from_bits(stored.thresholds[index]),
            column: stored.columns[index],
            children: [stored.left[index], stored.right[index]],
            missing_left: stored.missing_left[index],
        };
        Ok(Self {
            nodes: (0..nodes).map(node).collect(),
            leaves: floats(&stored.leaves),
            leaf_weights: floats(&stored.leaf_weights),
            gains: floats(&stored.gains),
        })
    }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn floats(bits: &[u64]) -> Vec<f64> {
    bits.iter().copied().map(f64::from_bits).collect()
}
