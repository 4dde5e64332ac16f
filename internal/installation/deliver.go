package installation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/message"
)

// The ways a message leaves.
const (
	channelMail    = "mail"
	channelWebhook = "webhook"
)

const (
	// deliversAtOnce is how many messages are taken on in one transaction.
	deliversAtOnce = 50
	// remembersFailed is how long a message that was given up stays in the list.
	remembersFailed = 30 * 24 * time.Hour
	// maxTold is the longest reason of a failure that is kept, in bytes.
	maxTold = 300
)

// A parcel is a message that this server delivers.
type parcel struct {
	store.OutMessage
	occasion message.Occasion
	err      error // of the try; nil: it was delivered
	done     bool  // it was delivered, or is for nobody any more
}

// outTo addresses a message.
func outTo(v *store.View, m store.OutMessage, channel, target string) store.OutMessage {
	m.Channel, m.Target = channel, target
	m.ID = idOf(v.Info().ID, m)
	return m
}

// deliver delivers what is due, in the order it became so.
//
// What is taken on is written down before: the next try is due after a pause. So
// no two servers deliver the same at a time, and a server that is killed while
// it delivers leaves a message that somebody tries again, with the same id.
func (in *Installation) deliver(ctx context.Context) {
	in.deliverUnwritten(ctx)
	for ctx.Err() == nil {
		taken, err := in.takeOn(ctx)
		if err != nil && ctx.Err() == nil {
			in.options.Log.Warn("messages could not be taken on", "installation", in.name, "err", err)
		}
		if len(taken) == 0 || err != nil {
			return
		}
		in.tryAll(ctx, taken)
		if err := in.writeTries(context.WithoutCancel(ctx), taken); err != nil {
			in.options.Log.Warn("what became of messages could not be written", "installation", in.name, "err", err)
			return
		}
	}
}

// takeOn writes down that messages are tried now, and returns them.
func (in *Installation) takeOn(ctx context.Context) (taken []*parcel, err error) {
	none := true
	if err := in.view(func(v *store.View) error {
		none = !v.AwaitsMessages() || len(dueMessages(v, in.clock(v))) == 0
		return nil
	}); err != nil || none {
		return nil, err
	}
	_, err = in.perform(ctx, Act{By: messenger}, func(tx *store.Tx) (bool, error) {
		tx.Protects()
		taken = nil
		due := dueMessages(&tx.View, tx.Now())
		for _, m := range due[:min(deliversAtOnce, len(due))] {
			if m.Failed != 0 { // nobody wants to see it any longer
				if err := tx.DropOutMessage(m.ID); err != nil {
					return false, err
				}
				continue
			}
			m.Tries++
			pause, _ := message.Pause(int(m.Tries))
			m.Due = tx.Now().Add(pause).UnixMicro()
			if err := tx.PutOutMessage(m); err != nil {
				return false, err
			}
			told, _ := tx.ToldMessage(m.Kind, m.About)
			taken = append(taken, &parcel{OutMessage: m, occasion: occasionOf(told)})
		}
		tx.Entry("message.try", "", audit.F("messages", len(taken)))
		return len(due) > 0, nil
	})
	return taken, err
}

// dueMessages are those to be tried, or forgotten, at a moment.
func dueMessages(v *store.View, now time.Time) []store.OutMessage {
	return slices.DeleteFunc(v.OutMessages(), func(m store.OutMessage) bool {
		if m.Failed != 0 {
			return now.Sub(timeOf(m.Failed)) < remembersFailed
		}
		return m.Due > now.UnixMicro()
	})
}

// lanesAtOnce is to how many addresses messages are delivered side by side.
const lanesAtOnce = 4

// laneTime is how long messages to one address are tried in a row: what is left
// then waits for the others of the next round, and is tried again at once.
const laneTime = 10 * time.Second

// errNextRound is why a parcel was not tried.
var errNextRound = errors.New("it waits for the next round")

// tryAll tries each parcel once, those to different addresses side by side: one
// that answers slowly delays nobody but itself. Mail leaves by one server, in order.
func (in *Installation) tryAll(ctx context.Context, taken []*parcel) {
	lanes, order := map[string][]*parcel{}, []string{}
	for _, p := range taken {
		lane := p.Channel
		if p.Channel == channelWebhook {
			lane += " " + p.Target
		}
		if lanes[lane] == nil {
			order = append(order, lane)
		}
		lanes[lane] = append(lanes[lane], p)
	}
	var all sync.WaitGroup
	room := make(chan struct{}, lanesAtOnce)
	for _, lane := range order {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			in.tryLane(ctx, lanes[lane])
		})
	}
	all.Wait()
}

// tryLane tries the parcels to one address, in order. When nobody answers there,
// the rest is not tried: it would only wait as long each.
func (in *Installation) tryLane(ctx context.Context, lane []*parcel) {
	var away error
	begun := time.Now()
	for i, p := range lane {
		switch {
		case ctx.Err() != nil:
			p.err = ctx.Err()
		case p.Tries > int64(message.Tries):
			p.err = errors.New(p.Error)
		case away != nil:
			p.err = away
		case i > 0 && time.Since(begun) > cmp.Or(in.telling.lane, laneTime):
			p.err = errNextRound
		default:
			p.err = guarded(func() error { return in.tryOne(ctx, p) })
		}
		if nobodyAnswers(p.err) {
			away = p.err
		}
		if fault := new(faultError); errors.As(p.err, &fault) {
			in.options.Log.Error("a message met a fault", "installation", in.name, "message", p.ID, "err", p.err)
			p.err = errFault
		}
		p.done = p.err == nil || errors.Is(p.err, errNoLongerWanted)
	}
}

