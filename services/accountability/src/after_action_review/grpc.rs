//! After-action reviews: from the wire and to it.

use chassis::{Error, Fields, Page, wire_time};
use huiying_proto::accountability as pb;
use pb::after_action_review::Proposal as WireProposal;
use uuid::Uuid;

use super::{
    Proposal, Review,
    commands::{FileReview, Search},
    normal,
};

const MOST_PROPOSALS: usize = 50;
const LONGEST_TITLE: usize = 200;
const LONGEST_TEXT: usize = 20_000;
const LONGEST_PROPOSAL: usize = 2_000;
const LONGEST_CLAUSE: usize = 50;
const LONGEST_SEARCH: usize = 100;

pub(crate) fn file(message: &pb::FileReviewRequest) -> Result<FileReview, Error> {
    let mut fields = Fields::new();
    if message.proposals.len() > MOST_PROPOSALS {
        fields.wrong("proposals", format!("不能超过 {MOST_PROPOSALS} 条"));
    }
    let proposal = |(at, proposal): (usize, &WireProposal), fields: &mut Fields| Proposal {
        clause: fields.text(&format!("proposals[{at}].clause"), &proposal.clause, LONGEST_CLAUSE),
        text: fields.text(&format!("proposals[{at}].text"), &proposal.text, LONGEST_PROPOSAL),
    };
    let command = FileReview {
        incident_id: fields.id("incident_id", &message.incident_id),
        title: fields.text("title", &message.title, LONGEST_TITLE),
        lessons: fields.text("lessons", &message.lessons, LONGEST_TEXT),
        causes: fields.text("causes", &message.causes, LONGEST_TEXT),
        proposals: message.proposals.iter().take(MOST_PROPOSALS).enumerate().map(|one| proposal(one, &mut fields)).collect(),
    };
    fields.check().map(|()| command)
}

pub(crate) fn get(message: &pb::GetReviewRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let id = fields.id("review_id", &message.review_id);
    fields.check().map(|()| id)
}

pub(crate) fn search(message: &pb::FindReviewsRequest) -> Result<Search, Error> {
    let mut fields = Fields::new();
    let text = normal(&fields.optional_text("text", &message.text, LONGEST_SEARCH));
    fields.check()?;
    Ok(Search { text, page: Page::parse(message.page_size, &message.page_token)? })
}

pub(crate) fn to_wire(review: &Review) -> pb::AfterActionReview {
    let proposal = |proposal: &Proposal| WireProposal { clause: proposal.clause.clone(), text: proposal.text.clone() };
    pb::AfterActionReview {
        review_id: review.id.to_string(),
        incident_id: review.incident_id.to_string(),
        title: review.title.clone(),
        lessons: review.lessons.clone(),
        causes: review.causes.clone(),
        proposals: review.proposals.iter().map(proposal).collect(),
        person_id: review.person.to_string(),
        file_time: Some(wire_time(review.file_time)),
    }
}
