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
package store
