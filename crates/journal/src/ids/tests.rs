use super::*;
use crate::SimulatedDisk;
use cordon_model::hashing::HashKey;
use proptest::prelude::*;
use rustc_hash::FxHashMap;

const FOLDER: &str = "/data/ids";
const KEY: HashKey = HashKey::from_bytes([9; 16]);

fn id_hash(id: u64) -> u128 {
    KEY.hash128(&id.to_le_bytes())
}

fn open(disk: &SimulatedDisk, in_memory_max: usize, entries_max: u64) -> IdMemory {
    let options = IdMemoryOptions { in_memory_max, entries_max };
    IdMemory::open(Arc::new(disk.clone()), Path::new(FOLDER), options).unwrap()
}

fn maintain(memory: &mut IdMemory) {
    while let Some(work) = memory.next_work() {
        let finished = work.perform().unwrap();
        memory.install(finished).unwrap();
    }
}

/// A memory of the ids `1..=last`, each at its own offset, with its runs written and merged.
fn filled(disk: &SimulatedDisk, in_memory_max: usize, entries_max: u64, last: u64) -> IdMemory {
    let mut memory = open(disk, in_memory_max, entries_max);
    for id in 1..=last {
        memory.remember(Offset(id), id_hash(id), id);
    }
    maintain(&mut memory);
    memory
}

#[test]
fn the_same_id_is_a_duplicate_or_a_conflict_by_its_content() {
    let memory = filled(&SimulatedDisk::new(0), 100, 10_000, 1_000);
    for id in 1..=1_000 {
        assert_eq!(memory.look_up(id_hash(id), id).unwrap(), Known::Duplicate);
        assert_eq!(memory.look_up(id_hash(id), id + 1).unwrap(), Known::Conflict);
    }
    assert_eq!(memory.look_up(id_hash(1_001), 0).unwrap(), Known::New);
    assert_eq!(memory.look_up(0, 0).unwrap(), Known::New);
}

#[test]
fn the_oldest_are_forgotten_beyond_the_bound_and_only_they() {
    let memory = filled(&SimulatedDisk::new(0), 20, 1_000, 5_000);
    assert!(memory.len() <= 1_000 + 20 && memory.len() > 1_000 - 160, "{}", memory.len());
    let oldest = 5_000 - memory.len() + 1;
    assert_eq!(memory.look_up(id_hash(oldest - 1), 0).unwrap(), Known::New);
    assert_eq!(memory.look_up(id_hash(oldest), oldest).unwrap(), Known::Duplicate);
}

#[test]
fn the_same_ids_give_the_same_files() {
    let (one, two) = (SimulatedDisk::new(1), SimulatedDisk::new(2));
    filled(&one, 40, 10_000, 3_000);
    filled(&two, 40, 10_000, 3_000);
    assert_eq!(one.paths(), two.paths());
    assert!(one.paths().into_iter().all(|path| one.contents(&path) == two.contents(&path)));
}

#[test]
fn a_replay_that_begins_too_early_changes_nothing() {
    let disk = SimulatedDisk::new(0);
    let last = 777;
    let covered = filled(&disk, 40, 10_000, last).covered_offset();
    assert!(covered > Offset(last - 41));
    let mut memory = open(&disk, 40, 10_000);
    assert_eq!(memory.covered_offset(), covered);
    for id in 1..=last {
        memory.remember(Offset(id), id_hash(id), id);
    }
    assert_eq!(memory.len(), last);
}

#[test]
fn a_damaged_run_is_taken_from_the_journal_again() {
    let disk = SimulatedDisk::new(0);
    filled(&disk, 40, 10_000, 2_000);
    let paths = disk.paths();
    disk.damage(&paths[1], 3, b'x');
    let memory = open(&disk, 40, 10_000);
    let first = parse(&paths[0]);
    assert_eq!(memory.covered_offset(), first.last);
    assert_eq!(disk.paths(), paths[..1]);
}

#[test]
fn a_damaged_block_is_an_error_and_not_a_new_id() {
    let disk = SimulatedDisk::new(0);
    let memory = filled(&disk, 40, 10_000, 60);
    disk.damage(&disk.paths()[0], 70, 0xff);
    assert!(matches!(memory.look_up(id_hash(1), 1), Err(JournalError::Corrupt { byte: 64, .. })));
}

#[test]
fn runs_stay_few() {
    let disk = SimulatedDisk::new(0);
    filled(&disk, 4, 100_000, 1_000);
    assert!(disk.paths().len() <= 3 + 3 + 1_000 / 32, "{}", disk.paths().len());
}

fn parse(path: &Path) -> OffsetRange {
    run::parse_name(path.file_name().unwrap().to_str().unwrap()).unwrap()
}

#[derive(Clone, Debug)]
enum Step {
    Send(u8, u8),
    Maintain,
    Snapshot,
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        20 => (any::<u8>(), 0u8..3).prop_map(|(id, content)| Step::Send(id, content)),
        1 => Just(Step::Maintain),
        1 => Just(Step::Snapshot),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..400)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// The slow, obvious twin is a hash map, and a list for the journal.
    #[test]
    fn the_memory_agrees_with_a_map(steps in steps(), in_memory_max in 2usize..40) {
        let disk = SimulatedDisk::new(0);
        let mut memory = open(&disk, in_memory_max, 10_000);
        let mut twin: FxHashMap<u8, u8> = FxHashMap::default();
        let mut journal: Vec<(u8, u8)> = Vec::new();
        for step in steps {
            match step {
                Step::Send(id, content) => {
                    let known = memory.look_up(id_hash(id.into()), content.into()).unwrap();
                    let expected = twin.get(&id).map_or(Known::New, |first| {
                        if *first == content { Known::Duplicate } else { Known::Conflict }
                    });
                    prop_assert_eq!(known, expected);
                    if known == Known::New {
                        twin.insert(id, content);
                        journal.push((id, content));
                        memory.remember(Offset(journal.len() as u64), id_hash(id.into()), content.into());
                    }
                }
                Step::Maintain => maintain(&mut memory),
                Step::Snapshot => drop(memory.snapshot().unwrap()),
                Step::Reopen => {
                    memory = open(&disk, in_memory_max, 10_000);
                    let covered = memory.covered_offset().0 as usize;
                    for (index, (id, content)) in journal.iter().enumerate().skip(covered) {
                        let offset = Offset(index as u64 + 1);
                        memory.remember(offset, id_hash((*id).into()), (*content).into());
                    }
                }
            }
        }
        prop_assert_eq!(memory.len(), twin.len() as u64);
    }
}
