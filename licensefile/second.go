package licensefile

// A SecondKey is a key of another algorithm than Ed25519 that the holder of a
// key has beside it. This version reads and writes second keys and asks for no
// signature by them; a [KeyList] says from when their signatures are required,
// and a reader that does not know how to check them refuses from then on.
type SecondKey struct {
	Algorithm string // `[a-z0-9-]{1,32}`, such as [MLDSA65]
	Key       []byte // as the algorithm encodes public keys
}

// MLDSA65 is the name of ML-DSA-65 (FIPS 204) among algorithms.
const MLDSA65 = "ml-dsa-65"

// secondKeySizes are the bytes of a public key, of the algorithms whose keys
// this version recognizes.
var secondKeySizes = map[string]int{MLDSA65: 1952}

var alsoFields = []string{"algorithm", "key"}

func writeAlso(w *writer, also []SecondKey) {
	if len(also) == 0 {
		return
	}
	w.name("also")
	w.b = append(w.b, '[')
	for i, k := range also {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.open()
		w.must("algorithm", k.Algorithm)
		w.must("key", padded.EncodeToString(k.Key))
		w.close()
	}
	w.b = append(w.b, ']')
}

// readAlso reads the field "also", if it stands. No algorithm stands twice in
// it, and no key that another holder has: two holders of one key would count as
// two.
func readAlso(r *reader, again func(key string) bool) (also []SecondKey) {
	if !r.field("also") {
		return nil
	}
	var algorithms once
	r.array(func() {
		at := r.i
		k := readSecondKey(r)
		switch {
		case r.err != nil:
		case algorithms.again(k.Algorithm):
			r.fail(at, "the algorithm %q stands twice", k.Algorithm)
		case again(string(k.Key)):
			r.fail(at, "the second key stands twice")
		}
		also = append(also, k)
	})
	return also
}

func readSecondKey(r *reader) (k SecondKey) {
	at := r.i
	r.open()
	r.need("algorithm", alsoFields)
	k.Algorithm = word(r, parseWord)
	r.need("key", alsoFields)
	k.Key = word(r, decode64)
	r.close(alsoFields)
	want, known := secondKeySizes[k.Algorithm]
	switch {
	case r.err != nil:
	case k.Algorithm == "ed25519":
		r.fail(at, "an Ed25519 key is never a second key")
	case len(k.Key) == 0:
		r.fail(at, "the second key is empty")
	case known && len(k.Key) != want:
		r.fail(at, "a key of %s has %d bytes, not %d", k.Algorithm, want, len(k.Key))
	}
	return k
}
