//! Leaf-wise growth of one tree: the leaf whose best split gains most is split next.
//!
//! The order of growth is Shi's best-first (2007, *Best-first decision tree learning*), which LightGBM made common;
//! of two new leaves only the smaller one's histogram is summed, the other is the parent's less that.

use std::ops::Range;

use rayon::prelude::*;

use crate::bins::{BinnedRecords, LANES};
use crate::histogram::{ColumnHistogram, FixedPoint, LeafRows, Sums, add, fill, subtract};
use crate::monotone::{Bounds, Monotone};
use crate::params::Hyperparameters;
use crate::split::{Candidate, Split, SplitRules};
use crate::tree::{Node, Tree};

/// Grows trees on one set of binned records; buffers are kept from tree to tree.
pub(crate) struct Grower<'a> {
    records: &'a BinnedRecords,
    params: &'a Hyperparameters,
    /// Rows of the current tree, each leaf's in one run, rising within it.
    rows: Vec<u32>,
    scratch: Vec<u32>,
    gathered: Vec<Sums>,
    spare: Vec<Vec<ColumnHistogram>>,
}

/// A tree and where it puts the rows it was grown on.
pub(crate) struct GrownTree {
    pub(crate) tree: Tree,
    bin_nodes: Vec<BinNode>,
    /// Each leaf's range of [`Grower::rows`]; the leaves below any node lie side by side.
    pub(crate) leaf_rows: Vec<Range<usize>>,
}

/// What a node asks of a binned row.
#[derive(Clone, Copy)]
struct BinNode {
    block: usize,
    lane: usize,
    bin: u8,
    /// The missing bin when missing values go left, else `bin` once more.
    also_left: u8,
}

impl BinNode {
    #[inline]
    fn goes_left(&self, bin: u8) -> bool {
        (bin <= self.bin) | (bin == self.also_left)
    }
}

/// A block and those of its lanes the tree may split on; a leaf's histograms stand in the plan's order.
struct BlockPlan {
    block: usize,
    lanes: Vec<usize>,
}

/// A leaf that may still be split.
struct Leaf {
    rows: Range<usize>,
    sums: Sums,
    bounds: Bounds,
    depth: usize,
    /// Node and which of its children this is; none for the root.
    parent: Option<(usize, usize)>,
    histograms: Vec<ColumnHistogram>,
    split: Option<Split>,
}

/// The part of a tree that stays the same while it grows.
struct Growth<'a> {
    gradients: &'a [Sums],
    rules: SplitRules,
    plan: Vec<BlockPlan>,
    columns: usize,
}

/// Additions and bins to look at below which threads cost more than they save.
const PARALLEL_WORK: usize = 200_000;

impl<'a> Grower<'a> {
    pub(crate) fn new(records: &'a BinnedRecords, params: &'a Hyperparameters) -> Self {
        let (rows, scratch) = (Vec::new(), vec![0; records.rows()]);
        Self { records, params, rows, scratch, gathered: Vec::new(), spare: Vec::new() }
    }

