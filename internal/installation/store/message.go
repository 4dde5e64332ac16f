package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/tamper"
)

// A MessageRule says otherwise than the program does whether a reader is told of
// a kind of message.
type MessageRule struct {
	Kind   string
	Reader string
	On     bool
}

// A MessageChoice is which kinds of mail a person does not want.
type MessageChoice struct {
	Person string // opaque id
	Off    []string
}

// A ToldMessage is what is remembered of an occasion that was told.
type ToldMessage struct {
	Kind  string
	About string
	Level int64        // that was told last
	At    int64        // when, in microseconds since 1970 UTC
	Over  int64        // when it was no longer the case; 0: it is
	Facts []audit.Fact // what the words are made of
	Next  int64        // number of the person with whom writing to everybody goes on; 0: it is done
}

// An OutMessage is a message that was not delivered yet. It names whom it is for
// and never an address: that is looked up when it is sent.
type OutMessage struct {
	ID      string
	Kind    string
	About   string
	Level   int64
	Channel string // "mail" or "webhook"
	Target  string // opaque id of a person, or name of a hook
	Made    int64  // microseconds since 1970 UTC, as are the next two
	Due     int64  // when it is tried next
	Failed  int64  // when it was given up; 0: it was not
	Tries   int64
	Error   string // why the last try failed; "": it did not yet
}

type messageKey struct{ kind, other string }

var (
	messageRuleLayout   = tamper.NewLayout("message_rule", "kind:t reader:t", "told:i")
	messageChoiceLayout = tamper.NewLayout("message_choice", "person:t", "off:t")
	messageToldLayout   = tamper.NewLayout("message_told", "kind:t about:t", "level:i at:i over_at:i facts:t next:i")
	messageOutLayout    = tamper.NewLayout("message_out", "id:t", "kind:t about:t level:i channel:t target:t made:i due:i failed:i tries:i error:t")
)

func messageKeyValues(k messageKey) []tamper.Value {
	return []tamper.Value{tamper.Str(k.kind), tamper.Str(k.other)}
}

func parseMessageKey(k []tamper.Value) messageKey { return messageKey{k[0].Str(), k[1].Str()} }

var messageRuleCodec = codec[messageKey, MessageRule]{
	layout: messageRuleLayout,
	key:    messageKeyValues,
	parse:  parseMessageKey,
	encode: func(r *MessageRule) []tamper.Value { return []tamper.Value{tamper.Flag(r.On)} },
	decode: func(k messageKey, v []tamper.Value) MessageRule {
		return MessageRule{Kind: k.kind, Reader: k.other, On: v[0].Flag()}
	},
}

var messageChoiceCodec = codec[string, MessageChoice]{
	layout: messageChoiceLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(c *MessageChoice) []tamper.Value {
		return []tamper.Value{tamper.Str(strings.Join(c.Off, " "))}
	},
	decode: func(k string, v []tamper.Value) MessageChoice {
		return MessageChoice{Person: k, Off: strings.Fields(v[0].Str())}
	},
}

var messageToldCodec = codec[messageKey, ToldMessage]{
	layout: messageToldLayout,
	key:    messageKeyValues,
	parse:  parseMessageKey,
	encode: func(m *ToldMessage) []tamper.Value {
		return []tamper.Value{tamper.Int(m.Level), tamper.Int(m.At), tamper.Int(m.Over), tamper.Str(audit.FormatFacts(m.Facts)), tamper.Int(m.Next)}
	},
	decode: func(k messageKey, v []tamper.Value) ToldMessage {
		facts, _ := audit.ParseFacts(v[3].Str())
		return ToldMessage{Kind: k.kind, About: k.other, Level: v[0].Int(), At: v[1].Int(), Over: v[2].Int(), Facts: facts, Next: v[4].Int()}
	},
}

var messageOutCodec = codec[string, OutMessage]{
	layout: messageOutLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(m *OutMessage) []tamper.Value {
		return []tamper.Value{tamper.Str(m.Kind), tamper.Str(m.About), tamper.Int(m.Level), tamper.Str(m.Channel), tamper.Str(m.Target),
			tamper.Int(m.Made), tamper.Int(m.Due), tamper.Int(m.Failed), tamper.Int(m.Tries), tamper.Str(m.Error)}
	},
	decode: func(k string, v []tamper.Value) OutMessage {
		return OutMessage{ID: k, Kind: v[0].Str(), About: v[1].Str(), Level: v[2].Int(), Channel: v[3].Str(), Target: v[4].Str(),
			Made: v[5].Int(), Due: v[6].Int(), Failed: v[7].Int(), Tries: v[8].Int(), Error: v[9].Str()}
	},
}

