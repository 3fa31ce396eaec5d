//! How many posts each thread gets: few get very many, most get a handful.

use super::random::Random;

/// Every so-manieth thread is crowded.
const CROWDED_EVERY: usize = 500;

/// Posts of a crowded thread.
const CROWDED_POSTS: u64 = 500;

/// Whether this is one of the threads that everybody posts in.
pub(super) fn is_crowded(index: usize) -> bool {
    index.is_multiple_of(CROWDED_EVERY)
}

/// Distributes `posts` over the threads.
///
/// `open` says of each thread whether posts may be in it; the first one must
/// be open. The counts add up to `posts` exactly.
pub(super) fn distribute(seed: u64, posts: u64, open: &[bool]) -> Vec<u64> {
    let crowded = open.len().div_ceil(CROWDED_EVERY) as u64;
    let in_crowded = CROWDED_POSTS.min(posts / 2 / crowded.max(1));
    let mut random = Random::new(seed, 0x0076_6f6c, 0);
    let weights: Vec<u64> = open
        .iter()
        .enumerate()
        .map(|(at, open)| {
            // The product of two even draws: its median is two thirds of its
            // mean, so that most threads stay below the average.
            let weight = (1 + random.below(1_000)) * (1 + random.below(1_000));
            match (is_crowded(at), open) {
                (false, true) => weight,
                (true, _) | (false, false) => 0,
            }
        })
        .collect();
    let total: u128 = weights.iter().copied().map(u128::from).sum();
    let to_spread = u128::from(posts - crowded * in_crowded);
    let mut passed: u128 = 0;
    let mut counts: Vec<u64> = weights
        .iter()
        .enumerate()
        .map(|(at, weight)| {
            let before = (to_spread * passed).checked_div(total).unwrap_or(0);
            passed += u128::from(*weight);
            let after = (to_spread * passed).checked_div(total).unwrap_or(0);
            let base = if is_crowded(at) { in_crowded } else { 0 };
            base + u64::try_from(after - before).expect("a part of a u64 is one")
        })
        .collect();
    // With crowded threads only, the first takes what nobody else can.
    if let Some(first) = counts.first_mut().filter(|_| total == 0) {
        *first += u64::try_from(to_spread).expect("a part of a u64 is one");
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_add_up_to_exactly_what_was_asked() {
        for (threads, posts) in [(1, 7), (3, 0), (40, 400), (1_000, 10_000), (1_001, 999)] {
            let mut open = vec![true; threads];
            for at in (7..threads).step_by(9) {
                open[at] = false;
            }
            let counts = distribute(1, posts, &open);
            assert_eq!(counts.iter().sum::<u64>(), posts);
            for (count, open) in counts.iter().zip(&open) {
                assert!(*open || *count == 0);
            }
        }
    }

    #[test]
    fn a_few_threads_are_crowded_and_most_are_small() {
        let counts = distribute(1, 1_000_000, &vec![true; 100_000]);
        let crowded = counts.iter().filter(|count| **count == 500).count();
        let small = counts.iter().filter(|count| **count < 10).count();
        assert!((200..220).contains(&crowded));
        assert!(small > 55_000);
    }
}
