//! How like an incident a report is: signals that a person can read, weighed by one table.

use std::collections::HashMap;

use super::{
    entry::{Entry, Kept},
    vocabulary::{Slot, Vocabulary},
};

/// Signals of likeness.
pub const SIGNALS: usize = 33;
/// The signals and how much each counts for one matter, in the logit. Fitted by logistic regression on one half of labelled
/// matters, where every earlier letter was in its true incident.
pub const WEIGHTS: [(&str, f32); SIGNALS] = [
    ("bias", -3.92),               // what is needed without any signal
    ("text", 0.85),                // cosine with the most alike report
    ("text3", 1.33),               // mean cosine with the three most alike
    ("core", 1.05),                // cosine with what most of its reports say
    ("title", 0.12),               // cosine of the titles
    ("place", 1.05),               // rarity of the rarest common place
    ("title place", -0.51),        // the same, in one of the titles
    ("places cover", 0.13),        // that rarity against the rarest place of the report
    ("core place", -0.86),         // rarity of a common place, by the share of its reports that name it
    ("places apart", 0.02),        // both name places, none in common
    ("title places apart", -5.00), // both titles do: held at this weight, not fitted
    ("name", 0.93),                // rarity of the rarest common name of a body or thing
    ("topic", -1.25),              // a common topic in one of the titles
    ("topic apart", -2.11),        // both have topics, none in common
    ("title topic", 0.66),         // a common topic in both titles
    ("topics", 0.48),              // common topics, six at most
    ("district apart", -1.78),     // both name districts, none in common
    ("writer", 2.78),              // a letter of the same writer
    ("days", -0.57),               // logarithm of the days to the nearest
    ("reports", -1.33),            // logarithm of the reports compared
    ("problem", 3.44),             // cosine of the words that are no names
    ("place*topic", 0.20),
    ("writer*place", -1.41),
    ("place*problem", 3.20),
    ("own title", 0.27),   // how much of its title the other says
    ("its title", 0.19),   // how much of the other title it says
    ("both titles", 0.81), // both of these
    ("rare title", 1.38),  // rarity of the rarest word in both titles
    ("rare*titles", 1.83),
    ("writer*text", -0.22),
    ("writer*titles", 0.43),
    ("topic*text", 0.51),
    ("burst", 4.00), // many write of one place on one day, in words of their own, the more the surer: held at this weight, not fitted
];
/// A burst is of so many reports of an incident,
const BURST: f32 = 4.0;
/// so large a share of which names the place,
const AT_THE_PLACE: f32 = 0.7;
/// the nearest of them at most so many days away,
const AT_ONCE: f32 = 1.0;
/// and has so much in common with the report besides its place.
const ON_THE_MATTER: f32 = 0.05;
/// Of an incident's reports the most alike count.
const NEAREST: usize = 3;
/// A word is of the matter when this share of its reports holds it.
const CORE: f32 = 0.34;
/// A name tells so much more than another word.
const NAME: f32 = 1.5;
/// A word of the title tells so much more than one of the text.
const TITLE: f32 = 1.6;
/// The rarity that counts as one.
const RARE: f32 = 6.0;

#[derive(Clone, Copy, Debug)]
struct Told {
    slot: Slot,
    rarity: f32,
    weight: f32,
    kept: Kept,
}

/// An entry with the weights of its words.
#[derive(Debug)]
pub(super) struct Weighed<'a> {
    pub entry: &'a Entry,
    words: Vec<Told>,
    length: f32,
    title_length: f32,
    problem_length: f32,
    places: f32,
    title_places: f32,
}

