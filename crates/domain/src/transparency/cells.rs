//! Which parts of a total are told, and which are kept back so that nobody finds
//! out the small ones by taking what is told from the total.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

/// The parts of a total that are kept back, of parts and how many each counts.
/// Told are the others, and what those that are kept back come to together.
///
/// Each part of fewer than `least` is kept back, and with it the next larger
/// ones, until those that are kept back
///
/// - come to at least `least` together,
/// - are not all of the same number, which else were known from how many they are,
/// - and are all smaller than what is told: of two of the same number both are told
///   or none.
///
/// So whoever knows the total, all that is told and this rule does not know any
/// part that is kept back: where two of them are exchanged he is told the same.
/// That holds of totals with at least three parts that there might be; of two, where
/// `least` is not 2.
///
/// A part of none is none that is kept back; it must not be told from those that are.
pub fn kept_back<K: Ord>(parts: impl IntoIterator<Item = (K, u64)>, least: u64) -> BTreeSet<K> {
    let some = parts.into_iter().filter(|(_, times)| *times > 0);
    let mut ascending: Vec<(u64, K)> = some.map(|(key, times)| (times, key)).collect();
    ascending.sort_unstable();
    let mut back = BTreeSet::new();
    // Of what is kept back.
    let (mut sum, mut smallest, mut largest) = (0, 0, 0);
    for (times, key) in ascending {
        let begun = sum > 0;
        let told_apart = sum < least || smallest == largest || times == largest;
        if times >= least && !(begun && told_apart) {
            break;
        }
        if !begun {
            smallest = times;
        }
        largest = times;
        sum += times;
        back.insert(key);
    }
    back
}
