-- What a fresh database looks like. A test migrates from nothing and compares.

-- One row per ledger: the row that every batch locks, and the box that holds
-- the totals of the sealed tables.
CREATE TABLE head (
	installation TEXT COLLATE "C" NOT NULL,
	ledger TEXT COLLATE "C" NOT NULL,
	seq BIGINT NOT NULL,
	epoch BYTEA NOT NULL,
	link BYTEA NOT NULL,
	key_id BYTEA NOT NULL,
	schema BYTEA NOT NULL,
	box BYTEA NOT NULL,
	PRIMARY KEY (installation, ledger)
);

-- One row per batch: the chain, and what each batch changed.
CREATE TABLE journal (
	installation TEXT COLLATE "C" NOT NULL,
	ledger TEXT COLLATE "C" NOT NULL,
	seq BIGINT NOT NULL,
	epoch BYTEA NOT NULL,
	batch BYTEA NOT NULL,
	at BIGINT NOT NULL,
	node TEXT COLLATE "C" NOT NULL,
	entries BYTEA NOT NULL,
	changes BYTEA NOT NULL,
	link BYTEA NOT NULL,
	PRIMARY KEY (installation, ledger, seq)
);

-- Who did what. Never the name of a person: entries are kept for ever.
CREATE TABLE audit (
	installation TEXT COLLATE "C" NOT NULL,
	ledger TEXT COLLATE "C" NOT NULL,
	seq BIGINT NOT NULL,
	n BIGINT NOT NULL,
	at BIGINT NOT NULL,
	actor_kind TEXT COLLATE "C" NOT NULL,
	actor TEXT COLLATE "C" NOT NULL,
	action TEXT COLLATE "C" NOT NULL,
	subject TEXT COLLATE "C" NOT NULL,
	facts TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (installation, ledger, seq, n)
);

-- The installations of this server. Their ledger is the server's own, so the
-- column installation is always 'server' here.
CREATE TABLE installation (
	installation TEXT COLLATE "C" NOT NULL CHECK (installation = 'server'),
	id TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	created BIGINT NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, id),
	UNIQUE (installation, name)
);

-- Whose installation it is: one row, id 1.
CREATE TABLE owner (
	installation TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL CHECK (id = 1),
	company TEXT COLLATE "C" NOT NULL,
	serial TEXT COLLATE "C" NOT NULL,
	time_zone TEXT COLLATE "C" NOT NULL,
	demo BIGINT NOT NULL,
	language TEXT COLLATE "C" NOT NULL,
	site_key BYTEA NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, id)
);

-- People by an opaque id; what names them is in personal.
CREATE TABLE person (
	installation TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	kind BIGINT NOT NULL,
	login BIGINT NOT NULL,
	valid_through TEXT COLLATE "C" NOT NULL,
	profile TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	commitment BYTEA NOT NULL,
	created BIGINT NOT NULL,
	erased BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, id)
);

-- Unsealed, so that it can be erased: the sealed person row commits to it.
CREATE TABLE personal (
	installation TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	salt BYTEA NOT NULL,
	user_id TEXT COLLATE "C" NOT NULL,
	first_name TEXT COLLATE "C" NOT NULL,
	last_name TEXT COLLATE "C" NOT NULL,
	email TEXT COLLATE "C" NOT NULL,
	grp TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (installation, person)
);

-- Who was given what, by whom and why. Rows are ended, never deleted. There is
-- no index by person: the book knows whose rows are whose, and an index that is
-- written all over makes every batch many times larger.
CREATE TABLE assignment (
	installation TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	issuer TEXT COLLATE "C" NOT NULL,
	module TEXT COLLATE "C" NOT NULL,
	quantity BIGINT NOT NULL CHECK (quantity >= 0),
	source TEXT COLLATE "C" NOT NULL,
	from_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	given_by TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	ended_by TEXT COLLATE "C" NOT NULL,
	end_reason TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, number)
);

-- The licenses of the sets in force, and the counter of each pool. The last
-- check is the promise that no seat is ever given twice.
CREATE TABLE license (
	installation TEXT COLLATE "C" NOT NULL,
	issuer TEXT COLLATE "C" NOT NULL,
	module TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	set_number BIGINT NOT NULL,
	line BIGINT NOT NULL,
	kind BIGINT NOT NULL,
	seats BIGINT NOT NULL CHECK (seats >= 0),
	taken BIGINT NOT NULL CHECK (taken >= 0),
	unrestricted BIGINT NOT NULL,
	open_ended BIGINT NOT NULL,
	hidden BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, issuer, module),
	CONSTRAINT never_oversold CHECK (unrestricted = 1 OR taken <= seats)
);

