package api

import "time"

// MessageFormat begins the text that is signed when an address is told of
// something: it, a line feed and the body. The headers are those of
// [BlockersSignature] and [BlockersKey].
const MessageFormat = "pott-message/v1"

// A MessageCall is what is posted to an address that wants to hear of an
// installation. It comes at least once: the same id is the same message.
type MessageCall struct {
	Format       string          `json:"format"`       // MessageFormat
	To           string          `json:"to"`           // the address that was called
	ID           string          `json:"id"`           // of the message; it stays when it comes again
	Installation string          `json:"installation"` // id
	Name         string          `json:"name"`
	Made         time.Time       `json:"made"`
	Event        string          `json:"event" enum:"pool,set,expiry,ended,damage,fetch,approval,test"`
	About        string          `json:"about"` // which one of its kind; it names no person
	Level        int64           `json:"level"` // rises as it gets worse
	Items        []AttentionItem `json:"items"`
	Page         string          `json:"page,omitempty"` // where something can be done about it
}

// Messages is who is told of what outside the pages, and how that goes.
type Messages struct {
	Mail     bool             `json:"mail" doc:"The server has a mail server to hand letters to."`
	Rules    []MessageRule    `json:"rules"`
	Webhooks []MessageWebhook `json:"webhooks" doc:"Addresses that are called."`
	Failures []MessageFailure `json:"failures" doc:"Messages that did not get through so far, those given up within the last 30 days included."`
	Waiting  int              `json:"waiting" doc:"How many messages are still to be delivered."`
}

// A MessageRule says whether somebody is told of something: people by mail, webhook
// by calls.
type MessageRule struct {
	Event  string `json:"event" enum:"pool,set,expiry,ended,damage,fetch,approval"`
	Reader string `json:"reader" enum:"administrator,user-administrator,auditor,everybody,webhook"`
	On     bool   `json:"on"`
}

// MessageRules are rules to be changed; others stay.
type MessageRules struct {
	Rules []MessageRule `json:"rules"`
}

// A MessageWebhook is an address that is called.
type MessageWebhook struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

// A NewWebhook is an address that is to be called.
type NewWebhook struct {
	URL string `json:"url" doc:"https, or http on the server's machine. Calls are signed with the installation's key."`
}

// A MessageFailure is a message that did not get through.
type MessageFailure struct {
	ID      string    `json:"id"`
	Event   string    `json:"event"`
	Channel string    `json:"channel" enum:"mail,webhook"`
	To      string    `json:"to" doc:"The person's user id, or the address that is called."`
	Made    time.Time `json:"made"`
	Tries   int64     `json:"tries"`
	Error   string    `json:"error"`
	GivenUp time.Time `json:"given_up,omitzero"`
}

// ChangedMessages is the answer to a change of rules.
type ChangedMessages struct {
	Outcome
	Rules []MessageRule `json:"rules" doc:"Those that are different now."`
}

// A ChangedWebhook is the answer to a change of addresses.
type ChangedWebhook struct {
	Outcome
	Webhook MessageWebhook `json:"webhook"`
}

// A MessageTest asks for a message that only shows that messages arrive.
type MessageTest struct {
	Person  string `json:"person,omitempty" doc:"User id of whom a mail goes to; whoever asks, when neither is given."`
	Webhook string `json:"webhook,omitempty" doc:"Id of an address to call instead."`
}

// A TestedMessage is the answer: it was taken.
type TestedMessage struct {
	Outcome
	To string `json:"to"`
}

// PersonMessages are the kinds of mail a person could get, by the person's roles and
// the rules, and which of them the person wants.
type PersonMessages struct {
	Person  string          `json:"person" doc:"User id."`
	Email   string          `json:"email,omitempty" doc:"Where they go; left out of somebody who gets none."`
	Choices []MessageChoice `json:"choices"`
}

// A MessageChoice says whether a person wants a kind of mail.
type MessageChoice struct {
	Event string `json:"event" enum:"pool,set,expiry,ended,damage,fetch,approval"`
	On    bool   `json:"on"`
}

// MessageChoices are choices to be changed; others stay.
type MessageChoices struct {
	Choices []MessageChoice `json:"choices"`
}

// ChangedPersonMessages is the answer to a change of a person's choices.
type ChangedPersonMessages struct {
	Outcome
	PersonMessages
}
