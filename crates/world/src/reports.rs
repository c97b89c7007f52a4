//! Who is reported: half of the time rightly, half of the time by mistake or out of malice.

use crate::accounts::Scene;
use crate::config;
use crate::emit::{PostRef, ReportDraft};
use crate::identity::Key;
use crate::plan::posts_on;
use crate::population::{HolderId, Role};
use crate::stream::{Purpose, Stream};

/// Attempts to find a live account to report before the report is not sent.
const ATTEMPTS: u32 = 8;
/// A violator is noticed this long after appearing, in seconds.
const NOTICED_AFTER_SECONDS: u32 = 2 * 3_600;

/// What an ordinary account reports today: honestly, or wrongly.
pub(crate) fn by_reader(scene: &Scene<'_>, reporter: Key) -> Option<ReportDraft> {
    let day = u64::from(scene.now.day);
    let mut stream = Stream::new(scene.population.seed(), Purpose::Report, reporter.bits(), day | 1 << 32);
    let is_honest = stream.chance((1.0 - config::REPORTS_FALSE) / (1.0 - config::REPORTS_FROM_BRIGADES));
    if scene.population.config.is_null {
        return by_mistake(scene, &mut stream, reporter.holder);
    }
    if is_honest { honestly(scene, &mut stream) } else { by_mistake(scene, &mut stream, reporter.holder) }
}

/// What a brigade reports in its campaign of today: all members the same account.
pub(crate) fn by_brigade(scene: &Scene<'_>) -> Option<ReportDraft> {
    let day = u64::from(scene.now.day);
    let mut stream = Stream::new(scene.population.seed(), Purpose::Campaign, day, 1);
    let target = (0..ATTEMPTS).find_map(|_| {
        let holder = match stream.below(2) {
            0 => scene.population.draw_watcher(&mut stream),
            _ => scene.population.draw_of_role(Role::Ordinary, &mut stream),
        };
        scene.accounts.live(holder, scene.at)
    })?;
    let target = scene.accounts.identity(target).key;
    Some(ReportDraft { target, item: None, policy: "harassment", text: "everybody knows what this one is" })
}

fn honestly(scene: &Scene<'_>, stream: &mut Stream) -> Option<ReportDraft> {
    let index = (0..ATTEMPTS).find_map(|_| {
        let holder = scene.population.draw_violator(stream);
        let noticed = scene.at.checked_sub(NOTICED_AFTER_SECONDS)?;
        scene
            .accounts
            .live(holder, scene.at)
            .filter(|index| scene.accounts.get(*index).is_some_and(|account| account.arrives_at <= noticed))
    })?;
    let target = scene.accounts.identity(index).key;
    let policy = match scene.population.role(target.holder) {
        Role::Spammer => "spam",
        _ => "banned-movement",
    };
    Some(ReportDraft { target, item: a_post_of(scene, index, stream), policy, text: "look at what it posts" })
}

/// Watchers are reported more often than others, for the words that they quote.
fn by_mistake(scene: &Scene<'_>, stream: &mut Stream, reporter: HolderId) -> Option<ReportDraft> {
    let index = (0..ATTEMPTS).find_map(|_| {
        let is_quoting = !scene.population.config.is_null && stream.chance(0.3);
        let holder =
            if is_quoting { scene.population.draw_watcher(stream) } else { draw_innocent(scene, stream) };
        scene.accounts.live(holder, scene.at).filter(|_| holder != reporter)
    })?;
    let target = scene.accounts.identity(index).key;
    Some(ReportDraft {
        target,
        item: a_post_of(scene, index, stream),
        policy: "banned-movement",
        text: "I think this breaks the rules",
    })
}

/// Anybody at all in a null world, where nobody can see who breaks rules.
fn draw_innocent(scene: &Scene<'_>, stream: &mut Stream) -> HolderId {
    if scene.population.config.is_null {
        scene.population.draw_anybody(stream)
    } else {
        scene.population.draw_of_role(Role::Ordinary, stream)
    }
}

/// A post of yesterday's, where there is one.
fn a_post_of(scene: &Scene<'_>, index: u32, stream: &mut Stream) -> Option<PostRef> {
    let yesterday = scene.now.day.checked_sub(1)?;
    let account = scene.accounts.get(index).filter(|account| account.arrival_day() < yesterday)?;
    let author = scene.accounts.identity(index).key;
    let posts = posts_on(scene.population.seed(), author, account, yesterday);
    (posts > 0).then(|| PostRef { author, day: yesterday, ordinal: stream.below(posts) })
}
