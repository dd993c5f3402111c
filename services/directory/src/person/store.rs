//! All SQL that names directory.person.

use chassis::Error;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Person;

/// Everybody.
pub(crate) async fn all(connection: &mut PgConnection) -> Result<Vec<Person>, Error> {
    Ok(sqlx::query_as!(Person, "SELECT person_id AS id, code, name FROM directory.person").fetch_all(connection).await?)
}

/// A page of people by code.
pub(crate) async fn page(connection: &mut PgConnection, after: &str, limit: i64) -> Result<Vec<Person>, Error> {
    let people = sqlx::query_as!(
        Person,
        "SELECT person_id AS id, code, name FROM directory.person WHERE code > $1 ORDER BY code LIMIT $2",
        after,
        limit
    );
    Ok(people.fetch_all(connection).await?)
}

/// A person by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Person>, Error> {
    let person = sqlx::query_as!(Person, "SELECT person_id AS id, code, name FROM directory.person WHERE person_id = $1", id);
    Ok(person.fetch_optional(connection).await?)
}

/// Adds or corrects a person.
pub(crate) async fn put(connection: &mut PgConnection, person: &Person) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO directory.person (person_id, code, name) VALUES ($1, $2, $3) ON CONFLICT (person_id) DO UPDATE SET name = EXCLUDED.name",
        person.id,
        person.code,
        person.name
    )
    .execute(connection)
    .await?;
    Ok(())
}