    /// Grows a tree on `bag` (all rows when `None`) and `columns`, both rising; `None` when the root cannot be split.
    /// `gradients` holds every row, bagged or not.
    pub(crate) fn grow(
        &mut self,
        gradients: &[Sums],
        fixed: FixedPoint,
        bag: Option<&[u32]>,
        columns: &[u32],
    ) -> Option<GrownTree> {
        self.rows.clear();
        match bag {
            Some(bag) => self.rows.extend_from_slice(bag),
            None => self.rows.extend(0..self.records.rows() as u32),
        }
        let rules = SplitRules::new(self.params, fixed);
        let plan = self.plan(columns);
        let columns = plan.iter().map(|block| block.lanes.len()).sum();
        let growth = Growth { gradients, rules, plan, columns };
        let mut leaves = vec![self.root(&growth, bag.is_none())];
        let (mut tree, mut bin_nodes) = (Tree::default(), Vec::new());
        while leaves.len() < self.params.max_leaves {
            let Some((index, split)) = most_gain(&leaves) else { break };
            let bin_node = self.bin_node(&split);
            let node = tree.nodes.len();
            if let Some((parent, side)) = leaves[index].parent {
                tree.nodes[parent].children[side] = node as i32;
            }
            tree.nodes.push(Node {
                threshold: self.records.columns[split.column].threshold(split.bin),
                column: split.column as u32,
                children: [!(index as i32), !(leaves.len() as i32)],
                missing_left: split.missing_left,
            });
            tree.gains.push(split.gain);
            bin_nodes.push(bin_node);
            let right = self.split_leaf(&growth, &mut leaves[index], &split, bin_node, node);
            leaves.push(right);
            if leaves.len() < self.params.max_leaves {
                let right = leaves.len() - 1;
                let (before, last) = leaves.split_at_mut(right);
                self.find_splits(&growth, &mut before[index], &mut last[0]);
            }
        }
        let value = |leaf: &Leaf| self.params.learning_rate * growth.rules.output(leaf.sums, leaf.bounds);
        tree.leaves = leaves.iter().map(value).collect();
        let leaf_rows = leaves.iter().map(|leaf| leaf.rows.clone()).collect();
        self.spare.extend(leaves.into_iter().map(|leaf| leaf.histograms).filter(|set| !set.is_empty()));
        (!tree.nodes.is_empty()).then_some(GrownTree { tree, bin_nodes, leaf_rows })
    }

    /// Adds a tree's values to the scores of all rows, those outside the bag by walking the tree.
    pub(crate) fn add_to_scores(&self, grown: &GrownTree, bagged: bool, scores: &mut [f64]) {
        if bagged {
            let mut in_bag = vec![false; scores.len()];
            self.rows.iter().for_each(|&row| in_bag[row as usize] = true);
            for row in (0..scores.len()).filter(|&row| !in_bag[row]) {
                let leaf = grown.tree.leaf_by(|node, _| {
                    let node = grown.bin_nodes[node];
                    node.goes_left(self.records.blocks[node.block][row][node.lane])
                });
                scores[row] += grown.tree.leaves[leaf];
            }
        }
        for (range, value) in grown.leaf_rows.iter().zip(&grown.tree.leaves) {
            self.rows[range.clone()].iter().for_each(|&row| scores[row as usize] += value);
        }
    }

    /// The rows the last tree was grown on, each leaf's in one run, rising within it.
    pub(crate) fn rows(&self) -> &[u32] {
        &self.rows
    }

    fn plan(&self, columns: &[u32]) -> Vec<BlockPlan> {
        let usable = columns.iter().map(|&column| column as usize);
        let usable: Vec<usize> = usable.filter(|&column| self.records.columns[column].splits()).collect();
        usable
            .chunk_by(|a, b| a / LANES == b / LANES)
            .map(|run| BlockPlan { block: run[0] / LANES, lanes: run.iter().map(|c| c % LANES).collect() })
            .collect()
    }

    fn root(&mut self, growth: &Growth<'_>, all: bool) -> Leaf {
        let rows = 0..self.rows.len();
        if !all {
            self.gather(growth, rows.clone());
        }
        let gradients = if all { growth.gradients } else { &self.gathered };
        let sums = gradients.iter().fold([0; 2], |sums, &row| add(sums, row));
        let mut leaf = Leaf {
            rows,
            sums,
            bounds: Bounds::NONE,
            depth: 0,
            parent: None,
            histograms: Vec::new(),
            split: None,
        };
        if growth.rules.can_split(sums) {
            let mut histograms = self.spare_histograms(growth);
            let gradients = if all { growth.gradients } else { &self.gathered };
            let listed = if all { LeafRows::All } else { LeafRows::Listed(&self.rows) };
            let own = Child { histograms: &mut histograms, limits: Some((sums, leaf.bounds)) };
            let none = Child { histograms: &mut [], limits: None };
            leaf.split = self.search(growth, listed, gradients, own, none).0;
            leaf.histograms = histograms;
        }
        leaf
    }

