//! What each column adds to one prediction: path-dependent TreeSHAP.
//!
//! Lundberg, Erion & Lee (2018, *Consistent individualized feature attribution for tree ensembles*,
//! arXiv:1802.03888) define the game and give an algorithm of order leaves × depth²; this one is of order
//! nodes × depth, free of cancellation, and needs no recursion.
//!
//! A leaf of value v whose path asks for the columns 1..n is worth v·∏ⱼ(oⱼ or zⱼ) to a coalition: oⱼ, 1 or 0, says
//! whether the row goes the leaf's way at every split on column j; zⱼ, the share of the training rows that do,
//! stands in for it when j is not in the coalition. The Shapley weights s!·(n − s − 1)! ÷ n! are the integrals of
//! tˢ·(1 − t)ⁿ⁻ˢ⁻¹ over \[0, 1\], so that the sum over coalitions becomes a product:
//!
//! φᵢ = ∫ v·(oᵢ − zᵢ)·∏_{j ≠ i} fⱼ(t) dt,  fⱼ(t) = oⱼ·t + zⱼ·(1 − t)
//!
//! a polynomial of degree n − 1, which a Gauss–Legendre rule of n ÷ 2 points integrates exactly (the same idea as Yu
//! et al. 2022, *Linear TreeShap*, arXiv:2209.08192). The products are carried from the root to the leaves, their
//! sums back up; a column that is asked again further down replaces its own factor.

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use crate::BoostingError;
use crate::model::GradientBoosting;
use crate::quadrature::gauss_legendre;
use crate::tree::Tree;

/// Values at four points of the rule.
type Four = [f64; 4];

/// Rows explained together, so that a tree stays in the cache for all of them.
const ROWS: usize = 64;

/// Rows × trees below which threads cost more than they save.
const PARALLEL_WALKS: usize = 2_000;

impl GradientBoosting {
    /// Mean raw score over the weighted training rows as the trees' leaves hold them: what is left of a score when
    /// every column's contribution is taken away.
    ///
    /// # Errors
    /// [`BoostingError::NoLeafWeights`] for a model stored in format 1.
    pub fn expected_score(&self) -> Result<f64, BoostingError> {
        Ok(Explainer::new(self)?.expected)
    }

    /// Contribution of every column to the raw score of every row; shape (rows, columns).
    ///
    /// [`expected_score`](Self::expected_score) plus a row's contributions is its
    /// [raw score](Self::try_scores), up to rounding. Under a logarithmic link e to the power of a contribution is
    /// the factor by which the column raises the prediction. A column that no tree asks has contribution 0. Missing
    /// values go the way they go in prediction, and are explained like any other value.
    ///
    /// These are Shapley values of the game in which columns outside a coalition are averaged over the training rows
    /// that reach a node (path-dependent TreeSHAP, as LightGBM's `pred_contrib`). Columns that say the same share
    /// their effect, and what a column contributes is not what changing it would cause. The same bits at any number
    /// of threads, and for a row alone or among others.
    ///
    /// # Errors
    /// [`BoostingError::ColumnMismatch`] when the width is not that of the training records, and
    /// [`BoostingError::NoLeafWeights`] for a model stored in format 1.
    pub fn contributions(&self, records: ArrayView2<'_, f64>) -> Result<Array2<f64>, BoostingError> {
        self.check_width(records.ncols())?;
        let explainer = Explainer::new(self)?;
        let mut contributions = Array2::zeros(records.raw_dim());
        let records = records.as_standard_layout();
        let (Some(cells), Some(out)) = (records.as_slice(), contributions.as_slice_mut()) else {
            return Ok(contributions);
        };
        let block = ROWS * self.columns.max(1);
        if records.nrows() * self.trees.len() < PARALLEL_WALKS {
            cells.chunks(block).zip(out.chunks_mut(block)).for_each(|(rows, out)| explainer.add(rows, out));
        } else {
            let blocks = cells.par_chunks(block).zip(out.par_chunks_mut(block));
            blocks.for_each(|(rows, out)| explainer.add(rows, out));
        }
        Ok(contributions)
    }

    /// [`contributions`](Self::contributions) to the raw score of one row, in column order.
    ///
    /// # Errors
    /// As [`contributions`](Self::contributions).
    pub fn contributions_row(&self, features: &[f64]) -> Result<Vec<f64>, BoostingError> {
        self.check_width(features.len())?;
        let mut contributions = vec![0.0; features.len()];
        Explainer::new(self)?.add(features, &mut contributions);
        Ok(contributions)
    }
}

/// A model prepared for explanation.
struct Explainer<'a> {
    columns: usize,
    trees: Vec<(&'a Tree, Vec<Edge>, Rule)>,
    expected: f64,
}

/// A node's way to one of its children; edge 2·node + side.
#[derive(Clone, Copy)]
struct Edge {
    /// zⱼ: share of the rows at the first split on this column that go this way at all splits on it, down to here.
    share: f64,
    /// The nearest edge above whose node asks the same column.
    previous: Option<usize>,
    /// The edge that leads to the node; none at the root.
    above: Option<usize>,
}

/// Points t, 1 − t and weights of an integral, four at a time.
type Rule = std::sync::Arc<[[Four; 3]]>;

impl<'a> Explainer<'a> {
    fn new(model: &'a GradientBoosting) -> Result<Self, BoostingError> {
        let mut rules: Vec<Rule> = Vec::new();
        let mut trees = Vec::with_capacity(model.trees.len());
        let mut expected = model.base;
        for tree in &model.trees {
            if tree.leaf_weights.is_empty() {
                return Err(BoostingError::NoLeafWeights);
            }
            let total: f64 = tree.leaf_weights.iter().sum();
            let worth =
                tree.leaves.iter().zip(&tree.leaf_weights).map(|(value, weight)| value * (weight / total));
            expected += worth.sum::<f64>();
            let (edges, longest) = edges(tree);
            let fours = longest.div_ceil(2).div_ceil(4).max(1);
            while rules.len() < fours {
                rules.push(rule(rules.len() + 1));
            }
            trees.push((tree, edges, rules[fours - 1].clone()));
        }
        Ok(Self { columns: model.columns, trees, expected })
    }