-- Every set this installation has taken in, by the hash of its checkpoint.
CREATE TABLE license_set (
	installation TEXT COLLATE "C" NOT NULL,
	checkpoint TEXT COLLATE "C" NOT NULL,
	issuer TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	serial TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	file TEXT COLLATE "C" NOT NULL,
	certificates TEXT COLLATE "C" NOT NULL,
	loaded_at BIGINT NOT NULL,
	accepted_at BIGINT NOT NULL,
	from_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, checkpoint)
);

-- License files as they were received, by their hash.
CREATE TABLE set_file (
	installation TEXT COLLATE "C" NOT NULL,
	hash TEXT COLLATE "C" NOT NULL,
	bytes BYTEA NOT NULL,
	PRIMARY KEY (installation, hash)
);

CREATE TABLE key_list (
	installation TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	note BYTEA NOT NULL,
	learned_at BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, number)
);

CREATE TABLE profile (
	installation TEXT COLLATE "C" NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	modules TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, code)
);

CREATE TABLE token (
	installation TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	hash BYTEA NOT NULL,
	scopes TEXT COLLATE "C" NOT NULL,
	created BIGINT NOT NULL,
	created_by TEXT COLLATE "C" NOT NULL,
	expires BIGINT NOT NULL,
	revoked BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, id)
);

-- Each time a set was in force, and what was changed of people with it.
CREATE TABLE activation (
	installation TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	issuer TEXT COLLATE "C" NOT NULL,
	set_number BIGINT NOT NULL,
	checkpoint TEXT COLLATE "C" NOT NULL,
	replaced TEXT COLLATE "C" NOT NULL,
	from_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	how TEXT COLLATE "C" NOT NULL,
	given_by TEXT COLLATE "C" NOT NULL,
	undo BYTEA NOT NULL,
	reported_at BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, number)
);

-- What was said about sets that wait.
CREATE TABLE set_agreement (
	installation TEXT COLLATE "C" NOT NULL,
	checkpoint TEXT COLLATE "C" NOT NULL,
	agreed_at BIGINT NOT NULL,
	agreed_by TEXT COLLATE "C" NOT NULL,
	accepts TEXT COLLATE "C" NOT NULL,
	told_at BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	choices TEXT COLLATE "C" NOT NULL DEFAULT '',
	effects TEXT COLLATE "C" NOT NULL DEFAULT '',
	PRIMARY KEY (installation, checkpoint)
);

-- How sets come in force: one row, id 1.
CREATE TABLE set_policy (
	installation TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL CHECK (id = 1),
	activation TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, id)
);

-- What people should hear about: started by people, or by the server of itself.
-- Rows are ended, never deleted.
CREATE TABLE event (
	installation TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	type TEXT COLLATE "C" NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	about TEXT COLLATE "C" NOT NULL,
	ending TEXT COLLATE "C" NOT NULL,
	audience TEXT COLLATE "C" NOT NULL,
	texts TEXT COLLATE "C" NOT NULL,
	facts TEXT COLLATE "C" NOT NULL,
	started_by TEXT COLLATE "C" NOT NULL,
	started BIGINT NOT NULL,
	from_at BIGINT NOT NULL,
	expected BIGINT NOT NULL,
	ended BIGINT NOT NULL,
	ended_by TEXT COLLATE "C" NOT NULL,
	end_reason TEXT COLLATE "C" NOT NULL,
	done BIGINT NOT NULL,
	total BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, number)
);

-- The databases of the installation. Number 0 is the central one, which is there
-- without a row until it is renamed. Rows are marked removed, never deleted.
CREATE TABLE database (
	installation TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL CHECK (number >= 0),
	name TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	created BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, number)
);

-- Which database was given which site license. Rows are ended, never deleted.
CREATE TABLE site_assignment (
	installation TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	database BIGINT NOT NULL,
	issuer TEXT COLLATE "C" NOT NULL,
	module TEXT COLLATE "C" NOT NULL,
	quantity BIGINT NOT NULL CHECK (quantity >= 0),
	from_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	given_by TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	ended_by TEXT COLLATE "C" NOT NULL,
	end_reason TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, number)
);

-- Who may do what in the installation itself. Rows are deleted when a role is
-- taken back: the audit trail keeps who had it.
CREATE TABLE role (
	installation TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	role TEXT COLLATE "C" NOT NULL,
	from_at BIGINT NOT NULL,
	given_by TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, person, role)
);

-- Addresses of the host application that are asked before something is done.
CREATE TABLE hook (
	installation TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	url TEXT COLLATE "C" NOT NULL,
	timeout BIGINT NOT NULL,
	unreachable TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, name)
);

