//! Small groups are taken together, so that nobody can be made out.

use patron_domain::Money;

use crate::Group;

/// A group of fewer customers has no row of its own.
pub(super) const FEWEST: u64 = 5;

/// The rows of one trait, and the row of each group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rows {
    /// What each row is about.
    pub(super) groups: Vec<Group>,
    /// Row of each named group, then of the unknown.
    row_of: Vec<usize>,
}

impl Rows {
    /// Groups by name, whether each is small, whether there are any of whom nothing is known, and how many customers
    /// the small groups have together.
    pub(super) fn new(names: Vec<String>, small: &[bool], unknown: bool, together: u64) -> Self {
        let few = small.iter().filter(|&&small| small).count();
        let alone = few == names.len() && !unknown;
        let merged = few > 0 && (together >= FEWEST || alone);
        let unknown = unknown || few > 0 && !merged;
        let named = names.len() - few;
        let after_merged = named + usize::from(merged);
        let mut next = 0;
        let mut row_of: Vec<usize> = Vec::with_capacity(names.len() + 1);
        for &small in small {
            row_of.push(if small { named } else { next });
            next += usize::from(!small);
        }
        row_of.push(after_merged);
        let own = names.into_iter().zip(small).filter(|&(_, &small)| !small);
        let mut groups: Vec<Group> = own.map(|(name, _)| Group::Named(name)).collect();
        groups.extend(merged.then_some(Group::Merged { groups: few as u64 }));
        groups.extend(unknown.then_some(Group::Unknown));
        Self { groups, row_of }
    }

    /// Row of a group, one past the last being the unknown.
    pub(super) fn of(&self, group: usize) -> usize {
        self.row_of[group.min(self.row_of.len() - 1)]
    }
}

/// Named groups by revenue (highest first), ties by name, then the merged, then the unknown.
pub(super) fn order(group: &Group, revenue: Money) -> (u8, std::cmp::Reverse<Money>, &str) {
    let (rank, name) = match group {
        Group::Named(name) => (0, name.as_str()),
        Group::Merged { .. } => (1, ""),
        Group::Unknown => (2, ""),
    };
    (rank, std::cmp::Reverse(revenue), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(customers: &[u64], unknown: bool, groups: &[&str], row_of: &[usize]) {
        let names = ["a", "b", "c"][..customers.len()].iter().map(|&name| name.to_owned()).collect();
        let small: Vec<bool> = customers.iter().map(|&customers| customers < FEWEST).collect();
        let together = customers.iter().filter(|&&customers| customers < FEWEST).sum();
        let rows = Rows::new(names, &small, unknown, together);
        let shown = |group: &Group| match group {
            Group::Named(name) => name.clone(),
            Group::Merged { groups } => format!("{groups} merged"),
            Group::Unknown => "unknown".to_owned(),
        };
        assert_eq!(rows.groups.iter().map(shown).collect::<Vec<_>>(), groups);
        assert_eq!((0..=customers.len()).map(|group| rows.of(group)).collect::<Vec<_>>(), row_of);
    }

    #[test]
    fn no_small_group_can_be_made_out() {
        check(&[9, 5, 7], false, &["a", "b", "c"], &[0, 1, 2, 3]);
        check(&[9, 4, 1], false, &["a", "2 merged"], &[0, 1, 1, 2]);
        check(&[3, 9, 2], true, &["b", "2 merged", "unknown"], &[1, 0, 1, 2]);
        check(&[9, 4, 8], false, &["a", "c", "unknown"], &[0, 2, 1, 2]);
        check(&[9, 2, 2], true, &["a", "unknown"], &[0, 1, 1, 1]);
        check(&[1, 2], true, &["unknown"], &[0, 0, 0]);
        check(&[1, 2], false, &["2 merged"], &[0, 0, 1]);
        check(&[4], false, &["1 merged"], &[0, 1]);
        check(&[], true, &["unknown"], &[0]);
    }
}
