package installation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A Loss is something that is about to be taken from somebody.
type Loss struct {
	Person string         // opaque id
	Act    string         // such as [api.ActPlanRemove]
	Loses  []license.Name // what the person could no longer use, sorted
}

// key tells losses apart: another loss is another question.
func (l Loss) key() string {
	var b strings.Builder
	b.WriteString(l.Person + " " + l.Act)
	for _, n := range l.Loses {
		b.WriteString(" " + n.String())
	}
	return b.String()
}

// lossOf returns what an act would take from the person; ok is false where
// nobody need be asked, because the act takes nothing in use.
func lossOf(s seat.Standing, act string, next seat.Standing) (l Loss, ok bool) {
	left := next.Uses()
	for _, h := range s.Uses() {
		if !slices.ContainsFunc(left, func(x license.Held) bool { return x.Name == h.Name }) {
			l.Loses = append(l.Loses, h.Name)
		}
	}
	l.Person, l.Act = s.Person.ID, act
	switch act {
	case api.ActLoginEnd:
		return l, s.Person.Login && !next.Person.Login
	case api.ActPersonRetire, api.ActPersonDelete:
		return l, !s.Person.Gone()
	case api.ActPlanSet, api.ActPlanRemove, api.ActExtraRemove, api.ActProfileSet:
		return l, len(l.Loses) > 0
	}
	return l, false
}

const (
	blockersHook       = "blockers"
	unreachableWarn    = "warn"
	unreachableBlock   = "block"
	defaultHookTimeout = 2000
	maxQuestions       = 500 // in one request
)

// Blockers asks the host application what stands in the way of losses, or what
// should be handed over. Without an answer the setting decides: a warning, or a
// [*BlockersUnreachableError]. It may take as long as the setting allows, so it
// is never called while others wait for the answer.
func (in *Installation) Blockers(ctx context.Context, act Act, losses []Loss) (api.Blockers, error) {
	found := api.Blockers{People: []api.PersonBlockers{}}
	if in.supposed != nil {
		return in.supposed.heard.about(losses)
	}
	var hook store.Hook
	var damaged bool
	var info store.Info
	questions := make([]api.BlockerQuestion, 0, len(losses))
	err := in.view(func(v *store.View) error {
		info = v.Info()
		hook, found.Asked, damaged = v.Hook(blockersHook)
		for _, l := range losses {
			if p, ok := v.Person(l.Person); ok && p.Erased == 0 {
				questions = append(questions, api.BlockerQuestion{Person: p.Personal.UserID, Number: p.Number, Act: l.Act, Loses: l.Loses})
			}
		}
		return nil
	})
	found.Asked = found.Asked || damaged || in.options.Blockers != nil
	if err != nil || !found.Asked || len(questions) == 0 {
		return found, err
	}
	why := ""
	switch {
	case info.Test: // it calls nobody outside, and nothing of it is real
		found.Warning = say(act.Language, "blockers.test-copy", nil)
		return found, nil
	case damaged:
		why = "damaged"
	default:
		for len(questions) > 0 && why == "" {
			n := min(len(questions), maxQuestions)
			var answer api.BlockersAnswer
			answer, why = in.ask(ctx, info, hook, questions[:n])
			found.People = append(found.People, knownBlockers(answer, questions[:n])...)
			questions = questions[n:]
		}
	}
	switch {
	case why == "":
	case hook.Unreachable == unreachableBlock:
		return found, &BlockersUnreachableError{Why: why}
	default:
		found.Warning = say(act.Language, "blockers."+why, nil)
	}
	return found, ctx.Err()
}

// ask puts questions to a function of the program this runs in, or to the
// address that is set. why is the code of what went wrong, or "".
func (in *Installation) ask(ctx context.Context, info store.Info, hook store.Hook, questions []api.BlockerQuestion) (answer api.BlockersAnswer, why string) {
	var err error
	if hook.URL == "" {
		answer, err = in.options.Blockers(ctx, in.name, questions)
	} else {
		answer, err = in.post(ctx, info, hook, questions)
	}
	bad := new(badAnswerError)
	switch {
	case errors.As(err, &bad):
		in.options.Log.Warn("the host application's answer about blockers makes no sense", "installation", in.name, "err", err)
		return api.BlockersAnswer{}, "bad-answer"
	case err != nil:
		in.options.Log.Warn("the host application could not be asked about blockers", "installation", in.name, "err", err)
		return api.BlockersAnswer{}, "unreachable"
	}
	if err := checkAnswer(answer); err != nil {
		in.options.Log.Warn("the host application's answer about blockers makes no sense", "installation", in.name, "err", err)
		return api.BlockersAnswer{}, "bad-answer"
	}
	return answer, ""
}

