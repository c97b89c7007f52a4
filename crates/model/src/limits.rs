//! Every bound of the product, by name, so that nothing grows because nobody thought of it.

/// Longest accepted event line, in bytes, before decoding.
pub const LINE_BYTES_MAX: usize = 1 << 20;
/// Deepest accepted nesting of arrays and objects in an event.
pub const JSON_DEPTH_MAX: usize = 32;
/// Most entities that one event may name.
pub const EVENT_ENTITIES_MAX: usize = 256;
/// Longest accepted identifier (event, account, operator, partner), in bytes.
pub const ID_BYTES_MAX: usize = 256;
/// Longest accepted event type, in bytes.
pub const EVENT_TYPE_BYTES_MAX: usize = 64;
/// Longest value that can become an entity, in bytes; longer ones are hashed as they are but never shown.
pub const ENTITY_VALUE_BYTES_MAX: usize = 4_096;
/// Longest report text and decision rationale, in characters.
pub const TEXT_CHARS_MAX: usize = 10_000;

/// How far an event's time may lie ahead of its arrival before it is clamped, in seconds.
pub const CLOCK_SKEW_SECONDS_MAX: i64 = 300;
/// An event older than this at arrival is *late*: it feeds links and history, and fires no effect. Seconds.
pub const LATE_AFTER_SECONDS: i64 = 24 * 3_600;
/// The first instant that an event may carry: 1990-01-01T00:00:00Z, in seconds.
pub const EVENT_TIME_MIN_SECONDS: i64 = 631_152_000;

/// Most entries that one journal batch holds.
pub const BATCH_ENTRIES_MAX: usize = 2_000;
/// Most batches that wait in front of the writer; beyond that intake answers 429.
pub const INTAKE_BATCHES_MAX: usize = 8;
/// Most rejected lines that one HTTP answer names.
pub const REJECTS_SHOWN_MAX: usize = 100;
/// Largest decoded body of one `POST /v1/events`, in bytes.
pub const BODY_BYTES_MAX: usize = 64 << 20;
/// Free space on the data folder's disk below which intake closes, in bytes.
pub const DISK_FREE_BYTES_MIN: u64 = 1 << 30;
/// Entries whose ids are remembered.
pub const REMEMBERED_ENTRIES_MAX: u64 = 200_000_000;
/// Newest ids kept in memory before a sorted run is written.
pub const REMEMBERED_IN_MEMORY_MAX: usize = 4_000_000;
/// Most unsealed entries before the journal's oldest segments are sealed into history.
pub const SEAL_ENTRIES_MIN: u64 = 256 * 1_024;
/// Seconds after which fewer entries are sealed, too.
pub const SEAL_SECONDS_MAX: i64 = 600;

/// Most accounts whose postings an entity keeps; beyond that it keeps its count alone.
pub const ENTITY_ACCOUNTS_MAX: usize = 100_000;
/// Most accounts to which a profile's term leads; one that ever had more leads to nobody.
pub const TERM_ACCOUNTS_MAX: usize = 16_384;
/// Most links that one account keeps; beyond that the least recently used are dropped.
pub const ACCOUNT_LINKS_MAX: usize = 4_096;
/// Follows of an account that become links without further question.
pub const FIRST_FOLLOWS_MAX: u32 = 50;
/// Beyond its first follows, an account is linked only by accounts with fewer followers than this.
pub const FOLLOWED_FOLLOWERS_MAX: usize = 10_000;
/// Most seeds that one query takes.
pub const SEEDS_MAX: usize = 10_000;
/// Most candidates that one query scores, unless it is exhaustive.
pub const CANDIDATES_MAX: usize = 10_000;
/// Most candidates that one query returns.
pub const CANDIDATES_SHOWN_MAX: usize = 10_000;
/// Most evidence rows shown for one candidate.
pub const EVIDENCE_ROWS_MAX: usize = 64;

/// Accounts pointed at between two random draws that are counted; beyond, the share drawn grows no further.
pub const AUDIT_LANE_ACCOUNTS_MAX: usize = 100_000;
/// Most accounts of one random draw.
pub const AUDIT_LANE_DRAWN_MAX: usize = 200;