// errFault is what the list of failures says of a fault of ours.
var errFault = errors.New("a fault in the server; its log says more")

// nobodyAnswers reports whether a try failed in a way that the next would too.
func nobodyAnswers(err error) bool {
	gone, silent := new(NoMailServerError), new(silentError)
	return errors.As(err, &gone) || errors.As(err, &silent)
}

func (in *Installation) tryOne(ctx context.Context, p *parcel) error {
	if p.Channel == channelWebhook {
		return in.call(ctx, p)
	}
	if in.options.Mail == nil {
		return &NoMailServerError{Why: "none is set on this server"}
	}
	letter, err := in.letter(p)
	if err != nil {
		return err
	}
	return in.options.Mail(ctx, letter)
}

// writeTries writes down what became of messages, and gives up those that were
// tried long enough.
func (in *Installation) writeTries(ctx context.Context, tried []*parcel) error {
	_, err := in.perform(ctx, Act{By: messenger}, func(tx *store.Tx) (bool, error) {
		tx.Protects()
		changed := false
		for _, p := range tried {
			m, ok := tx.OutMessage(p.ID)
			if !ok {
				continue // it became nobody's meanwhile
			}
			changed = true
			if err := writeTry(tx, p, m); err != nil {
				return false, err
			}
		}
		given := givenUp(&tx.View)
		if given.Count == 0 {
			return changed, nil
		}
		raised, err := raise(tx, given)
		return changed || raised, err
	})
	return err
}

func writeTry(tx *store.Tx, p *parcel, m store.OutMessage) error {
	facts := []audit.Fact{audit.F("kind", m.Kind), audit.F("about", m.About), audit.F("channel", m.Channel), audit.F("message", m.ID)}
	subject := ""
	if m.Channel == channelMail {
		subject = m.Target
	} else {
		facts = append(facts, audit.F("hook", strings.TrimPrefix(m.Target, hookPrefix)))
	}
	if p.done {
		action := "message.deliver"
		if p.err != nil {
			action = "message.drop"
		}
		tx.Entry(action, subject, facts...)
		return tx.DropOutMessage(m.ID)
	}
	if errors.Is(p.err, errNextRound) {
		m.Tries, m.Due = m.Tries-1, tx.Now().UnixMicro()
		return tx.PutOutMessage(m)
	}
	m.Error = shorten(oneLine(p.err.Error()), maxTold)
	if m.Tries >= int64(message.Tries) {
		m.Failed = tx.Now().UnixMicro()
		tx.Entry("message.give-up", subject, append(facts, audit.F("tries", m.Tries))...)
	} else {
		tx.Entry("message.fail", subject, append(facts, audit.F("tries", m.Tries))...)
	}
	return tx.PutOutMessage(m)
}

// givenUp is the notice that messages were given up.
func givenUp(v *store.View) Notice {
	n := Notice{Code: NoticeMessagesFail}
	for _, m := range v.OutMessages() {
		if m.Failed != 0 {
			n.Count++
		}
	}
	return n
}

// deliverUnwritten delivers what could not be written down.
func (in *Installation) deliverUnwritten(ctx context.Context) {
	now := in.options.Now()
	for _, p := range in.telling.unwritten {
		if p.done || now.Before(timeOf(p.Due)) || p.Tries >= int64(message.Tries) || ctx.Err() != nil {
			continue
		}
		p.Tries++
		pause, _ := message.Pause(int(p.Tries))
		p.Due = now.Add(pause).UnixMicro()
		in.tryAll(ctx, []*parcel{p})
		if p.err != nil {
			in.options.Log.Warn("a message about the records was not delivered", "installation", in.name, "message", p.ID, "err", p.err)
		}
	}
}

// shorten keeps the beginning of a text, in whole characters.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}

// oneLine makes a text one that has no line ends or other control characters.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 }), " ")
}

// forgetMessages makes sure that nothing is written to somebody who is forgotten,
// and forgets what that person did not want to see.
func forgetMessages(tx *store.Tx, person string) error {
	for _, m := range tx.OutMessages() {
		if m.Channel == channelMail && m.Target == person {
			if err := tx.DropOutMessage(m.ID); err != nil {
				return err
			}
		}
	}
	if len(tx.Snooze(person).Until) > 0 {
		if err := tx.PutSnooze(store.Snooze{Person: person}); err != nil {
			return err
		}
	}
	if len(tx.MessageChoice(person).Off) == 0 {
		return nil
	}
	return tx.PutMessageChoice(store.MessageChoice{Person: person})
}

// A NoMailServerError is returned when mail cannot be handed over because nobody
// answers who takes it.
type NoMailServerError struct{ Why string }

func (e *NoMailServerError) Error() string { return "the mail server does not answer: " + e.Why }

// Code returns the stable code of the error.
func (e *NoMailServerError) Code() string { return "message.no-mail-server" }

// A MailRefusedError is returned when the mail server does not take a letter.
type MailRefusedError struct{ Why string }

func (e *MailRefusedError) Error() string { return "the mail server refuses: " + e.Why }

// Code returns the stable code of the error.
func (e *MailRefusedError) Code() string { return "message.mail-refused" }