-- What is known of the license server of an issuer, one row each: whether this
-- installation is registered there, and what was asked and answered last.
CREATE TABLE authority (
	installation TEXT COLLATE "C" NOT NULL,
	issuer TEXT COLLATE "C" NOT NULL,
	serial TEXT COLLATE "C" NOT NULL,
	registered BIGINT NOT NULL,
	asked BIGINT NOT NULL,
	answered BIGINT NOT NULL,
	failures BIGINT NOT NULL,
	error TEXT COLLATE "C" NOT NULL,
	why TEXT COLLATE "C" NOT NULL,
	refused TEXT COLLATE "C" NOT NULL,
	status TEXT COLLATE "C" NOT NULL,
	messages TEXT COLLATE "C" NOT NULL,
	address TEXT COLLATE "C" NOT NULL,
	offered BIGINT NOT NULL,
	company TEXT COLLATE "C" NOT NULL,
	new_serial TEXT COLLATE "C" NOT NULL,
	new_company TEXT COLLATE "C" NOT NULL,
	clock BIGINT NOT NULL,
	reported BIGINT NOT NULL,
	checkpoint TEXT COLLATE "C" NOT NULL,
	told_at BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, issuer)
);

-- People as they stood before a change that moves seats.
CREATE TABLE person_past (
	installation TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	kind BIGINT NOT NULL,
	login BIGINT NOT NULL,
	profile TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	from_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, number)
);

-- Profiles as they were before their modules changed.
CREATE TABLE profile_past (
	installation TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	modules TEXT COLLATE "C" NOT NULL,
	from_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, number)
);

-- How people show who they are: passwords, passkeys, one-time links.
CREATE TABLE credential (
	installation TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	secret BYTEA NOT NULL,
	data BYTEA NOT NULL,
	created BIGINT NOT NULL,
	created_by TEXT COLLATE "C" NOT NULL,
	expires BIGINT NOT NULL,
	used BIGINT NOT NULL,
	count BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, id)
);

-- Who has signed in to the pages, until when.
CREATE TABLE session (
	installation TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	hash BYTEA NOT NULL,
	method TEXT COLLATE "C" NOT NULL,
	device TEXT COLLATE "C" NOT NULL,
	begun BIGINT NOT NULL,
	ends BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, id)
);

-- How people want pages to be, and which of their sessions count.
CREATE TABLE preference (
	installation TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	language TEXT COLLATE "C" NOT NULL,
	theme TEXT COLLATE "C" NOT NULL,
	shortcuts BIGINT NOT NULL,
	generation BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, person)
);

-- Who else says who a person is.
CREATE TABLE provider (
	installation TEXT COLLATE "C" NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	issuer TEXT COLLATE "C" NOT NULL,
	client_id TEXT COLLATE "C" NOT NULL,
	secret BYTEA NOT NULL,
	match TEXT COLLATE "C" NOT NULL,
	claim TEXT COLLATE "C" NOT NULL,
	created BIGINT NOT NULL,
	created_by TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, code)
);

-- What is no record and may be forgotten: each row encrypted as a whole.
CREATE TABLE box (
	installation TEXT COLLATE "C" NOT NULL,
	place TEXT COLLATE "C" NOT NULL,
	part BIGINT NOT NULL,
	box BYTEA NOT NULL,
	PRIMARY KEY (installation, place, part)
);

-- Which messages outside the pages who gets, where somebody has said otherwise.
CREATE TABLE message_rule (
	installation TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	reader TEXT COLLATE "C" NOT NULL,
	told BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, kind, reader)
);

CREATE TABLE message_choice (
	installation TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	off TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, person)
);

-- What was told, so that no level of anything is told twice.
CREATE TABLE message_told (
	installation TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	about TEXT COLLATE "C" NOT NULL,
	level BIGINT NOT NULL,
	at BIGINT NOT NULL,
	over_at BIGINT NOT NULL,
	facts TEXT COLLATE "C" NOT NULL,
	next BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, kind, about)
);

-- What is still to be delivered. It holds no address.
CREATE TABLE message_out (
	installation TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	about TEXT COLLATE "C" NOT NULL,
	level BIGINT NOT NULL,
	channel TEXT COLLATE "C" NOT NULL,
	target TEXT COLLATE "C" NOT NULL,
	made BIGINT NOT NULL,
	due BIGINT NOT NULL,
	failed BIGINT NOT NULL,
	tries BIGINT NOT NULL,
	error TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, id)
);

-- What people do not want to see on top of the pages for a while.
CREATE TABLE snooze (
	installation TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	items TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, person)
);

-- That it is collected on which day people were last active, and on what ground.
-- There is no row where nothing is collected.
CREATE TABLE activity_policy (
	installation TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	ground TEXT COLLATE "C" NOT NULL,
	from_at BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, id)
);

-- The last day people were active, as a number of days since 1970. Rows carry no
-- seal and leave no line in the journal: it would remember every day of everybody
-- after the rows were erased.
CREATE TABLE activity (
	installation TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	day BIGINT NOT NULL,
	PRIMARY KEY (installation, person)
);
