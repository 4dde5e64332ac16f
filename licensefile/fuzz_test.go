package licensefile_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/pott-dev/pott/licensefile"
)

// FuzzParse: whatever can be parsed is written again as the same bytes, and a
// changed file is never believed.
func FuzzParse(f *testing.F) {
	genuine := map[string]bool{}
	for _, v := range seeds(f, "") {
		f.Add(v.file)
		if _, err := licensefile.Verify(v.file, trust(), now); err == nil {
			genuine[string(v.file)] = true
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		parsed, err := licensefile.Parse(file)
		if err != nil {
			if code(err) == "ok" || parsed != nil {
				t.Errorf("refused with %v and a file", err)
			}
			return
		}
		if got := parsed.Bytes(); !bytes.Equal(got, file) {
			t.Errorf("written again as\n%s", got)
		}
		d, err := licensefile.NewDraft(parsed.Set, parsed.Optional...)
		if err != nil || d.Hash() != parsed.Hash {
			t.Errorf("a set that was read cannot be drafted again: %v", err)
		}
		// The seeds are signed by other roots than these.
		if _, err := licensefile.Verify(file, trust(), now); err == nil && !genuine[string(file)] {
			t.Errorf("a file that nobody sealed is believed")
		}
	})
}

// seeds returns the vectors of a kind that are not too large to be changed many
// times a second.
func seeds(f *testing.F, kind string) []vector {
	return slices.DeleteFunc(readVectors(f), func(v vector) bool { return v.kind != kind || len(v.file) > 32<<10 })
}

// seedParts adds the signed notes of all vectors from a number on.
func seedParts(f *testing.F, from int) {
	for _, v := range seeds(f, "") {
		blocks := bytes.Split(v.file, []byte("\n\n"))
		for i := from; i+1 < len(blocks); i += 2 {
			f.Add(append(bytes.Join(blocks[i:i+2], []byte("\n\n")), '\n'))
		}
	}
}

func FuzzParseKeyList(f *testing.F) {
	seedParts(f, 5)
	f.Add(must(licensefile.SignKeyList(firstList(), signer("root-1"))))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := licensefile.ParseKeyList(text)
		if err != nil {
			return
		}
		if got := l.Bytes(); !bytes.Equal(got, text) {
			t.Errorf("written again as\n%s", got)
		}
		if again, err := licensefile.MarshalKeyList(l); err != nil || !bytes.HasPrefix(text, append(again, '\n')) {
			t.Errorf("a list that was read cannot be written: %v\n%s", err, again)
		}
	})
}

func FuzzParseCertificate(f *testing.F) {
	seedParts(f, 3)
	f.Add(must(licensefile.SignCertificate(certificate(), signer("acme"))))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := licensefile.ParseCertificate(text)
		if err != nil {
			return
		}
		if got := c.Bytes(); !bytes.Equal(got, text) {
			t.Errorf("written again as\n%s", got)
		}
		if again, err := licensefile.MarshalCertificate(c); err != nil || !bytes.HasPrefix(text, append(again, '\n')) {
			t.Errorf("a certificate that was read cannot be written: %v\n%s", err, again)
		}
	})
}

func FuzzParseRootFile(f *testing.F) {
	f.Add(trust().RootFile())
	for _, v := range seeds(f, "root") {
		f.Add(v.file)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		trust, err := licensefile.ParseRootFile(text)
		if err != nil {
			return
		}
		if got := trust.RootFile(); !bytes.Equal(got, text) {
			t.Errorf("written again as\n%s", got)
		}
	})
}

// FuzzParseProof: whatever can be parsed is written again as the same bytes, and
// its license is one that a file may hold.
func FuzzParseProof(f *testing.F) {
	for _, v := range seeds(f, "proof") {
		f.Add(v.file)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := licensefile.ParseProof(text)
		if err != nil {
			return
		}
		if got := p.Bytes(); !bytes.Equal(got, text) {
			t.Errorf("written again as\n%s", got)
		}
		if p.Index < 2 || len(p.Set.Licenses) != 1 {
			t.Errorf("leaf %d is proved as %d licenses", p.Index, len(p.Set.Licenses))
		}
		if _, err := licensefile.NewDraft(p.Set); err != nil {
			t.Errorf("no set could hold what is proved: %v", err)
		}
	})
}

func FuzzVerifyProof(f *testing.F) {
	file := must(licensefile.Parse(seal(f, smallSet())))
	genuine := map[string]bool{}
	for _, l := range file.Set.Licenses {
		proof := must(file.Proof(l.Module))
		genuine[string(proof)] = true
		f.Add(proof)
	}
	f.Fuzz(func(t *testing.T, proof []byte) {
		if p, err := licensefile.VerifyProof(proof, trust(), now); err == nil && !genuine[string(proof)] {
			t.Errorf("a proof that nobody made shows %+v", p.License)
		}
	})
}
