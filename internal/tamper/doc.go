// Package tamper makes quiet edits of a database loud: it seals rows, sums them
// in secret and chains batches, so that whoever can write the database but does
// not hold the seal key changes no decision unseen.
//
// It is pure: bytes in, bytes out. Which tables there are, and when rows are
// read and written, is the store's business. This comment is the layout. A
// second reader of the database must be writable from it without reading code.
//
// # Notation
//
//	u8 u16 u32 u64   unsigned integers, big-endian
//	i64              two's complement, 8 bytes, big-endian
//	lp8(x)           u8  length of x in bytes, then x
//	lp(x)            u32 length of x in bytes, then x
//	a ‖ b            a, then b
//
// Texts are their UTF-8 bytes. Times are i64 microseconds since 1970 UTC.
//
// # Values
//
// A value is a tag and its payload:
//
//	integer  'i' ‖ i64
//	text     't' ‖ lp(bytes)
//	blob     'b' ‖ lp(bytes)
//	null     'n'                   no sealed column may be null; a null read back is sealed as this, so its row fails
//
// # Keys
//
// The master is 32 random bytes. For every installation and use
//
//	k_use = HKDF-SHA-256(secret: master, salt: installation id, info: "pott/seal/v1/"+use, 32 bytes)
//
// with the uses row, sum, column, head and anchor. The installation id of the
// server's own ledger is the text "server".
//
//	key id = HKDF-SHA-256(secret: master, salt: empty, info: "pott/seal/v1/id", 4 bytes)
//
// A server holds a ring of masters, in the order they were made. key_id of a
// head names the key of its ledger: it seals the head and every row that is
// written. Rows that were sealed with an earlier key of the ring stay as they
// are until they are next written or moved by a batch that changes nothing else
// (op 2, old ver and new mac in the journal), so a table may have rows under
// several keys; the totals count each (table, key id) by itself. The key of a
// ledger only ever moves to a later one of the ring: the batch that moves it has
// the audit entry seal.rotate (facts from, to: key ids in hex; compromised: yes
// or no). A mac in the journal is made with the key of the ledger at its batch.
// A key is retired when no total counts a row under it, with the entry
// seal.retire; from then on no head, row or anchor made with it is believed,
// and it serves for nothing but reading backups.
//
// # Rows
//
// A sealed table has the column installation (text), key columns, value
// columns, and then ver (integer), layout (integer), seal (blob of 20 bytes) and
// colsum (blob of 4 bytes for every value column). ver is the sequence number of
// the batch that wrote the row, layout the number of the list of columns below.
//
//	key     = value of every key column, in order
//	check   = HMAC-SHA-256(k_column, lp8(table) ‖ lp8(column) ‖ value)[0:4]
//	colsum  = check of every value column, in order
//	mac     = HMAC-SHA-256(k_row, u16 layout ‖ lp(installation) ‖ lp8(table) ‖ lp(key) ‖ i64 ver ‖ lp(colsum)
//	          ‖ for every value column, in order: lp8(column) ‖ value)[0:16]
//	seal    = key id ‖ mac
//
// The column checks do not depend on the row: they only name what was edited,
// the seal decides. When all of them agree and the seal does not, the key, ver,
// layout or seal itself was edited.
//
//	contribution c = HMAC-SHA-256(k_sum, lp8(table) ‖ key id ‖ mac)     32 bytes, never stored, logged or shown
//
// # Tables and layouts
//
// Key columns stand before the bar. i, t, b are the tags. A column that came with
// a later layout than 1 is written name:tag@layout=default, the default of an
// integer in decimal, that of a text as it is, that of a blob empty.
//
// Ledger "server", installation id "server":
//
//	installation   id t | number i, name t, created i, state t
//
// Ledger "seats", one for each installation:
//
//	activation     number i | issuer t, set_number i, checkpoint t, replaced t, from_at i, until_at i, how t,
//	               given_by t, undo b, reported_at i
//	assignment     number i | person t, issuer t, module t, quantity i, source t, from_at i, until_at i,
//	               given_by t, reason t, ended_by t, end_reason t
//	authority      issuer t | serial t, registered i, asked i, answered i, failures i, error t, why t,
//	               refused t, status t, messages t, address t, offered i, company t, new_serial t,
//	               new_company t, clock i, reported i, checkpoint t, told_at i
//	database       number i | name t, state t, created i
//	event          number i | type t, code t, about t, ending t, audience t, texts t, facts t,
//	               started_by t, started i, from_at i, expected i, ended i, ended_by t,
//	               end_reason t, done i, total i
//	hook           name t | url t, timeout i, unreachable t
//	key_list       number i | note b, learned_at i
//	license        issuer t, module t | number i, set_number i, line i, kind i, seats i, taken i,
//	               unrestricted i, open_ended i, hidden i
//	license_set    checkpoint t | issuer t, number i, serial t, state t, file t, certificates t,
//	               loaded_at i, accepted_at i, from_at i, until_at i
//	owner          id i | company t, serial t, time_zone t, demo i, language t, site_key b
//	person         id t | number i, kind i, login i, valid_through t, profile t, state t,
//	               commitment b, created i, erased i
//	person_past    number i | person t, kind i, login i, profile t, state t, from_at i, until_at i
//	profile        code t | name t, modules t
//	profile_past   number i | code t, modules t, from_at i, until_at i
//	role           person t, role t | from_at i, given_by t
//	set_agreement  checkpoint t | agreed_at i, agreed_by t, accepts t, told_at i
//	set_policy     id i | activation t
//	site_assignment  number i | database i, issuer t, module t, quantity i, from_at i, until_at i,
//	               given_by t, reason t, ended_by t, end_reason t
//	token          id t | name t, hash b, scopes t, created i, created_by t, expires i, revoked i
//
// owner.demo is 1 where demo sets are taken, plus 2 in a copy made for tests.
//
// The schema digest is SHA-256 over one line for every sealed table of both
// ledgers, in byte order of their names:
//
//	<table> <newest layout> <column>:<tag> ... | <column>:<tag> ...\n
//
// with single spaces, columns written as above, for example
// "profile 1 code:t | name:t modules:t\n". A head whose digest is that of an
// earlier release was written by it: tables and columns it did not have are
// empty or hold defaults. Moving it to another digest is a batch of its own or
// part of the next one, with the audit entry schema.upgrade (facts from and to:
// the first 4 bytes of the digests in hex). A digest nobody knows, on a head
// that opens, is that of a newer program; such a database cannot be checked.
//
// Tables without seals: head (its box authenticates it), journal and audit (the
// chain covers them), personal (the commitment in the sealed person row covers
// it), set_file (its hash stands in the sealed license_set row), box (each row is
// encrypted and authenticated as a whole, and may be forgotten) and
// goose_db_version and goose_lock (the migration tool's; the schema digest is in
// the head).
//
// # Personal values
//
// Names and addresses of people stand in personal (installation, person, salt
// blob of 32 bytes, user_id, first_name, last_name, email, grp), which can be
// erased.
//
//	commitment = SHA-256(salt ‖ lp(user_id) ‖ lp(first_name) ‖ lp(last_name) ‖ lp(email) ‖ lp(grp))
//
// While person.erased is 0 the personal row must exist and agree with the
// commitment. When it is not 0 it is the time of the erasure: the personal row
// must not exist, and the commitment stays as it was.
//
// # Head
//
// head has one row for every (installation, ledger): seq integer, epoch blob of
// 16 random bytes, link blob of 32, key_id blob of 4, schema blob of 32 (the
// schema digest), box blob.
//
//	box       = nonce of 12 random bytes ‖ AES-256-GCM(k_head, nonce, plaintext, additional data)
//	additional data = lp(installation) ‖ lp(ledger) ‖ epoch ‖ i64 seq ‖ link ‖ schema
//	plaintext = u8 1
//	          ‖ u16 number of totals ‖ each: lp8(table) ‖ key id ‖ u64 n ‖ X (32 bytes)
//	          ‖ u16 number of set marks ‖ each: lp8(issuer) ‖ lp8(serial) ‖ u64 highest set number accepted
//	          ‖ u64 highest key list number ‖ i64 clock mark
//
// Totals are in byte order of (table, key id), set marks in byte order of
// (issuer, serial). n is the number of live rows of the table under that key, X
// the XOR of their contributions; a total with n = 0 is left out. The clock mark
// is the latest confirmed time: at most the time of the latest batch, and behind
// it when the clock had jumped and nobody had confirmed that. It rises, except in
// a batch with an entry clock.confirm.
//
// A new ledger has seq 0, a random epoch, a link of 32 zero bytes and an empty
// box (no totals, no marks, zeros). Its first batch has seq 1.
//
// # Journal
//
// journal has one row for every batch, key (installation, ledger, seq): epoch
// (16), batch (16 random bytes), at integer, node text, entries blob (32, the
// entries hash), changes blob, link blob (32).
//
//	link         = SHA-256("pott/journal/v1\n" ‖ prev link (32) ‖ lp(installation) ‖ lp(ledger) ‖ i64 seq ‖ epoch ‖ batch ‖ i64 at
//	               ‖ lp(node) ‖ entries hash ‖ SHA-256(changes))
//	changes      = for every changed row: lp8(table) ‖ lp(key) ‖ u8 op ‖ i64 old ver ‖ mac (16)
//	entries hash = SHA-256(u32 number of entries ‖ for every entry in order of n: lp(canonical entry))
//
// op is 1 inserted, 2 overwritten, 3 deleted. Old ver is 0 for an insert; the
// mac of a delete is 16 zero bytes. Each row stands at most once in a batch.
// Lines are in byte order of (table, key).
//
// # Audit
//
// audit has one row for every entry, key (installation, ledger, seq, n), n
// counting from 1 in each batch: at integer, actor_kind, actor, action, subject,
// facts text.
//
//	canonical entry = i64 seq ‖ i64 n ‖ i64 at ‖ lp(actor_kind) ‖ lp(actor) ‖ lp(action) ‖ lp(subject) ‖ lp(facts)
//
// facts is one line for each fact in byte order of the keys: key, "=", the value
// with \ written \\ and line feed written \n, then a line feed.
//
// # Epochs
//
// A ledger begins with a random epoch. When a database that is behind its
// witnesses (a backup) is taken into use, its next batch has
//
//	epoch   16 new random bytes
//	seq     1 + the highest seq that any witness remembers, or that the head has
//	link    made as always: the link before is that of the last batch that is there
//	entry   one with the action installation.restore
//
// and the head moves to that epoch and seq. The numbers in between are a gap: they
// belong to a branch of history that was abandoned. A journal row, or a row whose
// ver lies in a gap, is from an abandoned branch and never valid. Sequence numbers
// have a gap nowhere else; the first batch of a ledger is 1; an epoch that was
// left does not come back. The set marks, the key list number and the clock mark
// of the head are then at least those of every anchor.
//
// The facts of the entry installation.restore are: administrator, backup_epoch,
// backup_link, backup_seq (of the last batch that is there), epoch (the new one),
// gap (how many numbers are skipped), highest_epoch, highest_link, highest_seq (of
// the highest witness; both texts empty when there is none above the backup) and
// reason. Epochs and links are in lower-case hex.
//
// # Anchors
//
// An anchor is what a server remembers of a ledger outside the database. It is a
// pair of files in a directory, the slots 0 and 1:
//
//	<installation id>.<ledger>.<node>.<slot>.anchor
//
// with a node of the characters a–z A–Z 0–9 - and _ only. A slot is, and ends with
// its MAC,
//
//	"pott-anchor/v1\n" ‖ key id ‖ lp(installation) ‖ lp(ledger) ‖ epoch (16) ‖ i64 seq ‖ link (32)
//	‖ u16 number of set marks ‖ each: lp8(issuer) ‖ lp8(serial) ‖ u64 highest set number accepted
//	‖ u64 highest key list number ‖ i64 clock mark
//	‖ HMAC-SHA-256(k_anchor, everything before) (32)
//
// with the marks as they stand in the head, in the same order; its clock mark may
// be later than the head's, and then counts as the head's while seq is the head's:
// time passes without changes. A slot is written
// in place after the commit and before the answer; the other slot is used only
// once this one is known to be on disk. So at any moment one of the two is whole,
// and the anchor is the whole slot with the higher seq. Every anchor in the
// directory is a witness, whichever node wrote it.
//
// A witness (epoch, seq, link) of a ledger is judged against the journal, which
// has been followed to the head:
//
//	no head for the ledger, and the server's list does not say it was deleted: the head is missing
//	a batch seq is there                          its epoch and link are the witness's, or the database is forked
//	seq > head's                                  rolled back from seq to the head's
//	seq in a gap                                  explained: a restore was accepted
//	seq = 0                                       says nothing
//
// # Printed heads
//
// A head can be written down as <installation id>/<ledger>/<seq>/<fingerprint>:
//
//	fingerprint = SHA-256("pott-head/v1\n" ‖ lp(installation) ‖ lp(ledger) ‖ epoch ‖ i64 seq ‖ link)[0:16]
//
// in lower-case hex, with a hyphen after every fourth digit. It is a witness
// without epoch and link: the batch seq must give the same fingerprint.
package tamper