// knownBlockers keeps what was asked for, by the user ids asked with.
func knownBlockers(answer api.BlockersAnswer, questions []api.BlockerQuestion) []api.PersonBlockers {
	var list []api.PersonBlockers
	for _, p := range answer.People {
		i := slices.IndexFunc(questions, func(q api.BlockerQuestion) bool { return sameName(q.Person, p.Person) })
		if i >= 0 && len(p.Blockers) > 0 {
			list = append(list, api.PersonBlockers{Person: questions[i].Person, Blockers: p.Blockers})
		}
	}
	return list
}

// maxBlockers is how many things one person may have in hand in an answer.
const maxBlockers = 100

func checkAnswer(answer api.BlockersAnswer) error {
	for _, p := range answer.People {
		if len(p.Blockers) > maxBlockers {
			return &badAnswerError{"more blockers for one person than anybody reads"}
		}
		for _, b := range p.Blockers {
			if err := checkText("text", b.Text, 1, 300); err != nil {
				return &badAnswerError{err.Error()}
			}
			if b.Link == "" {
				continue
			}
			u, err := url.Parse(b.Link)
			if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || utf8.RuneCountInString(b.Link) > 2000 {
				return &badAnswerError{"a link that is no http or https address"}
			}
		}
	}
	return nil
}

// A badAnswerError says why an answer of the host application is not used.
type badAnswerError struct{ why string }

func (e *badAnswerError) Error() string { return e.why }

// An asking is what the host application has said so far about one act.
type asking struct {
	answers map[string]api.Blockers // by loss
}

// An askFirst ends an act that may not go on before somebody was asked.
type askFirst struct{ loss Loss }

func (e *askFirst) Error() string { return "the host application is asked first" }

// of returns what was said about a loss. It ends the act with [*askFirst] when
// nobody was asked yet, and with [*BlockedError] when something stands in the
// way.
func (a *asking) of(loss Loss, userID string) (api.Blockers, error) {
	said, ok := a.answers[loss.key()]
	if !ok {
		return said, &askFirst{loss}
	}
	for _, p := range said.People {
		var texts []string
		link := ""
		for _, b := range p.Blockers {
			if b.Blocks {
				texts = append(texts, b.Text)
				if link == "" {
					link = b.Link
				}
			}
		}
		if len(texts) > 0 {
			return said, &BlockedError{Person: userID, Blockers: texts, Link: link}
		}
	}
	return said, nil
}

// performAsking is perform for acts that take something from people: where one
// finds that somebody must be asked first, it is tried again with the answer.
func (in *Installation) performAsking(ctx context.Context, act Act, decide func(tx *store.Tx, asked *asking) (bool, error)) (api.Outcome, error) {
	asked := asking{answers: map[string]api.Blockers{}}
	for range 5 { // what is lost may change while the host application thinks
		outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) { return decide(tx, &asked) })
		first := new(askFirst)
		if !errors.As(err, &first) {
			return outcome, err
		}
		if asked.answers[first.loss.key()], err = in.Blockers(ctx, act, []Loss{first.loss}); err != nil {
			return api.Outcome{}, err
		}
	}
	return api.Outcome{}, &BlockersUnreachableError{Why: "unreachable"}
}

// hooked reports whether there is somebody to ask before something is taken.
func (in *Installation) hooked(v *store.View) bool {
	_, ok, damaged := v.Hook(blockersHook)
	return ok || damaged || in.options.Blockers != nil
}

// PersonBlockers asks the host application what stands in the way of an act for
// one person, before it is chosen.
func (in *Installation) PersonBlockers(ctx context.Context, act Act, person, about string) (api.Blockers, error) {
	acts := []string{api.ActPlanRemove, api.ActLoginEnd, api.ActPersonRetire, api.ActPersonDelete}
	if about == "" {
		about = api.ActPersonRetire
	}
	if !slices.Contains(acts, about) {
		return api.Blockers{}, &license.BadWordError{Word: about, Of: "act", Allowed: strings.Join(acts, ", ")}
	}
	var loss Loss
	err := in.view(func(v *store.View) error {
		p, err := findPerson(v, person)
		if err != nil {
			return err
		}
		s := in.standing(v, p, in.clock(v))
		loss = Loss{Person: p.ID, Act: about}
		for _, h := range s.Uses() {
			loss.Loses = append(loss.Loses, h.Name)
		}
		return nil
	})
	if err != nil {
		return api.Blockers{}, err
	}
	return in.Blockers(ctx, act, []Loss{loss})
}

// BlockersHook returns which address is asked for blockers; it is empty when
// none is.
func (in *Installation) BlockersHook(ctx context.Context, act Act) (api.BlockersHook, error) {
	var out api.BlockersHook
	err := in.view(func(v *store.View) error {
		if h, ok, _ := v.Hook(blockersHook); ok {
			out = hookOf(h)
		}
		return nil
	})
	return out, err
}

