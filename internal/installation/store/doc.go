// Package store keeps what an installation knows, and never answers from a row
// it has not checked.
//
// Every installation has a [Book]: a copy in memory of all its live rows, each
// verified against its seal and all of them against the secret totals in the
// head. Decisions read the book. Changes are acts: functions that read the book,
// decide, and stage rows. The [Book.Update] of any goroutine queues its act at
// the teller, which runs the waiting acts one after another and writes all of
// them in one transaction; an act that returns an error leaves nothing behind.
//
// Before a row is written over, it is read again in that transaction and
// compared with the book, so that an edit made behind the store's back is
// refused and kept for whoever looks into it, never covered up.
//
// Which bytes are sealed, and how, is said by package tamper.
//
// # Adding a table or a column
//
//  1. A migration for each dialect, and the same in sqlite.schema.sql and
//     postgres.schema.sql: installation, key, columns, then ver, layout, seal,
//     colsum, all NOT NULL; the primary key is installation and key. Then go
//     test ./internal/installation/store -run Catalogue -update, with a server.
//  2. Its line in layout.go (or in unsealed, with the reason), and once more in
//     package fsck and in spec/storage-integrity.md.
//  3. Its Go type in rows.go, its codec in codec.go, a table in [Book] and a
//     staging in staged; both are made beside the others.
//  4. What acts may put, in a method of [Tx], and what anybody may read, in one
//     of [View].
//  5. A column of an old table ends its list: "site:t@2=central" says that it
//     came with layout 2 and that older rows hold central there, which must be
//     the DEFAULT of the migration. Rows move to layout 2 when they are written.
//
// A head keeps the digest of the layouts it was written with. Digests that were
// shipped stand in the folder schemas, one file with the text for each release
// that changed it; [Open] moves their ledgers to today's.
package store
