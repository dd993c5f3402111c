//! What was found, compared with labels.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

/// The incident of each letter.
pub type Found = HashMap<String, Uuid>;

/// Prints B-cubed precision and recall, and how many matters were found.
pub fn matters(of: &str, labels: &HashMap<String, String>, found: &Found) {
    let mut by_incident: HashMap<Uuid, HashMap<&str, f64>> = HashMap::new();
    let mut by_matter: BTreeMap<&str, HashMap<Uuid, f64>> = BTreeMap::new();
    for (letter, matter) in labels {
        *by_incident.entry(found[letter]).or_default().entry(matter).or_default() += 1.0;
        *by_matter.entry(matter).or_default().entry(found[letter]).or_default() += 1.0;
    }
    let size = |parts: &HashMap<Uuid, f64>| parts.values().sum::<f64>();
    let (mut precision, mut recall) = (0.0, 0.0);
    for (letter, matter) in labels {
        let both = by_matter[matter.as_str()][&found[letter]];
        precision += both / by_incident[&found[letter]].values().sum::<f64>();
        recall += both / size(&by_matter[matter.as_str()]);
    }
    let found_of = |least: f64| {
        let large: Vec<_> = by_matter.values().filter(|parts| size(parts) >= least).collect();
        let is_found = |parts: &HashMap<Uuid, f64>| {
            let pure = |incident: &Uuid, count: f64| count >= 0.7 * by_incident[incident].values().sum::<f64>();
            parts.iter().any(|(incident, count)| *count >= 0.7 * size(parts) && pure(incident, *count))
        };
        (large.iter().filter(|parts| is_found(parts)).count(), large.len())
    };
    let letters = f64::from(u32::try_from(labels.len()).unwrap());
    let ((tens, of_tens), (fives, of_fives)) = (found_of(10.0), found_of(5.0));
    println!(
        "  {of}: {letters} letters, B-cubed precision {:.3}, recall {:.3}; matters of ten or more {tens} of {of_tens}, of five or more \
         {fives} of {of_fives}",
        precision / letters,
        recall / letters
    );
}

/// Prints how many hard pairs are decided, by kind.
pub fn pairs(labels: &[Vec<String>], found: &Found) {
    let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for row in labels {
        let decided = (found[&row[0]] == found[&row[1]]) == (row[3] == "same");
        for kind in [row[2].as_str(), "all"] {
            let (right, all) = kinds.entry(kind).or_default();
            *right += usize::from(decided);
            *all += 1;
        }
    }
    println!(
        "  hard pairs decided: {}",
        kinds.iter().map(|(kind, (right, all))| format!("{kind} {right} of {all}")).collect::<Vec<_>>().join(", ")
    );
}
