package licensefile_test

import (
	"crypto/ed25519"
	"fmt"
	"testing"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// largeSet has as many licenses as asked for, with names and tooltips as real
// sets have.
func largeSet(n int) license.Set {
	set := smallSet()
	set.Licenses = nil
	for i := range n {
		set.Licenses = append(set.Licenses, license.License{
			Module: license.Module(fmt.Sprintf("module-%03d", i)), Kind: license.User, Quantity: int64(10 + i), People: license.Internal,
			Hidden: i%2 == 0, Names: license.Texts{"en": fmt.Sprintf("Module %d", i)}, Tooltips: license.Texts{"en": "Lets a person work with this part of the product"},
		})
	}
	return set
}

// BenchmarkVerify150 compares one signature over a whole set with a signature
// on each of its 150 licenses. The first line is what is checked again and
// again: lines, tree and signature, the chain being known. The second is
// everything a file goes through the first time, its three signatures and the
// strict reading of every field included.
func BenchmarkVerify150(b *testing.B) {
	file := seal(b, largeSet(150))
	f := must(licensefile.Parse(file))
	each := eachLine(b, f.Lines()[2:])
	b.Run("set", func(b *testing.B) {
		against(b, each, func() error { return f.VerifyCheckpoint(public("acme-set")) })
	})
	b.Run("file", func(b *testing.B) {
		against(b, each, func() error { _, err := licensefile.Verify(file, trust(), now); return err })
	})
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(int64(len(file)))
		against(b, each, func() error { _, err := licensefile.Parse(file); return err })
	})
}

// eachLine returns the verification of a signature on each line.
func eachLine(b *testing.B, lines [][]byte) func() error {
	sigs := make([][]byte, len(lines))
	for i, line := range lines {
		sigs[i] = ed25519.Sign(key("each"), line)
	}
	signer := public("each")
	return func() error {
		for i, line := range lines {
			if !ed25519.Verify(signer, line, sigs[i]) {
				return fmt.Errorf("the signature on line %d does not verify", i)
			}
		}
		return nil
	}
}

// against reports how many times faster ours is than base. Both are run in
// turns, so that a busy machine slows both, and their best times are compared.
func against(b *testing.B, base, ours func() error) {
	best := func(f func() error, so time.Duration) time.Duration {
		start := time.Now()
		if err := f(); err != nil {
			b.Fatal(err)
		}
		return min(so, time.Since(start))
	}
	us, them := time.Hour, time.Hour
	for i := 0; b.Loop(); i++ {
		if i%64 == 0 {
			b.StopTimer()
			them = best(base, them)
			b.StartTimer()
		}
		us = best(ours, us)
	}
	b.ReportMetric(float64(them)/float64(us), "x-faster-than-150-signatures")
}
