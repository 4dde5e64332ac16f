package host

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/tamper"
)

func madeKeys(t *testing.T) Keys {
	t.Helper()
	k := Keys{filepath.Join(t.TempDir(), "keys")}
	if err := k.Make(); err != nil {
		t.Fatal(err)
	}
	return k
}

func TestTheRingGrowsAndKeepsEveryKeyItHad(t *testing.T) {
	k := madeKeys(t)
	before, err := k.Ring()
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 22, 23, 59, 0, 0, time.UTC)
	second, err := k.AddSeal(day)
	if err != nil || second.Made != "2026-11-22" {
		t.Fatal(second.Made, err)
	}
	if _, err := k.AddSeal(day.AddDate(0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	if err := k.RetireSeal(tamper.IDOf(before[0].Key)); err != nil {
		t.Fatal(err)
	}
	if err := k.RetireSeal(tamper.KeyID{}); !errors.As(err, new(*UnknownKeyError)) {
		t.Errorf("retiring a key that is not there: %v", err)
	}
	ring, err := k.Ring()
	if err != nil || len(ring) != 3 || ring[0].Key != before[0].Key || !ring[0].Retired || ring[1] != second || ring[2].Retired {
		t.Errorf("%d keys, %v", len(ring), err)
	}
	if info, err := os.Stat(k.path("seal.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// A run that was cut short between writing and renaming leaves its file behind.
func TestWhatACutShortRotationLeftIsNoObstacle(t *testing.T) {
	k := madeKeys(t)
	if err := os.WriteFile(k.path("seal.key.next"), []byte("half a ri"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := k.AddSeal(time.Now()); err != nil {
		t.Error(err)
	}
	if ring, err := k.Ring(); err != nil || len(ring) != 2 {
		t.Errorf("%d keys, %v", len(ring), err)
	}
}

func FuzzRing(f *testing.F) {
	hex := strings.Repeat("5d", 32)
	f.Add([]byte(sealHead + "\n" + hex + "\n"))
	f.Add([]byte(ringHead + "\nuse - " + hex + "\nretired 2026-11-22 " + strings.Repeat("7a", 32) + "\n"))
	f.Add([]byte(ringHead + "\nuse - " + hex + "\nuse - " + hex + "\n"))
	f.Add([]byte(ringHead + "\n"))
	f.Add([]byte(ringHead + "\r\nuse - " + hex + "\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		ring := parseRing(data)
		if ring == nil {
			return
		}
		if again := parseRing(ring.text()); len(again) != len(ring) {
			t.Errorf("%d keys become %d", len(ring), len(again))
		}
		if len(ring) > 1 && !bytes.Equal(ring.text(), data) {
			t.Errorf("two spellings of one ring: %q", data)
		}
	})
}

func TestOnlyAWholeRingIsRead(t *testing.T) {
	one, two := strings.Repeat("5d", 32), strings.Repeat("7a", 32)
	good := ringHead + "\nretired - " + one + "\nuse 2026-11-22 " + two + "\n"
	if parseRing([]byte(good)) == nil {
		t.Fatal("a good ring is refused")
	}
	for what, text := range map[string]string{
		"nothing":          "",
		"no key":           ringHead + "\n",
		"a key twice":      ringHead + "\nuse - " + one + "\nuse - " + one + "\n",
		"no end of line":   strings.TrimSuffix(good, "\n"),
		"more after it":    good + "\n",
		"another state":    strings.Replace(good, "retired", "lost", 1),
		"another head":     strings.Replace(good, "v1", "v2", 1),
		"a short key":      strings.Replace(good, one, one[2:], 1),
		"capital letters":  strings.Replace(good, one, strings.ToUpper(one), 1),
		"carriage returns": strings.ReplaceAll(good, "\n", "\r\n"),
	} {
		if parseRing([]byte(text)) != nil {
			t.Errorf("%s is read as a ring", what)
		}
	}
}
