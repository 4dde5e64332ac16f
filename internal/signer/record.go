package signer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"
)

// A Record is the file in which a signer writes down what it signs. It only
// grows, and one process has it at a time. It is not safe for concurrent use.
type Record struct {
	path string
	file *os.File
	torn bool // the last line has no end
}

// An entry is one line of a record.
type entry struct {
	At     string `json:"at"`  // RFC 3339 with nanoseconds, UTC
	Act    string `json:"act"` // sign, written before the key is used; failed, when the key then gave nothing
	Key    string `json:"key"`
	Public []byte `json:"public"`
	Type   string `json:"type"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"` // of the text, in lower-case hex
}

func entryOf(now time.Time, act string, k *Key, typ string, text []byte) entry {
	sum := sha256.Sum256(text)
	return entry{now.UTC().Format(time.RFC3339Nano), act, k.Name, k.Signer.Public(), typ, len(text), hex.EncodeToString(sum[:])}
}

// OpenRecord opens the record at a path, which is made with mode 0600 when it
// is missing. It is refused while another process has it open, and when others
// may write it.
func OpenRecord(path string) (*Record, error) {
	// Read as well, to see whether the last line has its end.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, &RecordError{path, plain(err)}
	}
	r := &Record{path: path, file: f}
	if err := r.start(); err != nil {
		f.Close()
		return nil, err
	}
	return r, nil
}

func (r *Record) start() error {
	if err := lock(r.file); err != nil {
		return &RecordError{r.path, "another signer is writing it"}
	}
	info, err := r.file.Stat()
	if err != nil {
		return &RecordError{r.path, plain(err)}
	}
	if !info.Mode().IsRegular() {
		return &RecordError{r.path, "it is no ordinary file"}
	}
	if info.Mode().Perm()&0o022 != 0 {
		return &PlaceError{r.path, "others may write it"}
	}
	if size := info.Size(); size > 0 {
		last := make([]byte, 1)
		if _, err := r.file.ReadAt(last, size-1); err != nil && !errors.Is(err, io.EOF) {
			return &RecordError{r.path, plain(err)}
		}
		r.torn = last[0] != '\n'
	}
	// The name of a new file must last through a power loss as well.
	folder, err := os.Open(filepath.Dir(r.path))
	if err != nil {
		return &RecordError{r.path, plain(err)}
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return &RecordError{r.path, plain(err)}
	}
	return nil
}

// write adds an entry and returns when it is on the disk.
func (r *Record) write(e entry) error {
	// A record that was moved away or deleted would be written where nobody
	// looks.
	named, err := os.Stat(r.path)
	if err != nil {
		return &RecordError{r.path, plain(err)}
	}
	open, err := r.file.Stat()
	if err != nil {
		return &RecordError{r.path, plain(err)}
	}
	if !os.SameFile(named, open) {
		return &RecordError{r.path, "another file has its name now"}
	}
	var line bytes.Buffer
	if r.torn {
		line.WriteByte('\n')
	}
	if err := json.NewEncoder(&line).Encode(e); err != nil {
		return &RecordError{r.path, err.Error()}
	}
	n, err := r.file.Write(line.Bytes())
	r.torn = n > 0 && n < line.Len() || n == 0 && r.torn
	if err == nil {
		err = r.file.Sync()
	}
	if err != nil {
		return &RecordError{r.path, plain(err)}
	}
	return nil
}

// Close lets go of the record.
func (r *Record) Close() error { return r.file.Close() }
