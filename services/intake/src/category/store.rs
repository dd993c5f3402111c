//! All SQL that names intake.category, and says of which a report is.

use chassis::Error;
use grouping::category::Names;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Categorized, Category};

struct Row {
    category_id: Uuid,
    first_name: String,
    second_name: String,
    third_name: String,
    place: i32,
    is_retired: bool,
}

impl From<Row> for Category {
    fn from(row: Row) -> Self {
        let names = [row.first_name, row.second_name, row.third_name];
        Self { id: row.category_id, names, place: row.place, is_retired: row.is_retired }
    }
}

/// What became of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Saved {
    pub added: i64,
    pub kept: i64,
    pub retired: i64,
}

/// Saves the table, whole: categories in their order, with the ids of those that are new.
pub(super) async fn save(connection: &mut PgConnection, table: &[(Uuid, Names)]) -> Result<Saved, Error> {
    fn each(table: &[(Uuid, Names)], level: usize) -> Vec<String> {
        table.iter().map(|(_, names)| names.get(level).cloned().unwrap_or_default()).collect()
    }
    let (first, second, third) = (each(table, 0), each(table, 1), each(table, 2));
    // What is read and what is written see the table as it was before the statement.
    let row = sqlx::query!(
        r#"WITH t AS (SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
                      WITH ORDINALITY t(category_id, first_name, second_name, third_name, place)),
             there AS (SELECT c.category_id FROM intake.category c JOIN t USING (first_name, second_name, third_name) WHERE NOT c.is_retired),
             saved AS (INSERT INTO intake.category (category_id, first_name, second_name, third_name, place)
                       SELECT category_id, first_name, second_name, third_name, place::int FROM t
                       ON CONFLICT (first_name, second_name, third_name) DO UPDATE SET place = excluded.place, is_retired = false
                       RETURNING category_id),
             retired AS (UPDATE intake.category c SET is_retired = true
                         WHERE NOT is_retired AND NOT EXISTS (SELECT 1 FROM t WHERE (t.first_name, t.second_name, t.third_name)
                                                                                  = (c.first_name, c.second_name, c.third_name))
                         RETURNING category_id)
           SELECT (SELECT count(*) FROM saved) AS "saved!", (SELECT count(*) FROM there) AS "kept!", (SELECT count(*) FROM retired) AS "retired!""#,
        &table.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        &first,
        &second,
        &third
    )
    .fetch_one(connection)
    .await?;
    Ok(Saved { added: row.saved - row.kept, kept: row.kept, retired: row.retired })
}

/// The categories in force, in the order of the table.
pub(crate) async fn in_force(connection: &mut PgConnection) -> Result<Vec<Category>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT category_id, first_name, second_name, third_name, place, is_retired FROM intake.category
         WHERE NOT is_retired ORDER BY place, category_id"
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Category::from).collect())
}

/// A page of categories: those in force in the order of the table, then the retired ones.
pub(super) async fn page(connection: &mut PgConnection, after: (bool, i32, Uuid), limit: i64) -> Result<Vec<Category>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT category_id, first_name, second_name, third_name, place, is_retired FROM intake.category
         WHERE (is_retired, place, category_id) > ($1, $2, $3) ORDER BY is_retired, place, category_id LIMIT $4",
        after.0,
        after.1,
        after.2,
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Category::from).collect())
}

/// A category, retired ones included.
pub(crate) async fn named(connection: &mut PgConnection, id: Uuid) -> Result<Option<Category>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT category_id, first_name, second_name, third_name, place, is_retired FROM intake.category WHERE category_id = $1",
        id
    );
    Ok(row.fetch_optional(connection).await?.map(Category::from))
}

/// Saves which category a report is of.
pub(super) async fn categorize(connection: &mut PgConnection, report: Uuid, is: Categorized) -> Result<(), Error> {
    sqlx::query!("UPDATE intake.report SET category_id = $2, category_person_id = $3 WHERE report_id = $1", report, is.category, is.by)
        .execute(connection)
        .await?;
    Ok(())
}
