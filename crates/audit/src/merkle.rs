//! The Merkle tree of RFC 6962, section 2.1, over SHA-256.

use sha2::{Digest as _, Sha256};

/// The bytes of a hash.
pub const HASH_BYTES: usize = 32;

/// A hash of the tree.
pub type Hash = [u8; HASH_BYTES];

/// The hash of an entry: a leaf.
pub fn leaf(entry: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(entry);
    hash.finalize().into()
}

/// The hash of what stands above two hashes.
fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

/// What of a tree must be kept to append to it: the roots of its whole subtrees,
/// the largest first. They are as many as its size has bits that are set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The one that was written as bytes; `None` if they are no frontier of
    /// this size.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (peaks, rest) = bytes.as_chunks::<HASH_BYTES>();
        let fits = rest.is_empty() && peaks.len() == usize::try_from(size.count_ones()).ok()?;
        fits.then(|| Self {
            size,
            peaks: peaks.to_vec(),
        })
    }

    /// Its roots, one after the other.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.peaks.concat()
    }

    /// How many leaves the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // As adding one carries: each bit that is set is a subtree as large as
        // the one that grows.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root of the tree; without leaves, the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev().copied();
        let Some(last) = peaks.next() else {
            return Sha256::new().finalize().into();
        };
        peaks.fold(last, |right, left| node(&left, &right))
    }
}

/// The root of the tree over these leaves.
fn root(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    for leaf in leaves {
        frontier.push(*leaf);
    }
    frontier.root()
}

/// How many leaves stand to the left of the root of so many, at least 2.
const fn split(size: usize) -> usize {
    1 << (usize::BITS - 1 - (size - 1).leading_zeros())
}

/// The audit path of a leaf (RFC 6962, 2.1.1): what to hash it with to come to
/// the root. `None` if there is no such leaf.
pub fn prove(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    let (mut leaves, mut index) = (leaves, index);
    let mut path = Vec::new();
    while leaves.len() > 1 {
        let (left, right) = leaves.split_at(split(leaves.len()));
        if index < left.len() {
            path.push(root(right));
            leaves = left;
        } else {
            path.push(root(left));
            index -= left.len();
            leaves = right;
        }
    }
    path.reverse();
    Some(path)
}

/// Whether a path leads from a leaf to the root of a tree of this size
/// (RFC 9162, 2.1.3.2).
pub fn included(leaf: Hash, index: u64, size: u64, path: &[Hash], root: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last) = (index, size - 1);
    let mut hash = leaf;
    for step in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(step, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, step);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(digits).collect()
    }

    /// The entries and the roots over the first one, two, … of them, with which
    /// implementations of Certificate Transparency are tested.
    const KNOWN: [(&str, &str); 8] = [
        (
            "",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        ),
        (
            "00",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        ),
        (
            "10",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        ),
        (
            "2021",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
        (
            "3031",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        ),
        (
            "40414243",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        ),
        (
            "5051525354555657",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        ),
        (
            "606162636465666768696a6b6c6d6e6f",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ),
    ];

    #[test]
    fn the_known_roots_come_out() {
        let mut frontier = Frontier::default();
        for (entry, root) in KNOWN {
            frontier.push(leaf(&bytes(entry)));
            assert_eq!(frontier.root().to_vec(), bytes(root));
        }
    }

    #[test]
    fn without_entries_the_root_is_the_hash_of_nothing() {
        let nothing = bytes("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(Frontier::default().root().to_vec(), nothing);
    }

    proptest! {
        #[test]
        fn each_leaf_is_proved_and_no_other(size in 1_usize..70, at in 0_usize..70, other in 0_usize..70) {
            let (at, other) = (at % size, other % size);
            let leaves: Vec<Hash> = (0..size).map(|one| leaf(&one.to_be_bytes())).collect();
            let path = prove(&leaves, at).unwrap();
            let proved = |leaf, index: usize| {
                included(leaf, index as u64, size as u64, &path, root(&leaves))
            };
            prop_assert!(proved(leaves[at], at));
            prop_assert_eq!(proved(leaves[other], at), at == other);
            prop_assert_eq!(proved(leaves[at], other), at == other);
        }

        #[test]
        fn a_frontier_goes_through_bytes(size in 0_u64..200) {
            let mut frontier = Frontier::default();
            for one in 0..size {
                frontier.push(leaf(&one.to_be_bytes()));
            }
            let read = Frontier::from_bytes(size, &frontier.to_bytes());
            prop_assert_eq!(read.as_ref(), Some(&frontier));
            prop_assert_eq!(Frontier::from_bytes(size + 1, &frontier.to_bytes()).is_some(), (size + 1).count_ones() == size.count_ones());
        }
    }
}
