package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// A liveNote says how many notifications are new, in the reader's words.
type liveNote struct {
	New  int    `json:"new"`
	Text string `json:"text,omitempty"`
	Show string `json:"show,omitempty"`
}

func (v *visit) liveNote() (liveNote, error) {
	after, err := strconv.ParseInt(v.query("after"), 10, 64)
	if err != nil {
		after = 0
	}
	n, err := v.freshEvents(after)
	if err != nil || n == 0 {
		return liveNote{}, err
	}
	return liveNote{n, v.Say("status.live-new", "N", n), v.Say("status.live-show", "N", n)}, nil
}

// askEvents says once how many notifications are new: for browsers whose stream
// was cut off.
func askEvents(v *visit) error {
	note, err := v.liveNote()
	if err != nil {
		return err
	}
	return v.json(note)
}

const (
	liveTick = 2 * time.Second
	// liveMost is how long a stream lasts: browsers ask again by themselves, and who
	// has no session any more is let go.
	liveMost = 5 * time.Minute
	liveBeat = 20 * time.Second // between two signs of life
)

// streamed is how long a stream lasts: never longer than the session it was begun in.
func (v *visit) streamed() time.Duration {
	if v.session == nil || v.session.Until.IsZero() {
		return liveMost
	}
	return min(liveMost, v.session.Until.Sub(v.now))
}

// followEvents tells a page that is open of notifications that are new. It never
// says what they are: the page asks for them as for any page.
func followEvents(v *visit) error {
	control := http.NewResponseController(v.w)
	if err := control.SetWriteDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	v.w.WriteHeader(http.StatusOK)
	fmt.Fprint(v.w, "retry: 5000\n\n")
	tick, over, beat := time.NewTicker(liveTick), time.NewTimer(v.streamed()), time.NewTicker(liveBeat)
	defer tick.Stop()
	defer over.Stop()
	defer beat.Stop()
	said := 0
	for {
		note, err := v.liveNote()
		if err != nil {
			return nil // the stream ends, and the browser asks again
		}
		if note.New != said {
			text, _ := json.Marshal(note)
			fmt.Fprintf(v.w, "data: %s\n\n", text)
			said = note.New
		}
		if control.Flush() != nil {
			return nil
		}
		select {
		case <-v.ctx().Done():
			return nil
		case <-over.C:
			return nil
		case <-beat.C:
			fmt.Fprint(v.w, ": still here\n\n")
		case <-tick.C:
		}
	}
}
