package licenseserver_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

var noon = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

func signer(name string) licensefile.Signer {
	seed := sha256.Sum256([]byte(name))
	return licensefile.NewSigner(ed25519.NewKeyFromSeed(seed[:]))
}

// vouched returns a certificate and a key list of ACME whose key for receipts is
// the one named, and what to trust.
func vouched(t *testing.T, receipts, typ string) (cert, list []byte, trust licensefile.Trust) {
	t.Helper()
	from, through := license.Date{Year: 2026, Month: 1, Day: 1}, license.Date{Year: 2027, Month: 1, Day: 1}
	root := []licensefile.RootKey{{Name: "root", Key: signer("root").Public()}}
	cert, err := licensefile.SignCertificate(&licensefile.Certificate{Issuer: "ACME", Number: 1, Issued: noon,
		SigningKeys: []licensefile.SigningKey{{Key: signer(receipts).Public(), Type: typ, From: from, Through: through}}}, signer("acme"))
	if err != nil {
		t.Fatal(err)
	}
	fence := licensefile.Fence{From: from, Through: through, LastDate: through, MaxTermDays: 1, MaxQuantity: 1, MaxTotal: 1, Kinds: []license.Kind{license.User}, Modules: []string{"*"}}
	list, err = licensefile.SignKeyList(&licensefile.KeyList{Number: 1, Issued: noon, Threshold: 1, Roots: root,
		Issuers: []licensefile.IssuerGrant{{Issuer: "ACME", Key: signer("acme").Public(), Fence: fence}}}, signer("root"))
	if err != nil {
		t.Fatal(err)
	}
	return cert, list, licensefile.Trust{Roots: root, Threshold: 1}
}

func request(kind licenseserver.Kind) *licenseserver.Request {
	return &licenseserver.Request{Kind: kind, Issuer: "ACME", Serial: "S-1", Company: "Nordlys", Nonce: licenseserver.NewNonce(), Made: noon,
		Epoch: "e1", Seq: 3, Head: strings.Repeat("ab", 32), KeyList: 1, Set: licenseserver.Mark{Number: 2, Checkpoint: strings.Repeat("cd", 32)}}
}

func TestWhatIsAskedAndAnsweredArrives(t *testing.T) {
	cert, list, trust := vouched(t, "receipts", licensefile.TypeReceipt)
	q := request(licenseserver.Fetch)
	body, err := licenseserver.SignRequest(q, signer("installation"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := licenseserver.ParseRequest(body)
	if diff := cmp.Diff(q, got); err != nil || diff != "" {
		t.Fatalf("%v (-sent +got):\n%s", err, diff)
	}
	want := licenseserver.ReplyTo(got, noon.Add(time.Minute))
	want.Status, want.Messages, want.Address = licenseserver.NewSet, license.Texts{"sv": "Hej", "en": "Hello"}, "https://shop.example"
	want.Set, want.Company = licenseserver.Mark{Number: 3, Checkpoint: strings.Repeat("ef", 32)}, "Nordlys"
	want.File = []byte("a file\n\nwith blank lines, of any kind")
	reply, err := licenseserver.SignReply(want, signer("receipts"), cert, list)
	if err != nil {
		t.Fatal(err)
	}
	r, receipt, err := licenseserver.OpenReply(reply, q, trust)
	if diff := cmp.Diff(want, r); err != nil || diff != "" {
		t.Fatalf("%v (-answered +got):\n%s", err, diff)
	}
	if len(receipt.KeyLists) != 1 || receipt.Certificate.Number != 1 {
		t.Errorf("it came with %d key lists, certificate %d", len(receipt.KeyLists), receipt.Certificate.Number)
	}
	if _, _, err := licenseserver.OpenReply(reply, request(licenseserver.Fetch), trust); code(err) != "exchange.other-reply" {
		t.Errorf("the same reply to the next request: %v", err)
	}
}

func TestAKeyForSetsSignsNoReply(t *testing.T) {
	cert, list, _ := vouched(t, "sets", licensefile.TypeSet)
	r := licenseserver.ReplyTo(withKey(t, request(licenseserver.Ping)), noon)
	if _, err := licenseserver.SignReply(r, signer("sets"), cert, list); err == nil {
		t.Error("it does")
	}
}

func withKey(t *testing.T, q *licenseserver.Request) *licenseserver.Request {
	t.Helper()
	if _, err := licenseserver.SignRequest(q, signer("installation")); err != nil {
		t.Fatal(err)
	}
	return q
}

// The day a key was valid on is the day the reply was made, whatever the clock
// of the reader says.
func TestAReplyIsJudgedByItsOwnDay(t *testing.T) {
	cert, list, trust := vouched(t, "receipts", licensefile.TypeReceipt)
	for day, want := range map[string]string{"2026-06-10": "ok", "2027-01-01": "ok", "2027-01-02": "set.certificate-expired", "2025-12-31": "set.certificate-expired"} {
		made, _ := time.Parse(time.DateOnly, day)
		q := withKey(t, request(licenseserver.Ping))
		reply, err := licenseserver.SignReply(licenseserver.ReplyTo(q, made), signer("receipts"), cert, list)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := licenseserver.OpenReply(reply, q, trust); code(err) != want {
			t.Errorf("made on %s: %v; want %s", day, err, want)
		}
	}
}

func TestOnlyHTTPSIsAsked(t *testing.T) {
	for address, good := range map[string]bool{
		"https://licenses.example": true, "https://licenses.example/pott/": true, "https://licenses.example:8443": true,
		"http://127.0.0.1:7071": true, "http://localhost:7071": true, "http://[::1]:7071": true,
		"http://licenses.example": false, "http://127.0.0.1.example": false, "http://localhost.example": false, "http://10.0.0.1": false,
		"ftp://licenses.example": false, "licenses.example": false, "": false, "https://": false, "https:licenses.example": false,
		"https://user@licenses.example": false, "https://licenses.example?x": false, "https://licenses.example?": false, "https://licenses.example#x": false,
		"file:///etc/passwd": false, "https://licenses.example\n": false,
	} {
		if err := licenseserver.CheckAddress(address); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
	if got := licenseserver.Endpoint("https://licenses.example/pott/"); got != "https://licenses.example/pott/license-server/v1" {
		t.Error(got)
	}
}

func TestACodeIsTypedAsPeopleType(t *testing.T) {
	for typed, want := range map[string]string{
		"ABCD-EFGH-IJKL-MNOP": "ABCDEFGHIJKLMNOP", " abcd efgh ijkl mnop\t": "ABCDEFGHIJKLMNOP",
		"ABCD-EFGH-IJKL": "", "ABCD-EFGH-IJKL-MNO1": "", "": "",
	} {
		if got := licenseserver.TrimCode(typed); got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
	if got := licenseserver.ShowCode("ABCDEFGHIJKLMNOPQ"); got != "ABCD-EFGH-IJKL-MNOP-Q" {
		t.Error(got)
	}
}