func hookOf(h store.Hook) api.BlockersHook {
	return api.BlockersHook{URL: h.URL, Timeout: h.Timeout, Unreachable: h.Unreachable}
}

// SetBlockersHook sets which address of the host application is asked for
// blockers. Requests are signed, so the server must have the installation's key.
func (in *Installation) SetBlockersHook(ctx context.Context, act Act, b api.BlockersHook) (api.ChangedBlockersHook, error) {
	hook := store.Hook{Name: blockersHook, URL: b.URL, Timeout: b.Timeout, Unreachable: b.Unreachable}
	if hook.Timeout == 0 {
		hook.Timeout = defaultHookTimeout
	}
	if hook.Unreachable == "" {
		hook.Unreachable = unreachableWarn
	}
	if err := checkHook(hook); err != nil {
		return api.ChangedBlockersHook{}, err
	}
	if in.key == nil {
		return api.ChangedBlockersHook{}, &NoKeyError{Installation: in.name}
	}
	var answer api.ChangedBlockersHook
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		hook := hook
		old, ok, _ := tx.Hook(blockersHook)
		if err := act.changesHook(old, &hook); err != nil {
			return false, err
		}
		if answer.Hook = hookOf(hook); ok && old == hook {
			return false, nil
		}
		host := ""
		if u, err := url.Parse(hook.URL); err == nil {
			host = u.Host
		}
		tx.Entry("blockers.set", "", audit.F("host", host), audit.F("timeout_ms", hook.Timeout), audit.F("unreachable", hook.Unreachable))
		return true, tx.PutHook(hook)
	})
	answer.Outcome = outcome
	return answer, err
}

// changesHook refuses to write over what somebody else has set meanwhile. Where
// nobody is asked, all fields are empty.
func (a Act) changesHook(old store.Hook, next *store.Hook) error {
	timeout := func(h store.Hook) string {
		if h.URL == "" {
			return ""
		}
		return fmt.Sprint(h.Timeout)
	}
	wait := timeout(*next)
	err := a.meanwhile(hostOf(cmp.Or(old.URL, next.URL)), field{"url", old.URL, &next.URL}, field{"timeout_ms", timeout(old), &wait},
		field{"unreachable", old.Unreachable, &next.Unreachable})
	if err != nil {
		return err
	}
	if wait == timeout(old) && wait != "" {
		next.Timeout = old.Timeout
	}
	return checkHook(*next)
}

// DropBlockersHook asks nobody any longer.
func (in *Installation) DropBlockersHook(ctx context.Context, act Act) (api.ChangedBlockersHook, error) {
	var answer api.ChangedBlockersHook
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		if _, ok, _ := tx.Hook(blockersHook); !ok {
			return false, nil
		}
		tx.Entry("blockers.drop", "")
		return true, tx.DropHook(blockersHook)
	})
	answer.Outcome = outcome
	return answer, err
}

func checkHook(h store.Hook) error {
	u, err := url.Parse(h.URL)
	switch {
	case err != nil || u.Host == "" || len(h.URL) > 2000 || u.Fragment != "":
		return &BadValueError{Field: "url", Why: "it is not an address written as https://crm.example.com/pott/blockers"}
	case u.User != nil:
		return &BadValueError{Field: "url", Why: "it has a user name or password: requests are signed instead"}
	case u.Scheme != "https" && !(u.Scheme == "http" && isLocal(u.Hostname())):
		return &BadValueError{Field: "url", Why: "it must be https, or http on this machine"}
	case h.Timeout < 100 || h.Timeout > 10_000:
		return &BadValueError{Field: "timeout_ms", Why: "it is not 100 to 10000"}
	case h.Unreachable != unreachableWarn && h.Unreachable != unreachableBlock:
		return &license.BadWordError{Word: h.Unreachable, Of: "unreachable", Allowed: "warn, block"}
	}
	return nil
}

func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// A BlockedError is returned when somebody still has something in hand that must
// be put right first. Nothing was changed.
type BlockedError struct {
	Person   string
	Blockers []string // in the host application's words
	Link     string   // where the first of them is put right; "" when it does not say
}

func (e *BlockedError) Error() string {
	return fmt.Sprintf("%s still has %s", e.Person, strings.Join(e.Blockers, ", "))
}

// Code returns the stable code of the error.
func (e *BlockedError) Code() string { return "person.blocked" }

// A BlockersUnreachableError is returned when the host application must be asked
// and does not answer. Nothing was changed.
type BlockersUnreachableError struct {
	Why string // "unreachable", "bad-answer" or "damaged"
}

func (e *BlockersUnreachableError) Error() string {
	return "the host application must be asked for blockers first, and has not answered: " + e.Why
}

// Code returns the stable code of the error.
func (e *BlockersUnreachableError) Code() string { return "blockers.unreachable" }
