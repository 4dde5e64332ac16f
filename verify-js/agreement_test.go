package verifyjs

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/pott-dev/pott/licensefile"
)

// A scenario is a random file and what the second implementation says of it.
type scenario struct {
	File         string           `json:"file"`
	Proof        bool             `json:"proof"`
	Root         string           `json:"root"`
	Now          time.Time        `json:"now"`
	KeyList      int64            `json:"key_list"`
	Certificates map[string]int64 `json:"certificates"`
	Code         string           `json:"code"`
}

// here returns what package licensefile says: ok, or the code of its error.
func (s scenario) here(t *testing.T) string {
	trust, err := licensefile.ParseRootFile([]byte(s.Root))
	if err != nil {
		t.Fatalf("the root file: %v\n%s", err, s.Root)
	}
	trust.HighestKeyList = s.KeyList
	trust.HighestCertificates = s.Certificates
	if s.Proof {
		_, err = licensefile.VerifyProof([]byte(s.File), trust, s.Now)
	} else {
		_, err = licensefile.Verify([]byte(s.File), trust, s.Now)
	}
	if err == nil {
		return "ok"
	}
	coded, ok := err.(interface{ Code() string })
	if !ok {
		t.Fatalf("an error without a code: %v", err)
	}
	return coded.Code()
}

func TestBothImplementationsAgreeAboutRandomFiles(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("POTT_TEST_NODE_REQUIRED") == "1" {
			t.Fatal("POTT_TEST_NODE_REQUIRED is 1, and there is no node on the path")
		}
		t.Log("no node on the path: make check compares the two implementations")
		return
	}
	seeds, count := 1, 600
	if os.Getenv("POTT_PROOF") == "1" {
		seeds, count = 20, 5000
	}
	tally := map[string]int{}
	for seed := 1; seed <= seeds; seed++ {
		out, err := exec.CommandContext(t.Context(), node, "test/random.mjs", strconv.Itoa(seed), strconv.Itoa(count)).Output()
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(out))
		lines.Buffer(nil, 1<<20)
		for n := 0; lines.Scan(); n++ {
			var s scenario
			if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
				t.Fatal(err)
			}
			code := s.here(t)
			if code != s.Code {
				t.Errorf("seed %d, file %d: %s here, %s in JavaScript, on %s with\n%s\n%s", seed, n, code, s.Code, s.Now, s.Root, s.File)
			}
			tally[code]++
		}
	}
	t.Logf("figure: both implementations agree about %d random files: %v", seeds*count, tally)
	for _, code := range []string{"ok", "set.malformed", "set.bad-signature", "set.untrusted", "set.outside-fence", "set.revoked"} {
		if tally[code] == 0 {
			t.Errorf("no random file is %s: the comparison says little", code)
		}
	}
}
