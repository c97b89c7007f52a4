//! The pipeline's side of the record.

use super::StoreError;
use async_trait::async_trait;
use cordon_model::clock::Timestamp;
use cordon_model::effect::Effect;
use cordon_model::ids::{EffectId, Offset};

/// Takes in what evaluation asks for, exactly once.
///
/// Contract:
/// - `commit_moves_the_offset_and_takes_the_effects_in_together`: after a commit both are there, after a
///   failure neither is, for each transaction of it;
/// - `a_stale_writer_is_told_both_offsets_and_changes_nothing`;
/// - `an_effect_committed_twice_counts_once`, by its [`EffectId`], even under a later offset;
/// - `a_commit_without_effects_is_one_update`: it moves the offset and writes nothing else;
/// - `a_long_commit_steps_aside_for_people`: it is one transaction while nobody waits for the writer; when a
///   person does, it commits what it has, only ever between two entries, lets the person go first and goes on.
///   A commit that failed or was given up half-way may be repeated unchanged by the same process; another
///   process starts from [`PipelineRecord::applied_offset`];
/// - `no_effect_of_the_pipeline_acts_on_an_account`: whatever the effects, no action comes of them;
/// - `a_hold_ends_by_itself_or_by_a_decision_and_is_no_action`: it limits reach for a day at most, where a case waits.
#[async_trait]
pub trait PipelineRecord: Send + Sync {
    /// The offset up to which effects are in the record; 0 at first.
    async fn applied_offset(&self) -> Result<Offset, StoreError>;

    /// Takes in `effects`, in their order, and moves the offset from `before` to `last`.
    ///
    /// Shape: `effects` rise by offset and lie in `before+1..=last`.
    /// Errors: [`StoreError::StaleWriter`] where the record is not at `before`; [`StoreError::StorageFull`],
    /// [`StoreError::Busy`].
    async fn commit(
        &self,
        before: Offset,
        last: Offset,
        effects: Vec<(EffectId, Effect)>,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