    /// Moves a leaf's rows apart; the leaf becomes the left child and the right one is returned.
    fn split_leaf(
        &mut self,
        growth: &Growth<'_>,
        leaf: &mut Leaf,
        split: &Split,
        at: BinNode,
        node: usize,
    ) -> Leaf {
        let rows = leaf.rows.clone();
        let block = &self.records.blocks[at.block];
        let goes_left = |row: u32| at.goes_left(block[row as usize][at.lane]);
        let middle = rows.start + partition(&mut self.rows[rows.clone()], &mut self.scratch, goes_left);
        debug_assert_eq!(middle - rows.start, growth.rules.rows(split.left));
        let sums = [split.left, subtract(leaf.sums, split.left)];
        let bounds = self.bounds_of_children(growth, leaf.bounds, split, sums);
        let right = Leaf {
            rows: middle..rows.end,
            sums: sums[1],
            bounds: bounds[1],
            depth: leaf.depth + 1,
            parent: Some((node, 1)),
            histograms: Vec::new(),
            split: None,
        };
        leaf.rows = rows.start..middle;
        leaf.sums = sums[0];
        leaf.bounds = bounds[0];
        leaf.depth += 1;
        leaf.parent = Some((node, 0));
        leaf.split = None;
        right
    }

    fn bounds_of_children(
        &self,
        growth: &Growth<'_>,
        bounds: Bounds,
        split: &Split,
        sums: [Sums; 2],
    ) -> [Bounds; 2] {
        let direction = self.direction(split.column);
        let parts_values = usize::from(split.bin) + 1 < self.records.columns[split.column].values;
        // leaves that are renewed after growth get their bounds then, in the units of the residuals
        if direction == Monotone::Free || !parts_values || self.params.loss.quantile_level().is_some() {
            return [bounds; 2];
        }
        bounds.of_children(direction, sums.map(|sums| growth.rules.output(sums, bounds)))
    }

    fn direction(&self, column: usize) -> Monotone {
        self.params.monotone.get(column).copied().unwrap_or_default()
    }

    /// Sums the smaller child's histograms, turns the parent's (still with `left`) into the larger child's, and
    /// looks for both children's best splits.
    fn find_splits(&mut self, growth: &Growth<'_>, left: &mut Leaf, right: &mut Leaf) {
        let deep = self.params.max_depth.is_some_and(|depth| left.depth >= depth);
        let wanted =
            |leaf: &Leaf| (!deep && growth.rules.can_split(leaf.sums)).then_some((leaf.sums, leaf.bounds));
        let (small, large) = if left.rows.len() <= right.rows.len() {
            right.histograms = std::mem::take(&mut left.histograms);
            (left, right)
        } else {
            (right, left)
        };
        let (small_limits, large_limits) = (wanted(small), wanted(large));
        if large_limits.is_none() {
            self.spare.push(std::mem::take(&mut large.histograms));
            return;
        }
        self.gather(growth, small.rows.clone());
        let mut histograms = self.spare_histograms(growth);
        let rows = LeafRows::Listed(&self.rows[small.rows.clone()]);
        let small_child = Child { histograms: &mut histograms, limits: small_limits };
        let large_child = Child { histograms: &mut large.histograms, limits: large_limits };
        (small.split, large.split) = self.search(growth, rows, &self.gathered, small_child, large_child);
        match small_limits {
            Some(_) => small.histograms = histograms,
            None => self.spare.push(histograms),
        }
    }

