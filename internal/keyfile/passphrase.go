package keyfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// A Source says where a passphrase comes from. A flag's value is not among the
// places: everybody on the machine can read the arguments of a program.
type Source struct {
	File string // a file whose first line it is; "" for none
	FD   int    // an open file descriptor to read a line of, another one each time; -1 for none
}

// maxPassphrase is the longest passphrase, in bytes.
const maxPassphrase = 1024

// Read returns the passphrase: from the file, else from the descriptor, else
// from the terminal of the process after printing prompt there. A new
// passphrase is asked for twice on a terminal.
func (s Source) Read(prompt string, fresh bool) ([]byte, error) {
	switch {
	case s.File != "":
		f, err := os.Open(s.File)
		if err != nil {
			return nil, fmt.Errorf("reading the passphrase: %w", err)
		}
		defer f.Close()
		return firstLine(f)
	case s.FD >= 0:
		return nextLine(s.FD)
	}
	return ask(prompt, fresh)
}

// descriptors holds what was read from: a file that nobody holds is closed by
// the garbage collector, and with it the descriptor.
var descriptors = struct {
	sync.Mutex
	files map[int]*os.File
}{files: map[int]*os.File{}}

func descriptor(fd int) *os.File {
	descriptors.Lock()
	defer descriptors.Unlock()
	if descriptors.files[fd] == nil {
		descriptors.files[fd] = os.NewFile(uintptr(fd), fmt.Sprintf("file descriptor %d", fd))
	}
	return descriptors.files[fd]
}

// nextLine reads one line and not a byte more, so that the passphrase of the
// next key can follow.
func nextLine(fd int) ([]byte, error) {
	f := descriptor(fd)
	if f == nil {
		return nil, &NoPassphraseError{}
	}
	var line bytes.Buffer
	for one := make([]byte, 1); line.Len() <= maxPassphrase+1; {
		n, err := f.Read(one)
		if n == 1 && one[0] != '\n' {
			line.WriteByte(one[0])
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("reading the passphrase: %w", err)
		}
		break
	}
	return firstLine(&line)
}

func firstLine(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxPassphrase+2))
	if err != nil {
		return nil, fmt.Errorf("reading the passphrase: %w", err)
	}
	line, _, _ := bytes.Cut(text, []byte{'\n'})
	line = bytes.TrimSuffix(line, []byte{'\r'})
	if len(line) == 0 || len(line) > maxPassphrase {
		return nil, &NoPassphraseError{}
	}
	return line, nil
}

// ask reads from the terminal itself, so that standard input stays free.
func ask(prompt string, fresh bool) ([]byte, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, &NoPassphraseError{}
	}
	defer tty.Close()
	once := func(prompt string) ([]byte, error) {
		fmt.Fprint(tty, prompt, ": ")
		line, err := term.ReadPassword(int(tty.Fd()))
		fmt.Fprintln(tty)
		if err != nil || len(line) == 0 {
			return nil, &NoPassphraseError{}
		}
		return line, nil
	}
	first, err := once(prompt)
	if err != nil || !fresh {
		return first, err
	}
	second, err := once("once more")
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, second) {
		return nil, &PassphraseMismatchError{}
	}
	return first, nil
}
