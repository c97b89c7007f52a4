//! The contract of the record's ports, once for every backend: each clause in the ports' documents is a
//! function here of the same name. A backend joins with one line at the end of this file.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test crate: the permission for tests covers only what stands under #[test] itself"
)]

mod audit_log;
mod bulk_desk;
mod case_desk;
mod case_notes;
#[cfg(feature = "postgres")]
mod claimers;
mod cluster_desk;
mod counts;
#[cfg(all(feature = "postgres", feature = "tls"))]
mod encrypted;
mod fixtures;
#[cfg(feature = "postgres")]
mod moving;
mod notice_desk;
mod operators;
mod outbox;
mod pipeline_record;
mod policies;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "postgres")]
mod postgres_server;
mod quality_desk;
#[cfg(feature = "postgres")]
mod schema;
mod sign_in;
mod sqlite;
mod strikes;

use cordon_enforce::ports::{
    AuditLog, BulkDesk, CaseDesk, ClusterDesk, Counts, NoticeDesk, Operators, Outbox, PipelineRecord,
    Policies, QualityDesk, SignIn,
};

/// A record under test.
pub(crate) trait Ports:
    PipelineRecord
    + CaseDesk
    + ClusterDesk
    + Outbox
    + Operators
    + Policies
    + AuditLog
    + BulkDesk
    + NoticeDesk
    + QualityDesk
    + Counts
    + SignIn
    + 'static
{
}
impl<
    T: PipelineRecord
        + CaseDesk
        + ClusterDesk
        + Outbox
        + Operators
        + Policies
        + AuditLog
        + BulkDesk
        + NoticeDesk
        + QualityDesk
        + Counts
        + SignIn
        + 'static,
> Ports for T
{
}

/// A database that lives as long as its test.
pub(crate) trait Backend: Sized + Send + Sync {
    type Record: Ports;

    /// Whether there is such a database on this machine. Where there is none, it was said and counted.
    fn is_there() -> bool {
        true
    }
    /// An empty one.
    async fn create() -> Self;
    /// Opens it, again where it was open before.
    async fn open(&self) -> Self::Record;
    /// Runs a statement behind the record's back; the database's complaint.
    async fn tamper(&self, statement: &'static str) -> Result<(), String>;
    /// How many rows a table has.
    async fn count(&self, table: &str) -> i64;
}

macro_rules! contract {
    ($backend:ty => $($port:ident :: { $($clause:ident),+ $(,)? })+) => {
        $(mod $port {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $clause() {
                if <$backend as crate::Backend>::is_there() {
                    crate::$port::$clause::<$backend>().await;
                }
            })+
        })+
    };
}

