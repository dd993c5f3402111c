//! 名称: how the bodies and persons are called whom facts name by id.

use std::collections::HashMap;

use huiying_proto::directory::{ListBodiesRequest, ListPersonsRequest, directory_service_client::DirectoryServiceClient};
use regulation::{Party, role_name};

use crate::{
    Failure,
    client::{Client, Wire},
};

/// Names by id. Whoever has none is called by the id.
#[derive(Debug, Default)]
pub struct Names(HashMap<String, String>);

impl Names {
    /// Learns a name.
    pub fn learn(&mut self, id: String, name: String) {
        self.0.insert(id, name);
    }

    /// The names in the registry; none where the caller may not read it.
    ///
    /// # Errors
    /// When the registry cannot be reached.
    pub async fn of_directory(client: &Client) -> Result<Self, Failure> {
        let mut names = Self::default();
        match names.read(client.directory()?).await {
            Ok(()) => Ok(names),
            Err(status) if status.code() == tonic::Code::PermissionDenied => Ok(Self::default()),
            Err(status) => Err(status.into()),
        }
    }

    async fn read(&mut self, mut directory: DirectoryServiceClient<Wire>) -> Result<(), tonic::Status> {
        let mut page_token = String::new();
        loop {
            let answer = directory.list_bodies(ListBodiesRequest { page_size: 1000, page_token }).await?.into_inner();
            self.0.extend(answer.bodies.into_iter().map(|body| (body.body_id, body.name)));
            page_token = answer.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        loop {
            let answer = directory.list_persons(ListPersonsRequest { page_size: 1000, page_token }).await?.into_inner();
            self.0.extend(answer.persons.into_iter().map(|person| (person.person_id, person.name)));
            page_token = answer.next_page_token;
            if page_token.is_empty() {
                return Ok(());
            }
        }
    }

    /// A party: a body or a person by name, a role by its term.
    #[must_use]
    pub fn party(&self, party: &Party) -> String {
        match party {
            Party::Body(id) | Party::Person(id) => self.0.get(id).unwrap_or(id).clone(),
            Party::Role(slug) => role_name(slug).to_owned(),
        }
    }
}

/// Who owes, as the contract names them: a body, a person or a role.
#[must_use]
pub fn debtor(body_id: &str, person_id: &str, role: &str) -> Party {
    match (body_id, person_id) {
        ("", "") => Party::Role(role.to_owned()),
        ("", person_id) => Party::Person(person_id.to_owned()),
        (body_id, _) => Party::Body(body_id.to_owned()),
    }
}
