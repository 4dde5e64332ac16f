package throttle_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/throttle"
)

var noon = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

func TestWhoFailsWaitsLongerEachTimeAndNeverForEver(t *testing.T) {
	th := &throttle.Throttle{Free: 3, Most: time.Minute}
	now := noon
	for i := range 3 {
		if wait := th.Try("anna", now); wait != 0 {
			t.Fatalf("attempt %d waits %v", i+1, wait)
		}
	}
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60} {
		want *= time.Second
		if wait := th.Try("anna", now); wait != want {
			t.Fatalf("it waits %v, want %v", wait, want)
		}
		if wait := th.Try("anna", now.Add(want-time.Millisecond)); wait != time.Millisecond {
			t.Fatalf("asking again made it wait %v", wait)
		}
		now = now.Add(want)
		if wait := th.Try("anna", now); wait != 0 {
			t.Fatalf("after the wait it waits %v more", wait)
		}
	}
	if wait := th.Try("björn", now); wait != 0 {
		t.Errorf("somebody else waits %v", wait)
	}
	if wait := th.Try("anna", now.Add(4*time.Minute)); wait != 0 {
		t.Errorf("left alone, it still waits %v", wait)
	}
	if wait := th.Wait("anna", now.Add(4*time.Minute)); wait != 0 {
		t.Errorf("and was not forgotten: %v", wait)
	}
}

func TestSucceedingForgetsAndExcusingTakesBackOne(t *testing.T) {
	th := &throttle.Throttle{Free: 2, Most: time.Minute}
	th.Try("anna", noon)
	th.Try("anna", noon)
	th.Excuse("anna")
	if wait := th.Wait("anna", noon); wait != 0 {
		t.Errorf("an excused attempt counts: %v", wait)
	}
	th.Try("anna", noon)
	th.Forget("anna")
	if wait := th.Wait("anna", noon); wait != 0 {
		t.Errorf("it was not forgotten: %v", wait)
	}
}

func TestAClockThatIsSetBackMakesNobodyWaitLonger(t *testing.T) {
	th := &throttle.Throttle{Free: 1, Most: time.Minute}
	th.Try("anna", noon.Add(48*time.Hour))
	if wait := th.Wait("anna", noon); wait != 0 {
		t.Errorf("it waits %v", wait)
	}
}

func TestManyKeysTakeBoundedMemory(t *testing.T) {
	th := &throttle.Throttle{Free: 2, Most: time.Minute}
	for range 4 {
		th.Try("anna", noon)
	}
	for i := range 120_000 {
		th.Try(fmt.Sprint(i), noon)
	}
	if wait := th.Wait("anna", noon); wait == 0 {
		t.Error("many strangers made it forget who had failed")
	}
}
