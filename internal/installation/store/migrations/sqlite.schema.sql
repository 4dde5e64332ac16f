-- What a fresh database looks like. A test migrates from nothing and compares.

-- One row per ledger: the row that every batch locks, and the box that holds
-- the totals of the sealed tables.
CREATE TABLE head (
	installation TEXT NOT NULL,
	ledger TEXT NOT NULL,
	seq INTEGER NOT NULL,
	epoch BLOB NOT NULL,
	link BLOB NOT NULL,
	key_id BLOB NOT NULL,
	schema BLOB NOT NULL,
	box BLOB NOT NULL,
	PRIMARY KEY (installation, ledger)
) STRICT, WITHOUT ROWID;

-- One row per batch: the chain, and what each batch changed.
CREATE TABLE journal (
	installation TEXT NOT NULL,
	ledger TEXT NOT NULL,
	seq INTEGER NOT NULL,
	epoch BLOB NOT NULL,
	batch BLOB NOT NULL,
	at INTEGER NOT NULL,
	node TEXT NOT NULL,
	entries BLOB NOT NULL,
	changes BLOB NOT NULL,
	link BLOB NOT NULL,
	PRIMARY KEY (installation, ledger, seq)
) STRICT;

-- Who did what. Never the name of a person: entries are kept for ever.
CREATE TABLE audit (
	installation TEXT NOT NULL,
	ledger TEXT NOT NULL,
	seq INTEGER NOT NULL,
	n INTEGER NOT NULL,
	at INTEGER NOT NULL,
	actor_kind TEXT NOT NULL,
	actor TEXT NOT NULL,
	action TEXT NOT NULL,
	subject TEXT NOT NULL,
	facts TEXT NOT NULL,
	PRIMARY KEY (installation, ledger, seq, n)
) STRICT, WITHOUT ROWID;

-- The installations of this server. Their ledger is the server's own, so the
-- column installation is always 'server' here.
CREATE TABLE installation (
	installation TEXT NOT NULL CHECK (installation = 'server'),
	id TEXT NOT NULL,
	number INTEGER NOT NULL,
	name TEXT NOT NULL,
	created INTEGER NOT NULL,
	state TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, id),
	UNIQUE (installation, name)
) STRICT, WITHOUT ROWID;

-- Whose installation it is: one row, id 1.
CREATE TABLE owner (
	installation TEXT NOT NULL,
	id INTEGER NOT NULL CHECK (id = 1),
	company TEXT NOT NULL,
	serial TEXT NOT NULL,
	time_zone TEXT NOT NULL,
	demo INTEGER NOT NULL,
	language TEXT NOT NULL,
	site_key BLOB NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, id)
) STRICT, WITHOUT ROWID;

-- People by an opaque id; what names them is in personal.
CREATE TABLE person (
	installation TEXT NOT NULL,
	id TEXT NOT NULL,
	number INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	login INTEGER NOT NULL,
	valid_through TEXT NOT NULL,
	profile TEXT NOT NULL,
	state TEXT NOT NULL,
	commitment BLOB NOT NULL,
	created INTEGER NOT NULL,
	erased INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, id)
) STRICT, WITHOUT ROWID;

-- Unsealed, so that it can be erased: the sealed person row commits to it.
CREATE TABLE personal (
	installation TEXT NOT NULL,
	person TEXT NOT NULL,
	salt BLOB NOT NULL,
	user_id TEXT NOT NULL,
	first_name TEXT NOT NULL,
	last_name TEXT NOT NULL,
	email TEXT NOT NULL,
	grp TEXT NOT NULL,
	PRIMARY KEY (installation, person)
) STRICT, WITHOUT ROWID;

