//! Sealing notes as the tree's next leaves, within the transaction of the changes that they tell of.

use crate::backend::{Connection, failed, query};
use crate::rows;
use crate::script::Script;
use crate::text::to_column;
use cordon_enforce::audit::{Frontier, Salts, seal};
use cordon_enforce::ports::StoreError;
use cordon_model::audit::{AuditNote, AuditRecord};
use cordon_model::clock::Timestamp;

/// Appends `notes` to `tree` in their order, and moves its frontier.
///
/// Errors: [`StoreError::Unavailable`] where the machine gives no random numbers.
pub(crate) fn append(
    script: &mut Script,
    mut tree: Frontier,
    notes: Vec<AuditNote>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if notes.is_empty() {
        return Ok(());
    }
    let salts = draw_salts()?;
    let seal = |note| {
        let salt = salts.of(tree.size() + 1);
        seal(&mut tree, note, salt, now)
    };
    let records: Vec<AuditRecord> = notes.into_iter().map(seal).collect();
    script.add_rows(&rows::audit::TABLE, &records, rows::audit::bind);
    script.add(rows::audit::MOVE_HEAD, |values| values.bind(to_column(tree.size())).bind(tree.peaks_text()));
    Ok(())
}

fn draw_salts() -> Result<Salts, StoreError> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| StoreError::Unavailable(Box::new(error)))?;
    Ok(Salts(random))
}

/// The right edge of the tree.
pub(crate) async fn fetch_head(connection: &mut Connection<'_>) -> Result<Frontier, StoreError> {
    let row = query(rows::audit::HEAD).fetch_one(connection).await.map_err(failed)?;
    rows::audit::read_head(&row)
}
