//! Blocks of places. Every entry is marked with the blocks, small and large, that its place lies in, so that a search of the newest
//! entries for a word that stands in half of them reads the index where these are, and nowhere else: of the words of a query, the index
//! goes by the rarest, and a mark of a few thousand entries is rarer than a common word.

/// Marks and their sizes, as powers of two.
const SORTS: [(char, u32); 4] = [('a', 11), ('b', 14), ('c', 17), ('d', 20)];
/// A stretch is marked by so many blocks at the most.
const MOST: i64 = 8;

/// The marks of a place.
pub(super) fn marks(place: i64) -> impl Iterator<Item = String> {
    SORTS.iter().map(move |(sort, shift)| mark(*sort, place >> shift))
}

fn mark(sort: char, block: i64) -> String {
    format!("^{sort}{block}")
}

/// The marks of blocks that hold all places from one to below another, and not many more; nothing when that takes more than a few.
pub(super) fn cover(from: i64, below: i64) -> Option<Vec<String>> {
    SORTS.iter().find_map(|(sort, shift)| {
        let blocks = (from >> shift)..=((below - 1).max(from) >> shift);
        (blocks.end() - blocks.start() < MOST).then(|| blocks.map(|block| mark(*sort, block)).collect())
    })
}

/// How far back to look next for the newest so many hits, when the newest `span` places below have some of them.
/// `sparse` is the widest span that had too few, `dense` the narrowest that had too many.
pub(super) fn widen(span: i64, hits: usize, wanted: usize, sparse: i64, dense: Option<i64>) -> i64 {
    let (hits, wanted) = (i64::try_from(hits).unwrap_or(i64::MAX), i64::try_from(wanted).unwrap_or(i64::MAX));
    let estimate = span.saturating_mul(wanted + wanted / 2) / (hits + 1);
    let estimate = estimate.max(sparse.saturating_mul(2));
    // Between the two: no nearer to what had too many than half of the way.
    dense.map_or(estimate, |dense| estimate.min(sparse + (dense - sparse) / 2)).max(sparse + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_holds_every_place_of_its_stretch() {
        for (from, below) in [(0, 1), (0, 4096), (4095, 4097), (2047, 70_000), (900_000, 1_000_000), (1, 8_000_000)] {
            let cover = cover(from, below).unwrap();
            assert!(cover.len() <= 8);
            for place in [from, (from + below) / 2, below - 1] {
                assert!(marks(place).any(|mark| cover.contains(&mark)), "{place} in {from}..{below}");
            }
        }
        assert_eq!(cover(0, 100_000_000), None);
    }

    #[test]
    fn looking_further_back_ends() {
        let (mut span, mut steps) = (4096, 0);
        while span < 100_000_000 {
            span = widen(span, 0, 1000, span, None);
            steps += 1;
        }
        assert!(steps < 10);
        let next = widen(65_536, 4000, 1000, 20_000, Some(65_536));
        assert!((20_001..65_536).contains(&next), "{next}");
        assert_eq!(widen(4096, 4000, 1000, 0, Some(4096)), 1535);
    }
}