-- Who was given what, by whom and why. Rows are ended, never deleted. There is
-- no index by person: the book knows whose rows are whose, and an index that is
-- written all over makes every batch many times larger.
CREATE TABLE assignment (
	installation TEXT NOT NULL,
	number INTEGER NOT NULL,
	person TEXT NOT NULL,
	issuer TEXT NOT NULL,
	module TEXT NOT NULL,
	quantity INTEGER NOT NULL CHECK (quantity >= 0),
	source TEXT NOT NULL,
	from_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	given_by TEXT NOT NULL,
	reason TEXT NOT NULL,
	ended_by TEXT NOT NULL,
	end_reason TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, number)
) STRICT, WITHOUT ROWID;

-- The licenses of the sets in force, and the counter of each pool. The last
-- check is the promise that no seat is ever given twice.
CREATE TABLE license (
	installation TEXT NOT NULL,
	issuer TEXT NOT NULL,
	module TEXT NOT NULL,
	number INTEGER NOT NULL,
	set_number INTEGER NOT NULL,
	line INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	seats INTEGER NOT NULL CHECK (seats >= 0),
	taken INTEGER NOT NULL CHECK (taken >= 0),
	unrestricted INTEGER NOT NULL,
	open_ended INTEGER NOT NULL,
	hidden INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, issuer, module),
	CONSTRAINT never_oversold CHECK (unrestricted = 1 OR taken <= seats)
) STRICT, WITHOUT ROWID;

-- Every set this installation has taken in, by the hash of its checkpoint.
CREATE TABLE license_set (
	installation TEXT NOT NULL,
	checkpoint TEXT NOT NULL,
	issuer TEXT NOT NULL,
	number INTEGER NOT NULL,
	serial TEXT NOT NULL,
	state TEXT NOT NULL,
	file TEXT NOT NULL,
	certificates TEXT NOT NULL,
	loaded_at INTEGER NOT NULL,
	accepted_at INTEGER NOT NULL,
	from_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, checkpoint)
) STRICT, WITHOUT ROWID;

-- License files as they were received, by their hash.
CREATE TABLE set_file (
	installation TEXT NOT NULL,
	hash TEXT NOT NULL,
	bytes BLOB NOT NULL,
	PRIMARY KEY (installation, hash)
) STRICT;

CREATE TABLE key_list (
	installation TEXT NOT NULL,
	number INTEGER NOT NULL,
	note BLOB NOT NULL,
	learned_at INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE profile (
	installation TEXT NOT NULL,
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	modules TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
	installation TEXT NOT NULL,
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	hash BLOB NOT NULL,
	scopes TEXT NOT NULL,
	created INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	expires INTEGER NOT NULL,
	revoked INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, id)
) STRICT, WITHOUT ROWID;

-- Each time a set was in force, and what was changed of people with it.
CREATE TABLE activation (
	installation TEXT NOT NULL,
	number INTEGER NOT NULL,
	issuer TEXT NOT NULL,
	set_number INTEGER NOT NULL,
	checkpoint TEXT NOT NULL,
	replaced TEXT NOT NULL,
	from_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	how TEXT NOT NULL,
	given_by TEXT NOT NULL,
	undo BLOB NOT NULL,
	reported_at INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, number)
) STRICT, WITHOUT ROWID;

-- What was said about sets that wait.
CREATE TABLE set_agreement (
	installation TEXT NOT NULL,
	checkpoint TEXT NOT NULL,
	agreed_at INTEGER NOT NULL,
	agreed_by TEXT NOT NULL,
	accepts TEXT NOT NULL,
	told_at INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	choices TEXT NOT NULL DEFAULT '',
	effects TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (installation, checkpoint)
) STRICT, WITHOUT ROWID;

-- How sets come in force: one row, id 1.
CREATE TABLE set_policy (
	installation TEXT NOT NULL,
	id INTEGER NOT NULL CHECK (id = 1),
	activation TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, id)
) STRICT, WITHOUT ROWID;

