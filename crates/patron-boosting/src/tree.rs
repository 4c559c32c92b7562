//! One regression tree, as it is asked.

/// Rows that walk a tree side by side.
const ABREAST: usize = 8;

/// Inner node: rows with a value of at most `threshold` go left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Node {
    pub(crate) threshold: f64,
    pub(crate) column: u32,
    /// Left and right child: a node when not negative, else leaf `!child`; nodes come after their parents.
    pub(crate) children: [i32; 2],
    pub(crate) missing_left: bool,
}

impl Node {
    #[inline]
    pub(crate) fn goes_left(&self, value: f64) -> bool {
        (value <= self.threshold) | (value.is_nan() & self.missing_left)
    }
}

/// Nodes with the root first, leaf values, and each node's gain.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) leaves: Vec<f64>,
    pub(crate) gains: Vec<f64>,
    /// Weight of the rows each leaf was grown on; empty in trees stored before it was kept.
    pub(crate) leaf_weights: Vec<f64>,
}

impl Tree {
    /// Value of the leaf that a row of features falls into.
    #[inline]
    pub(crate) fn value(&self, row: &[f64]) -> f64 {
        self.leaves[self.leaf_by(|_, node| node.goes_left(row[node.column as usize]))]
    }

    /// Adds the values of whole rows of `columns` cells to their scores, as [`value`](Self::value) gives them.
    ///
    /// Some rows walk side by side: one row's next step waits for its last, another's does not.
    pub(crate) fn add_values(&self, cells: &[f64], columns: usize, scores: &mut [f64]) {
        let (groups, rest) = scores.as_chunks_mut::<ABREAST>();
        let (in_groups, in_rest) = cells.split_at(groups.len() * ABREAST * columns);
        for (scores, rows) in groups.iter_mut().zip(in_groups.chunks_exact(ABREAST * columns)) {
            let rows: [&[f64]; ABREAST] = std::array::from_fn(|lane| &rows[lane * columns..][..columns]);
            let mut next = [0_i32; ABREAST];
            // all are at leaves when all are negative
            while next.iter().fold(-1, |all, &next| all & next) >= 0 {
                for (next, row) in next.iter_mut().zip(rows) {
                    let node = &self.nodes[(*next).max(0) as usize];
                    let child = node.children[usize::from(!node.goes_left(row[node.column as usize]))];
                    *next = if *next >= 0 { child } else { *next };
                }
            }
            scores.iter_mut().zip(next).for_each(|(score, leaf)| *score += self.leaves[!leaf as usize]);
        }
        for (score, row) in rest.iter_mut().zip(in_rest.chunks_exact(columns)) {
            *score += self.value(row);
        }
    }

    /// Number of the leaf reached when `goes_left` decides at each node, given its number.
    #[inline]
    pub(crate) fn leaf_by(&self, goes_left: impl Fn(usize, &Node) -> bool) -> usize {
        let mut next = 0;
        while next >= 0 {
            let node = &self.nodes[next as usize];
            // which way a row goes is hard to foresee: an index, not a branch
            next = node.children[usize::from(!goes_left(next as usize, node))];
        }
        !next as usize
    }

    /// Whether the nodes form a binary tree over `columns` columns in which children follow their parents, so that
    /// every walk ends at a leaf.
    pub(crate) fn is_sound(&self, columns: usize) -> bool {
        let (nodes, leaves) = (self.nodes.len(), self.leaves.len());
        let mut seen_nodes = vec![false; nodes];
        let mut seen_leaves = vec![false; leaves];
        let mut visit = |parent: usize, child: i32| {
            let (seen, index) = if child >= 0 {
                (&mut seen_nodes, child as usize)
            } else {
                (&mut seen_leaves, !child as usize)
            };
            let forward = child < 0 || index > parent;
            forward && seen.get_mut(index).is_some_and(|seen| !std::mem::replace(seen, true))
        };
        nodes >= 1
            && leaves == nodes + 1
            && self.gains.len() == nodes
            && self.leaves.iter().all(|value| value.is_finite())
            && [0, leaves].contains(&self.leaf_weights.len())
            && self.leaf_weights.iter().all(|&weight| weight > 0.0)
            && self.leaf_weights.iter().sum::<f64>().is_finite()
            && self.nodes.iter().enumerate().all(|(index, node)| {
                (node.column as usize) < columns && node.children.into_iter().all(|child| visit(index, child))
            })
    }
}