impl<'a> Weighed<'a> {
    pub fn new(entry: &'a Entry, vocabulary: &Vocabulary) -> Self {
        let told = |kept: &Kept| {
            let rarity = vocabulary.weight(kept.slot());
            let stress = if kept.is_name() { NAME } else { 1.0 } * if kept.in_title() { TITLE } else { 1.0 };
            Told { slot: kept.slot(), rarity, weight: kept.weight() * rarity * stress, kept: *kept }
        };
        let words: Vec<Told> = entry.words.iter().map(told).collect();
        let length = |of: &dyn Fn(&Told) -> bool| words.iter().filter(|w| of(w)).map(|w| w.weight * w.weight).sum::<f32>().sqrt().max(1e-6);
        let rarest = |of: &dyn Fn(&Told) -> bool| words.iter().filter(|w| of(w)).map(|w| w.rarity).fold(0.0, f32::max);
        Self {
            entry,
            length: length(&|_| true),
            title_length: length(&|w| w.kept.in_title()),
            problem_length: length(&|w| !w.kept.is_name()),
            places: rarest(&|w| w.kept.is_place()),
            title_places: rarest(&|w| w.kept.is_place() && w.kept.in_title()),
            words,
        }
    }

    /// What two reports share.
    fn shared(&self, other: &Self) -> Shared {
        let mut shared = Shared::default();
        let (mut a, mut b) = (self.words.iter().peekable(), other.words.iter().peekable());
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            match x.slot.cmp(&y.slot) {
                std::cmp::Ordering::Less => drop(a.next()),
                std::cmp::Ordering::Greater => drop(b.next()),
                std::cmp::Ordering::Equal => {
                    shared.take(x, y);
                    a.next();
                    b.next();
                }
            }
        }
        shared.text /= self.length * other.length;
        shared.title /= self.title_length * other.title_length;
        shared.problem /= self.problem_length * other.problem_length;
        shared.own_title /= self.title_length * self.title_length;
        shared.its_title /= other.title_length * other.title_length;
        shared
    }
}

/// What two reports share: cosines, and the rarity of the rarest place and name.
#[derive(Clone, Copy, Debug, Default)]
struct Shared {
    text: f32,
    title: f32,
    problem: f32,
    place: f32,
    title_place: f32,
    name: f32,
    own_title: f32,
    its_title: f32,
    rare_title: f32,
}

impl Shared {
    fn take(&mut self, x: &Told, y: &Told) {
        let product = x.weight * y.weight;
        let in_titles = u8::from(x.kept.in_title()) + u8::from(y.kept.in_title());
        self.text += product;
        if in_titles == 2 {
            self.title += product;
            self.rare_title = self.rare_title.max(x.rarity);
        }
        if x.kept.in_title() {
            self.own_title += x.weight * x.weight;
        }
        if y.kept.in_title() {
            self.its_title += y.weight * y.weight;
        }
        if x.kept.is_place() || y.kept.is_place() {
            self.place = self.place.max(x.rarity);
            if in_titles > 0 {
                self.title_place = self.title_place.max(x.rarity);
            }
        } else if x.kept.is_name() || y.kept.is_name() {
            self.name = self.name.max(x.rarity);
        } else {
            self.problem += product;
        }
    }
}

