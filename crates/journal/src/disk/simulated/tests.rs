use super::*;

fn disk_with_folder() -> (SimulatedDisk, PathBuf) {
    let disk = SimulatedDisk::new(1);
    let folder = PathBuf::from("/data");
    disk.create_folder(&folder).unwrap();
    (disk, folder)
}

#[test]
fn bytes_without_a_sync_are_lost() {
    let (disk, folder) = disk_with_folder();
    let file = disk.create(&folder.join("a")).unwrap();
    file.append(b"kept").unwrap();
    file.sync().unwrap();
    disk.sync_folder(&folder).unwrap();
    file.append(b" lost").unwrap();
    disk.lose_power(PowerLoss::Drop);
    assert_eq!(disk.contents(&folder.join("a")).unwrap(), b"kept");
}

#[test]
fn a_synced_file_in_an_unsynced_folder_is_lost() {
    let (disk, folder) = disk_with_folder();
    let file = disk.create(&folder.join("a")).unwrap();
    file.append(b"bytes").unwrap();
    file.sync().unwrap();
    disk.lose_power(PowerLoss::Drop);
    assert_eq!(disk.contents(&folder.join("a")), None);
}

#[test]
fn a_killed_process_loses_nothing_that_was_written() {
    let (disk, folder) = disk_with_folder();
    disk.create(&folder.join("a")).unwrap().append(b"bytes").unwrap();
    disk.stop_at(disk.operations());
    assert!(disk.sync_folder(&folder).is_err());
    disk.restart();
    assert_eq!(disk.contents(&folder.join("a")).unwrap(), b"bytes");
}

#[test]
fn a_sync_repeated_after_a_failure_does_not_bring_the_bytes_back() {
    let (disk, folder) = disk_with_folder();
    let file = disk.create(&folder.join("a")).unwrap();
    disk.sync_folder(&folder).unwrap();
    file.append(b"bytes").unwrap();
    disk.fail_at(disk.operations(), Fault::Broken, false);
    assert!(file.sync().is_err());
    file.sync().unwrap();
    disk.lose_power(PowerLoss::Drop);
    assert_eq!(disk.contents(&folder.join("a")).unwrap(), [0; 5]);
}

#[test]
fn a_full_disk_still_truncates_and_removes() {
    let (disk, folder) = disk_with_folder();
    let file = disk.create(&folder.join("a")).unwrap();
    disk.fail_at(disk.operations(), Fault::Full, true);
    assert_eq!(file.append(b"bytes").unwrap_err().kind(), io::ErrorKind::StorageFull);
    file.truncate(0).unwrap();
    disk.remove(&folder.join("a")).unwrap();
}
