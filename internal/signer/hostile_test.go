package signer

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/licensefile"
)

// pretend listens at a socket and answers each request with what reply returns
// for it; "" ends the conversation.
func pretend(t *testing.T, reply func(request string) string) string {
	t.Helper()
	socket := filepath.Join(folder(t), "socket")
	l, err := Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				r := bufio.NewReader(conn)
				for {
					line, err := r.ReadString('\n')
					if err != nil {
						return
					}
					answer := reply(line)
					if answer == "" {
						return
					}
					if _, err := io.WriteString(conn, answer); err != nil {
						return
					}
				}
			}()
		}
	}()
	return socket
}

const helloBack = `{"reply":"hello","version":"pott-signer/v1"}` + "\n"

func listed(name, public, fingerprint, types string) string {
	return fmt.Sprintf(`{"name":%q,"public":%q,"fingerprint":%q,"types":[%s]}`, name, public, fingerprint, types)
}

func good(name string) string {
	return listed(name, public(name), licensefile.Fingerprint(privateKey(name).Public().(ed25519.PublicKey)), `"pott-key-list/v1"`)
}

func keysBack(keys ...string) string {
	return `{"reply":"keys","keys":[` + strings.Join(keys, ",") + "]}\n"
}

func signatureBack(public string, signature []byte) string {
	return `{"reply":"signature","key":"` + public + `","signature":"` + base64.StdEncoding.EncodeToString(signature) + "\"}\n"
}

func TestASignerThatLiesIsNotBelieved(t *testing.T) {
	t.Parallel()
	identity := make([]byte, ed25519.PublicKeySize)
	identity[0] = 1
	weak := base64.StdEncoding.EncodeToString(identity)
	right := ed25519.Sign(privateKey("root-1"), []byte(keyList))
	for _, row := range []struct {
		name              string
		hello, keys, sign string
		want              string
	}{
		{"it keeps to the protocol", helloBack, keysBack(good("root-1")), signatureBack(public("root-1"), right), ""},

		{"it speaks another version", `{"reply":"hello","version":"pott-signer/v2"}` + "\n", "", "", "signer.bad-answer"},
		{"it is something else", "SSH-2.0-OpenSSH\n", "", "", "signer.bad-answer"},
		{"it ends the conversation", "", "", "", "signer.unreachable"},
		{"it says half a line and ends", `{"reply"`, "", "", "signer.unreachable"},
		{"it answers hello with keys", keysBack(good("root-1")), "", "", "signer.bad-answer"},
		{"it says more than it was asked", helloBack + helloBack, "", "", "signer.bad-answer"},
		{"it says more than its keys", helloBack, keysBack(good("root-1")) + "more\n", "", "signer.bad-answer"},
		{"it never ends a line", strings.Repeat("x", maxReply+8192), "", "", "signer.bad-answer"},

		{"it lists no keys", helloBack, `{"reply":"keys"}` + "\n", "", "signer.bad-answer"},
		{"it refuses to list them", helloBack, `{"reply":"refusal","code":"out-of-turn","message":"no"}` + "\n", "", "signer.refused"},
		{"it refuses for no reason", helloBack, `{"reply":"refusal","code":"out-of-turn"}` + "\n", "", "signer.bad-answer"},
		{"a key under which anything verifies", helloBack, keysBack(listed("root-1", weak, licensefile.Fingerprint(identity), `"set"`)), "", "signer.bad-answer"},
		{"a fingerprint of another key", helloBack, keysBack(listed("root-1", public("root-1"), licensefile.Fingerprint(identity), `"set"`)), "", "signer.bad-answer"},
		{"two keys of one name", helloBack, keysBack(good("root-1"), strings.Replace(good("other"), `"other"`, `"root-1"`, 1)), "", "signer.bad-answer"},
		{"one key under two names", helloBack, keysBack(good("root-1"), strings.Replace(good("root-1"), `"root-1"`, `"other"`, 1)), "", "signer.bad-answer"},
		{"a name that moves the cursor", helloBack, keysBack(strings.Replace(good("root-1"), `"root-1"`, `"\u001b[2J"`, 1)), "", "signer.bad-answer"},
		{"a key for nothing", helloBack, keysBack(strings.Replace(good("root-1"), `"pott-key-list/v1"`, "", 1)), "", "signer.bad-answer"},
		{"a key for no type there can be", helloBack, keysBack(strings.Replace(good("root-1"), `"pott-key-list/v1"`, `"all"`, 1)), "", "signer.bad-answer"},
		{"a field nobody knows", helloBack, `{"reply":"keys","keys":[` + good("root-1") + `],"more":1}` + "\n", "", "signer.bad-answer"},

		{"the signature is of another key", helloBack, keysBack(good("root-1")), signatureBack(public("root-1"), ed25519.Sign(privateKey("other"), []byte(keyList))), "signer.wrong-signature"},
		{"the signature is over another text", helloBack, keysBack(good("root-1")), signatureBack(public("root-1"), ed25519.Sign(privateKey("root-1"), []byte("pott-key-list/v1\n{\"number\":2}\n"))), "signer.wrong-signature"},
		{"the signature is cut off", helloBack, keysBack(good("root-1")), signatureBack(public("root-1"), right[:63]), "signer.wrong-signature"},
		{"it answers for another key", helloBack, keysBack(good("root-1")), signatureBack(public("other"), right), "signer.bad-answer"},
		{"it answers with keys", helloBack, keysBack(good("root-1")), keysBack(good("root-1")), "signer.bad-answer"},
		{"it refuses", helloBack, keysBack(good("root-1")), `{"reply":"refusal","code":"type-not-allowed","message":"no\u001b[2J"}` + "\n", "signer.refused"},
		{"it ends instead of signing", helloBack, keysBack(good("root-1")), "", "signer.unreachable"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			socket := pretend(t, func(request string) string {
				switch {
				case strings.HasPrefix(request, `{"request":"hello"`):
					return row.hello
				case strings.HasPrefix(request, `{"request":"keys"`):
					return row.keys
				}
				return row.sign
			})
			if !strings.HasSuffix(row.hello, "\n") && len(row.hello) < 100 {
				socket = pretendOnce(t, row.hello)
			}
			k, err := Open(t.Context(), Reference{socket, "root-1"})
			var signature []byte
			if err == nil {
				signature, err = k.Sign([]byte(keyList))
			}
			if code(err) != row.want || (err == nil) != (row.want == "") {
				t.Errorf("error %v (%s), want %s", err, code(err), row.want)
			}
			if err != nil && (signature != nil || strings.Contains(err.Error(), "\x1b")) {
				t.Errorf("signature %x beside %v", signature, err)
			}
		})
	}
}

