//! The bundled sample: an invented county.

use huiying_proto::intake::Category;
use serde::Deserialize;

use crate::{
    Failure,
    import::{self, Letters},
};

/// The office's name in the sample.
pub const PUBLIC_NAME: &str = "沙河县政府办公室";

const LETTERS: &str = include_str!("../../../../deploy/demo/letters.csv");
const BROKEN: &str = include_str!("../../../../deploy/demo/letters-broken.csv");
const REPORTS: &str = include_str!("../../../../deploy/demo/reports.yaml");
const OUTLETS: &str = include_str!("../../../../deploy/demo/outlets.yaml");
const CATEGORIES: &str = include_str!("../../../../deploy/demo/categories.csv");
const PEOPLE: &str = include_str!("../../../../deploy/demo/people.yaml");
const CITY: &str = include_str!("../../../../deploy/demo/people-city.yaml");

/// A media report of the sample.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Report {
    pub outlet: String,
    pub title: String,
    pub excerpt: String,
    #[serde(default)]
    pub url: String,
    pub publish_time: String,
    #[serde(default)]
    pub page: String,
    #[serde(default)]
    pub views: i64,
    #[serde(default)]
    pub comments: i64,
    #[serde(default)]
    pub reposts: i64,
    pub matter: String,
    pub sensitive: bool,
    #[serde(default)]
    pub bodies: Vec<String>,
}

/// An outlet of the sample.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Outlet {
    pub name: String,
    pub tier: String,
    pub medium: String,
    #[serde(default)]
    pub hosts: Vec<String>,
}

/// Bodies and people of an office.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct People {
    pub bodies: Vec<Body>,
    pub people: Vec<Person>,
    #[serde(default)]
    pub portfolios: Vec<Portfolio>,
    #[serde(default)]
    pub delegations: Vec<Delegation>,
    #[serde(default)]
    pub duty: Vec<Duty>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Body {
    pub key: String,
    pub name: String,
    pub kind: String,
    #[serde(default)]
    pub parent: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Person {
    pub key: String,
    pub name: String,
    #[serde(default)]
    pub positions: Vec<Position>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Position {
    pub body: String,
    pub title: String,
    #[serde(default)]
    pub roles: Vec<String>,
    pub start: String,
    pub end: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Portfolio {
    pub leader: String,
    pub bodies: Vec<String>,
    #[serde(default)]
    pub topics: Vec<String>,
    pub start: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Delegation {
    pub from: String,
    pub to: String,
    pub start: String,
    pub end: String,
    pub reason: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Duty {
    pub date: String,
    pub person: String,
}

/// The letters of the sample.
///
/// # Errors
/// Never, as long as the sample is sound; a test reads it.
pub fn letters() -> Result<Letters, Failure> {
    import::parse(LETTERS.as_bytes())
}

pub(super) fn broken_letters() -> Result<Letters, Failure> {
    import::parse(BROKEN.as_bytes())
}

pub(super) fn reports() -> Result<Vec<Report>, Failure> {
    Ok(serde_yaml_ng::from_str(REPORTS)?)
}

pub(super) fn outlets() -> Result<Vec<Outlet>, Failure> {
    Ok(serde_yaml_ng::from_str(OUTLETS)?)
}

pub(super) fn categories() -> Result<Vec<Category>, Failure> {
    import::parse_categories(CATEGORIES.as_bytes())
}

pub(super) fn people() -> Result<People, Failure> {
    Ok(serde_yaml_ng::from_str(PEOPLE)?)
}

pub(super) fn city() -> Result<People, Failure> {
    Ok(serde_yaml_ng::from_str(CITY)?)
}
