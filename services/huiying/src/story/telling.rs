//! Tells the story: each step a line in Chinese with its clause, and a table at the end.

use jiff::Timestamp;

use crate::table::table;

/// One thing that somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub time: Timestamp,
    /// Under which clause.
    pub clause: &'static str,
    /// Who.
    pub who: String,
    /// What.
    pub what: String,
}

/// The telling, aloud or not.
#[derive(Debug, Default)]
pub struct Telling {
    aloud: bool,
    acts: Vec<(String, usize)>,
    steps: Vec<Step>,
}

impl Telling {
    /// Tells on the standard output.
    #[must_use]
    pub fn aloud() -> Self {
        Self { aloud: true, ..Self::default() }
    }

    /// Keeps it to itself.
    #[must_use]
    pub fn silent() -> Self {
        Self::default()
    }

    /// Begins an act.
    pub fn act(&mut self, name: &str, about: &str) {
        self.acts.push((format!("{name} {about}"), self.steps.len()));
        if self.aloud {
            println!("\n━━ {name} · {about}");
        }
    }

    /// Tells one thing that somebody did.
    pub fn line(&mut self, time: Timestamp, clause: &'static str, who: &str, what: String) {
        if self.aloud {
            let clock = time.to_zoned(chassis::clock::zone()).strftime("%m-%d %H:%M").to_string();
            println!("  {clock}  {clause:<8}  {who}: {what}");
        }
        self.steps.push(Step { time, clause, who: who.to_owned(), what });
    }

    /// Shows a text as it is.
    pub fn show(&self, title: &str, text: &str, most_lines: usize) {
        if !self.aloud {
            return;
        }
        println!("      ┌─ {title}");
        let count = text.lines().count();
        for line in text.lines().take(most_lines) {
            println!("      │ {line}");
        }
        if count > most_lines {
            println!("      │ ……(共 {count} 行)");
        }
        println!("      └─");
    }

    /// Everything told.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The act under way, for a failure.
    #[must_use]
    pub fn current_act(&self) -> &str {
        self.acts.last().map_or("开场", |(name, _)| name)
    }

    /// Prints a table.
    pub fn table(&self, title: &str, heading: &[&str], rows: Vec<Vec<String>>) {
        if !self.aloud {
            return;
        }
        println!("\n{title}\n{}", table(heading, rows));
    }

    /// The table of acts: how many steps, under which clauses.
    pub fn summary(&self) {
        let ends = self.acts.iter().skip(1).map(|(_, at)| *at).chain([self.steps.len()]);
        let rows = self.acts.iter().zip(ends).map(|((name, start), end)| {
            let steps = self.steps.get(*start..end).unwrap_or_default();
            let mut clauses: Vec<&str> = Vec::new();
            for step in steps {
                if !clauses.contains(&step.clause) {
                    clauses.push(step.clause);
                }
            }
            vec![name.clone(), steps.len().to_string(), clauses.join("、"), steps.last().map(|s| s.what.clone()).unwrap_or_default()]
        });
        self.table("办理经过", &["环节", "步数", "依据条款", "结果"], rows.collect());
    }
}
