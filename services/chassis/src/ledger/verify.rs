//! Verifies a ledger from nothing but its entries and a checkpoint.

use huiying_proto::event::{Checkpoint, Record, SealedRecord};
use prost::Message;

use super::merkle::{Frontier, Hash, chain, leaf_hash};

/// What is wrong with a ledger, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A position is missing or doubled.
    #[error("第 {expected} 条缺失(读到第 {found} 条)")]
    Gap {
        /// The position that should come.
        expected: i64,
        /// The position that came.
        found: i64,
    },
    /// The record is not the one that was hashed.
    #[error("第 {0} 条内容被改动:摘要不符")]
    Altered(i64),
    /// The chain does not go on from the entry before.
    #[error("第 {0} 条链接断裂:与前一条不相衔接")]
    Broken(i64),
    /// The bytes are no record.
    #[error("第 {0} 条无法解读")]
    Unreadable(i64),
    /// The ledger is shorter than the checkpoint says.
    #[error("检查点有 {checkpoint} 条,只读到 {found} 条:尾部缺失")]
    Short {
        /// Size in the checkpoint.
        checkpoint: i64,
        /// Entries read.
        found: i64,
    },
    /// The root is not the checkpoint's.
    #[error("根摘要与检查点不符:账本曾被整体改写")]
    Root,
}

/// Takes a ledger's entries in order and finds the first flaw.
#[derive(Debug, Default)]
pub struct LedgerVerifier {
    chain_hash: Hash,
    tree: Frontier,
    roots: std::collections::BTreeMap<i64, Hash>,
    watch: Option<i64>,
}

impl LedgerVerifier {
    /// Begins; the root at the checkpoint's size is kept to compare.
    #[must_use]
    pub fn new(checkpoint: Option<&Checkpoint>) -> Self {
        Self { watch: checkpoint.map(|c| c.size), ..Self::default() }
    }

    /// Entries taken so far.
    #[must_use]
    pub fn size(&self) -> i64 {
        i64::try_from(self.tree.size()).unwrap_or(i64::MAX)
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// The flaw found in it.
    pub fn push(&mut self, entry: &SealedRecord) -> Result<Record, Flaw> {
        let expected = self.size() + 1;
        if entry.position != expected {
            return Err(Flaw::Gap { expected, found: entry.position });
        }
        let leaf = leaf_hash(&entry.record);
        if entry.leaf_hash != leaf {
            return Err(Flaw::Altered(expected));
        }
        let next = chain(&self.chain_hash, &leaf);
        if entry.chain_hash != next {
            return Err(Flaw::Broken(expected));
        }
        let record = Record::decode(entry.record.clone()).map_err(|_| Flaw::Unreadable(expected))?;
        self.chain_hash = next;
        self.tree.push(leaf);
        if self.watch == Some(expected) {
            self.roots.insert(expected, self.tree.root());
        }
        Ok(record)
    }

    /// Compares with a checkpoint.
    ///
    /// # Errors
    /// When the ledger is shorter than the checkpoint, or has another root.
    pub fn finish(&self, checkpoint: &Checkpoint) -> Result<(), Flaw> {
        if self.size() < checkpoint.size {
            return Err(Flaw::Short { checkpoint: checkpoint.size, found: self.size() });
        }
        let root = match self.roots.get(&checkpoint.size) {
            Some(root) => *root,
            None if checkpoint.size == self.size() => self.tree.root(),
            None => return Err(Flaw::Root),
        };
        if checkpoint.root_hash == root { Ok(()) } else { Err(Flaw::Root) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(count: i64) -> (Vec<SealedRecord>, Checkpoint) {
        let (mut before, mut tree, mut entries) = ([0; 32], Frontier::default(), Vec::new());
        for position in 1..=count {
            let record = Record { record_id: position.to_string(), ..Record::default() }.encode_to_vec();
            let leaf = leaf_hash(&record);
            before = chain(&before, &leaf);
            tree.push(leaf);
            entries.push(SealedRecord { position, record: record.into(), leaf_hash: leaf.to_vec(), chain_hash: before.to_vec() });
        }
        (entries, Checkpoint { size: count, root_hash: tree.root().to_vec(), note: String::new() })
    }

    fn flaw(entries: &[SealedRecord], checkpoint: &Checkpoint) -> Option<Flaw> {
        let mut verifier = LedgerVerifier::new(Some(checkpoint));
        entries.iter().try_for_each(|e| verifier.push(e).map(|_| ())).and_then(|()| verifier.finish(checkpoint)).err()
    }

    #[test]
    fn a_whole_ledger_has_no_flaw() {
        let (entries, checkpoint) = ledger(10);
        assert_eq!(flaw(&entries, &checkpoint), None);
    }

    #[test]
    fn any_flipped_byte_is_found_and_named() {
        let (entries, checkpoint) = ledger(10);
        for at in 0..entries[6].record.len() {
            let mut copy = entries.clone();
            let mut bytes = copy[6].record.to_vec();
            bytes[at] ^= 1;
            copy[6].record = bytes.into();
            assert_eq!(flaw(&copy, &checkpoint), Some(Flaw::Altered(7)));
        }
    }

    #[test]
    fn a_record_rewritten_with_its_own_hash_breaks_the_chain() {
        let (mut entries, checkpoint) = ledger(10);
        entries[6].record = entries[5].record.clone();
        entries[6].leaf_hash = leaf_hash(&entries[6].record).to_vec();
        assert_eq!(flaw(&entries, &checkpoint), Some(Flaw::Broken(7)));
    }

    #[test]
    fn a_cut_tail_and_a_missing_entry_are_found() {
        let (mut entries, checkpoint) = ledger(10);
        assert_eq!(flaw(&entries[..8], &checkpoint), Some(Flaw::Short { checkpoint: 10, found: 8 }));
        entries.remove(3);
        assert_eq!(flaw(&entries, &checkpoint), Some(Flaw::Gap { expected: 4, found: 5 }));
    }

    #[test]
    fn a_ledger_rewritten_as_a_whole_does_not_fit_a_checkpoint_that_others_hold() {
        let (_, held) = ledger(10);
        let (mut other, _) = ledger(11);
        other.remove(0);
        let (mut before, mut tree) = ([0; 32], Frontier::default());
        for (at, entry) in other.iter_mut().enumerate() {
            let leaf = leaf_hash(&entry.record);
            before = chain(&before, &leaf);
            tree.push(leaf);
            (entry.position, entry.leaf_hash, entry.chain_hash) = (at as i64 + 1, leaf.to_vec(), before.to_vec());
        }
        assert_eq!(flaw(&other, &held), Some(Flaw::Root));
    }
}