-- What people should hear about: started by people, or by the server of itself.
-- Rows are ended, never deleted.
CREATE TABLE event (
	installation TEXT NOT NULL,
	number INTEGER NOT NULL,
	type TEXT NOT NULL,
	code TEXT NOT NULL,
	about TEXT NOT NULL,
	ending TEXT NOT NULL,
	audience TEXT NOT NULL,
	texts TEXT NOT NULL,
	facts TEXT NOT NULL,
	started_by TEXT NOT NULL,
	started INTEGER NOT NULL,
	from_at INTEGER NOT NULL,
	expected INTEGER NOT NULL,
	ended INTEGER NOT NULL,
	ended_by TEXT NOT NULL,
	end_reason TEXT NOT NULL,
	done INTEGER NOT NULL,
	total INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, number)
) STRICT, WITHOUT ROWID;

-- The databases of the installation. Number 0 is the central one, which is there
-- without a row until it is renamed. Rows are marked removed, never deleted.
CREATE TABLE database (
	installation TEXT NOT NULL,
	number INTEGER NOT NULL CHECK (number >= 0),
	name TEXT NOT NULL,
	state TEXT NOT NULL,
	created INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, number)
) STRICT, WITHOUT ROWID;

-- Which database was given which site license. Rows are ended, never deleted.
CREATE TABLE site_assignment (
	installation TEXT NOT NULL,
	number INTEGER NOT NULL,
	database INTEGER NOT NULL,
	issuer TEXT NOT NULL,
	module TEXT NOT NULL,
	quantity INTEGER NOT NULL CHECK (quantity >= 0),
	from_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	given_by TEXT NOT NULL,
	reason TEXT NOT NULL,
	ended_by TEXT NOT NULL,
	end_reason TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, number)
) STRICT, WITHOUT ROWID;

-- Who may do what in the installation itself. Rows are deleted when a role is
-- taken back: the audit trail keeps who had it.
CREATE TABLE role (
	installation TEXT NOT NULL,
	person TEXT NOT NULL,
	role TEXT NOT NULL,
	from_at INTEGER NOT NULL,
	given_by TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, person, role)
) STRICT, WITHOUT ROWID;

-- Addresses of the host application that are asked before something is done.
CREATE TABLE hook (
	installation TEXT NOT NULL,
	name TEXT NOT NULL,
	url TEXT NOT NULL,
	timeout INTEGER NOT NULL,
	unreachable TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, name)
) STRICT, WITHOUT ROWID;

-- What is known of the license server of an issuer, one row each: whether this
-- installation is registered there, and what was asked and answered last.
CREATE TABLE authority (
	installation TEXT NOT NULL,
	issuer TEXT NOT NULL,
	serial TEXT NOT NULL,
	registered INTEGER NOT NULL,
	asked INTEGER NOT NULL,
	answered INTEGER NOT NULL,
	failures INTEGER NOT NULL,
	error TEXT NOT NULL,
	why TEXT NOT NULL,
	refused TEXT NOT NULL,
	status TEXT NOT NULL,
	messages TEXT NOT NULL,
	address TEXT NOT NULL,
	offered INTEGER NOT NULL,
	company TEXT NOT NULL,
	new_serial TEXT NOT NULL,
	new_company TEXT NOT NULL,
	clock INTEGER NOT NULL,
	reported INTEGER NOT NULL,
	checkpoint TEXT NOT NULL,
	told_at INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, issuer)
) STRICT, WITHOUT ROWID;

-- People as they stood before a change that moves seats.
CREATE TABLE person_past (
	installation TEXT NOT NULL,
	number INTEGER NOT NULL,
	person TEXT NOT NULL,
	kind INTEGER NOT NULL,
	login INTEGER NOT NULL,
	profile TEXT NOT NULL,
	state TEXT NOT NULL,
	from_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, number)
) STRICT, WITHOUT ROWID;

-- Profiles as they were before their modules changed.
CREATE TABLE profile_past (
	installation TEXT NOT NULL,
	number INTEGER NOT NULL,
	code TEXT NOT NULL,
	modules TEXT NOT NULL,
	from_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, number)
) STRICT, WITHOUT ROWID;