macro_rules! every_clause {
    ($name:ident, $backend:ty) => {
        mod $name {
            contract! { $backend =>
                pipeline_record::{
                    commit_moves_the_offset_and_takes_the_effects_in_together,
                    a_stale_writer_is_told_both_offsets_and_changes_nothing,
                    an_effect_committed_twice_counts_once,
                    a_commit_without_effects_is_one_update,
                    a_long_commit_steps_aside_for_people,
                    no_effect_of_the_pipeline_acts_on_an_account,
                    a_hold_ends_by_itself_or_by_a_decision_and_is_no_action,
                    a_commit_dropped_in_the_middle_leaves_whole_entries_only,
                    reports_on_an_account_not_seen_yet_wait_for_it,
                }
                case_desk::{
                    a_second_report_joins_the_open_case,
                    a_backlog_tells_what_is_unclaimed_late_and_due_soon,
                    pages_show_every_case_once_in_queue_order,
                    a_claim_excludes_others_until_it_lapses,
                    claim_next_takes_the_first_unclaimed_case,
                    a_suspension_writes_decision_action_standing_outbox_and_audit_together,
                    protection_is_kept_on_the_account_and_its_cases,
                    a_case_is_decided_once,
                    a_decision_cites_a_policy_that_is_known_and_not_retired,
                    an_overturned_suspension_restores_the_account_and_takes_learning_back,
                    a_suspension_for_a_time_ends_by_itself_once,
                    what_a_later_decision_did_outlives_the_end_of_an_earlier_one,
                    a_repeat_of_what_was_judged_costs_nobody_time,
                    an_erasure_under_legal_hold_waits_for_its_end,
                    what_is_not_there_is_named,
                }
                case_notes::{
                    a_note_mentions_operators_and_goes_with_the_accounts_data,
                    a_case_is_passed_on_or_put_before_a_lead_by_whoever_holds_it,
                }
                strikes::{
                    strikes_expire_and_an_overturned_decision_is_none,
                    a_decision_milder_than_the_ladder_opens_a_case_and_does_nothing_else,
                }
                cluster_desk::{
                    opening_a_cluster_opens_or_joins_a_case_for_every_member,
                    opening_the_same_cluster_again_changes_nothing,
                    a_suspended_member_gets_no_case,
                    a_cluster_is_claimed_under_one_lease_that_names_what_others_hold,
                    members_are_decided_at_once_each_by_a_decision_of_its_own,
                    a_cluster_case_closes_with_the_last_of_its_members,
                    erasing_a_member_takes_the_shared_evidence_out,
                }
                bulk_desk::{
                    a_proposal_names_what_it_leaves_out,
                    the_proposer_neither_judges_nor_approves,
                    a_sample_with_too_many_errors_refuses_the_batch_and_may_be_enlarged,
                    an_approval_is_bound_to_the_list,
                    every_member_is_decided_exactly_once_wherever_the_process_dies,
                    a_batch_taken_back_restores_every_account_and_what_was_learned,
                    members_that_may_not_be_acted_upon_any_more_are_passed_over,
                    too_many_actions_a_day_need_the_glass_broken,
                    a_batch_that_appeals_speak_against_pauses_itself,
                    an_erased_account_leaves_its_batch,
                }
                notice_desk::{
                    every_restriction_has_a_statement_and_a_notice,
                    a_gagged_notice_leaves_on_its_day_and_once,
                    an_outcome_that_a_gag_kept_back_leaves_behind_its_notice_and_once,
                    an_appeal_is_filed_once_by_link_or_by_the_platform,
                    an_appeal_is_decided_by_somebody_else_and_restores_the_account,
                    an_overturned_appeal_counts_against_its_batch,
                    late_appeals_are_listed_and_alarmed_once,
                    an_appeal_whose_decision_fell_without_it_is_settled,
                    an_erased_account_leaves_no_words_in_its_appeal,
                }
                quality_desk::{
                    a_share_of_decisions_is_drawn_in_the_decisions_own_transaction,
                    a_second_look_never_goes_to_who_decided_and_changes_nothing_about_the_account,
                    a_look_goes_to_one_reviewer_until_it_lapses,
                    a_disagreement_is_settled_by_a_third_and_feeds_the_golden_cases,
                    an_erased_account_leaves_no_look_that_waits,
                }
                outbox::{
                    a_stream_is_delivered_in_order,
                    a_failed_row_comes_back_later_under_the_same_key,
                    a_row_that_keeps_failing_becomes_a_dead_letter,
                    a_dead_letter_is_replayed_on_demand,
                    done_twice_is_done_once,
                }
                operators::{
                    a_token_opens_until_it_expires_or_is_revoked,
                    the_record_never_holds_a_secret,
                    a_wrong_token_is_looked_up_like_a_right_one,
                }
                sign_in::{
                    a_password_opens_sessions_until_it_changes_or_its_operator_is_disabled,
                    a_code_and_a_recovery_code_count_once,
                    a_second_factor_holds_once_it_is_confirmed_until_it_is_reset,
                    signing_in_and_failing_to_are_audited_alike,
                }
                policies::{
                    a_policy_version_never_changes_its_text,
                    putting_the_same_policy_again_changes_nothing,
                    a_ladder_replaces_the_one_before_and_says_so_once,
                }
                audit_log::{
                    every_state_change_leaves_an_audit_record,
                    a_change_of_rules_or_banks_is_told_once_with_who_did_it,
                    the_audit_refuses_to_be_rewritten,
                    verify_audit_names_the_first_broken_record,
                    an_audit_rewritten_as_a_whole_is_not_what_its_checkpoint_was_signed_for,
                    erasing_an_account_takes_it_out_of_the_audit_and_every_proof_holds,
                    every_record_is_proved_under_every_checkpoint_and_checkpoints_under_each_other,
                }
                counts::{ counts_stream_every_row_once }
            }
        }
    };
}

every_clause!(on_sqlite, crate::sqlite::Sqlite);
#[cfg(feature = "postgres")]
every_clause!(on_postgres, crate::postgres::Postgres);