// pretendOnce says something to whoever comes, and hangs up.
func pretendOnce(t *testing.T, text string) string {
	t.Helper()
	socket := filepath.Join(folder(t), "socket")
	l, err := Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			bufio.NewReader(conn).ReadString('\n')
			io.WriteString(conn, text)
			conn.Close()
		}
	}()
	return socket
}

func TestASilentSignerIsNotWaitedForForever(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(folder(t), "socket")
	l, err := Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() // nobody accepts
	c := &Client{ctx: t.Context(), socket: socket, timeout: 30 * time.Millisecond}
	if _, err := c.ask(request{Request: "keys"}); code(err) != "signer.unreachable" || !strings.Contains(err.Error(), "too long") {
		t.Errorf("ask = %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Dial(ctx, socket); !errors.Is(err, context.Canceled) {
		t.Errorf("Dial when stopped = %v", err)
	}
}

func TestASocketOthersCouldReachIsNotSpokenTo(t *testing.T) {
	t.Parallel()
	s := start(t, key("root-1", "pott-key-list/v1"))
	k, err := Open(t.Context(), Reference{s.socket, "root-1"})
	if err != nil {
		t.Fatal(err)
	}
	os.Chmod(s.socket, 0o666)
	if _, err := Dial(t.Context(), s.socket); code(err) != "signer.open-to-others" {
		t.Errorf("Dial = %v", err)
	}
	if _, err := k.Sign([]byte(keyList)); code(err) != "signer.open-to-others" || len(s.lines(t)) > 0 {
		t.Errorf("Sign = %v", err)
	}
}

func TestATextThatIsNoneIsNotEvenSent(t *testing.T) {
	t.Parallel()
	asked := false
	socket := pretend(t, func(request string) string {
		switch {
		case strings.HasPrefix(request, `{"request":"hello"`):
			return helloBack
		case strings.HasPrefix(request, `{"request":"keys"`):
			return keysBack(good("root-1"))
		}
		asked = true
		return ""
	})
	k, err := Open(t.Context(), Reference{socket, "root-1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Sign([]byte("secret")); code(err) != "signer.unknown-text" || asked {
		t.Errorf("Sign = %v, asked %v", err, asked)
	}
}
