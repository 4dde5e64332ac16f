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
