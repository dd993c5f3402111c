//! How well grouping and categories do on a county's own letters and labels, and how fast.
//!
//! ```sh
//! cargo run --release -p grouping --example grouping -- LETTERS.xlsx tests/labels [CATEGORIES.xlsx]
//! ```
//! Letters are placed one by one, in order of time. `letters.csv` (id, group) names the matter of a letter, `pairs.csv` (id,
//! other_id, kind, verdict) pairs that are hard to tell, `categories.csv` (id, row) a row of the category table. The signals
//! were weighed on groups of even numbers; those of odd numbers were not looked at by the fit. A matter is found when one
//! incident holds 70 % of its letters, and 70 % of the labelled letters of that incident are of it. A pair is decided when it
//! is in one incident just when it should be.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a command for developers: it ends where something is wrong")]

#[path = "grouping/letters.rs"]
mod letters;
#[path = "grouping/score.rs"]
mod score;

use std::{collections::HashMap, path::Path, time::Instant};

use grouping::{Arrival, Features, MatterIndex, Verdict, category::Table};
use letters::{Letter, categories, labels, read};
use score::{Found, matters, pairs};
use uuid::Uuid;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [letters, labels, rest @ ..] = arguments.as_slice() else { panic!("LETTERS.xlsx LABELS [CATEGORIES.xlsx]") };
    let mut letters = read(Path::new(letters));
    letters.sort_by(|a, b| a.time.cmp(&b.time).then_with(|| a.id.cmp(&b.id)));
    let (first, last) = place(&letters);
    for (when, found) in [("as first placed", &first), ("as it stands at the end", &last)] {
        println!("{when}:");
        let groups = self::labels(Path::new(labels), "letters.csv");
        for (of, part) in [("all", None), ("weighed on", Some(0)), ("held out", Some(1))] {
            let groups = groups.iter().filter(|row| part.is_none_or(|part| row[1].parse::<usize>().unwrap() % 2 == part));
            matters(of, &groups.map(|row| (row[0].clone(), row[1].clone())).collect(), found);
        }
        pairs(&self::labels(Path::new(labels), "pairs.csv"), found);
    }
    if let [table] = rest {
        suggest(&letters, Path::new(labels), Path::new(table));
    }
}

/// Places letters one by one: where each was put at first, and where it is in the end.
fn place(letters: &[Letter]) -> (Found, Found) {
    let start = Instant::now();
    let (mut index, mut first, mut last) = (MatterIndex::new(), Found::new(), Found::new());
    let (mut suggested, mut moves, mut times) = (0, 0, Vec::new());
    let ids: HashMap<Uuid, &str> = (0..).zip(letters).map(|(number, letter)| (Uuid::from_u128(number), letter.id.as_str())).collect();
    let middle = letters.len().div_ceil(2).max(1);
    let read = |part: &[Letter]| part.iter().map(|l| Features::read(&l.title, &l.text)).collect::<Vec<_>>();
    let features: Vec<Features> = std::thread::scope(|scope| {
        let readers: Vec<_> = letters.chunks(middle).map(|part| scope.spawn(move || read(part))).collect();
        readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect()
    });
    for ((number, letter), features) in (0_u128..).zip(letters).zip(features) {
        let report = Uuid::from_u128(number);
        let opens = Uuid::from_u128(1 << 64 | number);
        let began = Instant::now();
        let (placement, moved) =
            index.place(&Arrival { report, features, time: letter.time, writer: Some(letter.writer), chosen: None, opens });
        times.push(began.elapsed());
        let incident = match placement.verdict {
            Verdict::Joins(incident) => incident,
            Verdict::Suggests(_) => {
                suggested += 1;
                opens
            }
            Verdict::Opens => opens,
        };
        first.insert(letter.id.clone(), incident);
        last.insert(letter.id.clone(), incident);
        for moved in moved {
            moves += 1;
            last.insert(ids[&moved.report].to_owned(), moved.to);
        }
    }
    times.sort_unstable();
    println!(
        "{} letters read and placed in {:.1?}; placing alone: 99 % within {:.1?}; {suggested} suggested, {moves} moved later",
        letters.len(),
        start.elapsed(),
        times[times.len() * 99 / 100]
    );
    (first, last)
}

fn suggest(letters: &[Letter], labels: &Path, table: &Path) {
    let table = Table::new(&categories(table));
    let letters: HashMap<&str, &Letter> = letters.iter().map(|l| (l.id.as_str(), l)).collect();
    let (mut first, mut third, mut all) = (0, 0, 0);
    for row in self::labels(labels, "categories.csv") {
        let letter = letters[row[0].as_str()];
        // The heading is row 1.
        let leaf = row[1].parse::<usize>().unwrap() - 2;
        let suggested = table.suggest(&letter.title, &letter.text);
        all += 1;
        first += usize::from(suggested.first().is_some_and(|s| s.leaf == leaf));
        third += usize::from(suggested.iter().any(|s| s.leaf == leaf));
    }
    println!("categories: {all} letters, the first suggestion is right for {first}, one of three for {third}");
}