/// The signals of a report and an incident.
pub(super) fn signals(report: &Weighed<'_>, members: &[Weighed<'_>]) -> [f32; SIGNALS] {
    let mut shared: Vec<Shared> = members.iter().map(|m| report.shared(m)).collect();
    shared.sort_by(|a, b| b.text.total_cmp(&a.text));
    let most = |of: &dyn Fn(&Shared) -> f32| shared.iter().map(of).fold(0.0, f32::max);
    #[allow(clippy::cast_precision_loss, reason = "few")]
    let count = members.len() as f32;
    let nearest = shared.iter().take(NEAREST).map(|s| s.text).sum::<f32>() / count.clamp(1.0, 3.0);
    let core = Core::of(members);
    let entry = report.entry;
    let topics = members.iter().fold(0_u128, |all, m| all | m.entry.topics);
    let title_topics = members.iter().fold(0_u128, |all, m| all | m.entry.title_topics);
    let districts = members.iter().fold(0_u64, |all, m| all | m.entry.districts);
    let is = |holds: bool| if holds { 1.0 } else { 0.0 };
    let named = members.iter().map(|m| m.places).fold(0.0, f32::max) / RARE;
    let title_named = members.iter().map(|m| m.title_places).fold(0.0, f32::max) / RARE;
    let place = most(&|s| s.place) / RARE;
    let title_place = most(&|s| s.title_place) / RARE;
    let same_topic = is(entry.title_topics & topics != 0 || entry.topics & title_topics != 0);
    let writer = is(entry.writer.is_some() && members.iter().any(|m| m.entry.writer == entry.writer));
    let problem = most(&|s| s.problem);
    let own_title = most(&|s| s.own_title);
    let its_title = most(&|s| s.its_title);
    let both_titles = most(&|s| (s.own_title * s.its_title).sqrt());
    let rare_title = most(&|s| s.rare_title) / RARE;
    #[allow(clippy::cast_precision_loss, reason = "topics")]
    let topics_shared = (entry.topics & topics).count_ones().min(6) as f32;
    #[allow(clippy::cast_precision_loss, reason = "days")]
    let days = members.iter().map(|m| m.entry.time.duration_since(entry.time).abs().as_hours()).min().unwrap_or(0) as f32 / 24.0;
    let places_apart = is(place <= 0.3) * named.min(report.places / RARE).min(1.0);
    let districts_apart = is(entry.districts != 0 && districts != 0 && entry.districts & districts == 0);
    let core_place = core.place(report) / RARE;
    let in_a_burst = place >= 0.5
        && core_place >= AT_THE_PLACE * place
        && count >= BURST
        && days <= AT_ONCE
        && problem >= ON_THE_MATTER
        && districts_apart <= 0.0;
    [
        1.0,
        shared.first().map_or(0.0, |s| s.text),
        nearest,
        core.cosine(report),
        most(&|s| s.title),
        place,
        title_place,
        place * RARE / report.places.max(1.0),
        core_place,
        places_apart,
        is(title_place <= 0.3) * title_named.min(report.title_places / RARE).min(1.0),
        most(&|s| s.name) / RARE,
        same_topic,
        is(entry.topics != 0 && topics != 0 && entry.topics & topics == 0),
        is(entry.title_topics & title_topics != 0),
        topics_shared,
        districts_apart,
        writer,
        days.ln_1p(),
        count.ln(),
        problem,
        title_place * same_topic,
        writer * place,
        place * problem,
        own_title,
        its_title,
        both_titles,
        rare_title,
        rare_title * both_titles,
        writer * nearest,
        writer * both_titles,
        same_topic * nearest,
        is(in_a_burst) * (count.ln() / BURST.ln()),
    ]
}

/// What most of an incident's reports say.
struct Core {
    words: HashMap<Slot, (f32, f32)>,
    reports: f32,
    length: f32,
}

impl Core {
    fn of(members: &[Weighed<'_>]) -> Self {
        let mut words: HashMap<Slot, (f32, f32)> = HashMap::new();
        for word in members.iter().flat_map(|m| &m.words) {
            let (sum, holders) = words.entry(word.slot).or_default();
            *sum += word.weight;
            *holders += 1.0;
        }
        #[allow(clippy::cast_precision_loss, reason = "few")]
        let reports = members.len() as f32;
        words.retain(|_, (_, holders)| *holders >= CORE * reports);
        let mut squares: Vec<f32> = words.values().map(|(sum, _)| sum * sum).collect();
        squares.sort_unstable_by(f32::total_cmp);
        let length = squares.iter().sum::<f32>().sqrt().max(1e-6);
        Self { words, reports, length }
    }

    /// How much of it a report says, too.
    fn cosine(&self, report: &Weighed<'_>) -> f32 {
        let product: f32 = report.words.iter().filter_map(|word| Some(word.weight * self.words.get(&word.slot)?.0)).sum();
        product / (self.length * report.length)
    }

    /// The rarity of the rarest place that a report shares with most.
    fn place(&self, report: &Weighed<'_>) -> f32 {
        let of_places = report.words.iter().filter(|word| word.kept.is_place());
        of_places.filter_map(|word| Some(word.rarity * self.words.get(&word.slot)?.1 / self.reports)).fold(0.0, f32::max)
    }
}

/// How likely a report with some signals is of the incident, 0 to 1.
pub(super) fn likelihood(signals: &[f32; SIGNALS]) -> f32 {
    let sum: f32 = signals.iter().zip(WEIGHTS).map(|(signal, (_, weight))| signal * weight).sum();
    1.0 / (1.0 + (-sum).exp())
}
