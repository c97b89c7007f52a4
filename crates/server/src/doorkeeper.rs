//! Signing in by a password: who may try, how long it takes, and what is said of it.
//!
//! An unknown operator costs as much as a wrong password, and both get the same answer. Hashes are made on threads that
//! may block, a few at a time.

use crate::app::App;
use crate::limits::PASSWORDS_MAX;
use crate::problem::{Code, Problem};
use cordon_enforce::sign_in::throttle::{Key, Throttle};
use cordon_enforce::sign_in::{Credentials, password};
use cordon_model::ids::OperatorId;
use cordon_model::limits::ID_BYTES_MAX;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Where a connection comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The places for hashing, and the failures of late.
pub(crate) struct Doorkeeper {
    pub(crate) needs_second_factor: bool,
    throttle: Mutex<Throttle>,
    places: Arc<Semaphore>,
}

/// What somebody says who they are.
pub(crate) struct Attempt {
    pub(crate) operator: String,
    pub(crate) password: String,
    pub(crate) code: Option<String>,
    pub(crate) peer: Option<Peer>,
}

impl Doorkeeper {
    pub(crate) fn new(needs_second_factor: bool) -> Self {
        let places = Arc::new(Semaphore::new(PASSWORDS_MAX));
        Self { needs_second_factor, throttle: Mutex::default(), places }
    }
}

/// Signs an operator in, or says that name, password and code do not belong together.
pub(crate) async fn sign_in(app: &App, attempt: Attempt) -> Result<Credentials, Problem> {
    if attempt.operator.len() > ID_BYTES_MAX {
        return Err(wrong());
    }
    let keys = keys(&attempt.operator, attempt.peer);
    begin(app, &keys)?;
    let operator_id = OperatorId(attempt.operator);
    let seen = app.ports.sign_in.fetch_credentials(&operator_id).await?;
    let is_right = is_right(app, attempt.password, seen.as_ref()).await?;
    let now = app.now();
    let proof = seen.as_ref().filter(|_| is_right).and_then(|seen| seen.proof(attempt.code.as_deref(), now));
    let (Some(seen), Some(proof)) = (&seen, proof) else {
        app.ports.sign_in.refuse_sign_in(seen.as_ref().map(|_| &operator_id), now).await?;
        return Err(wrong());
    };
    if !app.ports.sign_in.sign_in(seen, &proof, now).await? {
        return Err(wrong());
    }
    succeeded(app, &keys);
    Ok(seen.clone())
}

/// The credentials of an operator who shows their password once more. Counts among the attempts to sign in.
pub(crate) async fn confirm(
    app: &App,
    operator_id: &OperatorId,
    password: String,
) -> Result<Credentials, Problem> {
    let keys = keys(operator_id.as_str(), None);
    begin(app, &keys)?;
    let seen = app.ports.sign_in.fetch_credentials(operator_id).await?;
    if !is_right(app, password, seen.as_ref()).await? {
        app.ports.sign_in.refuse_sign_in(seen.as_ref().map(|_| operator_id), app.now()).await?;
        return Err(Problem::new(Code::Forbidden, "this is not your password"));
    }
    succeeded(app, &keys);
    seen.ok_or_else(wrong)
}

/// Counts a wrong code as an attempt to sign in that failed; a right one is given back by [`succeeded`].
pub(crate) fn begin(app: &App, keys: &[Key]) -> Result<(), Problem> {
    let mut throttle = app.doorkeeper.throttle.lock().unwrap_or_else(PoisonError::into_inner);
    throttle.begin(keys, app.now()).map_err(|seconds| {
        let detail = "too many attempts failed: wait, or ask an admin for another password";
        Problem::new(Code::TooManyAttempts, detail).retry_after(seconds)
    })
}

pub(crate) fn succeeded(app: &App, keys: &[Key]) {
    app.doorkeeper.throttle.lock().unwrap_or_else(PoisonError::into_inner).succeeded(keys);
}

pub(crate) fn keys(operator: &str, peer: Option<Peer>) -> Vec<Key> {
    let address = peer.map(|Peer(address)| Key::Address(address.to_string()));
    [Key::Operator(operator.to_owned())].into_iter().chain(address).collect()
}

/// Hashes a new password.
pub(crate) async fn hash(app: &App, new: String, operator_id: OperatorId) -> Result<String, Problem> {
    let mut salt = [0; password::SALT_BYTES];
    salt.iter_mut().zip(draw(app)?).for_each(|(byte, drawn)| *byte = drawn);
    let hashed = at_a_place(app, move || password::hash(&new, &operator_id, salt)).await?;
    hashed.map_err(|error| Problem::new(Code::PasswordUnfit, error.to_string()))
}

async fn is_right(app: &App, tried: String, seen: Option<&Credentials>) -> Result<bool, Problem> {
    let hashed = seen.map(|seen| seen.password.clone());
    at_a_place(app, move || password::is_right(&tried, hashed.as_deref())).await
}

async fn at_a_place<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let place = Arc::clone(&app.doorkeeper.places).acquire_owned().await;
    let task = tokio::task::spawn_blocking(move || {
        let _place = place;
        work()
    });
    task.await.map_err(Problem::broken_task)
}

/// 256 random bits. A source that says the same thing twice is broken, and makes no secrets.
pub(crate) fn draw(app: &App) -> Result<[u8; 32], Problem> {
    let (first, second) = ((app.outside.random)(), (app.outside.random)());
    if first == second {
        return Err(Problem::new(Code::Internal, "the machine's source of randomness does not answer"));
    }
    let mut bytes = [0; 32];
    let drawn = first.to_be_bytes().into_iter().chain(second.to_be_bytes());
    bytes.iter_mut().zip(drawn).for_each(|(byte, drawn)| *byte = drawn);
    Ok(bytes)
}

fn wrong() -> Problem {
    Problem::new(Code::Unauthenticated, "name, password and code do not belong together")
}
