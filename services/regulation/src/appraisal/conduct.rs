//! 办理情况: how one unit handled what it owed in a period, and what can be counted of it.

use crate::vocabulary::{Shape, Type};
use serde_json::{Map, Value};

/// 时限结果: how a clock that fell due in the period stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// 按时办结.
    InTime,
    /// 逾期办结.
    Late,
    /// 逾期未办: not done, or ended when it was too late.
    Unmet,
}

/// 一项时限 of the unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The obligation.
    pub obligation_id: String,
    /// The duty of the rule file.
    pub duty_id: String,
    /// The incident, if it concerns one.
    pub incident_id: Option<String>,
    /// How it stands.
    pub standing: Standing,
    /// Whether it was extended.
    pub extended: bool,
}

/// Something that happened in an incident, such as a return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The incident.
    pub incident_id: String,
    /// 评查得分 of a review; 0 of anything else.
    pub score: i64,
}

/// 办理情况: all that a unit's figures are computed from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conduct {
    /// What fell due.
    pub clocks: Vec<Clock>,
    /// 报送的调查结果.
    pub submissions: Vec<Reference>,
    /// 被退回的调查结果.
    pub returns: Vec<Reference>,
    /// 质量评查.
    pub reviews: Vec<Reference>,
}

/// 计数: what a formula sees, as `count`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// What fell due: in time, late and unmet.
    pub owed: i64,
    /// 按时办结.
    pub in_time: i64,
    /// 逾期办结.
    pub late: i64,
    /// 逾期未办.
    pub unmet: i64,
    /// 延期.
    pub extended: i64,
    /// 报送的调查结果.
    pub submitted: i64,
    /// 被退回的调查结果.
    pub returned: i64,
    /// 质量评查次数.
    pub reviewed: i64,
    /// 质量评查得分之和.
    pub review_points: i64,
}

/// 计数 as the figures of an appraisal see them.
pub(crate) const COUNT: Shape = Shape {
    name: "count",
    fields: &[
        ("owed", Type::Number),
        ("in_time", Type::Number),
        ("late", Type::Number),
        ("unmet", Type::Number),
        ("extended", Type::Number),
        ("submitted", Type::Number),
        ("returned", Type::Number),
        ("reviewed", Type::Number),
        ("review_points", Type::Number),
    ],
};

impl Counts {
    /// As a formula sees them.
    pub(crate) fn fields(self) -> Map<String, Value> {
        [
            ("owed", self.owed),
            ("in_time", self.in_time),
            ("late", self.late),
            ("unmet", self.unmet),
            ("extended", self.extended),
            ("submitted", self.submitted),
            ("returned", self.returned),
            ("reviewed", self.reviewed),
            ("review_points", self.review_points),
        ]
        .into_iter()
        .map(|(name, count)| (name.to_owned(), Value::from(count)))
        .collect()
    }
}

impl Conduct {
    /// With the clocks of some duties alone; with all when none is named.
    pub(crate) fn of_duties(&self, duties: &[String]) -> Conduct {
        let mut conduct = self.clone();
        conduct.clocks.retain(|clock| duties.is_empty() || duties.contains(&clock.duty_id));
        conduct
    }

    /// What can be counted of it.
    pub fn counts(&self) -> Counts {
        let standing = |standing| count(self.clocks.iter().filter(|clock| clock.standing == standing));
        Counts {
            owed: count(self.clocks.iter()),
            in_time: standing(Standing::InTime),
            late: standing(Standing::Late),
            unmet: standing(Standing::Unmet),
            extended: count(self.clocks.iter().filter(|clock| clock.extended)),
            submitted: count(self.submissions.iter()),
            returned: count(self.returns.iter()),
            reviewed: count(self.reviews.iter()),
            review_points: self.reviews.iter().map(|review| review.score).sum(),
        }
    }

    pub(crate) fn obligation_ids(&self) -> Vec<String> {
        self.clocks.iter().map(|clock| clock.obligation_id.clone()).collect()
    }

    pub(crate) fn incident_ids(&self) -> Vec<String> {
        let of_clocks = self.clocks.iter().filter_map(|clock| clock.incident_id.clone());
        let others = self.submissions.iter().chain(&self.returns).chain(&self.reviews).map(|other| other.incident_id.clone());
        let mut ids: Vec<String> = of_clocks.chain(others).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> i64 {
    items.fold(0, |count, _| count + 1)
}
