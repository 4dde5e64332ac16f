package licensefile_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/pott-dev/pott/licensefile"
)

func TestAnyLicenseOfASetIsProved(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 3, 5, 6, 7, 30} {
		f := must(licensefile.Parse(seal(t, largeSet(n))))
		for i, l := range f.Set.Licenses {
			proof, err := f.Proof(l.Module)
			if err != nil {
				t.Fatal(err)
			}
			p, err := licensefile.VerifyProof(proof, trust(), now)
			if err != nil {
				t.Fatalf("license %d of %d: %v\n%s", i, n, err, proof)
			}
			if p.License.Module != l.Module || p.License.Quantity != l.Quantity || p.Index != int64(i+2) || p.Set.Number != f.Set.Number || p.Hash != f.Hash {
				t.Errorf("proved %+v at %d, want %+v", p.License, p.Index, l)
			}
		}
	}
}

func TestEveryChangedByteOfAProofIsFound(t *testing.T) {
	t.Parallel()
	f := must(licensefile.Parse(seal(t, smallSet())))
	proof := must(f.Proof("WEB"))
	for i := range proof {
		proof[i] ^= 1
		if _, err := licensefile.VerifyProof(proof, trust(), now); err == nil {
			t.Errorf("byte %d may be changed to %q", i, proof[i])
		}
		proof[i] ^= 1
	}
}

func TestAProofShowsNoOtherLicense(t *testing.T) {
	t.Parallel()
	f := must(licensefile.Parse(seal(t, smallSet())))
	proof := string(must(f.Proof("web")))
	if strings.Contains(proof, "no-plan") || strings.Contains(proof, "Användare") {
		t.Errorf("other lines stand in the proof:\n%s", proof)
	}
	if _, err := f.Proof("windows"); err == nil {
		t.Error("a license that is not in the set was proved")
	}
}

func TestAProofIsInsideTheFenceToo(t *testing.T) {
	t.Parallel()
	list := firstList()
	list.Issuers[0].Fence.MaxQuantity = 9
	f := must(licensefile.Parse(seal(t, smallSet())))
	file := must(f.Rewrap(f.Certificate.Bytes(), must(licensefile.SignKeyList(list, signer("root-1")))))
	proof := must(must(licensefile.Parse(file)).Proof("web"))
	_, err := licensefile.VerifyProof(proof, trust(), now)
	if fence := new(licensefile.FenceError); !errors.As(err, &fence) || fence.Fence != "quantity" || fence.Line != 7 || fence.Module != "web" {
		t.Errorf("%v", err)
	}
	if _, err := licensefile.VerifyProof(proof, licensefile.Trust{}, now); code(err) != "set.untrusted" {
		t.Errorf("without a root: %v", err)
	}
}

func TestWhatIsNotAProof(t *testing.T) {
	t.Parallel()
	f := must(licensefile.Parse(seal(t, smallSet())))
	proof := string(must(f.Proof("web")))
	lines := strings.SplitAfter(proof, "\n")
	for name, text := range map[string]string{
		"a file":               string(f.Bytes()),
		"the header twice":     strings.Join(lines[:5], "") + lines[3] + lines[4] + strings.Join(lines[7:], ""),
		"no header":            strings.Join(lines[:3], "") + strings.Join(lines[5:], ""),
		"an index too high":    strings.Replace(proof, `"index":4`, `"index":400`, 1),
		"another index":        strings.Replace(proof, `"index":4`, `"index":5`, 1),
		"a path without end":   strings.Replace(proof, `"path":["`, `"path":["`+strings.Repeat("A", 43)+`=","`, 1),
		"a newer version":      strings.Replace(proof, "proof/v1", "proof/v2", 1),
		"no checkpoint at all": proof[:strings.Index(proof, "\n\n")+1],
	} {
		if _, err := licensefile.VerifyProof([]byte(text), trust(), now); err == nil {
			t.Errorf("%s is a proof", name)
		}
	}
}

// The tree is that of the library others use, whatever its size.
func TestTheTreeIsTheOneOfRFC6962(t *testing.T) {
	t.Parallel()
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (hashes []tlog.Hash, err error) {
		for _, i := range indexes {
			hashes = append(hashes, stored[i])
		}
		return hashes, nil
	})
	for n := range int64(70) {
		set := largeSet(int(n))
		d := must(licensefile.NewDraft(set))
		stored = nil
		for i, line := range d.Lines {
			stored = append(stored, must(tlog.StoredHashes(int64(i), line, read))...)
		}
		root := must(tlog.TreeHash(int64(len(d.Lines)), read))
		if !strings.HasSuffix(d.Checkpoint, "\n"+root.String()+"\n") {
			t.Fatalf("the root of %d lines is not %s:\n%s", len(d.Lines), root, d.Checkpoint)
		}
	}
}
