package command

import (
	"fmt"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

type statusCmd struct{}

func (statusCmd) Run(s *session) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	st, err := c.Status(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: st, ids: []string{st.Installation.Name}, human: func(o *paper) {
		o.statusHead(st)
		o.statusPools(st)
		o.statusEvents(st.Events)
		o.statusFoot(st)
	}})
}

func (o *paper) statusHead(st api.Status) {
	o.printf("%s", st.Installation.Company)
	if st.Installation.Serial != "" {
		o.printf(" · %s", o.s.say("status.serial", st.Installation.Serial))
	}
	if st.Installation.Demo {
		o.printf(" · %s", o.s.say("status.demo"))
	}
	if st.Installation.Test {
		o.printf(" · %s", o.s.say("status.test"))
	}
	o.printf("\n")
	if st.Installation.Suspended != "" {
		o.line("status.suspended", st.Installation.Suspended)
	}
	if len(st.Sets) == 0 {
		o.line("status.no-set")
	}
	for _, set := range st.Sets {
		o.printf("%s · %s\n", o.s.say("status.set", set.ID), o.validity(set.State, set.Expiry, set.End, set.DaysLeft))
		if set.Notice != nil {
			o.printf("  %s\n", set.Notice.Text)
		}
	}
	o.printf("\n")
}

// validity says until when a set is good and what its dates say today.
func (o *paper) validity(state string, expiry, end license.Date, left *int) string {
	switch {
	case state == api.OutOfForce:
		return o.s.say("valid.out-of-force")
	case expiry.IsZero():
		return o.s.say("valid.no-end")
	case state == license.ReadOnly.String():
		return o.s.say("valid.read-only", end)
	case state == license.Grace.String():
		return o.s.say("valid.grace", expiry, end)
	case left == nil:
		return o.s.say("valid.until", expiry)
	case *left == 1:
		return o.s.say("valid.until-one", expiry)
	}
	return o.s.say("valid.until-in", expiry, *left)
}

func (o *paper) statusPools(st api.Status) {
	if len(st.Pools) == 0 {
		if len(st.Sets) > 0 {
			o.line("status.no-remarks")
			o.printf("\n")
		}
		return
	}
	t := &table{columns: []column{{head: "license", cut: late}, {head: "name", cut: early}, {head: "purchased", right: true},
		{head: "in-use", right: true}, {head: "spare", right: true}, {head: "state"}}}
	short, hidden := shorter(namesOf(st.Pools, func(l api.License) license.Name { return l.Name })), 0
	for _, l := range st.Pools {
		if l.Hidden {
			hidden++ // it follows its plans, which stand in the list themselves
			continue
		}
		t.add(title(l.DisplayName, l.Name), short(l.Name), seats(l), fmt.Sprint(l.Taken), spare(l), o.poolState(l))
	}
	o.table(t)
	if hidden > 0 {
		o.line("status.hidden-full", hidden)
	}
	o.line("status.rest")
	o.printf("\n")
}

func (o *paper) statusFoot(st api.Status) {
	people := o.s.say("status.people-line", st.People.Total, st.People.WithLogin, st.People.OnPlans)
	if !st.People.Plans {
		people = o.s.say("status.people-seats", st.People.Total, st.People.WithLogin, st.People.Counted)
	}
	rows := [][2]string{{"people", people}, {"integrity", o.integrity(st)}}
	if r := st.Integrity; r.Rollback == "cannot-be-checked" {
		rows = append(rows, [2]string{"rollback", r.RollbackNote})
	}
	if st.Clock.State != api.ClockRight {
		rows = append(rows, [2]string{"clock", o.clock(st.Clock)})
	}
	for _, a := range st.Authorities {
		rows = append(rows, [2]string{"authority", o.s.say("status.authority", a.Issuer, o.authoritySays(a))})
	}
	for _, w := range st.Waiting {
		line := o.s.say("status.waiting", w.ID)
		if !w.Start.IsZero() && w.Refused.IsZero() {
			line = o.s.say("status.waits-for", w.ID, w.Start)
		}
		rows = append(rows, [2]string{"next", line})
	}
	o.pairs(rows...)
}

// integrity says what the server knows, and no more: only a full check says
// intact.
func (o *paper) integrity(st api.Status) string {
	i := st.Integrity
	switch {
	case !i.Writable && i.Note != "":
		return o.s.say("status.not-writable", i.Note)
	case i.Quarantined > 0:
		return o.s.say("status.quarantined", i.Quarantined)
	case i.Verdict == "broken":
		return o.s.say("status.broken")
	case i.Verdict == "intact":
		return o.s.say("status.intact", moment(i.Checked))
	case !i.Verified:
		return o.s.say("status.unverified", i.Note)
	}
	return o.s.say("status.verified", st.Seq)
}

// title returns the name people know a license by.
func title(display string, name license.Name) string {
	if display != "" {
		return display
	}
	return name.String()
}

// seats, spare and poolState say what there is to say of a pool. Where the
// number is not enforced or paid by use, a total would only mislead.
func seats(l api.License) string {
	if l.Unrestricted || l.OpenEnded || l.Kind == license.System {
		return "–"
	}
	return fmt.Sprint(l.Seats)
}

func spare(l api.License) string {
	if l.Unrestricted || l.OpenEnded || l.Kind == license.System {
		return "–"
	}
	return fmt.Sprint(l.Free)
}

func inUse(l api.License) string {
	if l.Kind == license.System {
		return "–"
	}
	return fmt.Sprint(l.Taken)
}

// withheld says in a few words why nothing can be given.
func (o *paper) withheld(w *api.Withheld) string {
	switch {
	case w.Code != "license.read-only":
		return o.s.say("valid.out-of-force")
	case w.SignIn:
		return o.s.say("pool.sign-in-only", w.Since)
	}
	return o.s.say("pool.read-only", w.Since)
}

func (o *paper) poolState(l api.License) string {
	switch {
	case l.Damaged:
		l.Damaged = false
		return o.s.say("pool.damaged", o.poolState(l))
	case l.OutOfForce != nil:
		return o.s.say("valid.out-of-force")
	case l.Withheld != nil:
		return o.withheld(l.Withheld)
	case l.State == api.PoolOver:
		return o.s.say("pool.over", l.Over)
	}
	return o.s.say("pool." + l.State)
}
