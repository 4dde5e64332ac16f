package auditproof

import (
	"crypto/ed25519"
	"encoding/binary"
	"fmt"

	"github.com/pott-dev/pott/licensefile"
)

// A State is the answer to one question.
type State string

const (
	Intact    State = "intact"
	Broken    State = "broken"
	Unchecked State = "cannot-be-checked"
)

// Against is what a proof is checked against: what somebody knows from elsewhere.
// With nothing, a proof can be found to be broken and never to be intact.
type Against struct {
	// Key is the fingerprint of the installation's public key; "": it is not known.
	Key string
	// Heads were kept before, or come from those who keep them.
	Heads []Head
}

// A Verdict is what checking a proof came to.
type Verdict struct {
	Verdict   State  `json:"verdict"`   // broken if any answer is; intact if the whole range is vouched for
	Entries   Answer `json:"entries"`   // every entry of the range is the one that was written into the chain
	Chain     Answer `json:"chain"`     // every change follows from the one before, up to the head
	Signature Answer `json:"signature"` // the installation says that this was its trail
	Heads     Answer `json:"heads"`     // heads that were kept are in it
	Server    Answer `json:"server"`    // what the server itself knew of a rollback when it made the proof

	From    int64  `json:"from"`    // the range whose entries are shown
	To      int64  `json:"to"`      //
	Seq     int64  `json:"seq"`     // where the head stands
	Head    string `json:"head"`    // the head, to be kept
	Key     string `json:"key"`     // fingerprint of the key it is signed with; "" when it is not
	Made    string `json:"made"`    // by the server's clock
	Batches int64  `json:"batches"` // how many changes were followed
	Shown   int64  `json:"shown"`   // how many entries were checked
	Vouched int64  `json:"vouched"` // the highest change that a head vouches for; 0: none does
}

// An Answer says what one of the questions came to.
type Answer struct {
	State State  `json:"state"`
	Code  string `json:"code,omitempty"` // why it is not intact, for programs
	Seq   int64  `json:"seq,omitempty"`  // the change it is about
	Why   string `json:"why,omitempty"`  // the same for people, in English
}

func (a *Answer) set(state State, code string, seq int64, why string) {
	if a.State == Intact || a.State == Unchecked && state == Broken {
		*a = Answer{state, code, seq, why}
	}
}

// Check follows a proof. Nothing that was not checked is called intact: without a
// key and without heads the whole is Unchecked, however well it hangs together,
// because anybody can write a chain that does.
func (p *Proof) Check(a Against) Verdict {
	v := Verdict{From: p.From, To: p.To, Seq: p.Head.Seq, Head: p.HeadText(), Made: p.Made,
		Entries: Answer{State: Intact}, Chain: Answer{State: Intact}, Signature: Answer{State: Intact}, Heads: Answer{State: Intact}, Server: Answer{State: Intact}}
	places := p.follow(&v)
	p.checkSignature(&v, a.Key)
	p.compareHeads(&v, places, a.Heads)
	switch p.Rollback {
	case Broken:
		v.Server.set(Broken, "rolled-back", 0, "the server itself said that its database had been put back")
	case Unchecked:
		v.Server.set(Unchecked, "no-witness", 0, "the server itself had nothing outside its database that remembered how far it was")
	}
	v.conclude(len(a.Heads) > 0, a.Key != "")
	return v
}

// conclude sets the verdict. The range must be vouched for whole, by the
// installation's known key or by a head that is not before its end; and whatever
// was given to check against must not be left open but for changes behind a head.
func (v *Verdict) conclude(heads, key bool) {
	v.Verdict = Intact
	open := v.Entries.State != Intact || v.Chain.State != Intact || key && v.Signature.State != Intact ||
		heads && v.Heads.State != Intact && v.Heads.Code != "behind"
	vouched := key && v.Signature.State == Intact || v.Vouched >= v.To && v.Vouched > 0
	if open || !vouched {
		v.Verdict = Unchecked
	}
	for _, a := range []Answer{v.Entries, v.Chain, v.Signature, v.Heads, v.Server} {
		if a.State == Broken {
			v.Verdict = Broken
		}
	}
}

// follow follows the chain, checks the entries, and returns the places that are
// part of it.
func (p *Proof) follow(v *Verdict) map[int64]Place {
	before, left := p.After, map[string]bool{}
	places := map[int64]Place{}
	if before.Seq > 0 {
		places[before.Seq] = before
	}
	for i := range p.Batches {
		b := &p.Batches[i]
		v.Batches++
		if shown := b.Seq >= p.From && b.Seq <= p.To; shown {
			v.Shown += int64(len(b.Entries))
			if got := b.content(); got != b.Content {
				v.Entries.set(Broken, "entries-edited", b.Seq, fmt.Sprintf("the entries of change %d are not the ones that were written", b.Seq))
			}
		}
		if code, why := p.fault(b, before, left); code != "" {
			v.Chain.set(Broken, code, b.Seq, why)
		}
		if before.Epoch != "" && before.Epoch != b.Epoch {
			left[before.Epoch] = true
		}
		before = b.place()
		places[b.Seq] = before
	}
	switch {
	case before.Seq != p.Head.Seq:
		v.Chain.set(Broken, "end-missing", before.Seq+1, fmt.Sprintf("the changes after %d up to the head at %d are missing", before.Seq, p.Head.Seq))
	case before != p.Head:
		v.Chain.set(Broken, "written-anew", before.Seq, "the chain does not end at the head: it was written anew")
	}
	if v.Shown == 0 {
		v.Entries.set(Unchecked, "no-entries", 0, "there is not one entry in this range")
	}
	return places
}