/// Most acts that one look for clusters reads; 16 bytes each, and as much again while they are worked on.
pub const CLUSTER_ACTS_MAX: usize = 40_000_000;
/// Pairs of accounts at which a look for clusters sweeps no further object; rare objects come first. 8 bytes each.
pub const CLUSTER_PAIRS_MAX: usize = 32_000_000;
/// Most earlier acts on the same object that one act is held against.
pub const CLUSTER_LOOK_BACK_MAX: usize = 64;
/// Most members of a cluster that was found as a group; one that would grow beyond is none.
pub const CLUSTER_GROUP_MEMBERS_MAX: usize = 5_000;
/// Acts that one look for groups walks, those of one account or object once for each time that they are looked at; the
/// strongest starts come first, and none is begun beyond.
pub const CLUSTER_STEPS_MAX: u64 = 300_000_000;
/// Most clusters that one look gives.
pub const CLUSTERS_MAX: usize = 10_000;
/// Most objects that a cluster names.
pub const CLUSTER_OBJECTS_MAX: usize = 1_000;
/// Most members of a cluster that was found from a seed.
pub const CLUSTER_SEEDED_MAX: usize = 1_000;
/// Most members of a cluster that is opened as one case: what one transaction of the record writes.
pub const CLUSTER_CASE_MEMBERS_MAX: usize = 1_000;
/// Most members of a cluster case that are decided at once.
pub const CLUSTER_DECISIONS_MAX: usize = 100;

/// How long a claim on a case lasts without a heartbeat, in seconds.
pub const CLAIM_SECONDS: i64 = 15 * 60;
/// Late cases of a queue that are counted; beyond that it is at least so many.
pub const LATE_COUNT_MAX: usize = 10_000;
/// Cases that one page of a list shows at most.
pub const PAGE_MAX: usize = 500;
/// Attempts to deliver one outbox row before it becomes a dead letter.
pub const DELIVERY_ATTEMPTS_MAX: u32 = 12;
/// Most accounts of one batch.
pub const BATCH_ACCOUNTS_MAX: usize = 20_000;
/// Accounts that one transaction of a batch decides on or takes back at most.
pub const BATCH_SLICE_MAX: usize = 500;
/// A batch of so many members or fewer is judged as a whole; a stratum of fewer is pooled with others like it.
pub const BATCH_WHOLE_MAX: u64 = 30;
/// Strata of one batch that are told apart, greatest first; beyond that they are pooled.
pub const BATCH_STRATA_MAX: usize = 16;
/// Highest share of wrong decisions that a batch may bear where its proposal does not say.
pub const BATCH_ERROR_DEFAULT: f64 = 0.01;
/// Highest share of wrong decisions that a proposal may ask for.
pub const BATCH_ERROR_MAX: f64 = 0.05;
/// Times that a batch's sample may be drawn larger after it did not suffice.
pub const BATCH_ROUNDS_MAX: u32 = 5;
/// Accounts that all batches together may act on within 24 hours.
pub const BATCH_ACTIONS_A_DAY_MAX: u64 = 50_000;
/// Decisions that one person may answer for within 24 hours, alone and by batches.
pub const PERSON_ACTIONS_A_DAY_MAX: u64 = 25_000;
/// Longest ground of a statement of reasons, in characters (DSA Transparency Database).
pub const STATEMENT_GROUND_CHARS_MAX: usize = 500;
/// Longest explanation of a statement's ground, in characters.
pub const STATEMENT_EXPLANATION_CHARS_MAX: usize = 2_000;
/// Longest facts of a statement, in characters.
pub const STATEMENT_FACTS_CHARS_MAX: usize = 5_000;
/// Longest basis and authority of a gag, and longest address before an appeal's token, in characters.
pub const NOTICE_SETTING_CHARS_MAX: usize = 500;
/// Days within which an account may appeal where nothing else is set; DSA Article 20 asks for six months.
pub const APPEAL_DAYS_DEFAULT: i64 = 183;
/// Days in which an appeal is to be decided.
pub const APPEAL_TARGET_DAYS: i64 = 7;
/// Days after which an appeal that waits is an alarm.
pub const APPEAL_ALARM_DAYS: i64 = 14;
/// Followers from which on an appeal is urgent.
pub const APPEAL_URGENT_REACH: u64 = 100_000;
/// Appeals and statements that one look of the sweep deals with.
pub const APPEAL_SWEEP_MAX: usize = 500;
/// Longest time of a suspension or restriction that ends by itself, in days.
pub const SANCTION_DAYS_MAX: u32 = 366;
/// Notes on one case.
pub const CASE_NOTES_MAX: u32 = 200;
/// Operators whom one note may name.
pub const MENTIONS_MAX: usize = 20;
/// Rationales that reviewers may begin with: more than anybody would look through.
pub const DECISION_TEMPLATES_MAX: usize = 200;
/// Decisions whose time is over that one look of the sweep deals with.
pub const SANCTION_SWEEP_MAX: usize = 500;
/// Most points of one strike.
pub const STRIKE_WEIGHT_MAX: u32 = 100;
/// Longest time that a strike counts, in days: ten years.
pub const STRIKE_DAYS_MAX: u32 = 3_660;
/// Most points that a step of the ladder asks for.
pub const STRIKE_POINTS_MAX: u32 = 1_000;
/// Most steps of the ladder.
pub const LADDER_STEPS_MAX: usize = 16;
/// Highest share of decisions that are looked at a second time.
pub const SECOND_LOOK_SHARE_MAX: f64 = 0.5;
/// Highest share of golden cases among second looks.
pub const GOLDEN_SHARE_MAX: f64 = 0.5;
/// Most golden cases.
pub const GOLDEN_CASES_MAX: usize = 1_000;
/// Policies for which second looks may be told to show scores.
pub const SCORE_SHOWN_MAX: usize = 100;
/// Days after their decision beyond which measures of quality look at nothing, where nothing else is asked.
pub const QUALITY_DAYS_DEFAULT: u32 = 90;
/// Judgements that one measure of quality is made of, newest first.
pub const QUALITY_LOOKS_MAX: usize = 50_000;
/// Days that a report on an account never seen waits for the account to appear.
pub const UNKNOWN_SUBJECT_DAYS: i64 = 7;