    /// Fills `small` from its rows, subtracts it from `large` where there is one, and finds the best split of each
    /// that has limits.
    fn search(
        &self,
        growth: &Growth<'_>,
        rows: LeafRows<'_>,
        gradients: &[Sums],
        small: Child<'_>,
        large: Child<'_>,
    ) -> (Option<Split>, Option<Split>) {
        let (small_limits, large_limits) = (small.limits, large.limits);
        let work = (gradients.len() + 512) * growth.columns;
        let mut tasks = Vec::with_capacity(growth.plan.len());
        let (mut small, mut large) = (small.histograms, large.histograms);
        for plan in &growth.plan {
            let (own, rest) = small.split_at_mut(plan.lanes.len());
            let (parent, parent_rest) = large.split_at_mut(plan.lanes.len().min(large.len()));
            (small, large) = (rest, parent_rest);
            tasks.push((plan, own, parent));
        }
        let run = |(plan, own, parent): (&BlockPlan, &mut [ColumnHistogram], &mut [ColumnHistogram])| {
            fill(&self.records.blocks[plan.block], &plan.lanes, rows, gradients, own);
            parent.iter_mut().zip(&*own).for_each(|(parent, own)| parent.subtract(own));
            let best = |histograms: &[ColumnHistogram], limits: Option<(Sums, Bounds)>| {
                limits.and_then(|limits| self.best_of_block(growth, plan, histograms, limits))
            };
            (best(own, small_limits), best(parent, large_limits))
        };
        let found: Vec<_> = if work < PARALLEL_WORK || tasks.len() < 2 {
            tasks.into_iter().map(run).collect()
        } else {
            tasks.into_par_iter().map(run).collect()
        };
        let better = |a: Option<Split>, b: Option<Split>| match (a, b) {
            (Some(a), Some(b)) => Some(if b.gain > a.gain { b } else { a }),
            (one, other) => one.or(other),
        };
        found.into_iter().fold((None, None), |best, found| (better(best.0, found.0), better(best.1, found.1)))
    }

    fn best_of_block(
        &self,
        growth: &Growth<'_>,
        plan: &BlockPlan,
        histograms: &[ColumnHistogram],
        (total, bounds): (Sums, Bounds),
    ) -> Option<Split> {
        let columns = plan.lanes.iter().map(|lane| plan.block * LANES + lane);
        let splits = columns.zip(histograms).filter_map(|(column, histogram)| {
            let leaf = Candidate { column, total, direction: self.direction(column), bounds };
            growth.rules.best(leaf, &self.records.columns[column], histogram)
        });
        splits.reduce(|best, split| if split.gain > best.gain { split } else { best })
    }

    fn gather(&mut self, growth: &Growth<'_>, rows: Range<usize>) {
        self.gathered.clear();
        self.gathered.extend(self.rows[rows].iter().map(|&row| growth.gradients[row as usize]));
    }

    fn spare_histograms(&mut self, growth: &Growth<'_>) -> Vec<ColumnHistogram> {
        let mut histograms = self.spare.pop().unwrap_or_default();
        histograms.resize(growth.columns, ColumnHistogram::EMPTY);
        histograms
    }

    fn bin_node(&self, split: &Split) -> BinNode {
        let missing = self.records.columns[split.column].values as u8;
        let also_left = if split.missing_left { missing } else { split.bin };
        BinNode { block: split.column / LANES, lane: split.column % LANES, bin: split.bin, also_left }
    }
}

/// A new leaf's histograms and, when it may be split, its sums and bounds.
struct Child<'a> {
    histograms: &'a mut [ColumnHistogram],
    limits: Option<(Sums, Bounds)>,
}

/// The leaf with the largest gain; the first of equal ones.
fn most_gain(leaves: &[Leaf]) -> Option<(usize, Split)> {
    let splits = leaves.iter().enumerate().filter_map(|(index, leaf)| leaf.split.map(|split| (index, split)));
    splits.reduce(|best, next| if next.1.gain > best.1.gain { next } else { best })
}

/// Moves the rows that go left to the front, keeping the order on both sides; how many they are.
fn partition(rows: &mut [u32], scratch: &mut [u32], goes_left: impl Fn(u32) -> bool) -> usize {
    let (mut left, mut right) = (0, 0);
    for index in 0..rows.len() {
        let row = rows[index];
        let goes_left = goes_left(row);
        rows[left] = row;
        scratch[right] = row;
        left += usize::from(goes_left);
        right += usize::from(!goes_left);
    }
    rows[left..].copy_from_slice(&scratch[..right]);
    left
}