-- How people show who they are: passwords, passkeys, one-time links.
CREATE TABLE credential (
	installation TEXT NOT NULL,
	id TEXT NOT NULL,
	person TEXT NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	secret BLOB NOT NULL,
	data BLOB NOT NULL,
	created INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	expires INTEGER NOT NULL,
	used INTEGER NOT NULL,
	count INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, id)
) STRICT, WITHOUT ROWID;

-- Who has signed in to the pages, until when.
CREATE TABLE session (
	installation TEXT NOT NULL,
	id TEXT NOT NULL,
	person TEXT NOT NULL,
	hash BLOB NOT NULL,
	method TEXT NOT NULL,
	device TEXT NOT NULL,
	begun INTEGER NOT NULL,
	ends INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, id)
) STRICT, WITHOUT ROWID;

-- How people want pages to be, and which of their sessions count.
CREATE TABLE preference (
	installation TEXT NOT NULL,
	person TEXT NOT NULL,
	language TEXT NOT NULL,
	theme TEXT NOT NULL,
	shortcuts INTEGER NOT NULL,
	generation INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, person)
) STRICT, WITHOUT ROWID;

-- Who else says who a person is.
CREATE TABLE provider (
	installation TEXT NOT NULL,
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	issuer TEXT NOT NULL,
	client_id TEXT NOT NULL,
	secret BLOB NOT NULL,
	match TEXT NOT NULL,
	claim TEXT NOT NULL,
	created INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, code)
) STRICT, WITHOUT ROWID;

-- What is no record and may be forgotten: each row encrypted as a whole.
CREATE TABLE box (
	installation TEXT NOT NULL,
	place TEXT NOT NULL,
	part INTEGER NOT NULL,
	box BLOB NOT NULL,
	PRIMARY KEY (installation, place, part)
) STRICT;

-- Which messages outside the pages who gets, where somebody has said otherwise.
CREATE TABLE message_rule (
	installation TEXT NOT NULL,
	kind TEXT NOT NULL,
	reader TEXT NOT NULL,
	told INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, kind, reader)
) STRICT, WITHOUT ROWID;

CREATE TABLE message_choice (
	installation TEXT NOT NULL,
	person TEXT NOT NULL,
	off TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, person)
) STRICT, WITHOUT ROWID;

-- What was told, so that no level of anything is told twice.
CREATE TABLE message_told (
	installation TEXT NOT NULL,
	kind TEXT NOT NULL,
	about TEXT NOT NULL,
	level INTEGER NOT NULL,
	at INTEGER NOT NULL,
	over_at INTEGER NOT NULL,
	facts TEXT NOT NULL,
	next INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, kind, about)
) STRICT, WITHOUT ROWID;

-- What is still to be delivered. It holds no address.
CREATE TABLE message_out (
	installation TEXT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	about TEXT NOT NULL,
	level INTEGER NOT NULL,
	channel TEXT NOT NULL,
	target TEXT NOT NULL,
	made INTEGER NOT NULL,
	due INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	tries INTEGER NOT NULL,
	error TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, id)
) STRICT, WITHOUT ROWID;

-- What people do not want to see on top of the pages for a while.
CREATE TABLE snooze (
	installation TEXT NOT NULL,
	person TEXT NOT NULL,
	items TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, person)
) STRICT, WITHOUT ROWID;

-- That it is collected on which day people were last active, and on what ground.
-- There is no row where nothing is collected.
CREATE TABLE activity_policy (
	installation TEXT NOT NULL,
	id INTEGER NOT NULL,
	ground TEXT NOT NULL,
	from_at INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, id)
) STRICT, WITHOUT ROWID;

-- The last day people were active, as a number of days since 1970. Rows carry no
-- seal and leave no line in the journal: it would remember every day of everybody
-- after the rows were erased.
CREATE TABLE activity (
	installation TEXT NOT NULL,
	person TEXT NOT NULL,
	day INTEGER NOT NULL,
	PRIMARY KEY (installation, person)
) STRICT, WITHOUT ROWID;