    /// Adds the contributions to the scores of whole rows of `cells` to `out`, laid out alike.
    fn add(&self, cells: &[f64], out: &mut [f64]) {
        let mut scratch = Scratch::default();
        for (tree, edges, rule) in &self.trees {
            let rows = cells.chunks_exact(self.columns).zip(out.chunks_exact_mut(self.columns));
            rows.for_each(|(row, out)| scratch.add(tree, edges, rule, row, out));
        }
    }
}

/// What one row makes of one tree; everything but `follows` has one entry per edge and four points.
#[derive(Default)]
struct Scratch {
    /// oⱼ per edge.
    follows: Vec<bool>,
    /// fⱼ(t).
    factors: Vec<Four>,
    /// (oⱼ − zⱼ) ÷ fⱼ(t).
    pulls: Vec<Four>,
    /// On the way down the product of all factors of the path, on the way up Σ v·product over the leaves below.
    products: Vec<Four>,
}

impl Scratch {
    fn add(&mut self, tree: &Tree, edges: &[Edge], rule: &[[Four; 3]], row: &[f64], out: &mut [f64]) {
        let fours = rule.len();
        self.follows.resize(edges.len(), false);
        for cells in [&mut self.factors, &mut self.pulls, &mut self.products] {
            cells.resize(edges.len() * fours, [0.0; 4]);
        }
        for (index, edge) in edges.iter().enumerate() {
            let node = &tree.nodes[index / 2];
            let goes_here = node.goes_left(row[node.column as usize]) == (index % 2 == 0);
            let follows = goes_here && edge.previous.is_none_or(|edge| self.follows[edge]);
            self.follows[index] = follows;
            let one = f64::from(u8::from(follows));
            for (four, [t, rest, _]) in rule.iter().enumerate() {
                let at = |edge: usize| edge * fours + four;
                let above = edge.above.map_or([1.0; 4], |edge| self.products[at(edge)]);
                let replaced = edge.previous.map_or([1.0; 4], |edge| self.factors[at(edge)]);
                let factor = std::array::from_fn(|i| one * t[i] + edge.share * rest[i]);
                self.factors[at(index)] = factor;
                self.pulls[at(index)] = factor.map(|factor| (one - edge.share) / factor);
                self.products[at(index)] = std::array::from_fn(|i| above[i] * (factor[i] / replaced[i]));
            }
        }
        for (index, edge) in edges.iter().enumerate().rev() {
            let node = &tree.nodes[index / 2];
            let child = node.children[index % 2];
            let mut contribution = 0.0;
            for (four, [_, _, weights]) in rule.iter().enumerate() {
                let at = |edge: usize| edge * fours + four;
                let below: Four = match usize::try_from(child) {
                    Ok(node) => {
                        let [left, right] = [0, 1].map(|side| self.products[at(2 * node + side)]);
                        std::array::from_fn(|i| left[i] + right[i])
                    }
                    Err(_) => self.products[at(index)].map(|product| product * tree.leaves[!child as usize]),
                };
                self.products[at(index)] = below;
                let replaced = edge.previous.map_or([0.0; 4], |edge| self.pulls[at(edge)]);
                let pull = self.pulls[at(index)];
                contribution += (0..4).map(|i| weights[i] * below[i] * (pull[i] - replaced[i])).sum::<f64>();
            }
            out[node.column as usize] += contribution;
        }
    }
}

/// The edges of a tree, and the most different columns on a path.
fn edges(tree: &Tree) -> (Vec<Edge>, usize) {
    let nodes = tree.nodes.len();
    let mut weights = vec![0.0; nodes];
    let weight = |weights: &[f64], child: i32| match usize::try_from(child) {
        Ok(node) => weights[node],
        Err(_) => tree.leaf_weights[!child as usize],
    };
    for (index, node) in tree.nodes.iter().enumerate().rev() {
        weights[index] = node.children.iter().map(|&child| weight(&weights, child)).sum();
    }
    let mut above: Vec<Option<usize>> = vec![None; nodes];
    let mut edges: Vec<Edge> = Vec::with_capacity(2 * nodes);
    let mut different: Vec<usize> = Vec::with_capacity(2 * nodes);
    for (index, node) in tree.nodes.iter().enumerate() {
        let path = std::iter::successors(above[index], |&edge: &usize| edges[edge].above);
        let previous = { path }.find(|edge| tree.nodes[edge / 2].column == node.column);
        let so_far = previous.map_or(1.0, |edge: usize| edges[edge].share);
        for child in node.children {
            let share = so_far * (weight(&weights, child) / weights[index]);
            different.push(above[index].map_or(0, |edge| different[edge]) + usize::from(previous.is_none()));
            if let Ok(child) = usize::try_from(child) {
                above[child] = Some(edges.len());
            }
            edges.push(Edge { share, previous, above: above[index] });
        }
    }
    (edges, different.into_iter().max().unwrap_or(0))
}

fn rule(fours: usize) -> Rule {
    let points = gauss_legendre(4 * fours);
    let four = |points: &[(f64, f64)]| {
        let of = |value: fn((f64, f64)) -> f64| std::array::from_fn(|i| value(points[i]));
        [of(|(t, _)| t), of(|(t, _)| 1.0 - t), of(|(_, weight)| weight)]
    };
    points.chunks_exact(4).map(four).collect()
}