// fault says how a batch does not follow from the one before; "" when it does.
// Numbers are skipped, and the epoch is another, only where a database was taken
// into use as it was, and an entry says so.
func (p *Proof) fault(b *Batch, before Place, left map[string]bool) (code, why string) {
	next := before.Epoch == "" || before.Epoch == b.Epoch
	switch {
	case b.Seq != before.Seq+1 && next:
		return "deleted", fmt.Sprintf("change %d is missing", before.Seq+1)
	case left[b.Epoch]:
		return "epoch", fmt.Sprintf("at change %d an epoch comes back that was left", b.Seq)
	case !next && b.Seq >= p.From && b.Seq <= p.To && !b.begins(before):
		return "epoch", fmt.Sprintf("at change %d begins another epoch, and no entry says why", b.Seq)
	case b.follows(before, p.Installation, p.Ledger) != b.Link:
		return "edited", fmt.Sprintf("change %d was edited, or does not follow from the one before", b.Seq)
	}
	return "", ""
}

// begins reports whether an entry of a batch says that an epoch begins with it
// after a place.
func (b *Batch) begins(before Place) bool {
	last := fmt.Sprint(before.Seq)
	for i := range b.Entries {
		e := &b.Entries[i]
		if e.Action == "installation.restore" && e.fact("backup_seq") == last {
			return true
		}
	}
	return false
}

func (p *Proof) checkSignature(v *Verdict, fingerprint string) {
	if p.altered {
		v.Signature.set(Broken, "altered", 0, "the proof was changed after it was made")
	}
	if p.signature == nil {
		v.Signature.set(Unchecked, "unsigned", 0, "the installation has not signed it")
		return
	}
	key, err := strict64.DecodeString(p.Key)
	v.Key = licensefile.Fingerprint(key)
	switch {
	case err != nil || binary.BigEndian.Uint32(p.signature) != keyHash(p.Installation, key) || !ed25519.Verify(key, p.note(), p.signature[4:]):
		v.Signature.set(Broken, "bad-signature", 0, "the signature does not belong to the proof: one of them was changed")
	case fingerprint == "":
		v.Signature.set(Unchecked, "key-not-known", 0, "nobody has said that the key it is signed with is the installation's")
	case fingerprint != v.Key:
		v.Signature.set(Broken, "other-key", 0, "it is signed with another key than the installation's")
	}
}

// compareHeads compares heads that were kept with the places of the chain.
func (p *Proof) compareHeads(v *Verdict, places map[int64]Place, heads []Head) {
	if len(heads) == 0 {
		v.Heads.set(Unchecked, "no-heads", 0, "no head that was kept elsewhere was given")
		return
	}
	ours := 0
	for _, h := range heads {
		if h.Installation != "" && (h.Installation != p.Installation || h.Ledger != p.Ledger) {
			continue
		}
		ours++
		at, there := places[h.Seq]
		switch {
		case h.Seq > p.Head.Seq:
			v.Heads.set(Unchecked, "ahead", h.Seq, fmt.Sprintf("the head of change %d is newer than the proof, which ends at %d: if a proof made today ends before it too, the trail was put back", h.Seq, p.Head.Seq))
		case !there && h.Seq < p.After.Seq+1:
			v.Heads.set(Unchecked, "before", h.Seq, fmt.Sprintf("the head of change %d is from before the proof begins", h.Seq))
		case !there:
			v.Heads.set(Unchecked, "skipped", h.Seq, fmt.Sprintf("change %d was given up when a backup was taken into use, so its head cannot be compared", h.Seq))
		case h.Print != "" && at.print(p.Installation, p.Ledger) != h.Print, h.Print == "" && (at.Epoch != h.Epoch || at.Link != h.Link):
			v.Heads.set(Broken, "another-history", h.Seq, fmt.Sprintf("the trail has something else at change %d than the head that was kept", h.Seq))
		default:
			v.Vouched = max(v.Vouched, h.Seq)
		}
	}
	switch {
	case ours == 0:
		v.Heads.set(Unchecked, "other-heads", 0, "none of the heads is of this ledger")
	case v.Heads.State == Intact && v.Vouched < v.To:
		v.Heads.set(Unchecked, "behind", v.Vouched, fmt.Sprintf("the heads vouch for the trail up to change %d", v.Vouched))
	}
}
