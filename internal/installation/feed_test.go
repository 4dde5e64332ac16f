package installation

import (
	"testing"

	"github.com/pott-dev/pott/api"
)

// newFeed returns an installation of which only the feed works, standing at a
// state, and a way to publish the next one.
func newFeed() (in *Installation, publish func()) {
	in = &Installation{}
	in.feed.start()
	in.now.Store(&moment{})
	return in, func() {
		seq := in.now.Load().seq + 1
		in.now.Store(&moment{seq: seq})
		in.feed.publish(api.Change{Seq: seq})
	}
}

func TestAReaderThatIsTooSlowIsSentAwayAndOthersAreNot(t *testing.T) {
	in, publish := newFeed()
	slow, quick := in.Follow(-1), in.Follow(-1)
	for range followerBuffer + 1 {
		publish()
		<-quick.Changes
	}
	read := 0
	for range slow.Changes {
		read++
	}
	if read != followerBuffer {
		t.Errorf("the slow reader got %d changes before the end, want %d", read, followerBuffer)
	}
	publish()
	if c := <-quick.Changes; c.Seq != followerBuffer+2 {
		t.Errorf("the quick reader gets %d", c.Seq)
	}
	slow.Close() // again, which does no harm
}

func TestMissedChangesComeWithoutAGapOrNotAtAll(t *testing.T) {
	in, publish := newFeed()
	for range 3 * keptChanges {
		publish()
	}
	last := in.now.Load().seq
	for _, c := range []struct {
		since int64
		reset bool
		first int64 // 0: none is missed
	}{{-1, false, 0}, {last, false, 0}, {last - 1, false, last}, {last - keptChanges, false, last - keptChanges + 1}, {0, true, 0}, {last + 1, true, 0}} {
		f := in.Follow(c.since)
		missed := len(f.Changes)
		if f.Reset != c.reset || (missed > 0) != (c.first != 0) {
			t.Errorf("since %d of %d: reset %v, %d missed", c.since, last, f.Reset, missed)
		}
		if missed > 0 {
			if first := <-f.Changes; first.Seq != c.first || int64(missed) != last-c.since {
				t.Errorf("since %d of %d: %d missed, from %d on", c.since, last, missed, first.Seq)
			}
		}
		f.Close()
	}
	in.feed.close()
	if _, open := <-in.Follow(-1).Changes; open {
		t.Error("a feed that is closed is followed")
	}
}