/// Most bits in which two PDQ hashes of one picture differ.
pub const PDQ_DISTANCE_MAX: u32 = 31;
/// Lowest quality at which a PDQ hash says anything, of 100.
pub const PDQ_QUALITY_MIN: u8 = 50;
/// Most banks.
pub const BANKS_MAX: usize = 1_000;
/// Most entries of all banks together.
pub const BANK_ENTRIES_MAX: usize = 10_000_000;
/// Most entries that one control entry puts or removes.
pub const BANK_ENTRIES_PUT_MAX: usize = 1_000;
/// Most bytes of values that one control entry puts.
pub const BANK_BYTES_PUT_MAX: usize = 1 << 20;
/// Longest id of a bank, in bytes.
pub const BANK_ID_BYTES_MAX: usize = 64;
/// Longest note on a bank's entry, in characters.
pub const BANK_NOTE_CHARS_MAX: usize = 500;
/// Most hashes, and most addresses, of one event that are held against the banks.
pub const BANK_SIGNALS_MAX: usize = 64;
/// Most segments of an address's path that a prefix in a bank may have.
pub const BANK_URL_SEGMENTS_MAX: usize = 8;
/// Most matches that one look-up gives, nearest first.
pub const BANK_MATCHES_SHOWN_MAX: usize = 64;
/// Most pairs of account and entry that are remembered as proposed; beyond that the oldest go.
pub const BANK_MATCHES_REMEMBERED_MAX: usize = 1_000_000;
/// Largest rule file and configuration file of a rule set, in bytes.
pub const RULE_FILE_BYTES_MAX: usize = 1 << 20;
/// Most rule files in one set.
pub const RULE_FILES_MAX: usize = 5_000;
/// Most bytes of all rule files of one set together.
pub const RULE_SET_BYTES_MAX: usize = 32 << 20;
/// Deepest nesting of brackets and operators in one expression of a rule.
pub const RULE_EXPRESSION_DEPTH_MAX: usize = 100;
/// Most nodes of the graph that a rule set compiles to.
pub const RULE_NODES_MAX: usize = 500_000;
/// Longest pattern of a regular expression in a rule, in bytes.
pub const REGEX_PATTERN_BYTES_MAX: usize = 16 << 10;
/// Most memory that one compiled regular expression may take, in bytes.
pub const REGEX_COMPILED_BYTES_MAX: usize = 10 << 20;
/// Most steps back that a regular expression with look-around or back-references may take on one text.
pub const REGEX_BACKTRACKS_MAX: usize = 1_000_000;
/// Most entries of one word list beside a rule set.
pub const RULE_LIST_ENTRIES_MAX: usize = 100_000;
/// Longest text and list that evaluating a rule may make, in bytes and items.
pub const RULE_VALUE_SIZE_MAX: usize = 1 << 20;
/// Largest whole number that evaluating a rule may make, in bits.
pub const RULE_INTEGER_BITS_MAX: u64 = 1 << 14;
/// Most work that evaluating one event may cost, in steps: a node is one, and so are 64 bytes made or searched.
pub const RULE_STEPS_MAX: u64 = 10_000_000;
/// Most errors of one evaluation that are kept; all of them are counted.
pub const RULE_ERRORS_KEPT_MAX: usize = 100;
/// Most diagnostics shown for one rule set.
pub const RULE_DIAGNOSTICS_MAX: usize = 1_000;
/// Windowed counters that one rule set holds.
pub const RULE_COUNTERS_MAX: usize = 5_000_000;
/// Events that one windowed counter counts.
pub const RULE_COUNTER_EVENTS_MAX: usize = 10_000;
/// Events that all windowed counters of a rule set count together, 8 bytes each.
pub const RULE_COUNTED_EVENTS_MAX: usize = 100_000_000;
/// Most effects of one rule set that are told apart where they are counted.
pub const RULE_EFFECTS_COUNTED_MAX: usize = 1_000;
/// Most signals and reviews that one event may ask for.
pub const RULE_REQUESTS_MAX: usize = 32;
/// Longest verdict and name of a signal, in characters.
pub const RULE_SIGNAL_NAME_CHARS_MAX: usize = 256;
/// Longest detail of a signal, and longest description of a rule that people read, in characters.
pub const RULE_SIGNAL_DETAIL_CHARS_MAX: usize = 1_000;
/// Longest hold that a rule may ask for, in hours.
pub const RULE_HOLD_HOURS_MAX: i64 = 24;
/// Most doublings of its expected harm by which a rule may let a case go ahead.
pub const RULE_PRIORITY_MAX: u32 = 4;
/// On how many events of one day a rule that holds accounts may take effect, where its set names no limit for it.
pub const RULE_HOLDS_A_DAY: u64 = 100;
/// Publications of rule sets that are remembered.
pub const RULE_PUBLICATIONS_KEPT_MAX: usize = 1_000;
/// Entities that carry labels.
pub const LABELLED_ENTITIES_MAX: usize = 10_000_000;
/// Labels of one entity.
pub const LABELS_PER_ENTITY_MAX: usize = 256;
/// Reasons of one label.
pub const LABEL_REASONS_MAX: usize = 64;
/// Earlier states of one label that are remembered.
pub const LABEL_HISTORY_MAX: usize = 16;
/// Labels that wait for their time.
pub const LABELS_DELAYED_MAX: usize = 1_000_000;
/// How long a label is remembered after it expired, in seconds.
pub const LABEL_KEEP_SECONDS: i64 = 90 * 86_400;
/// Shortest password, in bytes.
pub const PASSWORD_BYTES_MIN: usize = 12;
/// Longest password, in bytes.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// Recovery codes that an operator gets with a second factor; each counts once.
pub const RECOVERY_CODES: usize = 10;
