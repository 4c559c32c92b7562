//! Small symmetric matrices.

/// An N × N symmetric matrix.
pub(crate) type Symmetric<const N: usize> = [[f64; N]; N];

/// Adds `weight` × `other` to `sum`.
pub(crate) fn add_weighted<const N: usize>(sum: &mut Symmetric<N>, weight: f64, other: &Symmetric<N>) {
    let cells = sum.iter_mut().flatten().zip(other.iter().flatten());
    cells.for_each(|(sum, other)| *sum += weight * other);
}

/// The Cholesky factor of the rows and columns marked `free`; the others become those of the identity.
/// `None` unless that part is positive definite.
pub(crate) fn cholesky<const N: usize>(matrix: &Symmetric<N>, free: &[bool; N]) -> Option<Symmetric<N>> {
    let entry = |i: usize, j: usize| match (free[i] && free[j], i == j) {
        (true, _) => matrix[i][j],
        (false, true) => 1.0,
        (false, false) => 0.0,
    };
    let mut factor = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let rest = entry(i, j) - dot;
            if i == j {
                let positive = rest > 1e-13 * entry(i, i).abs() && rest.is_finite();
                factor[i][i] = positive.then(|| rest.sqrt())?;
            } else {
                factor[i][j] = rest / factor[j][j];
            }
        }
    }
    Some(factor)
}

/// x of M x = `right`, from M's Cholesky factor.
pub(crate) fn solve<const N: usize>(factor: &Symmetric<N>, right: &[f64; N]) -> [f64; N] {
    let mut x = *right;
    for i in 0..N {
        let dot: f64 = (0..i).map(|k| factor[i][k] * x[k]).sum();
        x[i] = (x[i] - dot) / factor[i][i];
    }
    for i in (0..N).rev() {
        let dot: f64 = (i + 1..N).map(|k| factor[k][i] * x[k]).sum();
        x[i] = (x[i] - dot) / factor[i][i];
    }
    x
}

/// x of M x = `right`; `None` unless M is positive definite.
pub(crate) fn solve_positive<const N: usize>(matrix: &Symmetric<N>, right: &[f64; N]) -> Option<[f64; N]> {
    cholesky(matrix, &[true; N]).map(|factor| solve(&factor, right))
}

/// Diagonal of the inverse, from the Cholesky factor.
pub(crate) fn inverse_diagonal<const N: usize>(factor: &Symmetric<N>) -> [f64; N] {
    std::array::from_fn(|i| {
        let unit = std::array::from_fn(|j| if i == j { 1.0 } else { 0.0 });
        solve(factor, &unit)[i]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_solution_solves() {
        let matrix = [[4.0, 1.0, 0.5], [1.0, 3.0, -0.2], [0.5, -0.2, 2.0]];
        let factor = cholesky(&matrix, &[true; 3]).unwrap();
        let x = solve(&factor, &[1.0, 2.0, 3.0]);
        for (row, right) in matrix.iter().zip([1.0, 2.0, 3.0]) {
            let product: f64 = row.iter().zip(x).map(|(m, x)| m * x).sum();
            assert!((product - right).abs() < 1e-14);
        }
        let unit = solve(&factor, &[0.0, 1.0, 0.0]);
        assert!((inverse_diagonal(&factor)[1] - unit[1]).abs() < 1e-15);
        assert!(cholesky(&[[1.0, 2.0], [2.0, 1.0]], &[true; 2]).is_none());
    }
}
