package api

import (
	"time"

	"github.com/pott-dev/pott/license"
)

// An Installation is the customer's system all answers are about.
type Installation struct {
	Name        string   `json:"name" doc:"The name in paths."`
	Company     string   `json:"company" doc:"The owner."`
	Serial      string   `json:"serial,omitempty" doc:"The serial number sets must carry; left out before the first activation."`
	TimeZone    string   `json:"time_zone" doc:"The zone of valid-through days."`
	Demo        bool     `json:"demo,omitempty" doc:"True when it accepts demo sets."`
	Test        bool     `json:"test,omitempty" doc:"True of a copy made for tests: it calls no server outside."`
	Suspended   string   `json:"suspended,omitempty" doc:"Why the host lets nothing be changed; left out when it does."`
	Key         string   `json:"key,omitempty" doc:"The public key that signs holdings, in base64."`
	Fingerprint string   `json:"fingerprint,omitempty" doc:"Of that key, eight groups of four hex digits: what a set names that is meant for this installation only."`
	Roots       []string `json:"roots,omitempty" doc:"Fingerprints of the root keys that sets must lead back to."`
}

// A Status says on one screen how the installation is.
type Status struct {
	Installation Installation `json:"installation"`
	Now          time.Time    `json:"now" doc:"The moment decisions are made at; see clock."`
	Seq          int64        `json:"seq" doc:"The number of the last change."`
	Epoch        string       `json:"epoch" doc:"Changes when a backup is restored."`
	State        string       `json:"state" enum:"ok,warning,grace,read-only,out-of-force" doc:"The worst state among the sets in force."`
	Sets         []SetStatus  `json:"sets" doc:"One per issuer."`
	People       PeopleCount  `json:"people"`
	Pools        []License    `json:"pools" doc:"Licenses with nothing spare, or with more in use than bought."`
	Waiting      []SetStatus  `json:"waiting" doc:"Sets that are loaded and wait for activation."`
	Integrity    Integrity    `json:"integrity"`
	Clock        Clock        `json:"clock" doc:"What time it is to the installation, and how it knows."`
	Authorities  []Authority  `json:"authorities" doc:"The license servers of the issuers, and what they said last."`
	Events       []Event      `json:"events" doc:"Events that have not ended, what the server tells of itself among them."`
}

// A SetStatus is how one set stands today.
type SetStatus struct {
	ID         string       `json:"id" doc:"Issuer and number, such as superoffice-1."`
	Issuer     string       `json:"issuer"`
	IssuerName string       `json:"issuer_name,omitempty" doc:"What people call the issuer."`
	Number     int64        `json:"number"`
	State      string       `json:"state" enum:"ok,warning,grace,read-only,out-of-force"`
	Notice     *KeyNotice   `json:"notice,omitempty" doc:"What has become of the keys it was made with."`
	Expiry     license.Date `json:"expiry,omitzero" doc:"The formal end; left out when there is none."`
	End        license.Date `json:"end,omitzero" doc:"The last day everything works."`
	DaysLeft   *int         `json:"days_left,omitempty" doc:"Calendar days to the expiry, negative after it; left out when there is no end."`
	Start      license.Date `json:"start,omitzero" doc:"Of a set that waits: the first day it may be in force."`
	Agreed     time.Time    `json:"agreed,omitzero" doc:"Of a set that waits for its day: when somebody agreed to it."`
	Refused    time.Time    `json:"refused,omitzero" doc:"Of a set whose day has come: when it was found that it could not take over by itself."`
	Changes    int          `json:"changes,omitempty" doc:"Of a set that waits: how many licenses it and the set in force do not have alike; left out where it replaces none."`
	Demo       bool         `json:"demo,omitempty"`
}

// A PeopleCount counts people.
type PeopleCount struct {
	Total     int  `json:"total" doc:"Everybody who is not deleted."`
	WithLogin int  `json:"with_login"`
	OnPlans   int  `json:"on_plans" doc:"People who hold a plan that is neither empty nor unrestricted."`
	Counted   int  `json:"counted" doc:"People who take a seat of anything that is limited."`
	Plans     bool `json:"plans" doc:"Whether there are plans to be on. Where there are none, people get their seats by a profile or one by one."`
}

// Integrity sums up what the server knows of the state of its own records. It
// is what was checked when they were read: only a full check by pott fsck may
// say "intact".
type Integrity struct {
	Verified    bool   `json:"verified" doc:"True when every record read at start carried a good seal and the totals agreed."`
	Quarantined int    `json:"quarantined" doc:"Records that give nothing until repaired."`
	Writable    bool   `json:"writable" doc:"False when changes are refused."`
	Note        string `json:"note,omitempty" doc:"Why, when something is wrong."`

	Rollback     string `json:"rollback" doc:"Whether the database is an older copy of itself, as it was when the server started: intact, broken, or cannot-be-checked when nothing outside it remembers how far it was."`
	RollbackNote string `json:"rollback_note,omitempty" doc:"Why, unless it is intact."`

	Verdict string    `json:"verdict" enum:"intact,broken,cannot-be-checked" doc:"Of the last full check, and what was found since; see getIntegrity."`
	Checked time.Time `json:"checked,omitzero" doc:"When that check was over; left out when there was none."`
}
