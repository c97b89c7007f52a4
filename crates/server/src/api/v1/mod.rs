//! Version 1: one folder a noun, one file an endpoint.

mod accounts;
mod appeals;
mod audit;
mod banks;
mod batches;
mod cases;
mod clusters;
mod decisions;
mod events;
mod evidence;
mod me;
mod measures;
mod own_account;
mod policies;
mod quality;
mod query;
mod queues;
mod reports;
mod rules;
mod session;

use crate::app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(session::open::open_session, session::close::close_session))
        .routes(routes!(me::who_am_i))
        .routes(routes!(own_account::password::change_password))
        .routes(routes!(own_account::second_factor::enrol_second_factor))
        .routes(routes!(own_account::second_factor::confirm_second_factor))
        .routes(routes!(events::append::append_events))
        .routes(routes!(reports::file::file_report))
        .routes(routes!(accounts::read::read_account))
        .routes(routes!(accounts::timeline::account_timeline))
        .routes(routes!(accounts::similar::similar_accounts))
        .routes(routes!(accounts::cluster::account_cluster))
        .routes(routes!(accounts::returns::account_returns))
        .routes(routes!(clusters::list::list_clusters))
        .routes(routes!(clusters::weaker::list_weaker_clusters))
        .routes(routes!(clusters::cases::list::list_cluster_cases, clusters::cases::open::open_cluster_case))
        .routes(routes!(clusters::cases::read::read_cluster_case))
        .routes(routes!(clusters::cases::claim::claim_cluster_case))
        .routes(routes!(clusters::cases::decide::decide_members))
        .routes(routes!(cases::list::list_cases))
        .routes(routes!(cases::read::read_case))
        .routes(routes!(cases::claim_next::claim_next_case))
        .routes(routes!(cases::claim::claim_case))
        .routes(routes!(cases::heartbeat::prolong_claim))
        .routes(routes!(cases::release::release_case))
        .routes(routes!(cases::notes::add_note))
        .routes(routes!(cases::notes::list_mentions))
        .routes(routes!(cases::pass_on::hand_over_case))
        .routes(routes!(cases::pass_on::escalate_case))
        .routes(routes!(cases::decide::decide_case))
        .routes(routes!(decisions::templates::list_templates))
        .routes(routes!(decisions::read::read_decision))
        .routes(routes!(decisions::overturn::overturn_decision))
        .routes(routes!(decisions::statement::read_statement))
        .routes(routes!(appeals::file::appeal_decision))
        .routes(routes!(appeals::list::list_appeals))
        .routes(routes!(appeals::read::read_appeal, appeals::file::appeal_by_link))
        .routes(routes!(appeals::change::claim_appeal))
        .routes(routes!(appeals::decide::decide_appeal))
        .routes(routes!(appeals::change::withdraw_appeal))
        .routes(routes!(accounts::notices::read_notices, accounts::notices::put_notices))
        .routes(routes!(batches::list::list_batches, batches::propose::propose_batch))
        .routes(routes!(batches::read::read_batch, batches::propose::revise_batch))
        .routes(routes!(batches::members::batch_members))
        .routes(routes!(batches::sample::next_sampled, batches::sample::enlarge_sample))
        .routes(routes!(batches::judge::judge_sampled))
        .routes(routes!(batches::change::approve_batch))
        .routes(routes!(batches::change::start_batch))
        .routes(routes!(batches::change::pause_batch))
        .routes(routes!(batches::change::take_back_batch))
        .routes(routes!(measures::reliability::measure_reliability))
        .routes(routes!(measures::prevalence::measure_prevalence))
        .routes(routes!(measures::queues::measure_queues))
        .routes(routes!(audit::list::list_audit))
        .routes(routes!(audit::checkpoint::read_checkpoint))
        .routes(routes!(audit::prove::prove_inclusion))
        .routes(routes!(audit::prove::prove_consistency))
        .routes(routes!(measures::quality::measure_quality))
        .routes(routes!(quality::next::next_look))
        .routes(routes!(quality::judge::judge_look))
        .routes(routes!(quality::disagreements::list_disagreements))
        .routes(routes!(quality::settle::settle_look))
        .routes(routes!(quality::settle::mark_golden))
        .routes(routes!(policies::list::list_policies))
        .routes(routes!(queues::list::list_queues))
        .routes(routes!(query::query_events))
        .routes(routes!(banks::list::list_banks))
        .routes(routes!(banks::put::put_bank_settings))
        .routes(routes!(banks::show::bank_entries, banks::add::add_bank_entries))
        .routes(routes!(banks::change::disable_bank_entries))
        .routes(routes!(banks::change::remove_bank_entries))
        .routes(routes!(banks::look_up::match_banks))
        .routes(routes!(rules::list::list_rules, rules::publish::publish_rules))
        .routes(routes!(rules::check::check_rules))
        .routes(routes!(rules::trial::test_rules))
        .routes(routes!(rules::stats::rule_stats))
        .routes(routes!(rules::read::read_rules))
        .routes(routes!(rules::change::move_rules))
        .routes(routes!(rules::change::withdraw_rules))
}
