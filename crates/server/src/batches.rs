//! The worker that works batches off, so that a request need not wait for ten thousand decisions.

use crate::app::App;
use crate::limits::BATCH_PAUSE;
use crate::problem::chain;
use crate::telemetry;
use cordon_enforce::Refusal;
use cordon_enforce::ports::StoreError;
use cordon_model::ids::BatchId;
use tokio::time::timeout;

/// Works off what is under way, also what an earlier process left, until dropped: a slice may be cut anywhere.
pub(crate) async fn work(app: App) {
    loop {
        match app.ports.bulk.list_under_way().await {
            Ok(batches) => {
                for batch_id in batches {
                    work_off(&app, &batch_id).await;
                }
            }
            Err(error) => tracing::warn!(error = %chain(&error), "batches cannot be listed"),
        }
        // Whether nudged or timed out, the next look is due.
        let _ = timeout(BATCH_PAUSE, app.bulk_work.notified()).await;
    }
}

async fn work_off(app: &App, batch_id: &BatchId) {
    loop {
        let worked = match app.ports.bulk.work_slice(batch_id, app.now()).await {
            Err(StoreError::Refused(refusal @ Refusal::PolicyUnknown { .. })) => {
                let reason = refusal.to_string();
                app.ports.bulk.pause_batch(batch_id, &"system".into(), &reason, app.now()).await
            }
            worked => worked,
        };
        app.decided();
        match worked {
            Ok(batch) => {
                telemetry::gauge_batch(&batch);
                if !batch.status.is_under_way() {
                    tracing::info!(batch.id = %batch_id, batch.status = batch.status.name(), "batch stands");
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(error = %chain(&error), batch.id = %batch_id, "a slice failed");
                return;
            }
        }
    }
}
