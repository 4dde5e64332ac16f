package installation

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"sync"
	"time"
)

// SessionCookie is the name of the cookie a session is kept in. Over HTTPS doors
// write it with the prefix __Secure- before it.
const SessionCookie = "pott_session"

// A ticket is what a cookie holds:
//
//	version     1 byte, 1
//	key         4 bytes, the id of the key the MAC is made with
//	flags       1 byte, 1: the session was not recorded
//	generation  4 bytes, of the person's sessions
//	begun       8 bytes, microseconds since 1970 UTC
//	seen        4 bytes, seconds since 1970 UTC
//	secret      32 random bytes, of which the first 8 are the id
//	person      the rest, text
//	mac         HMAC-SHA-256(session key, "pott/session/v1\n" ‖ installation ‖ "\n" ‖ all before), 32 bytes
//
// in base64 without padding, as in addresses.
type ticket struct {
	key        [4]byte
	unrecorded bool
	generation uint32
	begun      time.Time
	seen       time.Time
	secret     [32]byte
	person     string

	body []byte // as it came
	mac  []byte
}

const (
	ticketHead = 1 + 4 + 1 + 4 + 8 + 4 + 32
	maxTicket  = 512 // characters
)

func parseTicket(text string) (ticket, bool) {
	if len(text) > maxTicket {
		return ticket{}, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) <= ticketHead+sha256.Size || b[0] != 1 || b[5] > 1 {
		return ticket{}, false
	}
	body, mac := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	t := ticket{key: [4]byte(body[1:5]), unrecorded: body[5] == 1, generation: binary.BigEndian.Uint32(body[6:]),
		begun: time.UnixMicro(int64(binary.BigEndian.Uint64(body[10:]))), seen: time.Unix(int64(binary.BigEndian.Uint32(body[18:])), 0),
		secret: [32]byte(body[22:54]), person: string(body[ticketHead:]), body: body, mac: mac}
	return t, true
}

// text seals a ticket.
func (t *ticket) text(key [32]byte, installation string) string {
	b := append([]byte{1}, t.key[:]...)
	flags := byte(0)
	if t.unrecorded {
		flags = 1
	}
	b = append(b, flags)
	b = binary.BigEndian.AppendUint32(b, t.generation)
	b = binary.BigEndian.AppendUint64(b, uint64(t.begun.UnixMicro()))
	b = binary.BigEndian.AppendUint32(b, uint32(t.seen.Unix()))
	b = append(append(b, t.secret[:]...), t.person...)
	return base64.RawURLEncoding.EncodeToString(append(b, ticketMAC(key, installation, b)...))
}

func ticketMAC(key [32]byte, installation string, body []byte) []byte {
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte("pott/session/v1\n" + installation + "\n"))
	h.Write(body)
	return h.Sum(nil)
}

func (t *ticket) sealedWith(key [32]byte, installation string) bool {
	return hmac.Equal(t.mac, ticketMAC(key, installation, t.body))
}

func (t *ticket) id() string { return hex.EncodeToString(t.secret[:8]) }

func (t *ticket) hash() [32]byte { return sha256.Sum256(t.secret[:]) }

// until is when the session ends if it is not used again, exclusive.
func (t *ticket) until() time.Time {
	life := SessionLife
	if t.unrecorded {
		life = UnrecordedLife
	}
	end, idle := t.begun.Add(life), t.seen.Add(SessionIdle)
	if idle.Before(end) {
		return idle
	}
	return end
}

// lasts reports whether the ticket's times are good at a moment. One from the
// future is not: a clock that was set back makes no session longer.
func (t *ticket) lasts(now time.Time) bool {
	return now.Before(t.until()) && !t.begun.After(now.Add(clockSkew)) && !t.seen.After(now.Add(clockSkew))
}

// forgotten are the sessions this server has ended itself, as long as they could
// have lasted: those nobody could record end here too.
type forgotten struct {
	mu  sync.Mutex
	ids map[string]time.Time // until when
}

func (f *forgotten) add(id string, now time.Time) { f.once(id, now) }

// once remembers an id and reports whether it was not remembered before.
func (f *forgotten) once(id string, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if until, ok := f.ids[id]; ok && now.Before(until) {
		return false
	}
	if f.ids == nil {
		f.ids = map[string]time.Time{}
	}
	for old, until := range f.ids {
		if !now.Before(until) {
			delete(f.ids, old)
		}
	}
	f.ids[id] = now.Add(SessionLife + clockSkew)
	return true
}

func (f *forgotten) has(id string, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	until, ok := f.ids[id]
	return ok && now.Before(until)
}
