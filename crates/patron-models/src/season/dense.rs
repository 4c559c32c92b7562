//! Dense symmetric matrices whose size is known at run time only.

/// A symmetric matrix of any size, by rows.
#[derive(Clone, Debug)]
pub(super) struct Matrix {
    size: usize,
    cells: Vec<f64>,
}

impl Matrix {
    pub(super) fn of(size: usize, cell: impl Fn(usize, usize) -> f64) -> Self {
        let cells = (0..size * size).map(|place| cell(place / size, place % size)).collect();
        Self { size, cells }
    }

    pub(super) fn get(&self, i: usize, j: usize) -> f64 {
        self.cells[i * self.size + j]
    }

    pub(super) fn set(&mut self, i: usize, j: usize, value: f64) {
        self.cells[i * self.size + j] = value;
    }

    pub(super) fn add(&mut self, i: usize, j: usize, value: f64) {
        self.cells[i * self.size + j] += value;
    }

    /// Takes a row and its column out of the system.
    pub(super) fn hold(&mut self, at: usize) {
        for other in 0..self.size {
            self.set(at, other, 0.0);
            self.set(other, at, 0.0);
        }
        self.set(at, at, 1.0);
    }

    pub(super) fn times(&self, right: &[f64]) -> Vec<f64> {
        self.cells
            .chunks_exact(self.size)
            .map(|row| row.iter().zip(right).map(|(a, b)| a * b).sum())
            .collect()
    }

    /// Lower triangle L of L·Lᵀ; `None` unless positive definite.
    fn cholesky(&self) -> Option<Self> {
        let size = self.size;
        let mut factor = Self { size, cells: vec![0.0; size * size] };
        for i in 0..size {
            for j in 0..=i {
                let (row, other) =
                    (&factor.cells[i * size..i * size + j], &factor.cells[j * size..j * size + j]);
                let dot: f64 = row.iter().zip(other).map(|(a, b)| a * b).sum();
                let rest = self.get(i, j) - dot;
                let value = if i == j {
                    (rest > 0.0 && rest.is_finite()).then(|| rest.sqrt())?
                } else {
                    rest / factor.get(j, j)
                };
                factor.set(i, j, value);
            }
        }
        Some(factor)
    }

    /// x of L·Lᵀ·x = `right`, this being L.
    fn substitute(&self, right: &[f64]) -> Vec<f64> {
        let mut x = right.to_vec();
        for i in 0..self.size {
            let row = &self.cells[i * self.size..i * self.size + i];
            let dot: f64 = row.iter().zip(&x).map(|(a, b)| a * b).sum();
            x[i] = (x[i] - dot) / self.get(i, i);
        }
        for i in (0..self.size).rev() {
            x[i] /= self.get(i, i);
            let value = x[i];
            for (j, before) in x[..i].iter_mut().enumerate() {
                *before -= self.get(i, j) * value;
            }
        }
        x
    }

    pub(super) fn solve(&self, right: &[f64]) -> Option<Vec<f64>> {
        Some(self.cholesky()?.substitute(right))
    }

    pub(super) fn inverse(&self) -> Option<Self> {
        let factor = self.cholesky()?;
        let unit = |place: usize| -> Vec<f64> {
            (0..self.size).map(|other| f64::from(u8::from(other == place))).collect()
        };
        let cells = (0..self.size).flat_map(|place| factor.substitute(&unit(place))).collect();
        Some(Self { size: self.size, cells })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_solution_solves_and_an_inverse_inverts() {
        let cells = [[4.0, 1.0, 0.5], [1.0, 3.0, -0.2], [0.5, -0.2, 2.0]];
        let matrix = Matrix::of(3, |i, j| cells[i][j]);
        let x = matrix.solve(&[1.0, 2.0, 3.0]).unwrap();
        assert!(matrix.times(&x).iter().zip([1.0, 2.0, 3.0]).all(|(a, b)| (a - b).abs() < 1e-14));
        let inverse = matrix.inverse().unwrap();
        for i in 0..3 {
            let row: Vec<f64> = (0..3).map(|j| inverse.get(i, j)).collect();
            let unit = matrix.times(&row);
            assert!((0..3).all(|j| (unit[j] - f64::from(u8::from(i == j))).abs() < 1e-14));
        }
        assert!(Matrix::of(2, |i, j| if i == j { 1.0 } else { 2.0 }).inverse().is_none());
    }
}
