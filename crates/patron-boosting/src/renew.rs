//! Leaves under losses made of straight lines: quantiles of the residuals instead of Newton steps.

use std::ops::Range;

use rayon::prelude::*;

use crate::monotone::{Bounds, Monotone};
use crate::tree::Tree;

/// Rows below which threads cost more than they save.
const PARALLEL_ROWS: usize = 20_000;

/// A tree's leaf values before the learning rate: `quantile` of each leaf's rows, kept in the order that `monotone`
/// asks for. `leaf_rows` are the leaves' ranges of `rows`; the leaves below any node lie side by side.
pub(crate) fn renewed_leaves(
    tree: &Tree,
    leaf_rows: &[Range<usize>],
    rows: &[u32],
    monotone: &[Monotone],
    quantile: impl Fn(&[u32]) -> f64 + Sync,
) -> Vec<f64> {
    if monotone.iter().any(|&direction| direction != Monotone::Free) {
        return ordered_leaves(tree, leaf_rows, |range| quantile(&rows[range]), monotone);
    }
    let of_leaf = |range: &Range<usize>| quantile(&rows[range.clone()]);
    if rows.len() < PARALLEL_ROWS {
        leaf_rows.iter().map(of_leaf).collect()
    } else {
        leaf_rows.par_iter().map(of_leaf).collect()
    }
}

/// From the root down, the two sides of each split on a constrained column are kept on their sides of the middle
/// between the sides' own quantiles.
fn ordered_leaves(
    tree: &Tree,
    leaf_rows: &[Range<usize>],
    quantile: impl Fn(Range<usize>) -> f64,
    monotone: &[Monotone],
) -> Vec<f64> {
    let mut node_rows = vec![0..0; tree.nodes.len()];
    let range_of = |node_rows: &[Range<usize>], child: i32| match usize::try_from(child) {
        Ok(node) => node_rows[node].clone(),
        Err(_) => leaf_rows[!child as usize].clone(),
    };
    for (index, node) in tree.nodes.iter().enumerate().rev() {
        let [left, right] = node.children.map(|child| range_of(&node_rows, child));
        node_rows[index] = left.start.min(right.start)..left.end.max(right.end);
    }
    let mut bounds = vec![Bounds::NONE; tree.nodes.len()];
    let mut leaves = vec![0.0; leaf_rows.len()];
    for (index, node) in tree.nodes.iter().enumerate() {
        let own = bounds[index];
        let outputs = node.children.map(|child| own.keep(quantile(range_of(&node_rows, child))));
        // a split of all values against missing ones has no order
        let direction = match monotone.get(node.column as usize) {
            Some(&direction) if node.threshold < f64::INFINITY => direction,
            _ => Monotone::Free,
        };
        let of_children = own.of_children(direction, outputs);
        for (side, child) in node.children.into_iter().enumerate() {
            match usize::try_from(child) {
                Ok(node) => bounds[node] = of_children[side],
                Err(_) => leaves[!child as usize] = of_children[side].keep(outputs[side]),
            }
        }
    }
    leaves
}
