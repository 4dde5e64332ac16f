package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed static
var static embed.FS

// StaticPrefix begins the path of everything [Static] serves. No installation
// has such a name.
const StaticPrefix = "/_/"

// An asset is a file as it is sent.
type asset struct {
	kind          string
	plain, packed []byte
}

// assets are the files by name, and a hash of them all: when one changes, all
// have new addresses, so that modules find each other by relative paths and
// nothing has to be asked twice.
var assets = sync.OnceValue(func() (all struct {
	files map[string]asset
	hash  string
}) {
	all.files = map[string]asset{}
	sum := sha256.New()
	put := func(name, kind string, text []byte) {
		var packed bytes.Buffer
		z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		z.Write(text)
		z.Close()
		all.files[name] = asset{kind, text, packed.Bytes()}
		sum.Write([]byte(name))
		sum.Write(text)
	}
	var sheet []byte
	for _, name := range names("static/css") {
		sheet = append(sheet, read(path.Join("static/css", name))...)
	}
	put("style.css", "text/css; charset=utf-8", sheet)
	for _, name := range names("static/js") {
		put(name, "text/javascript; charset=utf-8", read(path.Join("static/js", name)))
	}
	put("icon.svg", "image/svg+xml", read("static/icon.svg"))
	all.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	return all
})

func names(dir string) []string {
	entries, err := fs.ReadDir(static, dir)
	if err != nil {
		panic("page: " + err.Error())
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func read(name string) []byte {
	text, err := static.ReadFile(name)
	if err != nil {
		panic("page: " + err.Error())
	}
	return text
}

// Asset returns the address of a file of the frame, such as "style.css".
func Asset(name string) string { return StaticPrefix + assets().hash + "/" + name }

// Static serves the files of the frame. An address names the very bytes, so a
// browser may keep them for ever; an address of an earlier version is not found.
func Static(w http.ResponseWriter, r *http.Request) {
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, StaticPrefix), "/")
	a, ok := assets().files[name]
	if !ok || hash != assets().hash {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	text := a.plain
	if TakesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		text = a.packed
	}
	if r.Method != http.MethodHead {
		w.Write(text)
	}
}