// MessageRules returns what was said about rules, in no order.
func (v *View) MessageRules() (list []MessageRule) {
	for r := range all(v, v.book.messageRules, func(s *staged) *staging[messageKey, MessageRule] { return s.messageRules }) {
		list = append(list, *r)
	}
	return list
}

// PutMessageRule stores what was said about a rule.
func (tx *Tx) PutMessageRule(r MessageRule) error {
	return tx.staged.messageRules.put(messageKey{r.Kind, r.Reader}, &r)
}

// DropMessageRule lets the program decide again.
func (tx *Tx) DropMessageRule(kind, reader string) error {
	return tx.staged.messageRules.put(messageKey{kind, reader}, nil)
}

// MessageChoice returns which kinds of mail a person does not want.
func (v *View) MessageChoice(person string) MessageChoice {
	found := v.book.messageChoices.get(person)
	if v.staged != nil {
		found = v.staged.messageChoices.get(person)
	}
	if found == nil {
		return MessageChoice{Person: person}
	}
	return *found
}

// PutMessageChoice stores which kinds of mail a person does not want; none
// deletes the row.
func (tx *Tx) PutMessageChoice(c MessageChoice) error {
	if len(c.Off) == 0 {
		return tx.staged.messageChoices.put(c.Person, nil)
	}
	return tx.staged.messageChoices.put(c.Person, &c)
}

// ToldMessage returns what is remembered of an occasion. damaged says that there
// is a row that cannot be believed.
func (v *View) ToldMessage(kind, about string) (m ToldMessage, damaged bool) {
	k := messageKey{kind, about}
	found := v.book.messagesTold.get(k)
	if v.staged != nil {
		found = v.staged.messagesTold.get(k)
	}
	if found == nil {
		return ToldMessage{Kind: kind, About: about}, v.book.messagesTold.damaged[k] != nil
	}
	return *found, false
}

// ToldMessages returns everything that is remembered, by kind and what it is
// about.
func (v *View) ToldMessages() (list []ToldMessage) {
	for m := range all(v, v.book.messagesTold, func(s *staged) *staging[messageKey, ToldMessage] { return s.messagesTold }) {
		list = append(list, *m)
	}
	slices.SortFunc(list, func(x, y ToldMessage) int { return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.About, y.About)) })
	return list
}

// PutToldMessage remembers that an occasion was told.
func (tx *Tx) PutToldMessage(m ToldMessage) error {
	return tx.staged.messagesTold.put(messageKey{m.Kind, m.About}, &m)
}

// DropToldMessage forgets it.
func (tx *Tx) DropToldMessage(kind, about string) error {
	return tx.staged.messagesTold.put(messageKey{kind, about}, nil)
}

// OutMessage returns a message that was not delivered yet.
func (v *View) OutMessage(id string) (OutMessage, bool) {
	found := v.book.messagesOut.get(id)
	if v.staged != nil {
		found = v.staged.messagesOut.get(id)
	}
	if found == nil {
		return OutMessage{}, false
	}
	return *found, true
}

// OutMessages returns all messages that were not delivered, those given up
// included: by when they are due, then by id.
func (v *View) OutMessages() (list []OutMessage) {
	for m := range all(v, v.book.messagesOut, func(s *staged) *staging[string, OutMessage] { return s.messagesOut }) {
		list = append(list, *m)
	}
	slices.SortFunc(list, func(x, y OutMessage) int { return cmp.Or(cmp.Compare(x.Due, y.Due), cmp.Compare(x.ID, y.ID)) })
	return list
}

// AwaitsMessages reports whether there is any, without listing them.
func (v *View) AwaitsMessages() bool { return len(v.book.messagesOut.rows) > 0 }

// PutOutMessage stores a message that is to be delivered.
func (tx *Tx) PutOutMessage(m OutMessage) error { return tx.staged.messagesOut.put(m.ID, &m) }

// DropOutMessage deletes a message: it was delivered, or is for nobody any more.
func (tx *Tx) DropOutMessage(id string) error { return tx.staged.messagesOut.put(id, nil) }

// LastPersonNumber returns the highest number a person has had.
func (v *View) LastPersonNumber() int64 {
	if v.staged != nil {
		return v.staged.last.person
	}
	return v.book.last.person
}
