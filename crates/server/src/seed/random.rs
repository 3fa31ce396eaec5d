//! Repeatable numbers for the seeded forum.

/// A small generator of numbers that look random and are not: SplitMix64.
///
/// It feeds invented content only. Secrets come from the operating system.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// The sequence of this seed for one purpose and index, independent of
    /// how much any other sequence was used.
    pub(super) fn new(seed: u64, purpose: u64, index: u64) -> Self {
        let mut random = Self(seed ^ purpose.rotate_left(32));
        let start = random.next() ^ index.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(start)
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`, which is not 0.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// A whole number from `from` to `to`, both included.
    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        let width = u64::try_from(to - from).unwrap_or(0) + 1;
        from + i64::try_from(self.below(width)).unwrap_or(0)
    }

    /// Whether something that happens `percent` times in a hundred happens.
    pub(super) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of them.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = usize::try_from(self.below(of.len() as u64)).expect("an index fits");
        &of[at]
    }

    /// One of them, each as often as its weight says. The weights are not all 0.
    pub(super) fn weighted<T: Copy>(&mut self, of: &[(u64, T)]) -> T {
        let total = of.iter().map(|(weight, _)| weight).sum();
        let mut at = self.below(total);
        for (weight, value) in of {
            if at < *weight {
                return *value;
            }
            at -= weight;
        }
        of[of.len() - 1].1
    }

    /// This many bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_purpose_others() {
        let draw = |purpose, index| {
            let mut random = Random::new(7, purpose, index);
            [random.next(), random.next()]
        };
        assert_eq!(draw(1, 1), draw(1, 1));
        assert_ne!(draw(1, 1), draw(2, 1));
        assert_ne!(draw(1, 1), draw(1, 2));
    }
}
