//! An account costs a bounded number of bytes, however long the world runs.

use cordon_world::{EventSink, World, WorldConfig};

const BYTES_PER_ACCOUNT_MAX: usize = 110;

#[test]
fn memory_per_account_is_bounded_and_does_not_grow_with_time() {
    let accounts = 30_000;
    let mut world = World::new(WorldConfig { accounts, days: 6, ..WorldConfig::default() });
    let mut sink = EventSink::new();
    let mut run_days = |days: u32| {
        for _ in 0..days * 24 {
            world.next_hour(&mut sink);
            sink.clear();
        }
        world.memory_bytes()
    };
    let (early, late) = (run_days(2), run_days(4));
    assert!(late <= early + early / 10, "{early} bytes after two days, {late} after six");
    assert!(late <= BYTES_PER_ACCOUNT_MAX * accounts as usize, "{} bytes/account", late / accounts as usize);
}
